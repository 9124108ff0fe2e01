"""Tasks of the DAG open_filing_year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from lantai.edges.centre import Centre, open_centre
from lantai.journey.open_year import open_year as open_one_year
from lantai.tasks.form import years_of


def open_year(form: Mapping[str, Any], scheduled_on: str | None) -> dict[str, Any]:
    """Open the years that the form names, else the year before the run.

    Args:
        form: Field `year`; empty means the year past.
        scheduled_on: Local date of a scheduled run, so that a late rerun opens the same year; None for a run by hand.

    Returns:
        Counts per filing year, and the codes of units that have named nobody responsible.
    """
    with open_centre() as centre:
        years = years_of(form) or [_year_past(centre, scheduled_on)]
        opened = [open_one_year(centre, year, "system") for year in years]
        return {
            "new_duties": {str(one.filing_year): one.new_duties for one in opened},
            "units": {str(one.filing_year): one.unit_count for one in opened},
            "units_without_person": sorted({code for one in opened for code in one.units_without_person}),
        }


def _year_past(centre: Centre, scheduled_on: str | None) -> int:
    # A demo home's date stands in for the real one, for scheduled runs too.
    if scheduled_on is None or centre.clock.is_set_by_hand:
        return centre.clock.today_on().year - 1
    return date.fromisoformat(scheduled_on).year - 1
