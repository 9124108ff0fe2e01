"""What this machine has: space, programs, folders of our own; making and removing folders that only we use.

Places of the vault are in `file_place`, packages under way in `quarantine`; here
is what is neither.

Source: interfaces.md, "The command" (doctor, init).
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from lantai.edges.files.system_error import translated

PRIVATE_MODE = 0o700


def is_there(path: Path) -> bool:
    """Return whether something lies at a path.

    Raises:
        PlaceUnavailableError: It cannot be told.
    """
    with translated(str(path)):
        return path.exists()


def is_folder(path: Path) -> bool:
    """Return whether a folder lies at a path.

    Raises:
        PlaceUnavailableError: It cannot be told.
    """
    with translated(str(path)):
        return path.is_dir()


def missing_of(paths: Iterable[Path]) -> list[Path]:
    """Return the paths at which nothing lies, in the order given.

    Raises:
        PlaceUnavailableError: It cannot be told.
    """
    return [path for path in paths if not is_there(path)]


def files_of(folder: Path) -> set[Path]:
    """Return what lies directly in a folder; nothing when there is no such folder.

    Raises:
        PlaceUnavailableError: The folder cannot be listed.
    """
    with translated(str(folder)):
        return set(folder.iterdir()) if folder.is_dir() else set()


def make_folder(folder: Path, *, is_private: bool = False) -> None:
    """Make a folder and those above it; nothing happens when it is there.

    Args:
        folder: The folder.
        is_private: Whether nobody but this user may look into it; one that is there is closed to others only while it is empty.

    Raises:
        DiskFullError: There is no space left.
        PlaceUnavailableError: It cannot be made.
    """
    with translated(str(folder)):
        folder.mkdir(mode=PRIVATE_MODE if is_private else 0o777, parents=True, exist_ok=True)
        if is_private and not any(folder.iterdir()):
            folder.chmod(PRIVATE_MODE)


def make_new_folder(folder: Path) -> None:
    """Make a folder that may not be there yet: two workers in one folder would mix what they make.

    Raises:
        DiskFullError: There is no space left.
        PlaceUnavailableError: It is there, or cannot be made.
    """
    with translated(str(folder)):
        folder.mkdir(parents=True)


def discard_folder(folder: Path) -> None:
    """Remove a folder with all it holds; nothing happens when it is not there.

    Raises:
        PlaceUnavailableError: Something of it stayed.
    """
    with translated(str(folder)):
        if folder.exists():
            shutil.rmtree(folder)


def free_bytes(folder: Path) -> int:
    """Return the space left where a folder lies.

    Raises:
        PlaceUnavailableError: The folder is not there, or its disk cannot be asked.
    """
    with translated(str(folder)):
        return shutil.disk_usage(folder).free


def has_program(name: str) -> bool:
    """Return whether a program can be called by its name."""
    return shutil.which(name) is not None


def sqlite_version() -> tuple[int, ...]:
    """Return the version of the SQLite library in this process."""
    return sqlite3.sqlite_version_info
