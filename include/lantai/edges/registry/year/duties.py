"""Rows of filing years, duties and agreements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, insert, or_, select, update

from lantai.edges import tables
from lantai.edges.database.database import query
from lantai.edges.database.loading import add_if_new, load_missing
from lantai.records.centre.agreement import Agreement
from lantai.records.centre.unit import DataForm
from lantai.records.intake.carrier import package_name
from lantai.records.intake.submission import RoundState
from lantai.records.year.duty import Duty, DutyState
from lantai.records.year.filed_duty import FiledDuty, NewestRound


def open_filing_year(connection: Connection, filing_year: int, now_at: datetime) -> bool:
    """Add the year; return whether it is new."""
    return add_if_new(connection, tables.filing_year, filing_year=filing_year, opened_at=now_at)


def open_years(connection: Connection) -> list[int]:
    """Return the filing years that are open, oldest first."""
    table = tables.filing_year
    return list(
        connection.execute(
            select(table.c.filing_year).where(table.c.closed_at.is_(None)).order_by(table.c.filing_year)
        ).scalars()
    )


def known_years(connection: Connection) -> list[int]:
    """Return every filing year that was ever opened, oldest first."""
    table = tables.filing_year
    return list(connection.execute(select(table.c.filing_year).order_by(table.c.filing_year)).scalars())


def add_duties(connection: Connection, duties: Iterable[Duty]) -> int:
    """Add duties; those that are there already stay as they are. Return how many are new."""
    return load_missing(
        connection,
        tables.duty,
        (
            {
                "duty_id": duty.duty_id,
                "unit_code": duty.unit_code,
                "filing_year": duty.filing_year,
                "data_form": duty.data_form.value,
                "period": duty.period,
                "deadline_on": duty.deadline_on,
                "state": duty.state.value,
                "met_at": None,
            }
            for duty in duties
        ),
    )


def next_duty(connection: Connection, unit_code: str, filing_year: int, data_form: DataForm) -> Duty | None:
    """Return the unit's earliest duty of that year and form that is not met, else its last one, else None."""
    table = tables.duty
    statement = (
        select(table)
        .where(table.c.unit_code == unit_code, table.c.filing_year == filing_year, table.c.data_form == data_form.value)
        .order_by(table.c.period)
    )
    found = [_duty(row) for row in connection.execute(statement)]
    unmet = [duty for duty in found if duty.state is DutyState.OPEN]
    if unmet:
        return unmet[0]
    return found[-1] if found else None


def duty(connection: Connection, duty_id: str) -> Duty:
    """Return one duty."""
    return _duty(connection.execute(select(tables.duty).where(tables.duty.c.duty_id == duty_id)).one())


def meet_duty(connection: Connection, duty_id: str, state: DutyState, met_at: datetime) -> None:
    """Mark a duty as met; one that is met already keeps its first moment, and records count for more than a zero report."""
    table = tables.duty
    connection.execute(
        update(table)
        .where(table.c.duty_id == duty_id, table.c.state == DutyState.OPEN.value)
        .values(state=state.value, met_at=met_at),
    )
    if state is DutyState.ACCEPTED:
        connection.execute(
            update(table)
            .where(table.c.duty_id == duty_id, table.c.state == DutyState.ZERO_REPORT.value)
            .values(state=state.value),
        )


def filed_duties(connection: Connection, filing_year: int) -> list[FiledDuty]:
    """Return the duties of a year, one for each submission or one without, see sql/queries/board.sql."""
    return [
        FiledDuty(
            duty=Duty(
                duty_id=row.duty_id,
                unit_code=row.unit_code,
                filing_year=filing_year,
                data_form=DataForm(row.data_form),
                period=row.period,
                deadline_on=row.deadline_on,
                state=DutyState(row.duty_state),
            ),
            unit_name=row.unit_name,
            responsible_person=row.responsible_person,
            responsible_name=row.responsible_name,
            newest=_newest(row) if row.carrier_id is not None else None,
            met_days_late=row.met_days_late,
            is_outbox_unknown=row.look_state == "unknown",
            look_error=row.look_error,
            unfinished_count=row.unfinished_count,
            waits_until_at=row.waits_until_at,
        )
        for row in query(connection, "board", filing_year=filing_year)
    ]


def add_agreement(connection: Connection, agreement: Agreement) -> None:
    """Add an agreement."""
    connection.execute(
        insert(tables.agreement).values(
            agreement_id=agreement.agreement_id,
            unit_code=agreement.unit_code,
            data_form=agreement.data_form.value,
            encrypts_before_sending=agreement.encrypts_before_sending,
            algorithm=agreement.algorithm,
            unit_key_custodian=agreement.unit_key_custodian,
            centre_key_custodian=agreement.centre_key_custodian,
            destruction_clause=agreement.destruction_clause,
            from_on=agreement.from_on,
            to_on=agreement.to_on,
            signed_by_unit=agreement.signed_by_unit,
            signed_by_centre=agreement.signed_by_centre,
        ),
    )


def agreements(connection: Connection, unit_code: str | None = None, on: date | None = None) -> list[Agreement]:
    """Return agreements.

    Args:
        connection: An open transaction.
        unit_code: Of one unit; None is all.
        on: In force on that day; None is whenever.
    """
    table = tables.agreement
    statement = select(table).order_by(table.c.unit_code, table.c.data_form, table.c.from_on)
    if unit_code is not None:
        statement = statement.where(table.c.unit_code == unit_code)
    if on is not None:
        statement = statement.where(table.c.from_on <= on, or_(table.c.to_on.is_(None), table.c.to_on >= on))
    return [_agreement(row) for row in connection.execute(statement).mappings()]


def _agreement(row: RowMapping) -> Agreement:
    return Agreement(**{**row, "data_form": DataForm(row["data_form"])})


def _newest(row: Row[Any]) -> NewestRound:
    return NewestRound(
        submission_id=row.submission_id,
        carrier_id=row.carrier_id,
        carrier_number=row.carrier_number,
        package_name=package_name(bytes.fromhex(row.raw_name_hex), row.kind),
        round_no=row.round_no,
        state=RoundState(row.round_state),
        supplement_by_on=row.supplement_by_on,
        record_count=row.record_count,
        file_count=row.file_count,
        size_bytes=row.size_bytes,
        fault_count=row.fault_count,
        reason_rule=row.reason_rule,
        reason_count=row.reason_count,
    )


def _duty(row: Row[Any]) -> Duty:
    return Duty(
        duty_id=row.duty_id,
        unit_code=row.unit_code,
        filing_year=row.filing_year,
        data_form=DataForm(row.data_form),
        period=row.period,
        deadline_on=row.deadline_on,
        state=DutyState(row.state),
    )
