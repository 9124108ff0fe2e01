"""Room on our disks: listed bytes are held against it before the first of them is read.

What a department lays out must not fill the disk that the registry writes to,
nor that of anybody else's filing. A reserve stays free on the disk of the
quarantine, and another on that of the registry, where both are one disk both.

Source: reliability.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from lantai.edges.files.durable import disk_error
from lantai.edges.files.machine import free_bytes
from lantai.errors import DiskFullError


def require_room(needed: Mapping[Path, int], what: str) -> None:
    """Refuse what would not fit, before anything of it is read (S5).

    Args:
        needed: Bytes by the folder that they go to, reserves among them; folders of one disk count together. A folder that
            is not there yet counts as the one above it.
        what: What they are for, for the message.

    Raises:
        DiskFullError: A disk has less; the message names it.
        PlaceUnavailableError: A disk cannot be asked.
    """
    wanted: dict[int, int] = defaultdict(int)
    folders: dict[int, Path] = {}
    for folder, count in needed.items():
        there = _there(folder)
        device = _device(there)
        wanted[device] += count
        folders.setdefault(device, there)
    for device, count in wanted.items():
        free = free_bytes(folders[device])
        if free < count:
            raise DiskFullError(
                f"{what}: no space left for it: found {_mebibytes(free)} free on the disk of {folders[device]}, expected "
                f"{_mebibytes(count)}, reserve included; nothing was read"
            )


def require_reserve(folder: Path, reserve_bytes: int) -> None:
    """Refuse to go on writing into the reserve of a disk (D1).

    Raises:
        DiskFullError: Less than the reserve is free.
    """
    free = free_bytes(_there(folder))
    if free < reserve_bytes:
        raise DiskFullError(
            f"{folder}: no space left: found {_mebibytes(free)} free, expected the reserve of {_mebibytes(reserve_bytes)}"
        )


def _device(folder: Path) -> int:
    try:
        return folder.stat().st_dev
    except OSError as error:
        raise disk_error(error, folder) from error


def _there(folder: Path) -> Path:
    return next((each for each in (folder, *folder.parents) if each.exists()), Path("/"))


def _mebibytes(count: int) -> str:
    return f"{count / 1024**2:,.0f} MiB"
