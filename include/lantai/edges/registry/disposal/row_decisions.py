"""Rows of what panel members said of the rows of a list: a row that is not here was not looked at.

What follows from them is in `lantai.rules.disposal.approval`.

Source: 机关档案管理规定 (2018).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from lantai.edges import tables
from lantai.edges.database.loading import load
from lantai.records.disposal.lists import Decision, ListDuty, RowDecision


def decisions_on(connection: Connection, list_id: str) -> list[RowDecision]:
    """Return every decision of every panel member."""
    table = tables.row_decision
    rows = connection.execute(
        select(table).where(table.c.list_id == list_id).order_by(table.c.row_no, table.c.person_id)
    )
    return [
        RowDecision(
            row.list_id,
            row.row_no,
            row.person_id,
            Decision(row.decision),
            row.reason,
            row.extend_years,
            row.decided_at,
        )
        for row in rows
    ]


def put_decisions(connection: Connection, said: Sequence[RowDecision]) -> int:
    """Write the decisions of one panel member (R9-19); those that say the same as before stay untouched. Return how many changed."""
    table = tables.row_decision
    if not said:
        return 0
    before = {
        row.row_no: (row.decision, row.reason, row.extend_years)
        for row in connection.execute(
            select(table).where(table.c.list_id == said[0].list_id, table.c.person_id == said[0].person_id)
        )
    }
    changed = [d for d in said if before.get(d.row_no) != (d.decision.value, d.reason, d.extend_years)]
    for one in (d for d in changed if d.row_no in before):
        connection.execute(
            update(table)
            .where(table.c.list_id == one.list_id, table.c.row_no == one.row_no, table.c.person_id == one.person_id)
            .values(_said(one)),
        )
    load(
        connection,
        table,
        (
            {
                "list_id": one.list_id,
                "row_no": one.row_no,
                "person_id": one.person_id,
                "duty": ListDuty.PANEL_MEMBER.value,
                **_said(one),
            }
            for one in changed
            if one.row_no not in before
        ),
    )
    return len(changed)


def _said(one: RowDecision) -> Mapping[str, Any]:
    return {
        "decision": one.decision.value,
        "reason": one.reason,
        "extend_years": one.extend_years,
        "decided_at": one.decided_at,
    }
