"""Open a filing year: a duty per unit, data form and period, each with its deadline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lantai.edges.centre import Centre
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre.units import units
from lantai.edges.registry.year.duties import add_duties, open_filing_year
from lantai.errors import UsageError
from lantai.records.centre.unit import DataForm, Frequency, Unit
from lantai.records.ledger.event import EventKind
from lantai.records.year.duty import Duty
from lantai.rules.year.calendar import deadline, periods

FIRST_YEAR = 1949
"""Nothing filed is older than the republic's first year."""


@dataclass(frozen=True, slots=True)
class OpenedYear:
    """What opening a year did.

    Attributes:
        filing_year: The year.
        is_new: Whether the year was not open before.
        new_duties: Duties that were added.
        unit_count: Units that file.
        units_without_person: Codes of units that named nobody responsible.
    """

    filing_year: int
    is_new: bool
    new_duties: int
    unit_count: int
    units_without_person: tuple[str, ...]


def open_year(centre: Centre, filing_year: int, actor: str) -> OpenedYear:
    """Open a filing year, or add the duties of units that were registered since; safe to run again at any moment.

    Source: R1-01 (which units owe what), R1-11 (whom nobody answers for).

    Args:
        centre: The centre.
        filing_year: The year the records were made in; it has to be over, so it is at most last year.
        actor: Staff id of who opens it, or `system`.

    Raises:
        UsageError: The year is not over yet, or before 1949.
    """
    require_over(centre, filing_year)
    with centre.database.begin() as connection:
        filing = [unit for unit in units(connection) if unit.owes(filing_year)]
        is_new = open_filing_year(connection, filing_year, centre.clock.now_at())
        new_duties = add_duties(connection, (duty for unit in filing for duty in duties_of(unit, filing_year)))
        if is_new or new_duties:
            append(
                connection,
                EventKind.YEAR_OPENED,
                str(filing_year),
                actor,
                centre.clock.now_at(),
                {"filing_year": filing_year, "new_duties": new_duties, "units": len(filing)},
            )
    nobody = tuple(unit.unit_code for unit in filing if unit.responsible_person is None)
    return OpenedYear(filing_year, is_new, new_duties, len(filing), nobody)


def require_over(centre: Centre, filing_year: int) -> None:
    """Refuse a year that cannot be opened: the year of filing is one that is over (R1-24).

    Raises:
        UsageError: The year is not over yet, or before 1949.
    """
    last = centre.clock.today_on().year - 1
    if not FIRST_YEAR <= filing_year <= last:
        raise UsageError(f"filing year {filing_year}: expected {FIRST_YEAR} to {last}; a year is filed when it is over")


def duties_of(unit: Unit, filing_year: int) -> Iterator[Duty]:
    """Yield what a unit owes for a year, by its forms and frequency, with each deadline (R1-19, R1-20, R1-21)."""
    for form in unit.data_forms:
        frequency = unit.business_frequency if form is DataForm.BUSINESS_DATA else Frequency.YEAR
        for period in range(1, periods(frequency, filing_year) + 1):
            yield Duty(
                duty_id=f"{unit.unit_code}-{filing_year}-{form.letter}-{period}",
                unit_code=unit.unit_code,
                filing_year=filing_year,
                data_form=form,
                period=period,
                deadline_on=deadline(filing_year, form, period, frequency),
            )
