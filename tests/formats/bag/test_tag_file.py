"""The text files of a bag, line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.formats.bag.tag_file import (
    MOST_ENTRIES,
    MOST_MALFORMED,
    MOST_TAGS,
    escape,
    is_read_by_bagit,
    is_unsafe,
    known_encoding,
    manifest_name,
    plain_path,
    read_declaration,
    read_manifest,
    read_tags,
    read_text,
    unescape,
)
from patience import ends_within

DECLARED = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def test_declaration_is_two_lines():
    """R1-45."""
    declaration = read_declaration(DECLARED)

    assert (declaration.version, declaration.encoding, declaration.problem) == ((1, 0), "utf-8", "")
    assert read_declaration(DECLARED.replace(b"\n", b"\r\n")).problem == ""
    assert read_declaration(DECLARED.replace(b"UTF-8", b"GBK")).encoding == "gbk"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xef\xbb\xbf" + DECLARED, "byte order mark"),
        ("BagIt-Version：1.0\n".encode("gbk"), "not UTF-8"),
        (DECLARED + b"BagIt-Version: 1.0\n", "BagIt-Version: 1.0"),
        (DECLARED + b"more\n", "more"),
        (DECLARED.replace(b"1.0", b"one"), "BagIt-Version"),
        (b"BagIt-Version: 1.0\n", "Tag-File-Character-Encoding"),
        (DECLARED.replace(b"UTF-8", b"utf-7"), "utf-7"),
        (DECLARED.replace(b"UTF-8", b"rot13"), "rot13"),
        (DECLARED.replace(b"UTF-8", b"no-such"), "no-such"),
        (b"", "BagIt-Version"),
    ],
)
def test_problem_of_a_declaration_is_named_and_the_rest_is_still_read(content, problem):
    """R1-45."""
    declaration = read_declaration(content)

    assert declaration.problem == problem
    assert declaration.encoding == "utf-8"


def test_codec_that_is_no_text_encoding_is_unknown():
    """R1-45."""
    assert [known_encoding(name) for name in ("UTF8", "gb18030", "hex", "unicode_escape", "x\0y")] == [
        "utf-8",
        "gb18030",
        None,
        None,
        None,
    ]


def test_mark_before_a_text_is_taken_off_and_told():
    """R1-45."""
    assert read_text(b"\xef\xbb\xbfa", "utf-8") == ("a", True)
    assert read_text("甲".encode("gbk"), "gbk") == ("甲", False)


def test_manifests_are_known_by_name():
    """R1-45."""
    assert manifest_name("manifest-SHA-256.txt") == (False, "sha256")
    assert manifest_name("tagmanifest-sm3.txt") == (True, "sm3")
    assert [manifest_name(name) for name in ("data/manifest-md5.txt", "manifest-.txt", "manifest-md5.csv")] == [
        None
    ] * 3
    assert is_read_by_bagit("bag-info.txt")
    assert not is_read_by_bagit("metadata/catalogue.csv")


def test_pairs_go_on_over_indented_lines_and_what_is_neither_is_told():
    """R1-45."""
    pairs, malformed = read_tags("A: 1\r\n  2\n\t3\n\nB:\nno pair\n: nothing before\n")

    assert pairs == [("A", "1 2 3"), ("B", "")]
    assert malformed == ["no pair", ": nothing before"]
    assert read_tags(" first line indented\n") == ([], [" first line indented"])


def test_pair_with_a_nul_is_no_pair():
    """R1-45: PostgreSQL holds no text with a NUL; a number of a carrier would be one."""
    assert read_tags("Carrier-Number: 0\0001\nA: 1\n \0\n") == ([("A", "1")], ["Carrier-Number: 0\0001", " \0"])


def test_lines_of_a_manifest_are_read_whatever_the_tool_that_wrote_them():
    """R1-45."""
    text = f"{'A' * 64}  data/a b.txt\r\n{'b' * 64} *data/c.txt\n\n{'c' * 63}  data/short\n{'d' * 64}\nx  data/y\n"

    manifest = read_manifest("manifest-sha256.txt", text)

    assert manifest.entries == [("data/a b.txt", "a" * 64), ("data/c.txt", "b" * 64)]
    assert manifest.malformed == [f"{'c' * 63}  data/short", "d" * 64, "x  data/y"]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_name_survives_writing_and_reading(name):
    """R1-45."""
    assert unescape(escape(name)) == name
    assert not {"\n", "\r"} & set(escape(name))


def test_percent_sign_was_not_escaped_before_version_one():
    """R1-45."""
    assert unescape("100%25%0a", (0, 97)) == "100%25\n"
    assert unescape("100%25%zz", (1, 0)) == "100%%zz"


def test_plain_path_has_no_dots_and_doubled_slashes():
    """R1-45."""
    assert plain_path("./data//a/./b") == "data/a/b"
    assert is_unsafe("data/../b")
    assert not is_unsafe("./data//a/./b")


def test_no_more_is_kept_of_a_tag_file_than_a_package_may_hold():
    """R1-45: it is read in the worker itself, so its lines are counted."""
    pairs, odd_pairs = read_tags("a: b\n" * (MOST_TAGS + 5))
    listed = read_manifest("manifest-md5.txt", f"{'0' * 32}  a\n" * (MOST_ENTRIES + 5))
    junk = read_manifest("manifest-md5.txt", "x\n" * (MOST_MALFORMED + 5))

    assert (len(pairs), len(odd_pairs)) == (MOST_TAGS, 5)
    assert (len(listed.entries), listed.malformed) == (MOST_ENTRIES, [])
    assert (junk.entries, len(junk.malformed)) == ([], MOST_MALFORMED)


LONG = 1_000_000


@pytest.mark.parametrize("line", ["a:" + " " * LONG + "\0", "a" + " " * LONG, ":" * LONG, "a" * LONG + "\0:"])
def test_long_line_of_a_tag_file_keeps_nobody(line):
    """R1-45: a line of blanks with a NUL behind it held the worker for hours."""
    with ends_within(60):
        pairs, odd = read_tags(line)

    assert (pairs, odd) == ([], [line])


@pytest.mark.parametrize("line", ["f" * LONG, "f" * 32 + " " * LONG, "f" * LONG + " " * LONG + "\0", "%" * LONG])
def test_long_line_of_a_manifest_keeps_nobody(line):
    """R1-45."""
    with ends_within(60):
        read = read_manifest("manifest-md5.txt", line)

    assert len(read.entries) + len(read.malformed) == 1
