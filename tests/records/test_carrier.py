"""Names of departments' files, and what tells one state of a package from another."""

from __future__ import annotations

import unicodedata

import pytest

from lantai.records.carrier import RemoteFile, decode_name, fingerprint


@pytest.mark.parametrize(
    "name", ["通知.pdf", "关于印发《办法》的通知.docx", "readme.txt", "2025年度（第1号）.ofd", "档号·0001.tif"]
)
def test_name_is_read_in_either_encoding(name: str) -> None:
    """R1-42; a GBK name is ordinary here."""
    assert decode_name(name.encode()) == name
    assert decode_name(name.encode("gb18030")) == name


def test_western_name_stays_what_it_is() -> None:
    for name in ("résumé.pdf", unicodedata.normalize("NFD", "résumé.pdf")):
        assert decode_name(name.encode()) == name


def test_name_of_no_encoding_is_none() -> None:
    assert decode_name(b"\xff\xff\xff") is None


def test_fingerprint_changes_with_name_size_and_time_and_not_with_order() -> None:
    one, two = RemoteFile(b"a", 1, 10), RemoteFile(b"b", 2, 20)

    same = fingerprint([one, two])

    assert fingerprint([two, one]) == same
    assert fingerprint([one, RemoteFile(b"b", 3, 20)]) != same
    assert fingerprint([one, RemoteFile(b"b", 2, 21)]) != same
    assert fingerprint([one, RemoteFile(b"c", 2, 20)]) != same
