"""One row of a catalogue, read, and what is told of its cells."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date

import pytest

from factories_bag import entry, row, rules
from lantai.edges import tables
from lantai.records.custody.record import AccessLevel, DueDates, Retention
from lantai.records.intake.archival_code import ArchivalCode
from lantai.records.intake.catalogue_entry import CatalogueEntry, CatalogueRow, Classification
from lantai.records.intake.finding import Severity
from lantai.rules.disposal.retention import MEANS_TODAY, RetentionRules, RuleRow
from lantai.rules.intake.catalogue_entry import MOST_CHARACTERS, check_entry, read_entries, read_entry

CODE = "Z109-WS·2025-D30-BGS-0001"
AFTER_TWENTY_YEARS = RuleRow(
    "档案法实施条例",
    "20",
    date(2024, 3, 1),
    None,
    "city",
    "",
    20,
    frozenset({Retention.Y, Retention.D30}),
    verified=True,
)
BY = RetentionRules((AFTER_TWENTY_YEARS,), "city", "", date(2026, 3, 2), {})


def checked(**changes):
    return list(check_entry(entry(1, **changes), "Z109", 2025))


def test_every_cell_of_a_row_is_read_once_and_stands_beside_what_was_written():
    """R1-13, N2, N5."""
    written = row(
        7, archival_code=CODE.replace("·", "•"), retention="三十年", page_count="０１２", formed_on="二〇二五年三月一日"
    )

    (read,) = read_entries([written], ["data/7.txt"], BY)

    assert read == CatalogueEntry(
        written=written,
        archival_code=CODE,
        code=ArchivalCode("Z109", "WS", 2025, Retention.D30, "BGS", "0001"),
        formed_on=date(2025, 3, 1),
        retention=Retention.D30,
        retention_in_force=Retention.D30,
        classification=Classification.NONE,
        page_count=12,
        access_level=AccessLevel.OPEN,
        files=("data/7.txt",),
        due=DueDates(date(2045, 3, 1), date(2056, 1, 1)),
    )


def test_cell_that_means_nothing_has_no_value_and_its_text_is_kept():
    """R1-13."""
    texts = {
        "archival_code": "一号",
        "formed_on": "昨天",
        "retention": "5年",
        "page_count": "x",
        "access_level": "随便",
    }

    (read,) = read_entries([row(1, **texts)], [], BY)

    assert (read.code, read.formed_on, read.retention, read.page_count, read.access_level) == (None,) * 5
    assert (read.retention_in_force, read.due) == (None, None)
    assert {name: getattr(read.written, name) for name in texts} == texts


def test_blank_row_is_read_as_one_that_says_nothing_and_is_closed():
    """R3-04, R1-13."""
    read = read_entry(CatalogueRow(1))

    assert (read.archival_code, read.code, read.formed_on, read.retention, read.page_count, read.files) == (
        *("", None, None, None, None),
        (),
    )
    assert (read.access_level, read.classification) == (AccessLevel.CLOSED, Classification.NONE)


@pytest.mark.parametrize(
    ("text", "count"), [("12", 12), ("０１２", 12), ("", None), ("x", None), ("0", None), ("99999999", None)]
)
def test_pages_are_read_as_written(text, count):
    """R1-13."""
    assert entry(1, page_count=text).page_count == count


@pytest.mark.parametrize(
    ("text", "level"),
    [(" 部分公开 ", AccessLevel.PARTLY_OPEN), ("", AccessLevel.CLOSED), ("Open", AccessLevel.OPEN), ("随便", None)],
)
def test_access_levels_are_read_as_written(text, level):
    """R3-04."""
    assert entry(1, access_level=text).access_level is level


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("", Classification.NONE),
        ("内部", Classification.NONE),
        ("机密★20年", Classification.STATE_SECRET),
        ("工作秘密", Classification.UNCLEAR),
    ],
)
def test_classification_is_read_with_the_row(mark, said):
    """R1-40, N11."""
    assert entry(1, classification=mark).classification is said


def test_period_of_old_has_no_due_dates_until_a_person_has_decided_what_it_means():
    """R9-10, N2."""
    decided = RetentionRules(BY.transfer_rules, BY.archive_level, BY.region, BY.on, MEANS_TODAY)
    rows = [row(1, retention="长期"), row(2, retention="短期")]

    before, after = (read_entries(rows, [], by) for by in (BY, decided))

    assert [(e.retention, e.retention_in_force, e.due) for e in before] == [
        (Retention.LONG, None, None),
        (Retention.SHORT, None, None),
    ]
    assert [(e.retention, e.retention_in_force) for e in after] == [
        (Retention.LONG, Retention.D30),
        (Retention.SHORT, Retention.D10),
    ]
    assert [e.due for e in after] == [DueDates(date(2045, 3, 1), date(2056, 1, 1)), DueDates(None, date(2036, 1, 1))]


def test_plain_row_has_what_was_read_in_plain_spelling_and_the_rest_as_it_stands():
    """R1-50: the columns are asked about what is meant, not about how it is spelt."""
    odd = entry(1, archival_code=CODE.replace("-", "－"), retention="永久", page_count="０２")
    unread = entry(1, archival_code="一号", retention="5年", page_count="2页")

    assert odd.plain == row(1, archival_code=CODE, retention="Y", page_count="2")
    assert unread.plain == unread.written


@pytest.mark.parametrize("column", ["archival_code", "title", "author", "formed_on", "retention", "files"])
def test_blank_mandatory_cell_is_named(column):
    """R1-13, GD-2-4."""
    blank = () if column == "files" else ""

    found = checked(**{column: blank})

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
        ({"title": "题" * 501}, "field_too_long", Severity.FAULT),
        ({"doc_no": "9" * 201}, "field_too_long", Severity.FAULT),
        ({"item_no": "9" * 5000}, "field_too_long", Severity.FAULT),
        ({"title": "a\x07b"}, "control_character", Severity.WARNING),
    ],
)
def test_value_that_cannot_be_meant_is_named(changes, rule, severity):
    """R1-13, GD-1-3, GD-1-4, GD-1-5."""
    found = checked(**changes)

    assert [(f.rule, f.severity) for f in found] == [(rule, severity)]


@pytest.mark.parametrize("retention", ["永久", "30年", "10年", "长期", "短期"])
def test_day_at_the_end_of_the_calendar_is_a_fault_and_no_fault_of_the_program(retention):
    """R1-50: 9999-12-31 stands for no date in many an export."""
    (late,) = read_entries(
        [row(1, formed_on="9999-12-31", retention=retention)], [], replace(BY, old_periods=MEANS_TODAY)
    )

    assert "date_after_filing" in {each.rule for each in check_entry(late, "Z109", 2025)}
    assert late.due is None or late.due == DueDates(None, None)


def test_old_period_waits_for_a_person():
    """GD-1-4: 长期 and 短期 are read by nobody but a person."""
    for written in ("长期", "短期"):
        assert rules(checked(retention=written), Severity.HOLD) == {"legacy_retention"}


def test_text_that_just_fits_is_not_too_long():
    """GD-1-2, R1-13."""
    assert checked(title="题" * 500) == []


def test_registry_has_room_for_whatever_the_rules_let_pass():
    """GD-1-2: PostgreSQL refuses what is longer, and by then the record would be sealed."""
    lengths = {column.name: column.type.length for column in tables.record.columns if hasattr(column.type, "length")}
    bounded = {name for name in lengths if lengths[name] is not None and hasattr(row(), name)}

    assert bounded - {"retention", "access_level"} <= MOST_CHARACTERS.keys()
    assert all(most <= (lengths[column] or most) for column, most in MOST_CHARACTERS.items())


def test_files_are_found_however_the_catalogue_spells_them():
    """R1-13, R1-14."""
    nfd = unicodedata.normalize("NFD", "data/b/é.txt")
    payload = ["data/a.txt", nfd, "data/data/c.txt"]
    written = row(1, files=("a.txt", "b\\é.txt", "data/data/c.txt", "./a.txt", "gone.txt"))

    (resolved,) = read_entries([written], payload)

    assert resolved.files == ("data/a.txt", nfd, "data/data/c.txt", "gone.txt")


def test_name_with_a_separator_in_it_is_found_where_its_cell_holds_nothing_else():
    """R1-13, R1-14."""
    payload = ["data/通知；附件.pdf", "data/;rm -rf .txt", "data/a.txt", "data/b.txt", "data/ spaced.txt "]
    cells = ["data/通知；附件.pdf", ";rm -rf .txt", "a.txt; b.txt", " spaced.txt", ""]
    rows = [
        row(n, files=tuple(p.strip() for p in re.split("[;；]", c) if p.strip()), files_cell=c.strip())
        for n, c in enumerate(cells)
    ]

    assert [r.files for r in read_entries(rows, payload)] == [
        ("data/通知；附件.pdf",),
        ("data/;rm -rf .txt",),
        ("data/a.txt", "data/b.txt"),
        ("data/ spaced.txt ",),
        (),
    ]


def test_file_that_is_called_as_a_separator_is_a_file():
    """R1-13: the cell splits into nothing, and names a file all the same."""
    (one,) = read_entries([row(1, files=(), files_cell="；")], ["data/；"])

    assert one.files == ("data/；",)
    assert "field_missing" not in {each.rule for each in check_entry(one, "Z109", 2025)}


def test_files_of_a_bare_folder_are_found_though_its_catalogue_writes_data():
    """R1-13."""
    (resolved,) = read_entries([row(1, files=("data/a.txt", "data/b/c.txt"))], ["a.txt", "b/c.txt"])

    assert resolved.files == ("a.txt", "b/c.txt")
