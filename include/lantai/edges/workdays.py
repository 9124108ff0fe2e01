"""The table of workdays: which days differ from Monday to Friday.

The centre's own file when one is set, else what the package ships. What a
working day means for a deadline is said in `lantai.rules.year.calendar`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from lantai.errors import SettingsError
from lantai.workdays import shipped_table

COLUMNS = ("day", "is_working")
"""Columns that are read; others, such as the reason, are for people."""


def load_workdays(path: Path | None) -> Mapping[date, bool]:
    """Return the days that differ from Monday to Friday: True is a working day, False a holiday.

    Args:
        path: CSV in UTF-8 with the columns day (2026-10-01) and is_working (0 or 1); None reads the shipped table.

    Raises:
        SettingsError: The file cannot be read or a row says nothing; the message names file and line.
    """
    if path is None:
        return _read(shipped_table(), "the shipped table of workdays")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"LANTAI_WORKDAYS_FILE: found {path}, expected a CSV in UTF-8 ({error})") from error
    return _read(text, str(path))


def _read(text: str, name: str) -> dict[date, bool]:
    rows = csv.DictReader(text.splitlines())
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise SettingsError(f"{name}: column {', '.join(missing)} is missing, expected {', '.join(COLUMNS)}")
    table = {}
    for row in rows:
        try:
            table[date.fromisoformat(row["day"])] = {"0": False, "1": True}[row["is_working"]]
        except (KeyError, ValueError, TypeError) as error:
            found = f"{row['day']},{row['is_working']}"
            raise SettingsError(f"{name}, line {rows.line_num}: found {found}, expected 2026-10-01,0") from error
    return table
