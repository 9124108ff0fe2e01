"""What is listed is held against our disks before the first byte of it is read.

Covers: edges.files.machine.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lantai.edges.files import disk_room
from lantai.edges.files.disk_room import require_reserve, require_room
from lantai.edges.files.machine import free_bytes
from lantai.errors import DiskFullError, PlaceUnavailableError
from servers.small_disk import SmallDisk

MIB = 1024 * 1024


@pytest.mark.server("mount")
def test_what_would_not_fit_is_refused_and_the_disk_is_named(
    tmp_path: Path, small_disk: Callable[[Path, int], SmallDisk]
) -> None:
    """D1, S5."""
    folder = small_disk(tmp_path / "disk", 4096).folder

    require_room({folder / "quarantine" / "not yet": 3 * MIB}, "JY 001")
    with pytest.raises(DiskFullError, match=r"JY 001: no space left for it: found 4 MiB free on the disk of .*/disk"):
        require_room({folder / "quarantine": 5 * MIB}, "JY 001")


@pytest.mark.server("mount")
def test_folders_of_one_disk_share_its_room(tmp_path: Path, small_disk: Callable[[Path, int], SmallDisk]) -> None:
    """D1: the registry's reserve is not the one of the quarantine."""
    folder = small_disk(tmp_path / "disk", 4096).folder
    other = small_disk(tmp_path / "other", 4096).folder

    require_room({folder: 3 * MIB, other: 3 * MIB}, "JY 001")
    with pytest.raises(DiskFullError, match="expected 6 MiB"):
        require_room({folder / "a": 3 * MIB, folder / "b": 3 * MIB}, "JY 001")


def test_reserve_is_not_written_into(tmp_path: Path) -> None:
    """D1."""
    free = free_bytes(tmp_path)

    require_reserve(tmp_path, free // 2)
    with pytest.raises(DiskFullError, match="expected the reserve"):
        require_reserve(tmp_path, free * 2)


def test_last_byte_that_is_free_may_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D1, S5."""
    monkeypatch.setattr(disk_room, "free_bytes", lambda _folder: 1000)

    require_room({tmp_path / "a": 400, tmp_path / "b": 600}, "JY 001")
    require_reserve(tmp_path, 1000)

    with pytest.raises(DiskFullError):
        require_room({tmp_path / "a": 400, tmp_path / "b": 601}, "JY 001")
    with pytest.raises(DiskFullError):
        require_reserve(tmp_path, 1001)


def test_disk_that_cannot_be_asked_is_unavailable_not_full(tmp_path: Path) -> None:
    """I8."""
    with pytest.raises(PlaceUnavailableError) as caught:
        free_bytes(tmp_path / "nothing")

    assert not isinstance(caught.value, DiskFullError)
