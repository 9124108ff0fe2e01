"""What somebody at the centre has decided about a held round. Source: requirements, "Slips in the sources"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RulingChoice(StrEnum):
    """What becomes of a held round."""

    ACCEPT = "accept"
    """What is in doubt was looked into and may stand."""
    RETURN = "return"
    """The unit gets it back, with the reason."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """One ruling: it holds for everything that a round is held for and that its choice can settle.

    Attributes:
        reason: What the unit reads, e.g. who was asked and what the papers say.
        ruled_by: Staff id.
        ruled_by_name: Name, as it is printed.
    """

    carrier_id: str
    choice: RulingChoice
    reason: str
    ruled_by: str
    ruled_by_name: str
    ruled_at: datetime
