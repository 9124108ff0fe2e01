"""Rows of rounds: what came, in which state it is, and which of them still wait for something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, exists, insert, or_, select, update

from lantai.edges import tables
from lantai.edges.database.database import query
from lantai.errors import NotFoundError
from lantai.records.centre.unit import DataForm
from lantai.records.intake.carrier import BackupStrategy, Packaging
from lantai.records.intake.package import Package
from lantai.records.intake.round import Round
from lantai.records.intake.submission import ANSWERS, RoundState, carrier_id


def add_round(
    connection: Connection,
    unit_code: str,
    submission: str,
    round_no: int,
    package: Package,
    received_at: datetime,
    days_late: int,
    *,
    is_zero_report: bool,
    is_stalled: bool,
    strategy: BackupStrategy | None,
    file_count: int,
    size_bytes: int,
) -> str:
    """Add a round in state `collected`; return its carrier id."""
    new_id = carrier_id(submission, round_no)
    connection.execute(
        insert(tables.carrier).values(
            carrier_id=new_id,
            submission_id=submission,
            unit_code=unit_code,
            round_no=round_no,
            raw_name_hex=package.raw_name.hex(),
            kind=package.packaging.value,
            fingerprint=package.fingerprint,
            state=RoundState.COLLECTED.value,
            received_at=received_at,
            is_on_time=days_late == 0,
            days_late=days_late,
            is_zero_report=is_zero_report,
            is_stalled=is_stalled,
            strategy=strategy.value if strategy else None,
            file_count=file_count,
            size_bytes=size_bytes,
            record_count=0,
            generation=0,
        ),
    )
    return new_id


def round_of(connection: Connection, carrier: str) -> Round:
    """Return one round.

    Raises:
        NotFoundError: There is no such carrier.
    """
    found = rounds(connection, carrier=carrier)
    if not found:
        raise NotFoundError(f"carrier {carrier}: not in the registry")
    return found[0]


def rounds(
    connection: Connection,
    *,
    carrier: str | None = None,
    submission: str | None = None,
    unit_code: str | None = None,
    states: Sequence[RoundState] | None = None,
) -> list[Round]:
    """Return rounds in order of submission and round; None does not restrict."""
    table = tables.carrier
    wanted = ((table.c.carrier_id, carrier), (table.c.submission_id, submission), (table.c.unit_code, unit_code))
    conditions = [column == value for column, value in wanted if value is not None]
    if states is not None:
        conditions.append(_in(states))
    return _rounds(connection, *conditions)


def unanswered(connection: Connection, unit_code: str) -> list[Round]:
    """Return the rounds of a unit that wait for their answer.

    Those are accepted, returned or held and their answer is not delivered, made or not; or they were replaced since by a
    later round, and the last answer that was made of them is not delivered.
    """
    carrier, answer, later = tables.carrier, tables.answer, tables.answer.alias()
    kind = case({state.value: kind for state, kind in ANSWERS.items()}, value=carrier.c.state)
    of_this = answer.c.carrier_id == carrier.c.carrier_id
    delivered = exists().where(of_this, answer.c.kind == kind, answer.c.delivered_at.is_not(None))
    is_last = ~exists().where(later.c.carrier_id == answer.c.carrier_id, later.c.made_at > answer.c.made_at)
    left_over = exists().where(of_this, answer.c.delivered_at.is_(None), is_last)
    waits = or_(and_(_in(tuple(ANSWERS)), ~delivered), and_(carrier.c.state == RoundState.SUPERSEDED.value, left_over))
    return _rounds(connection, carrier.c.unit_code == unit_code, waits)


def unpurged(connection: Connection) -> list[Round]:
    """Return rounds that were refused, withdrawn or replaced and may still lie in the quarantine."""
    ended = (RoundState.RETURNED, RoundState.SUPERSEDED, RoundState.WITHDRAWN)
    return _rounds(connection, _in(ended), tables.carrier.c.purged_at.is_(None))


def mark_purged(connection: Connection, carrier: str, now_at: datetime) -> None:
    """Say that nothing of a round lies in the quarantine any more."""
    table = tables.carrier
    connection.execute(update(table).where(table.c.carrier_id == carrier).values(purged_at=now_at))


def unfinished_rounds(connection: Connection, today: date, *, by_hand: bool) -> dict[str, int]:
    """Return by unit code how many rounds there are to go on with, see sql/queries/units_with_unfinished_rounds.sql.

    Args:
        connection: An open transaction.
        today: The local calendar date; agreements in force on it count.
        by_hand: Whether a person asked, so that every held round is looked at again.
    """
    rows = query(connection, "units_with_unfinished_rounds", today=today, by_hand=by_hand)
    return {row.unit_code: row.round_count for row in rows}


def move_round(
    connection: Connection,
    carrier: str,
    state: RoundState,
    *,
    supplement_by_on: date | None = None,
    generation: int | None = None,
    manifest_sha256: str | None = None,
    record_count: int | None = None,
    base_carrier_id: str | None = None,
) -> None:
    """Move a round to a state; the database refuses a move that is not one.

    Args:
        connection: An open transaction.
        carrier: Id of the round's carrier.
        state: Where it goes.
        supplement_by_on: Until when its unit may hand it in again, set as it is returned. Like all that follow: None leaves
            what the row has.
        generation: Of the vault, set as it is sealed.
        manifest_sha256: Of the vault's manifest, set with it.
        record_count: Records registered, set as it is accepted.
        base_carrier_id: The full backup that it builds on, set with it.
    """
    table = tables.carrier
    values = {
        "supplement_by_on": supplement_by_on,
        "generation": generation,
        "manifest_sha256": manifest_sha256,
        "record_count": record_count,
        "base_carrier_id": base_carrier_id,
    }
    known = {name: value for name, value in values.items() if value is not None}
    connection.execute(update(table).where(table.c.carrier_id == carrier).values(state=state.value, **known))


def _round(row: Row[Any]) -> Round:
    return Round(
        carrier_id=row.carrier_id,
        submission_id=row.submission_id,
        unit_code=row.unit_code,
        package=Package(row.filing_year, bytes.fromhex(row.raw_name_hex), Packaging(row.kind), row.fingerprint),
        data_form=DataForm(row.data_form),
        carrier_number=row.carrier_number,
        round_no=row.round_no,
        state=RoundState(row.state),
        received_at=row.received_at,
        days_late=row.days_late,
        is_zero_report=row.is_zero_report,
        strategy=BackupStrategy(row.strategy) if row.strategy else None,
        file_count=row.file_count,
        size_bytes=row.size_bytes,
        record_count=row.record_count,
        generation=row.generation,
        manifest_sha256=row.manifest_sha256,
        supplement_by_on=row.supplement_by_on,
        duty_id=row.duty_id,
        is_stalled=row.is_stalled,
    )


def _in(states: Sequence[RoundState]) -> ColumnElement[bool]:
    return tables.carrier.c.state.in_([state.value for state in states])


def _rounds(connection: Connection, *conditions: ColumnElement[bool]) -> list[Round]:
    carriers, submissions = tables.carrier, tables.submission
    statement = (
        select(carriers, submissions.c.filing_year, submissions.c.data_form)
        .add_columns(submissions.c.carrier_number, submissions.c.duty_id)
        .join(submissions, submissions.c.submission_id == carriers.c.submission_id)
        .where(*conditions)
        .order_by(submissions.c.submission_id, carriers.c.round_no)
    )
    return [_round(row) for row in connection.execute(statement)]
