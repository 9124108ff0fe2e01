"""Choose packages by the names that a person gave: the department's name of a package, or our number of it.

The names of an archive are with its ending and without; a name in no encoding
that we know is given as the numbers of its bytes, as it is shown. A number that we
have given is that, and never the name of a package; one that we have not given is
a name, so that a package that is called so can be chosen, to be returned for it.
Case, width and blanks make no difference: what is chosen is taken in anyway, and told by name.

Source: interfaces.md, "DAGs" (take_in_filings by hand with year, units, carrier).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lantai.edges.registry.intake.rounds import rounds
from lantai.errors import UsageError
from lantai.locales import refusal
from lantai.records.intake.package import Package
from lantai.records.intake.round import Round
from lantai.records.intake.submission import read_reference
from lantai.records.text import spelling
from lantai.records.text.shown import on_one_line
from lantai.records.text.words import Words

MOST_LISTED = 40
"""So many packages are named to who asked for one that is not there."""


@dataclass(frozen=True, slots=True)
class ChosenPackages:
    """What was chosen.

    Attributes:
        names: As they are compared, with each as it was given; None chooses every package.
        received: Rounds that are called so, by id or by name.
        given: Numbers among the names that we have given, to whomever.
    """

    names: Mapping[str, str] | None
    received: tuple[Round, ...] = ()
    given: frozenset[str] = frozenset()

    def has(self, unit_code: str, package: Package) -> bool:
        """Return whether a package is among the chosen."""
        if self.names is None or self.names.keys() & _names(package):
            return True
        place = (unit_code, package.filing_year, package.raw_name)
        return place in {(this.unit_code, this.filing_year, this.package.raw_name) for this in self.received}

    def has_round(self, this: Round) -> bool:
        """Return whether a round is among the chosen."""
        return self.names is None or this.carrier_id in {each.carrier_id for each in self.received}

    def unknown(self, seen: Iterable[Package]) -> list[tuple[str, bool]]:
        """Return the names, as they were given, that neither a package in an outbox nor a round of those asked about bears.

        Args:
            seen: The packages that lie in the outboxes.

        Returns:
            Each with whether it is a number that we have given, to a submission of another unit or year.
        """
        known = {name for this in self.received for name in _names_of_round(this)}
        known |= {name for package in seen for name in _names(package)}
        names = self.names or {}
        return [(names[name], name in self.given) for name in sorted(names.keys() - known)]


def choose_packages(
    connection: Connection, names: Sequence[str] | None, unit_codes: Collection[str], years: Collection[int]
) -> ChosenPackages:
    """Return what names choose among the packages of some units and years.

    Args:
        connection: An open transaction.
        names: Names of packages, acceptance numbers or ids of rounds; None chooses everything.
        unit_codes: The units asked about.
        years: The filing years asked about.
    """
    if names is None:
        return ChosenPackages(None)
    every = rounds(connection)
    given = {number for this in every for number in (this.submission_id, this.carrier_id)}
    wanted = {_spelling(name, given): on_one_line(name.strip()) for name in names}
    received = tuple(
        this
        for this in every
        if this.unit_code in unit_codes and this.filing_year in years and wanted.keys() & _names_of_round(this)
    )
    return ChosenPackages(wanted, received, frozenset(given & wanted.keys()))


def refuse_unknown(choice: ChosenPackages, seen: Collection[Package]) -> None:
    """Refuse names that nothing bears, where every outbox could be looked at: one that may lie in another is not refused (I8).

    Args:
        choice: What was chosen.
        seen: The packages that lie in the outboxes.

    Raises:
        UsageError: Nothing bears one of the names; the message says what is there.
    """
    unknown = choice.unknown(seen)
    if unknown:
        raise refusal(UsageError, _not_there(unknown, sorted({package.shown_name for package in seen})))


def _not_there(unknown: Sequence[tuple[str, bool]], names: Sequence[str]) -> Words:
    wanted = tuple(Words.of("refused.given_elsewhere", name=name) if is_given else name for name, is_given in unknown)
    there = tuple(names[:MOST_LISTED]) or (Words.of("refused.nothing"),)
    more = Words.of("refused.more_packages", count=len(names) - MOST_LISTED) if len(names) > MOST_LISTED else ""
    return Words.of("refused.not_there", wanted=wanted, there=there, more=more)


def _names_of_round(this: Round) -> set[str]:
    return {this.submission_id, this.carrier_id, *_names(this.package)}


def _names(package: Package) -> set[str]:
    return set(map(spelling.as_read, package.names))


def _spelling(name: str, given: Collection[str]) -> str:
    """Return how a name is compared: no name as it is read aloud has capitals, so that none is taken for a number."""
    reference = read_reference(name)
    return reference.own_id if reference and reference.own_id in given else spelling.as_read(name)
