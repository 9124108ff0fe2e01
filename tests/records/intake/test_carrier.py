"""Names of departments' files, and what tells one state of a package from another."""

from __future__ import annotations

import re
import unicodedata

import pytest

from lantai.records.custody.file_digest import FileDigest
from lantai.records.intake.carrier import (
    MOST_NUMBER_CHARACTERS,
    ReceivedFile,
    RemoteFile,
    arrived_name,
    bare_name,
    decode_name,
    fingerprint,
    is_on_its_way,
    stand_in_number,
)


@pytest.mark.parametrize(
    "name",
    [
        "通知.pdf",
        "目录.xlsx",
        "农业/目录.csv",
        "关于印发《办法》的通知.docx",
        "readme.txt",
        "2025年度（第1号）.ofd",
        "档号·0001.tif",
    ],
)
def test_name_is_read_in_either_encoding(name: str) -> None:
    """R1-31, R1-42; a GBK name is ordinary here."""
    assert decode_name(name.encode()) == name
    assert decode_name(name.encode("gb18030")) == name


def test_western_name_stays_what_it_is() -> None:
    """R1-31."""
    for name in (
        "résumé.pdf",
        unicodedata.normalize("NFD", "résumé.pdf"),
        "Ångström.tif",
        "¿Qué?.txt",
        "10½.txt",
        "§5.doc",
    ):
        assert decode_name(name.encode()) == name


def test_name_of_no_encoding_is_none() -> None:
    """R1-31."""
    assert decode_name(b"\xff\xff\xff") is None


def test_fingerprint_changes_with_name_size_and_time_and_not_with_order() -> None:
    """R1-42, S2."""
    one, two = RemoteFile(b"a", 1, 10), RemoteFile(b"b", 2, 20)

    same = fingerprint([one, two])

    assert fingerprint([two, one]) == same
    assert fingerprint([one, RemoteFile(b"b", 3, 20)]) != same
    assert fingerprint([one, RemoteFile(b"b", 2, 21)]) != same
    assert fingerprint([one, RemoteFile(b"c", 2, 20)]) != same


@pytest.mark.parametrize(
    ("name", "arrived"),
    [
        (b"001.zip.filepart", b"001.zip"),
        (b"001.ZIP.PART", b"001.ZIP"),
        ("报送一.tmp".encode("gbk"), "报送一".encode("gbk")),
        (b"001.zip", b"001.zip"),
        (b"part", b"part"),
    ],
)
def test_half_an_upload_is_known_by_the_ending_that_it_will_lose(name: bytes, arrived: bytes) -> None:
    """R1-42."""
    assert arrived_name(name) == arrived
    assert is_on_its_way(name) is (name != arrived)


def test_ending_of_an_archive_is_no_part_of_its_name() -> None:
    """R1-34."""
    assert [bare_name(b"001.zip", "zip"), bare_name(b"001.ZIP", "zip"), bare_name(b"a.tar", "tar")] == [
        b"001",
        b"001",
        b"a",
    ]
    assert bare_name(b"001.zip", "folder") == b"001.zip"


def test_name_stands_in_for_a_number_that_was_not_said() -> None:
    """R1-34: whatever the name is, the same one twice and no two of them the same."""
    long, longer = b"a" * 250, b"a" * 251

    assert stand_in_number("报送一.zip".encode("gbk"), "zip") == "报送一"
    assert stand_in_number(b"\xff\xfe\x81", "folder") == "ff fe 81"
    assert stand_in_number(long, "folder") == stand_in_number(long, "folder") != stand_in_number(longer, "folder")
    assert all(len(stand_in_number(name, "folder")) <= MOST_NUMBER_CHARACTERS for name in (long, b"\xff" * 255))
    assert stand_in_number(b"a" * MOST_NUMBER_CHARACTERS, "folder") == "a" * MOST_NUMBER_CHARACTERS
    assert stand_in_number(b"a" * 101, "folder").startswith(f"{'a' * 80}~")


def test_name_like_a_number_of_ours_stands_in_for_none() -> None:
    """R1-34: a digest of it does."""
    found = stand_in_number(b"SL2025-JY-E001.zip", "zip")

    assert re.fullmatch("~[0-9a-f]{16}", found)
    assert found != stand_in_number(b"SL2025-JY-E002.zip", "zip")


@pytest.mark.parametrize(
    ("raw_name", "path", "kept_as"),
    [
        ("metadata/目录.csv".encode(), "metadata/目录.csv", "metadata/目录.csv"),
        ("metadata/目录.csv".encode("gb18030"), "metadata/目录.csv", "metadata/目录.csv"),
        (b"\xff\xfe/1", None, "raw-name-hex/fffe2f31"),
    ],
)
def test_file_is_kept_under_its_name_or_the_bytes_of_it_where_no_encoding_fits(raw_name, path, kept_as):
    """A name that nobody can read is no reason to lose the file."""
    received = ReceivedFile.arrived(3, raw_name, 5, {"sha256": "a" * 64, "sm3": "b" * 64}, 17)

    assert received == ReceivedFile(3, raw_name, path, FileDigest(kept_as, 5, "a" * 64, "b" * 64), 17)
    assert received.size_bytes == 5
