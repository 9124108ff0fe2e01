"""Rows of answers: what was made for a unit of each round, and whether it lies in its inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from lantai.edges import tables
from lantai.edges.database.loading import add_if_new
from lantai.records.intake.round import Round
from lantai.records.intake.submission import ANSWERS


def put_answer(connection: Connection, carrier: str, values: dict[str, Any]) -> None:
    """Add an answer of a round, one of each kind: a second one is left out."""
    add_if_new(connection, tables.answer, carrier_id=carrier, **values)


def answer_of(connection: Connection, this: Round) -> Row[Any] | None:
    """Return the answer that a round in its state gets, or got before it was replaced; None when none is made."""
    table = tables.answer
    statement = select(table).where(table.c.carrier_id == this.carrier_id)
    if this.state in ANSWERS:
        statement = statement.where(table.c.kind == ANSWERS[this.state])
    return connection.execute(statement.order_by(table.c.made_at.desc()).limit(1)).one_or_none()


def mark_delivered(connection: Connection, this: Round, kind: str, now_at: datetime) -> None:
    """Say that an answer of some kind lies in the department's inbox and was read back there."""
    table = tables.answer
    wanted = (table.c.carrier_id == this.carrier_id, table.c.kind == kind)
    connection.execute(update(table).where(*wanted, table.c.delivered_at.is_(None)).values(delivered_at=now_at))
