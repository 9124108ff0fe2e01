"""A package: one handing-in of a department as it lies in its outbox, the same from the first listing to its round.

What was listed in it, what arrived of it and what its round says are other facts;
each of them *has* a package and none has its parts again.

Source: interfaces.md, "A department's folder".
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from lantai.records.intake.carrier import Packaging, bare_name, names_of, package_name, shown_name, stand_in_number


@dataclass(frozen=True, slots=True)
class Package:
    """What tells one package of a unit, in one state, from every other; two are equal when nothing of it has moved.

    Attributes:
        filing_year: Of the folder that it lies in.
        raw_name: The department's name for it, any bytes; with its ending for an archive.
        packaging: A folder, or an archive of one.
        fingerprint: Its state: see `carrier.fingerprint`.
    """

    filing_year: int
    raw_name: bytes
    packaging: Packaging
    fingerprint: str

    @property
    def bare_name(self) -> bytes:
        """The department's name for it without the ending of its archive."""
        return bare_name(self.raw_name, self.packaging)

    @property
    def name(self) -> str:
        """The same as people read it."""
        return package_name(self.raw_name, self.packaging)

    @property
    def shown_name(self) -> str:
        """Its name for people as it lies there, with the ending of an archive."""
        return shown_name(self.raw_name)

    @property
    def names(self) -> frozenset[str]:
        """What people may call it by: see `carrier.names_of`."""
        return names_of(self.raw_name, self.packaging)

    @property
    def stand_in_number(self) -> str:
        """What its carrier is called while it does not say its number: see `carrier.stand_in_number` (R1-34)."""
        return stand_in_number(self.raw_name, self.packaging)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is remembered of a package over several looks.

    Attributes:
        seen_at: First look that found it in this state.
        waits_until_at: Until when this state may stay as it is before it is taken in half; None is without end.
        carrier_id: The round that is about it; None until there is one.
        is_whole: Whether all that it lists for itself is there.
    """

    seen_at: datetime
    waits_until_at: datetime | None
    carrier_id: str | None
    is_whole: bool


def quarantine_id_of(unit_code: str, package: Package) -> str:
    """Return the name of a package's folder in the quarantine; another state of the package has another."""
    facts = json.dumps([unit_code, package.filing_year, package.raw_name.hex(), package.fingerprint])
    return f"{unit_code}-{package.filing_year}-{hashlib.sha256(facts.encode()).hexdigest()[:20]}"
