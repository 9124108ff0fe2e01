"""Clear what a killed run has begun at places that the settings have lost since, once the carrier is registered elsewhere.

What lies there was never registered and no receipt names it, whole or not. A
place that does not answer keeps its row, and nothing of the carrier is
destroyed before it answers (`find_copies`).

Source: vault.md, "Copies"; reliability.md, "Faults".
"""

from __future__ import annotations

from contextlib import suppress

from lantai.edges.centre import Centre
from lantai.edges.custody.apart import is_one, overlapping
from lantai.edges.custody.vault import remove_unnamed
from lantai.edges.database.lease import Lease, require
from lantai.edges.registry.custody import holdings
from lantai.errors import PlaceUnavailableError


def clear_former(centre: Centre, carrier_id: str, lease: Lease) -> None:
    """Erase what is begun of a carrier at places that no setting names, and forget it where nothing is left (K1, K3, I2, I8).

    A place that does not answer is not known to be empty: its row stays. So does that of a folder inside a place, or around one.

    Args:
        centre: The centre.
        carrier_id: A carrier whose copies are registered.
        lease: Held by this worker.

    Raises:
        LeaseLostError: Another worker has taken over.
    """
    with centre.database.read() as connection:
        begun = holdings.begun_places(connection, carrier_id)
    configured = centre.vault.places
    cleared = []
    for name in sorted(begun - {place.name for place in configured}):
        with suppress(PlaceUnavailableError):
            (place,) = centre.vault.places_with([name])[len(configured) :]
            if any(is_one(place, other) for other in configured):
                # Another spelling of a place whose copy is registered: what lies there is that copy.
                cleared.append(name)
            elif not overlapping([place, *configured]):
                remove_unnamed(place, carrier_id, ())
                cleared.append(name)
    if cleared:
        with centre.database.begin() as connection:
            require(connection, lease)
            holdings.forget_begun(connection, carrier_id, cleared)
