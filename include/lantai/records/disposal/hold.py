"""A hold (冻结): while it lasts, nothing it covers is disposed of. Source: glossary 56; vault.md, destruction 1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class HoldScope(StrEnum):
    """What a hold covers; `target` is the id of that thing (for a fonds its number)."""

    RECORD = "record"
    CARRIER = "carrier"
    UNIT = "unit"
    FONDS = "fonds"


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row of a list that is under a hold now, with one hold that covers it."""

    row_no: int
    record_id: str
    hold_id: str
    scope: HoldScope


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold; in force until `lifted_at`."""

    hold_id: str
    scope: HoldScope
    target: str
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None
