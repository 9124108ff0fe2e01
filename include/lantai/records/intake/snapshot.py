"""A snapshot of business data by what its bag says: it has no catalogue, and is one record. Source: interfaces.md, "A carrier"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lantai.records.custody.record import Retention


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What bag-info.txt says of a snapshot, read; what is wrong with it is told by `rules.intake.snapshot`.

    Attributes:
        retention: Its period; None when the bag names none that is in force, for nobody asks what an old one means of a snapshot.
        bagged_on: Local date of packing; None when the bag names none.
        description: What it is, for people; empty when the bag does not say.
    """

    retention: Retention | None
    bagged_on: date | None
    description: str
