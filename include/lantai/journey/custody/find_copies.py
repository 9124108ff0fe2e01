"""Find the copies of a carrier: at every place that is configured, and at every place that a row names.

A setting can lose a place and the bytes stay there; the row remembers it: of
`copy` when the copy is registered, of `begun_copy` when a run has only begun it.
What is done about copies (erasing, looking again) is therefore done about all
of these places, whatever the settings say today; restoring asks the registered.

Rows are read first, places looked at afterwards and outside any transaction: a
disk that does not answer would keep everybody else from the registry.

Source: vault.md, "Copies" and "Destruction, in order", 4 and 5; reliability.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.custody.apart import require_apart
from lantai.edges.custody.file_place import Place
from lantai.edges.custody.vault_reader import all_files
from lantai.edges.registry.custody import holdings
from lantai.errors import FixityError, PlaceUnavailableError


@dataclass(frozen=True, slots=True)
class KnownCopies:
    """What rows say of where copies of a carrier lie; equal to another one as long as they name the same places.

    Attributes:
        carrier_id: The carrier.
        registered: Names of the places at which a copy is registered.
        begun: Names of those at which one was begun and never registered.
    """

    carrier_id: str
    registered: frozenset[str]
    begun: frozenset[str]


@dataclass(frozen=True, slots=True)
class FoundCopies:
    """Where copies of a carrier may lie, and where they do.

    Attributes:
        places: Every place that was looked at, the vault first; none left out.
        holding: Those at which something of the carrier lies that is registered, or that nobody has begun.
        begun: Those at which something lies that was begun and never registered; it counts as no copy.
    """

    places: tuple[Place, ...]
    holding: tuple[Place, ...]
    begun: tuple[Place, ...] = ()


def places_of(connection: Connection, centre: Centre, carrier_id: str) -> tuple[Place, ...]:
    """Return the configured places and those at which a copy of a carrier is registered, in this order; none is touched.

    Raises:
        PlaceUnavailableError: A row names a place of a kind that is not known.
    """
    return centre.vault.places_with(copy.place for copy in holdings.copies_of(connection, carrier_id))


def known_copies(connection: Connection, carrier_ids: Iterable[str]) -> tuple[KnownCopies, ...]:
    """Return what rows say of the copies of some carriers, in the order given; no place is touched."""
    return tuple(
        KnownCopies(
            carrier_id,
            frozenset(copy.place for copy in holdings.copies_of(connection, carrier_id)),
            frozenset(holdings.begun_places(connection, carrier_id)),
        )
        for carrier_id in carrier_ids
    )


def find_copies(centre: Centre, known: KnownCopies) -> FoundCopies:
    """Look for a carrier at every place, and refuse to go by less than all of them (I3, I8).

    Args:
        centre: The centre; no transaction of it is open.
        known: What rows say of the carrier's copies.

    Raises:
        SettingsError: Two of the places are one folder, or one lies inside the other.
        PlaceUnavailableError: A place could not be looked at; all such places are named.
        FixityError: A copy is registered at a place that has nothing of the carrier (another disk may be mounted
            there), or fewer places than the policy asks for have it.
    """
    places = centre.vault.places_with(known.registered | known.begun)
    require_apart(places)
    holding: list[Place] = []
    unreached: list[str] = []
    for place in places:
        try:
            if all_files(place, known.carrier_id):
                holding.append(place)
        except PlaceUnavailableError as error:
            unreached.append(f"{error} (carrier {known.carrier_id})")
    if unreached:
        raise PlaceUnavailableError("; ".join(unreached))
    kept = tuple(place for place in holding if place.name not in known.begun)
    _require_whole(centre, known.carrier_id, kept, [place.name for place in places if place.name in known.registered])
    return FoundCopies(places, kept, tuple(place for place in holding if place.name in known.begun))


def require_copies_at_hand(centre: Centre, known: Iterable[KnownCopies], keep: Callable[[], None]) -> None:
    """Refuse unless every copy of some carriers can be reached, and its place be written, now (I8, D2).

    Called before anything is marked, so that an act that has to reach all copies does not begin without one of them.

    Args:
        centre: The centre; no transaction of it is open.
        known: What rows say of the copies.
        keep: Called before each carrier is looked for and each place is written: keeps the lease of whoever waits for them.

    Raises:
        PlaceUnavailableError: A place does not answer, or takes no file.
        FixityError: A copy is not where its row says, or there are too few.
    """
    places: dict[str, Place] = {}
    for copies in known:
        keep()
        places |= {place.name: place for place in find_copies(centre, copies).places}
    for place in places.values():
        keep()
        place.probe()


def _require_whole(centre: Centre, carrier_id: str, holding: Sequence[Place], named: Sequence[str]) -> None:
    """Refuse a registered copy that is not at its place, and fewer copies than the policy asks for (I8)."""
    there = {place.name for place in holding}
    if gone := [name for name in named if name not in there]:
        raise FixityError(
            f"carrier {carrier_id}: found nothing of it at {', '.join(gone)}, expected the copy that is registered there: "
            "see that the right disk is mounted, or put carriers/ and headers/ of this carrier back from another place"
        )
    if len(holding) < centre.settings.min_copies:
        raise FixityError(
            f"carrier {carrier_id}: found it at {len(holding)} places, expected {centre.settings.min_copies}: "
            "a new generation has to be read back there before the old one goes"
        )
