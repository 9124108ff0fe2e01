"""Hold room on our disks for a package, before the first byte of it is read, unpacked or sealed.

On one server quarantine, work folder, vault, copy and registry may share one
disk: a package needs its size once where it arrives, and once more at each place
that it is sealed to. What stays free besides is `LANTAI_DISK_RESERVE_MIB`, for
the quarantine's disk and once more for the registry's.

Source: reliability.md, "Faults".
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from lantai.edges.centre import Centre
from lantai.edges.custody.file_place import FilePlace
from lantai.edges.files.disk_room import require_room


def hold_room(centre: Centre, what: str, *, arriving_bytes: int, sealed_bytes: int) -> None:
    """Refuse what would not fit, or would leave less than the reserves (D1).

    Args:
        centre: The centre.
        what: The package, for the message.
        arriving_bytes: What still goes into the quarantine.
        sealed_bytes: What goes into the work folder, and from there to each place.

    Raises:
        DiskFullError: A disk has less; nothing was read.
        PlaceUnavailableError: A disk cannot be asked.
    """
    needed: dict[Path, int] = defaultdict(int)
    needed[centre.quarantine.root] += arriving_bytes + reserve_bytes(centre)
    registry = centre.database.folder
    if registry is not None:
        needed[registry] += reserve_bytes(centre)
    needed[centre.settings.work] += sealed_bytes
    for place in centre.vault.places:
        if isinstance(place, FilePlace):  # Any other says itself when it is full.
            needed[place.root] += sealed_bytes
    require_room(needed, what)


def reserve_bytes(centre: Centre) -> int:
    """Return what stays free on the quarantine's disk."""
    return centre.settings.disk_reserve_mib * 1024**2
