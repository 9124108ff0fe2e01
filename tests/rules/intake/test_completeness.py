"""Catalogues against files and against themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factories_bag import entry, row, rules
from lantai.records.intake.finding import Severity
from lantai.rules.intake.catalogue_entry import read_entries
from lantai.rules.intake.completeness import Expected, check, check_sizes

EXPECTED = Expected("Z109", 2025)


def checked(rows, payload=None, expected=EXPECTED):
    files = {name for each in rows for name in each.files} if payload is None else payload
    return check(read_entries(rows, files), files, expected)


def test_whole_catalogue_has_no_finding():
    """R1-13, R1-14."""
    assert checked([row(n) for n in range(1, 50)]) == []


def test_rows_and_files_are_compared_in_both_directions():
    """R1-13, R1-14, R1-50, GD-1-11."""
    found = checked([row(1), row(2)], {"data/1.txt", "data/9.txt"})

    assert [(f.rule, f.values["found"]) for f in found] == [
        ("catalogue_file_missing", "data/2.txt"),
        ("file_uncatalogued", "data/9.txt"),
    ]


def test_blank_access_levels_are_counted_and_remarked_upon_once():
    """GD-2-3 (a blank access level)."""
    (told,) = checked([row(1, access_level=""), row(2), row(3, access_level="")])

    assert (told.rule, told.severity, told.values) == ("access_level_missing", Severity.WARNING, {"count": "2"})


def test_file_without_a_byte_is_a_fault_of_its_record():
    """GD-2-7."""
    found = check_sizes([entry(1), entry(2)], {"data/1.txt": 0, "data/2.txt": 1})

    assert [(f.rule, f.severity, f.record_no) for f in found] == [("file_empty", Severity.FAULT, 1)]


def test_same_code_same_content_and_shared_file_are_found():
    """R1-13, GD-1-8, N5."""
    rows = [row(1), replace(row(1), row_no=2), replace(row(2), row_no=3)]

    found = checked(rows)

    assert {(f.rule, f.values.get("rows")) for f in found} == {
        ("archival_code_duplicate", ("1–2",)),
        ("record_duplicate", ("1–2",)),
        ("file_in_two_records", ("1–2",)),
    }


@pytest.mark.parametrize(
    "changes", [{"archival_code": ""}, {"title": ""}, {"doc_no": ""}], ids=["code", "title", "number"]
)
def test_rows_that_have_only_a_blank_in_common_are_not_doubled(changes):
    """GD-1-8, N5: letters without a number of their own often have one title."""
    first, second = row(1, **changes), row(2, **changes)
    alike = {"title": first.title, "author": first.author, "formed_on": first.formed_on, "doc_no": first.doc_no}
    rows = [first, replace(second, **alike)] if "archival_code" not in changes else [first, second]

    assert rules(checked(rows)) <= {"field_missing"}


def test_number_of_another_series_fills_no_gap():
    """R1-50, N5: each period and department counts for itself."""
    other = "Z109-WS·2025-D30-RSC-"
    rows = [row(1), row(3), *(row(n, archival_code=f"{other}{n:04d}", dept_or_subject="RSC") for n in (1, 2))]

    found = checked(
        [rows[0], rows[1], *(replace(each, files=(f"data/r{n}.txt",), doc_no="") for n, each in enumerate(rows[2:]))]
    )

    assert [(f.rule, f.values.get("found")) for f in found] == [("item_no_gap", ("0002",))]


def test_number_of_a_code_that_cannot_be_read_is_not_missing():
    """R1-50: a slip in one code is one fault."""
    rows = [row(1), row(2, archival_code="Z109-WS-2025-D30-BGS-0002号"), row(4)]

    found = checked(rows)

    assert [(f.rule, f.values.get("found")) for f in found] == [
        ("archival_code_malformed", "Z109-WS-2025-D30-BGS-0002号"),
        ("item_no_gap", ("0003",)),
    ]


def test_empty_catalogue_is_a_fault():
    """R1-13, GD-2-1."""
    assert rules(checked([]), Severity.FAULT) == {"catalogue_empty"}


def test_count_far_below_last_year_is_remarked_upon_by_the_given_ratio():
    """R1-13."""
    rows = [row(n) for n in range(1, 6)]

    assert checked(rows, expected=replace(EXPECTED, last_year_count=10)) == []
    assert rules(checked(rows, expected=replace(EXPECTED, last_year_count=11))) == {"count_dropped"}
    assert checked(rows, expected=replace(EXPECTED, last_year_count=11, drop_ratio=0.1)) == []
    assert checked(rows, expected=replace(EXPECTED, last_year_count=11, accepted_count=1)) == []
    (told,) = checked(rows, expected=replace(EXPECTED, last_year_count=20, accepted_count=2))
    assert told.values == {"found": "7", "expected": "20"}
