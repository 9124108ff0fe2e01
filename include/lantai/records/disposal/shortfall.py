"""What a list still lacks: people at the centre read it before they sign and before they act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

Value = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One thing that is missing, as a name and values; its words stand in locales under `shortfalls`, see `locales.lacking`.

    Attributes:
        rule: What is missing, e.g. `panel_too_small`.
        values: What its words are filled with: names and numbers, and codes of duties, stages and states, which are worded too.
        because: Why a thing that is there does not count.
    """

    rule: str
    values: tuple[tuple[str, Value], ...] = ()
    because: tuple[Shortfall, ...] = ()

    @classmethod
    def of(cls, rule: str, because: tuple[Shortfall, ...] = (), **values: Value) -> Self:
        """Return one with these values."""
        return cls(rule, tuple(sorted(values.items())), because)
