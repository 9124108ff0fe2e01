"""Something to be said, before it is put into a language: the name of its words, and what they are filled with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence, or a part of one, as `locales` has it under `key`.

    Attributes:
        key: Dotted, e.g. `refused.no_round`.
        values: By name; words among them are put into the same language, and several stand behind one another.
    """

    key: str
    values: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, key: str, **values: Value) -> Self:
        """Return words with these values."""
        return cls(key, tuple(values.items()))


Value = str | int | Words | tuple[str | Words, ...]
