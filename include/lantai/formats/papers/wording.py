"""The words of the forms in one language, and how values are written in it.

Nothing is looked up that the language does not have: a missing word is an
error, not an English key on a Chinese paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lantai import locales

BYTES_PER_GB = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Wording:
    """Words and ways of writing for one language.

    Attributes:
        locale: `zh` or `en`.
        offset: From UTC, of the moments on a paper that names it once; a moment with another offset names its own.
    """

    locale: str
    offset: timedelta | None = None

    def word(self, section: str, key: str) -> str:
        """Return one word, e.g. `word("fields", "unit")`; `section` may be nested with dots.

        Raises:
            KeyError: The forms have no such word.
        """
        at: Any = locales.words(self.locale)
        for part in (*section.split("."), key):
            at = at[part]
        return str(at)

    def words(self, section: str) -> Mapping[str, str]:
        """Return all words of a section, in their order."""
        at: Any = locales.words(self.locale)
        for part in section.split("."):
            at = at[part]
        return dict(at)

    def choices(self, key: str) -> list[str]:
        """Return the words of a drop-down, in their order."""
        return [str(choice) for choice in locales.words(self.locale)["choices"][key]]

    def field(self, key: str) -> str:
        """Return the label of a field or the heading of a column."""
        return self.word("fields", key)

    def value(self, domain: str, name: str | None) -> str:
        """Return how a coded value is printed; blank for None or empty.

        Raises:
            KeyError: `name` is not a value of that domain.
        """
        return self.word(f"values.{domain}", name) if name else ""

    def sentence(self, key: str, **values: object) -> str:
        """Return a sentence with its values in it."""
        return self.word("sentences", key).format(**{name: self.show(value) for name, value in values.items()})

    def show(self, value: object) -> str:
        """Return a value as it is printed: blank for None, grouped digits, long dates, moments to the second."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.word("sentences", "yes" if value else "no")
        if isinstance(value, int):
            return f"{value:,}"
        if isinstance(value, datetime):
            moment = f"{self.day(value)} {value:%H:%M:%S}"
            return moment if value.utcoffset() == self.offset else f"{moment} ({offset_of(value)})"
        if isinstance(value, date):
            return self.day(value)
        return str(value)

    def zone(self, moment: datetime) -> str:
        """Return the name of the zone that a moment is given in, as far as the language has one for its offset."""
        offset = offset_of(moment)
        return self.words("zones").get(offset.removeprefix("UTC"), offset)

    def pair(self, key: str, value: object) -> str:
        """Return a field's label and its value on one line."""
        return self.word("page", "pair").format(label=self.field(key), value=self.show(value))

    def day(self, day: date) -> str:
        """Return a calendar date the long way, e.g. 2026年6月30日."""
        return self.word("page", "date").format(year=day.year, month=day.month, day=day.day)

    def gigabytes(self, size_bytes: int) -> str:
        """Return a size in GB with exactly three decimals, half up. Source: rules N7."""
        return str((Decimal(size_bytes) / BYTES_PER_GB).quantize(Decimal("0.001"), ROUND_HALF_UP))


def offset_of(moment: datetime) -> str:
    """Return a moment's offset from UTC, e.g. `UTC+08:00`."""
    offset = moment.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"
