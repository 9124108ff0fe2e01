"""A copy of a carrier at a place. Source: vault.md, "Copies"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CopyState(StrEnum):
    """What is known of a copy. `unknown` is "could not look", never "gone"."""

    VERIFIED = "verified"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Copy:
    """One generation of a carrier at one place, and when it was last read back."""

    carrier_id: str
    place: str
    generation: int
    state: CopyState
    manifest_sha256: str
    verified_at: datetime
