"""Rows of submissions, rounds, findings and answers."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, delete, exists, func, insert, or_, select, update

from lantai.edges import tables
from lantai.edges.database.loading import add_if_new
from lantai.errors import NotFoundError
from lantai.records.centre.unit import DataForm
from lantai.records.intake.carrier import BackupStrategy, package_name
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.submission import ANSWERS, RoundState, carrier_id, submission_id


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a submission, as its row says.

    Attributes:
        carrier_id: Our id of the round's carrier.
        carrier_number: The unit's own number of the carrier.
        raw_name: The unit's own name for the package.
        fingerprint: State of the package that this round is about.
        is_stalled: Taken in half, because it had not changed for days; the database never lets it be sealed or accepted.
    """

    carrier_id: str
    submission_id: str
    unit_code: str
    filing_year: int
    data_form: DataForm
    carrier_number: str
    round_no: int
    raw_name: bytes
    kind: str
    fingerprint: str
    state: RoundState
    received_at: datetime
    days_late: int
    is_zero_report: bool
    strategy: BackupStrategy | None
    file_count: int
    size_bytes: int
    record_count: int
    generation: int
    manifest_sha256: str | None
    supplement_by_on: date | None
    duty_id: str | None
    is_stalled: bool

    @property
    def package_name(self) -> str:
        """The unit's own name for the package, as people read it."""
        return package_name(self.raw_name, self.kind)


def unpurged(connection: Connection) -> list[Round]:
    """Return rounds that were refused, withdrawn or replaced and may still lie in the quarantine."""
    ended = (RoundState.RETURNED, RoundState.SUPERSEDED, RoundState.WITHDRAWN)
    return _rounds(connection, _in(ended), tables.carrier.c.purged_at.is_(None))


def told_of(connection: Connection, rules: Collection[str]) -> set[str]:
    """Return the carriers of which one of these findings was told."""
    table = tables.finding
    return set(connection.execute(select(table.c.carrier_id).where(table.c.rule.in_(rules))).scalars())


def mark_purged(connection: Connection, carrier: str, now_at: datetime) -> None:
    """Say that nothing of a round lies in the quarantine any more."""
    table = tables.carrier
    connection.execute(update(table).where(table.c.carrier_id == carrier).values(purged_at=now_at))


def find_submission(
    connection: Connection, unit_code: str, filing_year: int, data_form: DataForm, carrier_number: str
) -> str | None:
    """Return the acceptance number of a submission, None when there is none yet."""
    table = tables.submission
    statement = select(table.c.submission_id).where(
        table.c.unit_code == unit_code,
        table.c.filing_year == filing_year,
        table.c.data_form == data_form.value,
        table.c.carrier_number == carrier_number,
    )
    return connection.execute(statement).scalar_one_or_none()


def number_submission(connection: Connection, submission: str, carrier_number: str) -> None:
    """Give a submission the number that its unit had not said before."""
    table = tables.submission
    connection.execute(update(table).where(table.c.submission_id == submission).values(carrier_number=carrier_number))


def add_submission(
    connection: Connection,
    unit_code: str,
    filing_year: int,
    data_form: DataForm,
    carrier_number: str,
    duty_id: str | None,
    received_at: datetime,
) -> str:
    """Add a submission under the next acceptance number of its unit, year and form; return it."""
    table = tables.submission
    count = connection.execute(
        select(func.count()).where(
            table.c.unit_code == unit_code,
            table.c.filing_year == filing_year,
            table.c.data_form == data_form.value,
        ),
    ).scalar_one()
    number = submission_id(unit_code, filing_year, data_form, count + 1)
    connection.execute(
        insert(table).values(
            submission_id=number,
            unit_code=unit_code,
            filing_year=filing_year,
            data_form=data_form.value,
            carrier_number=carrier_number,
            duty_id=duty_id,
            received_at=received_at,
        ),
    )
    return number


def add_round(
    connection: Connection,
    unit_code: str,
    submission: str,
    round_no: int,
    raw_name: bytes,
    kind: str,
    fingerprint: str,
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
            raw_name_hex=raw_name.hex(),
            kind=kind,
            fingerprint=fingerprint,
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


def move_round(connection: Connection, carrier: str, state: RoundState, **values: Any) -> None:  # noqa: ANN401 - any column
    """Move a round to a state; the database refuses a move that is not one."""
    table = tables.carrier
    connection.execute(update(table).where(table.c.carrier_id == carrier).values(state=state.value, **values))


def put_findings(connection: Connection, carrier: str, findings: Sequence[Finding]) -> None:
    """Replace the findings of a round by these."""
    table = tables.finding
    connection.execute(delete(table).where(table.c.carrier_id == carrier))
    rows = [
        {
            "carrier_id": carrier,
            "finding_no": number,
            "rule": finding.rule,
            "severity": finding.severity.value,
            # No database holds a NUL in a text; JSON writes it as an escape of its own.
            "subject": finding.subject.replace("\0", "\N{SYMBOL FOR NULL}"),
            "values_json": json.dumps(finding.values, ensure_ascii=False, sort_keys=True),
            "check_code": finding.check_code,
            "record_no": finding.record_no,
            "sheet": finding.sheet,
        }
        for number, finding in enumerate(findings, start=1)
    ]
    if rows:
        connection.execute(insert(table), rows)


def findings_of(connection: Connection, carrier: str) -> list[Finding]:
    """Return the findings of a round in their order."""
    table = tables.finding
    rows = connection.execute(select(table).where(table.c.carrier_id == carrier).order_by(table.c.finding_no))
    return [
        Finding(
            row.rule,
            Severity(row.severity),
            row.subject,
            json.loads(row.values_json),
            row.check_code,
            row.record_no,
            row.sheet,
        )
        for row in rows
    ]


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


def _round(row: Row[Any]) -> Round:
    return Round(
        carrier_id=row.carrier_id,
        submission_id=row.submission_id,
        unit_code=row.unit_code,
        filing_year=row.filing_year,
        data_form=DataForm(row.data_form),
        carrier_number=row.carrier_number,
        round_no=row.round_no,
        raw_name=bytes.fromhex(row.raw_name_hex),
        kind=row.kind,
        fingerprint=row.fingerprint,
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
