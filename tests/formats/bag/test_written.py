"""The text files of a bag as we write them, read back by our own reader."""

from __future__ import annotations

from lantai.formats.bag.tag_file import read_declaration, read_manifest, read_tags
from lantai.formats.bag.written import DECLARATION_TEXT, write_bag_info, write_manifest

DIGEST = "ab" * 32


def test_manifest_reads_back_with_names_that_hold_a_line_end_or_a_percent_sign():
    """R1-31."""
    names = ["data/b", "data/100%0A.txt", "data/a\nb\rc"]

    text = write_manifest((name, DIGEST) for name in names).decode()

    assert read_manifest("manifest-sha256.txt", text).entries == [(name, DIGEST) for name in names]


def test_facts_read_back_on_one_line_each_and_blank_ones_are_left_out():
    """R1-31."""
    written = write_bag_info(
        [("Unit-Code", "JY"), ("Contact-Name", ""), ("External-Description", "一 \n Unit-Code: X")]
    )

    assert read_tags(written.decode()) == ([("Unit-Code", "JY"), ("External-Description", "一 Unit-Code: X")], [])


def test_declaration_is_that_of_bagit_1_0():
    """R1-31."""
    declared = read_declaration(DECLARATION_TEXT)

    assert (declared.version, declared.encoding, declared.problem) == ((1, 0), "utf-8", "")
