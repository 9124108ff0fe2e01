"""Catalogues against files and against themselves."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest

from factories_bag import row, rules
from lantai.edges import tables
from lantai.records.custody.record import AccessLevel
from lantai.records.intake.finding import Severity
from lantai.rules.intake.completeness import (
    MOST_CHARACTERS,
    Expected,
    check,
    check_sizes,
    read_access_level,
    read_page_count,
    resolve_files,
)

EXPECTED = Expected("Z109", 2025)


def checked(rows, payload=None, expected=EXPECTED):
    files = {name for entry in rows for name in entry.files} if payload is None else payload
    return check(rows, files, expected)


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


@pytest.mark.parametrize("column", ["archival_code", "title", "author", "formed_on", "retention", "files"])
def test_blank_mandatory_cell_is_named(column):
    """R1-13, GD-2-4."""
    blank = () if column == "files" else ""

    found = checked([row(1, **{column: blank})])

    assert [(f.rule, f.values["column"], f.record_no) for f in found] == [("field_missing", column, 1)]


@pytest.mark.parametrize(
    ("changes", "rule", "severity"),
    [
        ({"formed_on": "昨天"}, "date_unreadable", Severity.FAULT),
        ({"formed_on": "2027-01-01"}, "date_after_filing", Severity.FAULT),
        ({"formed_on": "2026-01-05"}, "date_outside_year", Severity.WARNING),
        ({"formed_on": "2024-12-30"}, "date_outside_year", Severity.WARNING),
        ({"retention": "5年"}, "retention_unknown", Severity.FAULT),
        ({"page_count": "0"}, "page_count_invalid", Severity.FAULT),
        ({"page_count": "-1"}, "page_count_invalid", Severity.FAULT),
        ({"page_count": "1.5"}, "page_count_invalid", Severity.FAULT),
        ({"page_count": ""}, "page_count_missing", Severity.WARNING),
        ({"access_level": "绝对公开"}, "access_level_unknown", Severity.FAULT),
        ({"access_level": ""}, "access_level_missing", Severity.WARNING),
        ({"title": "题" * 501}, "field_too_long", Severity.FAULT),
        ({"doc_no": "9" * 201}, "field_too_long", Severity.FAULT),
        ({"item_no": "9" * 5000}, "field_too_long", Severity.FAULT),
        ({"title": "a\x07b"}, "control_character", Severity.WARNING),
    ],
)
def test_value_that_cannot_be_meant_is_named(changes, rule, severity):
    """R1-13, GD-1-3, GD-1-4, GD-1-5."""
    found = checked([row(1, **changes)])

    assert [(f.rule, f.severity) for f in found] == [(rule, severity)]


def test_old_period_waits_for_a_person():
    """GD-1-4: 长期 and 短期 are read by nobody but a person."""
    for written in ("长期", "短期"):
        assert rules(checked([row(1, retention=written)]), Severity.HOLD) == {"legacy_retention"}


def test_text_that_just_fits_is_not_too_long():
    """GD-1-2, R1-13."""
    assert checked([row(1, title="题" * 500)]) == []


def test_file_without_a_byte_is_a_fault_of_its_record():
    """GD-2-7."""
    found = check_sizes([row(1), row(2)], {"data/1.txt": 0, "data/2.txt": 1})

    assert [(f.rule, f.severity, f.record_no) for f in found] == [("file_empty", Severity.FAULT, 1)]


def test_registry_has_room_for_whatever_the_rules_let_pass():
    """GD-1-2: PostgreSQL refuses what is longer, and by then the record would be sealed."""
    lengths = {column.name: column.type.length for column in tables.record.columns if hasattr(column.type, "length")}
    bounded = {name for name in lengths if lengths[name] is not None and hasattr(row(), name)}

    assert bounded - {"retention", "access_level"} <= MOST_CHARACTERS.keys()
    assert all(most <= (lengths[column] or most) for column, most in MOST_CHARACTERS.items())


def test_same_code_same_content_and_shared_file_are_found():
    """R1-13, GD-1-8, N5."""
    rows = [row(1), replace(row(1), row_no=2), replace(row(2), row_no=3)]

    found = checked(rows)

    assert {(f.rule, f.values.get("rows")) for f in found} == {
        ("archival_code_duplicate", "1–2"),
        ("record_duplicate", "1–2"),
        ("file_in_two_records", "1–2"),
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

    assert [(f.rule, f.values.get("found")) for f in found] == [("item_no_gap", "0002")]


def test_number_of_a_code_that_cannot_be_read_is_not_missing():
    """R1-50: a slip in one code is one fault."""
    rows = [row(1), row(2, archival_code="Z109-WS-2025-D30-BGS-0002号"), row(4)]

    found = checked(rows)

    assert [(f.rule, f.values.get("found")) for f in found] == [
        ("archival_code_malformed", "Z109-WS-2025-D30-BGS-0002号"),
        ("item_no_gap", "0003"),
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


def test_files_are_found_however_the_catalogue_spells_them():
    """R1-13, R1-14."""
    nfd = unicodedata.normalize("NFD", "data/b/é.txt")
    payload = ["data/a.txt", nfd, "data/data/c.txt"]
    written = row(1, files=("a.txt", "b\\é.txt", "data/data/c.txt", "./a.txt", "gone.txt"))

    (resolved,) = resolve_files([written], payload)

    assert resolved.files == ("data/a.txt", nfd, "data/data/c.txt", "gone.txt")


def test_name_with_a_separator_in_it_is_found_where_its_cell_holds_nothing_else():
    """R1-13, R1-14."""
    payload = ["data/通知；附件.pdf", "data/;rm -rf .txt", "data/a.txt", "data/b.txt", "data/ spaced.txt "]
    cells = ["data/通知；附件.pdf", ";rm -rf .txt", "a.txt; b.txt", " spaced.txt", ""]
    rows = [
        row(n, files=tuple(p.strip() for p in re.split("[;；]", c) if p.strip()), files_cell=c.strip())
        for n, c in enumerate(cells)
    ]

    assert [r.files for r in resolve_files(rows, payload)] == [
        ("data/通知；附件.pdf",),
        ("data/;rm -rf .txt",),
        ("data/a.txt", "data/b.txt"),
        ("data/ spaced.txt ",),
        (),
    ]


def test_files_of_a_bare_folder_are_found_though_its_catalogue_writes_data():
    """R1-13."""
    (resolved,) = resolve_files([row(1, files=("data/a.txt", "data/b/c.txt"))], ["a.txt", "b/c.txt"])

    assert resolved.files == ("a.txt", "b/c.txt")


def test_pages_and_access_levels_are_read_as_written():
    """R3-04, R1-13."""
    assert [read_page_count(t) for t in ("12", "０１２", "", "x", "99999999")] == [12, 12, None, None, None]
    assert read_access_level(" 部分公开 ") is AccessLevel.PARTLY_OPEN
    assert read_access_level("") is AccessLevel.CLOSED
    assert read_access_level("随便") is None
