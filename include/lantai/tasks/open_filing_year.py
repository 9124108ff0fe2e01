"""Tasks of the DAG open_filing_year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from lantai.edges.centre import Centre, open_centre
from lantai.journey.year.find_unlisted_years import find_unlisted_years
from lantai.journey.year.open_year import open_year as open_one_year
from lantai.journey.year.open_year import require_over
from lantai.tasks.form import refuse_other_fields, years_of

FIELDS = ("year",)
"""Fields of the form."""


def check_form(form: Mapping[str, object], scheduled_on: str | None) -> list[int]:
    """Return the years to open: those that the form names, else the year before the run.

    Args:
        form: Field `year`; empty means the year past.
        scheduled_on: Local date of a scheduled run, so that a late rerun opens the same year; None for a run by hand.

    Raises:
        UsageError: There is another field, or a year that is not over yet.
    """
    refuse_other_fields(form, FIELDS)
    with open_centre() as centre:
        years = years_of(form) or [_year_past(centre, scheduled_on)]
        for year in years:
            require_over(centre, year)
    return years


def open_year(years: Sequence[int]) -> dict[str, object]:
    """Open the years that `check_form` returned.

    Returns:
        Counts per filing year, the codes of units that have named nobody responsible, and the years ahead of which the
        table of workdays says nothing.
    """
    with open_centre() as centre:
        opened = [open_one_year(centre, year, "system") for year in years]
        unlisted = find_unlisted_years(centre)
    return {
        "new_duties": {str(one.filing_year): one.new_duties for one in opened},
        "units": {str(one.filing_year): one.unit_count for one in opened},
        "units_without_person": sorted({code for one in opened for code in one.units_without_person}),
        "years_without_workdays": unlisted,
    }


def _year_past(centre: Centre, scheduled_on: str | None) -> int:
    # A demo home's date stands in for the real one, for scheduled runs too.
    if scheduled_on is None or centre.clock.is_set_by_hand:
        return centre.clock.today_on().year - 1
    return date.fromisoformat(scheduled_on).year - 1
