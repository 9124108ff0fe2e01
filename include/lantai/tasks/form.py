"""What the trigger forms say: years, unit codes, packages and days as text, read once, in a DAG's first task.

Airflow has checked the pattern of each field by then (a bad one is refused
with 400); whether it names something that can be meant is checked here. Airflow
takes any other key beside the fields; here it is refused: who wrote `unit` for
`units` did not mean all units.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import TypeVar

from lantai.edges.centre import Centre
from lantai.edges.registry.centre.units import units as registered_units
from lantai.edges.registry.year.duties import open_years
from lantai.errors import LantaiError, NotFoundError, UsageError
from lantai.locales import say
from lantai.records.centre.unit import UNIT_CODE
from lantai.records.text import spelling

MOST_NAMES = 20
"""So many units are named to whoever asked for one that is not registered."""

_BETWEEN = re.compile(r"[\s,，、;；]+")
_YEAR = re.compile(r"(?:19|20)\d\d")

Error = TypeVar("Error", bound=LantaiError)


def refusal(kind: type[Error], word: str, near: Iterable[str] = (), **values: object) -> Error:
    """Return an error about a form, in Chinese and in English: whoever filled it in reads it in the log of the first task.

    Args:
        kind: Class of the error.
        word: Which sentence, in `trigger` of the locales.
        near: What may have been meant instead.
        values: What goes into the sentence.
    """
    meant = ", ".join(near)
    halves = [
        say(f"trigger.{word}", locale, **values) + (say("trigger.near", locale, near=meant) if meant else "")
        for locale in ("zh", "en")
    ]
    return kind(" / ".join(halves))


def refuse_other_fields(form: Mapping[str, object], known: Collection[str]) -> None:
    """Refuse a form with a key that is none of its fields, before anything is done.

    Args:
        form: All keys of the run's configuration, and the fields of the form.
        known: The fields that the DAG reads; none for a DAG without a form.

    Raises:
        UsageError: There is another key; the message names the fields, and the nearest to what was written.
    """
    others = sorted(set(form) - set(known))
    if others and not known:
        raise refusal(UsageError, "no_field", found=", ".join(others))
    if others:
        near = dict.fromkeys(name for other in others for name in get_close_matches(other, known, n=1))
        raise refusal(UsageError, "unknown_field", near, found=", ".join(others), known=", ".join(sorted(known)))


def require_years(centre: Centre, years: Sequence[int] | None) -> None:
    """Refuse filing years that are not open.

    Raises:
        UsageError: One is not; the message names those that are.
    """
    with centre.database.read() as connection:
        opened = open_years(connection)
    missing = sorted(set(years or ()) - set(opened))
    if missing:
        raise refusal(UsageError, "year_not_open", found=_listed(missing), known=_listed(opened) or _nothing())


def require_units(centre: Centre, codes: Sequence[str] | None) -> None:
    """Refuse codes of units that are not registered.

    Raises:
        NotFoundError: One is not; the message names some that are, and the nearest to what was written.
    """
    if not codes:
        return
    with centre.database.read() as connection:
        known = [unit.unit_code for unit in registered_units(connection)]
    missing = sorted(set(codes) - set(known))
    if missing:
        near = dict.fromkeys(code for one in missing for code in get_close_matches(one, known, n=2, cutoff=0.5))
        raise refusal(NotFoundError, "unit_unknown", near, found=_listed(missing), known=_some_of(known))


def years_of(form: Mapping[str, object]) -> list[int] | None:
    """Return the filing years that the form names, ascending; None when it names none.

    Raises:
        UsageError: A word is not a year.
    """
    words = _words(form, "year")
    for word in words:
        if not _YEAR.fullmatch(word):
            raise refusal(UsageError, "year", found=repr(word))
    return sorted({int(word) for word in words}) or None


def units_of(form: Mapping[str, object]) -> list[str] | None:
    """Return the unit codes that the form names, sorted; None when it names none. A list of codes is taken as well.

    Raises:
        UsageError: A word is not a unit code.
    """
    words = [word.upper() for word in _words(form, "units")]
    for word in words:
        if not UNIT_CODE.fullmatch(word):
            raise refusal(UsageError, "units", found=repr(word))
    return sorted(set(words)) or None


def carriers_of(form: Mapping[str, object]) -> list[str] | None:
    """Return the names of packages that the form gives, one a line; None when it gives none. A list is taken as well.

    A name may hold blanks and commas, so nothing else parts two of them.

    Raises:
        UsageError: It is neither text nor a list of text.
    """
    names = [name.strip() for text in _texts(form, "carrier") for name in text.splitlines()]
    return sorted({name for name in names if name}) or None


def day_of(form: Mapping[str, object]) -> date | None:
    """Return the day that the form names, None when it names none.

    Raises:
        UsageError: It is not a date.
    """
    text = text_of(form, "on")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise refusal(UsageError, "on", found=repr(text)) from error


def text_of(form: Mapping[str, object], field: str) -> str:
    """Return the one text of a field, empty when it has none.

    Raises:
        UsageError: It is neither text nor a list of text.
    """
    return " ".join(_texts(form, field)).strip()


def _texts(form: Mapping[str, object], field: str) -> list[str]:
    """Return the texts of a field. Nothing else is read: `false` and `0` would mean all there is, `{"a": 1}` a name."""
    value = form.get(field)
    if value is None:
        return []
    given: Sequence[object] = value if isinstance(value, list | tuple) else [value]
    texts = [text for text in given if isinstance(text, str)]
    if len(texts) < len(given):
        raise refusal(UsageError, "not_text", field=field, found=json.dumps(value, ensure_ascii=False, default=str))
    return texts


def _words(form: Mapping[str, object], field: str) -> list[str]:
    texts = _texts(form, field)
    return [word for text in texts for word in _BETWEEN.split(spelling.plain(text)) if word]


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


def _nothing() -> str:
    return " ".join(say("trigger.nothing", locale) for locale in ("zh", "en"))


def _some_of(codes: Sequence[str]) -> str:
    return _listed(codes[:MOST_NAMES]) + (f" … ({len(codes)})" if len(codes) > MOST_NAMES else "") or _nothing()
