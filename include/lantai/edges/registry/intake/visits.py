"""Rows of the last visit to each unit: how taking in began and ended, beside the last look (`packages.note_look`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from lantai.edges import tables
from lantai.edges.database.database import query
from lantai.edges.database.loading import add_if_new
from lantai.records.intake.reason import Reason
from lantai.records.intake.visit import TakeInState, Visit


def begin_take_in(connection: Connection, unit_code: str, now_at: datetime) -> None:
    """Remember that taking in begins; until `end_take_in` it counts as under way, also after a kill."""
    values = {"state": TakeInState.UNDER_WAY.value, "error": "", "began_at": now_at, "ended_at": None}
    if not add_if_new(connection, tables.last_take_in, unit_code=unit_code, **values):
        _put(connection, unit_code, values)


def end_take_in(connection: Connection, unit_code: str, now_at: datetime, failed_for: Reason | None) -> None:
    """Remember how taking in ended; the reason, when it failed, is what an operator reads first."""
    state = TakeInState.DONE if failed_for is None else TakeInState.FAILED
    error = "" if failed_for is None else failed_for.as_text()
    values = {"state": state.value, "error": error, "ended_at": now_at}
    # What failed before it began, for want of a connection, began and ended at once.
    if not add_if_new(connection, tables.last_take_in, unit_code=unit_code, began_at=now_at, **values):
        _put(connection, unit_code, values)


def last_visits(connection: Connection) -> dict[str, Visit]:
    """Return the last visit to every registered unit, by its code, in order of the codes."""
    return {
        row.unit_code: Visit(
            unit_code=row.unit_code,
            unit_name=row.unit_name,
            looked_at=row.looked_at,
            listed_at=row.listed_at,
            unknown_for=Reason.read(row.look_error or ""),
            began_at=row.began_at,
            ended_at=row.ended_at,
            take_in_state=TakeInState(row.take_in_state) if row.take_in_state else None,
            failed_for=Reason.read(row.take_in_error or ""),
        )
        for row in query(connection, "last_visits")
    }


def _put(connection: Connection, unit_code: str, values: dict[str, Any]) -> None:
    table = tables.last_take_in
    connection.execute(update(table).where(table.c.unit_code == unit_code).values(values))
