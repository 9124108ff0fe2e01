"""Which files every other user of this machine can read or change, by their modes and those of the folders above them.

A file that is open lies safe in a folder that nobody else may enter. One that
is closed is replaced by whoever may write its folder, any folder above, or a
folder with a link on the way to it: all of these are walked. In a folder with
the sticky bit (`/tmp`) nobody renames what is another's. Groups are not judged:
whom a group holds is the administrator's decision. Access lists beside the
modes are not seen.

Source: interfaces.md, "The command" (doctor).
"""

from __future__ import annotations

import errno
import os
import stat
from collections import deque
from pathlib import Path

from lantai.edges.files.system_error import translated

_MOST_LINKS = 40
"""The system follows no more on one way either. Source: path_resolution(7)."""


def others_may_read(path: Path) -> bool:
    """Return whether any other user can read a file; False where nothing lies (P5).

    Raises:
        PlaceUnavailableError: It cannot be told.
    """
    with translated(str(path)):
        return path.exists() and bool(_mode(path) & stat.S_IROTH) and _can_be_reached(path)


def others_may_write(path: Path) -> bool:
    """Return whether any other user can change a file or put another in its place; False where nothing lies (P5).

    Raises:
        PlaceUnavailableError: It cannot be told.
    """
    with translated(str(path)):
        if not path.exists():
            return False
        can_write = bool(_mode(path) & stat.S_IWOTH) and _can_be_reached(path)
        return can_write or any(_can_be_renamed_in(folder) for folder in _folders_on_the_way(path))


def others_may_enter(folder: Path) -> bool:
    """Return whether any other user can list a folder or open what lies in it; False where nothing lies.

    Raises:
        PlaceUnavailableError: It cannot be told.
    """
    with translated(str(folder)):
        return folder.exists() and bool(_mode(folder) & (stat.S_IROTH | stat.S_IXOTH)) and _can_be_reached(folder)


def _can_be_renamed_in(folder: Path) -> bool:
    mode, may = _mode(folder), stat.S_IWOTH | stat.S_IXOTH
    return mode & may == may and not mode & stat.S_ISVTX and _can_be_reached(folder)


def _folders_on_the_way(path: Path) -> set[Path]:
    """Return every folder in which a name is looked up when a path is opened, those of links included."""
    at, found, links = Path("/"), set[Path](), 0
    left = deque(path.absolute().parts[1:])
    while left:
        name = left.popleft()
        if name == "..":
            at = at.parent
            continue
        found.add(at)
        step = at / name
        if not step.is_symlink():
            at = step
            continue
        links += 1
        if links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        target = step.readlink()
        left.extendleft(reversed(target.parts[1:] if target.is_absolute() else target.parts))
        at = Path("/") if target.is_absolute() else at
    return found


def _can_be_reached(path: Path) -> bool:
    return all(_mode(folder) & stat.S_IXOTH for folder in path.resolve().parents)


def _mode(path: Path) -> int:
    return path.stat().st_mode
