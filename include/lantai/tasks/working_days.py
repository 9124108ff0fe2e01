"""What the working-day timetable asks: whether people work on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from lantai.edges.workdays import load_workdays
from lantai.rules.year import calendar
from lantai.settings import from_env


def is_working_day(day: date) -> bool:
    """Return whether people of this centre work on a local day."""
    return calendar.is_working_day(day, _table(from_env().workdays_file))


@cache
def _table(path: Path | None) -> Mapping[date, bool]:
    return load_workdays(path)
