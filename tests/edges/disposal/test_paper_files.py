"""A paper of a list is there whole or not at all, and may be written again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

import pytest

from lantai.edges.disposal.paper_files import put_paper
from lantai.errors import DiskFullError, PlaceUnavailableError


def test_paper_is_written_into_a_folder_of_its_list_and_its_digest_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "papers" / "D-2026-JY-001"

    told = put_paper(folder, "销毁清册.pdf", b"paper")

    assert [path.name for path in folder.iterdir()] == ["销毁清册.pdf"]
    assert (folder / "销毁清册.pdf").read_bytes() == b"paper"
    assert told == hashlib.sha256(b"paper").hexdigest()


def test_paper_that_something_writes_bit_by_bit_has_the_digest_of_the_whole(tmp_path: Path) -> None:
    def writes(out: BinaryIO) -> None:
        out.write(b"first, ")
        out.write(b"then")

    told = put_paper(tmp_path, "清册.xlsx", writes)

    assert (tmp_path / "清册.xlsx").read_bytes() == b"first, then"
    assert told == hashlib.sha256(b"first, then").hexdigest()


def test_later_paper_of_a_name_stands_in_the_place_of_the_older_one(tmp_path: Path) -> None:
    put_paper(tmp_path, "销毁清册.pdf", b"the older and longer one")

    put_paper(tmp_path, "销毁清册.pdf", b"new")

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("销毁清册.pdf", b"new")]


def test_writer_that_fails_leaves_the_older_paper_and_nothing_else(tmp_path: Path) -> None:
    put_paper(tmp_path, "销毁清册.pdf", b"older")

    def fails(out: BinaryIO) -> None:
        out.write(b"half")
        raise ValueError("no such font")

    with pytest.raises(ValueError, match="no such font"):
        put_paper(tmp_path, "销毁清册.pdf", fails)

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("销毁清册.pdf", b"older")]


def test_full_disk_leaves_the_older_paper_and_says_what_is_full(small_disk, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    small_disk(disk, 256)
    put_paper(disk, "销毁清册.pdf", b"older")

    with pytest.raises(DiskFullError, match=str(disk)):
        put_paper(disk, "销毁清册.pdf", b"x" * 1024 * 1024)

    assert [(path.name, path.read_bytes()) for path in disk.iterdir()] == [("销毁清册.pdf", b"older")]


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "papers").write_text("no folder")

    with pytest.raises(PlaceUnavailableError, match="papers/D-1"):
        put_paper(tmp_path / "papers" / "D-1", "销毁清册.pdf", b"paper")
