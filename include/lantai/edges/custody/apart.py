"""Whether places are apart: one folder under two addresses holds one copy, not two.

A place is told by what it is, never by how it is spelled: by device and inode
of its folder, so that a slash at the end, `..`, a symbolic link and a bind
mount make no second place, and none lies inside another. A folder that is not
there yet is told by its real path.

Source: vault.md, "Copies".
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from lantai.edges.custody.file_place import FilePlace
from lantai.edges.custody.place_protocol import Place
from lantai.errors import SettingsError
from lantai.settings import shown_address

_What = tuple[int, int] | str


def is_one(first: Place, second: Place) -> bool:
    """Whether two places are the same folder."""
    ours, theirs = _chain(first), _chain(second)
    return bool(ours and theirs) and ours[0] == theirs[0]


def overlapping(places: Sequence[Place]) -> list[tuple[Place, Place]]:
    """Return the pairs of places that are one folder, or of which one lies inside the other (R1-53)."""
    chains = [(place, _chain(place)) for place in places]
    return [
        (first, second)
        for (first, ours), (second, theirs) in combinations(chains, 2)
        if any(one in theirs for one in ours[:1]) or any(one in ours for one in theirs[:1])
    ]


def require_apart(places: Sequence[Place]) -> None:
    """Refuse places of which two are one, or one lies inside the other: what lies there is no second copy (I7).

    Raises:
        SettingsError: Both addresses are named, without passwords.
    """
    for first, second in overlapping(places):
        what = "the same folder as" if is_one(first, second) else "one of two folders that lie inside each other, with"
        raise SettingsError(
            f"place {shown_address(second.name)}: is {what} {shown_address(first.name)}, expected places apart: one folder "
            "holds one copy, whatever it is called; name another in LANTAI_COPY_URLS, or spell it as before"
        )


def on_one_disk(places: Sequence[Place]) -> list[tuple[Place, Place]]:
    """Return the pairs of places that are apart and lie on one file system: when it goes, both go."""
    one_folder = overlapping(places)
    devices = [(place, _device(place)) for place in places]
    return [
        (first, second)
        for (first, ours), (second, theirs) in combinations(devices, 2)
        if ours is not None and ours == theirs and (first, second) not in one_folder
    ]


def _chain(place: Place) -> list[_What]:
    """Return what a place's folder is, then what each folder above it is."""
    if not isinstance(place, FilePlace):
        return []
    real = Path(os.path.realpath(place.root))
    return [_what(folder) for folder in (real, *real.parents)]


def _what(folder: Path) -> _What:
    try:
        found = folder.stat()
    except OSError:
        # Not there, or not to be looked at: the path is all that is known of it.
        return str(folder)
    return found.st_dev, found.st_ino


def _device(place: Place) -> int | None:
    try:
        return place.root.stat().st_dev if isinstance(place, FilePlace) else None
    except OSError:
        return None
