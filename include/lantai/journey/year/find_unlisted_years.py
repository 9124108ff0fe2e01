"""Find the years ahead of which the table of workdays says nothing.

Such a year is counted as Mondays to Fridays: every run and every period in
working days then falls on holidays too, and nobody is told.

Source: the State Council names a year's holidays in the November before it.
"""

from __future__ import annotations

from datetime import timedelta

from lantai.edges.centre import Centre
from lantai.edges.workdays import load_workdays
from lantai.rules.year.calendar import uncovered_years

AHEAD = timedelta(days=60)
"""How far ahead the table is asked: next year's holidays are named in November, and by then there is time to enter them."""


def find_unlisted_years(centre: Centre) -> list[int]:
    """Return the years from today to 60 days ahead that the table of workdays does not hold, in order; mostly none.

    Raises:
        SettingsError: The centre's own table cannot be read; the message names file and line.
    """
    today = centre.clock.today_on()
    return uncovered_years(today, today + AHEAD, load_workdays(centre.settings.workdays_file))
