"""A local folder as a list of files: names as bytes, nothing followed, nothing left out."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from lantai.edges.files.folder import FolderFile, copy_file, list_folder
from lantai.errors import AlreadyThereError, PlaceUnavailableError


def test_what_is_no_regular_file_is_named_and_no_link_is_followed(tmp_path: Path) -> None:
    """S2."""
    folder, other = tmp_path / "folder", tmp_path / "other"
    (folder / "data" / "empty").mkdir(parents=True)
    other.mkdir()
    (other / "secret").write_bytes(b"secret")
    (folder / "b.txt").write_bytes(b"b")
    (folder / "data" / "a.txt").write_bytes(b"aa")
    (folder / "data" / "folder").symlink_to(other)
    (folder / "data" / "file").symlink_to(other / "secret")
    os.mkfifo(folder / "pipe")
    os.utime(folder / "b.txt", (7, 7))

    found = list_folder(folder)

    assert [(each.raw_name, each.is_regular) for each in found] == [
        (b"b.txt", True),
        (b"data/a.txt", True),
        (b"data/file", False),
        (b"data/folder", False),
        (b"pipe", False),
    ]
    assert found[0] == FolderFile(b"b.txt", folder / "b.txt", 1, 7, is_regular=True)
    assert found[1].path == folder / "data" / "a.txt"


def test_folder_that_cannot_be_listed_is_named_and_not_left_out(tmp_path: Path) -> None:
    """S2: its path is longer than the system takes."""
    name = "n" * 250
    at = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir(name, dir_fd=at)
        below = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)

    with pytest.raises(PlaceUnavailableError, match=rf"^{name}/.*cannot be listed \(File name too long\)"):
        list_folder(tmp_path)


def test_copy_says_what_was_written_and_takes_the_place_of_nothing(tmp_path: Path) -> None:
    """R1-32."""
    (tmp_path / "source").write_bytes(b"x" * 3_000_000)
    target = tmp_path / "new" / "folder" / "target"
    told: list[int] = []

    size, digests = copy_file(tmp_path / "source", target, ["sha256"], told.append)

    assert (size, sum(told)) == (3_000_000, 3_000_000)
    assert digests == {"sha256": hashlib.sha256(target.read_bytes()).hexdigest()}
    with pytest.raises(AlreadyThereError, match="is there already"):
        copy_file(tmp_path / "source", target, ["sha256"])
