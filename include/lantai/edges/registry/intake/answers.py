"""Rows of answers: what was made for a unit of each round, and whether it lies in its inbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from lantai.edges import tables
from lantai.edges.database.loading import add_if_new
from lantai.records.intake.round import Round, RoundAnswer
from lantai.records.intake.submission import ANSWERS, AnswerKind


def put_answer(connection: Connection, answer: RoundAnswer) -> None:
    """Add an answer of a round, one of each kind: a second one is left out."""
    add_if_new(
        connection,
        tables.answer,
        carrier_id=answer.carrier_id,
        kind=answer.kind.value,
        body_json=answer.body_json,
        signature=answer.signature,
        paper_path=answer.paper_path,
        paper_sha256=answer.paper_sha256,
        made_at=answer.made_at,
    )


def answer_of(connection: Connection, this: Round) -> RoundAnswer | None:
    """Return the answer that a round in its state gets, or got before it was replaced; None when none is made."""
    table = tables.answer
    statement = select(table).where(table.c.carrier_id == this.carrier_id)
    if this.state in ANSWERS:
        statement = statement.where(table.c.kind == ANSWERS[this.state])
    row = connection.execute(statement.order_by(table.c.made_at.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return RoundAnswer(
        carrier_id=row.carrier_id,
        kind=AnswerKind(row.kind),
        body_json=row.body_json,
        signature=row.signature,
        paper_path=row.paper_path,
        paper_sha256=row.paper_sha256,
        made_at=row.made_at,
        delivered_at=row.delivered_at,
    )


def mark_delivered(connection: Connection, answer: RoundAnswer, now_at: datetime) -> None:
    """Say that an answer lies in the department's inbox and was read back there."""
    table = tables.answer
    wanted = (table.c.carrier_id == answer.carrier_id, table.c.kind == answer.kind)
    connection.execute(update(table).where(*wanted, table.c.delivered_at.is_(None)).values(delivered_at=now_at))
