"""What the trigger forms say: years, unit codes, packages and days as text, read once, in a DAG's first task.

Airflow has checked the pattern of each field by then (a bad one is refused
with 400); whether it names something that can be meant is checked here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from lantai.errors import UsageError
from lantai.records.unit import UNIT_CODE

_BETWEEN = re.compile(r"[\s,，、;；]+")
_YEAR = re.compile(r"(?:19|20)\d\d")


def years_of(form: Mapping[str, Any]) -> list[int] | None:
    """Return the filing years that the form names, ascending; None when it names none.

    Raises:
        UsageError: A word is not a year.
    """
    words = _words(form.get("year"))
    for word in words:
        if not _YEAR.fullmatch(word):
            raise UsageError(f"year: found {word!r}, expected years like 2025, apart by commas or spaces")
    return sorted({int(word) for word in words}) or None


def units_of(form: Mapping[str, Any]) -> list[str] | None:
    """Return the unit codes that the form names, sorted; None when it names none. A list of codes is taken as well.

    Raises:
        UsageError: A word is not a unit code.
    """
    words = [word.upper() for word in _words(form.get("units"))]
    for word in words:
        if not UNIT_CODE.fullmatch(word):
            raise UsageError(f"units: found {word!r}, expected unit codes like JY, apart by commas or spaces")
    return sorted(set(words)) or None


def carriers_of(form: Mapping[str, Any]) -> list[str] | None:
    """Return the names of packages that the form gives, one a line; None when it gives none. A list is taken as well.

    A name may hold blanks and commas, so nothing else parts two of them.
    """
    given = form.get("carrier") or []
    lines = given if isinstance(given, list | tuple) else [given]
    names = [name.strip() for line in lines for name in str(line).splitlines()]
    return sorted({name for name in names if name}) or None


def day_of(form: Mapping[str, Any]) -> date | None:
    """Return the day that the form names, None when it names none.

    Raises:
        UsageError: It is not a date.
    """
    text = str(form.get("on") or "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"on: found {text!r}, expected a date like 2026-09-01") from error


def _words(value: object) -> list[str]:
    if value is None:
        return []
    parts = [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]
    return [word for part in parts for word in _BETWEEN.split(unicodedata.normalize("NFKC", part)) if word]
