"""Which files every other user of this machine can read or change, by their modes and those of the folders above them.

A file that is open lies safe in a folder that nobody else may enter, and one
that is closed is replaced by whoever may write its folder. Groups are not
judged: whom a group holds is the administrator's decision. Access lists beside
the modes are not seen.

Source: interfaces.md, "The command" (doctor); reliability.md, P2, P5.
"""

from __future__ import annotations

import stat
from pathlib import Path

from lantai.edges.files.system_error import translated


def others_may_read(path: Path) -> bool:
    """Return whether any other user can read a file; False where nothing lies.

    Raises:
        PlaceUnavailableError: It cannot be told.
    """
    with translated(str(path)):
        return path.exists() and bool(_mode(path) & stat.S_IROTH) and _can_be_reached(path)


def others_may_write(path: Path) -> bool:
    """Return whether any other user can change a file or put another in its place; False where nothing lies.

    Raises:
        PlaceUnavailableError: It cannot be told.
    """
    with translated(str(path)):
        if not path.exists():
            return False
        folder = _mode(path.resolve().parent)
        can_replace = bool(folder & stat.S_IWOTH) and not folder & stat.S_ISVTX
        return (bool(_mode(path) & stat.S_IWOTH) or can_replace) and _can_be_reached(path)


def others_may_enter(folder: Path) -> bool:
    """Return whether any other user can list a folder or open what lies in it; False where nothing lies.

    Raises:
        PlaceUnavailableError: It cannot be told.
    """
    with translated(str(folder)):
        return folder.exists() and bool(_mode(folder) & (stat.S_IROTH | stat.S_IXOTH)) and _can_be_reached(folder)


def _can_be_reached(path: Path) -> bool:
    return all(_mode(folder) & stat.S_IXOTH for folder in path.resolve().parents)


def _mode(path: Path) -> int:
    return path.stat().st_mode
