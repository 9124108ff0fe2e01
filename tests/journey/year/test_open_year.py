"""Opening a filing year: who owes what by when, and that opening it again adds only what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.registry.centre.units import put_unit
from lantai.errors import UsageError
from lantai.journey.year.open_year import open_year
from lantai.records.centre.unit import DataForm, Frequency, Unit
from lantai.records.ledger.event import EventKind

JY = Unit("JY", "教育局", "Z109", (DataForm.E_DOCUMENT,), responsible_person="U01")
GT = Unit("GT", "国土局", "Z110", (DataForm.BUSINESS_DATA, DataForm.DIGITISED_RESULT), Frequency.QUARTER)


def register(centre: Centre, *units: Unit) -> None:
    with centre.database.begin() as connection:
        for unit in units:
            put_unit(connection, unit)


def deadlines(centre: Centre) -> dict[str, date]:
    with centre.database.read() as connection:
        duty = tables.duty
        return {row.duty_id: row.deadline_on for row in connection.execute(select(duty))}


def test_each_unit_owes_each_of_its_forms_by_30_june_of_the_next_year_and_business_data_by_its_frequency(
    centre: Centre,
) -> None:
    """R1-19, R1-20, R1-21, R1-24: the year filed is 2025, the deadlines lie in 2026."""
    register(centre, JY, GT)

    opened = open_year(centre, 2025, "system")

    assert (opened.is_new, opened.new_duties, opened.unit_count) == (True, 6, 2)
    found = deadlines(centre)
    assert found["JY-2025-E-1"] == found["GT-2025-D-1"] == date(2026, 6, 30)
    assert sorted(found) == ["GT-2025-B-1", "GT-2025-B-2", "GT-2025-B-3", "GT-2025-B-4", "GT-2025-D-1", "JY-2025-E-1"]


def test_unit_that_named_nobody_responsible_is_told(centre: Centre) -> None:
    """R1-11."""
    register(centre, JY, GT)

    assert open_year(centre, 2025, "system").units_without_person == ("GT",)


def test_opening_again_adds_only_the_duties_of_units_that_came_since(centre: Centre) -> None:
    """R1-01, R1-20."""
    register(centre, JY)
    open_year(centre, 2025, "system")
    before = deadlines(centre)
    register(centre, GT)

    again = open_year(centre, 2025, "system")

    assert (again.is_new, again.new_duties) == (False, 5)
    assert before.items() <= deadlines(centre).items()


@pytest.mark.parametrize(
    ("first_filing_year", "closed_on", "owes"),
    [
        (None, None, True),
        (2025, None, True),
        (2026, None, False),
        (None, date(2025, 1, 31), True),
        (None, date(2024, 12, 31), False),
    ],
)
def test_unit_owes_the_years_from_its_first_to_that_of_its_closure(
    centre: Centre, first_filing_year: int | None, closed_on: date | None, owes: bool
) -> None:
    """R1-01: opening an old year makes nobody late who was not there, or had not begun to file."""
    register(centre, replace(JY, first_filing_year=first_filing_year, closed_on=closed_on))

    open_year(centre, 2025, "system")

    assert ("JY-2025-E-1" in deadlines(centre)) == owes


def test_every_opening_that_changes_something_is_an_event_and_no_other(centre: Centre) -> None:
    """R1-01, R1-24: also of a year that nobody owes anything for yet, and the first that can be opened."""
    for code in (None, None, JY, None, GT):
        if code is not None:
            register(centre, code)
        open_year(centre, 1949, "A01")

    with centre.database.read() as connection:
        events = connection.execute(select(tables.event).where(tables.event.c.kind == EventKind.YEAR_OPENED)).all()
    assert [(event.subject, event.actor) for event in events] == [("1949", "A01")] * 3


@pytest.mark.parametrize("year", [2026, 1948])
def test_year_that_is_not_over_or_before_the_republic_is_refused(centre: Centre, year: int) -> None:
    """R1-24: on 2 March 2026 the year 2026 cannot be filed yet."""
    with pytest.raises(UsageError, match=f"filing year {year}"):
        open_year(centre, year, "system")

    assert deadlines(centre) == {}
