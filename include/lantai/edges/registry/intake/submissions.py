"""Rows of submissions: which is meant, and the acceptance numbers that they are given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from lantai.edges import tables
from lantai.records.centre.unit import DataForm
from lantai.records.intake.submission import submission_id


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
