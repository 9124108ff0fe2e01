"""Choose packages by the names that a person gave: the department's name of a package, or our number of it.

The names of an archive are with its ending and without; a name in no encoding
that we know is given as the numbers of its bytes, as it is shown. What has the
form of an acceptance number is one, and never the name of a package. Case, width
and blanks make no difference: what is chosen is taken in anyway, and told by name.

Source: interfaces.md, "DAGs" (take_in_filings by hand with year, units, carrier).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lantai.edges.intake.outbox import PackageSeen
from lantai.edges.registry.intake.submissions import Round, rounds
from lantai.records.intake.carrier import bare_name, decode_name
from lantai.records.intake.submission import read_reference
from lantai.records.text import spelling


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen.

    Attributes:
        names: As they were given; None chooses every package.
        received: Rounds that are called so, by id or by name.
    """

    names: frozenset[str] | None
    received: tuple[Round, ...] = ()

    def has(self, unit_code: str, package: PackageSeen) -> bool:
        """Return whether a package is among the chosen."""
        if self.names is None or not self.names.isdisjoint(_names(package.raw_name, package.kind.value)):
            return True
        place = (unit_code, package.filing_year, package.raw_name)
        return place in {(this.unit_code, this.filing_year, this.raw_name) for this in self.received}

    def has_round(self, this: Round) -> bool:
        """Return whether a round is among the chosen."""
        return self.names is None or this.carrier_id in {each.carrier_id for each in self.received}

    def unknown(self, seen: Iterable[PackageSeen]) -> list[str]:
        """Return the names that neither a package in an outbox nor a round bears, sorted."""
        known = {name for this in self.received for name in _names_of_round(this)}
        known |= {name for package in seen for name in _names(package.raw_name, package.kind.value)}
        return sorted((self.names or frozenset()) - known)


def choose(
    connection: Connection, names: Sequence[str] | None, unit_codes: Collection[str], years: Collection[int]
) -> Choice:
    """Return what names choose among the packages of some units and years.

    Args:
        connection: An open transaction.
        names: Names of packages, acceptance numbers or ids of rounds; None chooses everything.
        unit_codes: The units asked about.
        years: The filing years asked about.
    """
    if names is None:
        return Choice(None)
    wanted = frozenset(_spelling(name) for name in names)
    received = tuple(
        this
        for this in rounds(connection)
        if this.unit_code in unit_codes and this.filing_year in years and not wanted.isdisjoint(_names_of_round(this))
    )
    return Choice(wanted, received)


def _names_of_round(this: Round) -> set[str]:
    return {this.submission_id, this.carrier_id, *_names(this.raw_name, this.kind)}


def _names(raw_name: bytes, kind: str) -> set[str]:
    both = (raw_name, bare_name(raw_name, kind))
    names = {decode_name(name) or name.hex(" ") for name in both}
    return {spelling.as_read(name) for name in names if read_reference(name) is None}


def _spelling(name: str) -> str:
    reference = read_reference(name)
    return reference.own_id if reference else spelling.as_read(name)
