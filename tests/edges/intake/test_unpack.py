"""Taking an archive apart into the quarantine."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from killing import run_killed
from lantai.edges.intake.opened_archive import open_archive
from lantai.edges.intake.quarantine import Quarantine
from lantai.edges.intake.unpack import is_unpacked, unpack
from lantai.errors import DiskFullError
from lantai.records.intake.carrier import ReceivedFile
from servers.small_disk import SmallDisk

MIB = 1024 * 1024
CONTENTS = {"b.txt": b"b", "a.txt": b"a" * 3000, "空.txt": b"", "c.bin": os.urandom(2_500_000)}


def zip_at(path: Path, contents: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def unpacked(path: Path, root: Path, reserve_bytes: int = 0) -> list[ReceivedFile]:
    with path.open("rb") as source, open_archive(source) as archive:
        return unpack(archive, Quarantine(root), "JY-1", reserve_bytes)


def test_members_of_an_archive_lie_in_the_quarantine_as_files_of_a_folder_do(tmp_path: Path) -> None:
    """R1-38."""
    path = zip_at(tmp_path / "one.zip", CONTENTS)

    received = unpacked(path, tmp_path / "quarantine")

    assert [file.path for file in received] == sorted(CONTENTS)
    for file in received:
        content = CONTENTS[str(file.path)]
        assert Quarantine(tmp_path / "quarantine").path("JY-1", file.file_no).read_bytes() == content
        assert (file.size_bytes, file.digest.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    with path.open("rb") as source, open_archive(source) as archive:
        assert is_unpacked(archive, received)
        assert not is_unpacked(archive, received[1:])


def test_run_that_was_killed_while_it_unpacked_goes_on_where_it_stood(tmp_path: Path) -> None:
    """K1."""
    path = zip_at(tmp_path / "one.zip", CONTENTS)
    kills = sum(run_killed(lambda: unpacked(path, tmp_path / "quarantine"), step) for step in range(1, 8))

    received = unpacked(path, tmp_path / "quarantine")

    assert kills
    assert {str(file.path): file.digest.sha256 for file in received} == {
        name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()
    }
    assert not list((tmp_path / "quarantine").rglob("*.part"))


@pytest.mark.server("mount")
def test_archive_that_unpacks_into_the_reserve_is_stopped_there(
    tmp_path: Path, small_disk: Callable[[Path, int], SmallDisk]
) -> None:
    """D1: also in the middle of a file; what stays is for the next run."""
    path = zip_at(tmp_path / "one.zip", {"a.txt": b"a", "large.bin": os.urandom(12 * MIB)})
    disk = small_disk(tmp_path / "disk", 16 * 1024)

    with pytest.raises(DiskFullError, match="expected the reserve of 8 MiB"):
        unpacked(path, disk.folder, 8 * MIB)

    left = os.statvfs(disk.folder)
    assert left.f_bavail * left.f_frsize >= 6 * MIB
    assert [file.path for file in Quarantine(disk.folder).finish("JY-1")] == ["a.txt"]
