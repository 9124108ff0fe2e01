"""Archival codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories_bag import entry, rules
from lantai.records.custody.record import Retention
from lantai.records.intake.archival_code import ArchivalCode
from lantai.records.intake.finding import MORE, Severity
from lantai.rules.intake.archival_code import check, check_continuity, normalise, parse

CODE = "Z109-WS·2025-D30-BGS-0001"


def series(*numbers, **changes):
    known = {
        "fonds_no": "Z109",
        "category": "WS",
        "year": 2025,
        "retention": Retention.Y,
        "dept_or_subject": "BGS",
    } | changes
    return [(n, ArchivalCode(item_no=f"{n:04d}", **known)) for n in numbers]


def test_code_is_read_in_parts_and_written_back():
    """N5, GD-1-7."""
    code = parse(CODE)

    assert code == ArchivalCode("Z109", "WS", 2025, Retention.D30, "BGS", "0001")
    assert str(code) == CODE
    assert str(parse("Z109-WS·1998-C-办公室-0012")) == "Z109-WS·1998-C-办公室-0012"


@given(
    st.builds(
        ArchivalCode,
        st.from_regex(r"[A-Z0-9]{4}", fullmatch=True),
        st.from_regex(r"[A-Z]{1,4}(\.[A-Z]{1,3})?", fullmatch=True),
        st.integers(1949, 9999),
        st.sampled_from(Retention),
        st.from_regex(r"[A-Z0-9]{1,6}", fullmatch=True),
        st.integers(1, 99_999).map("{:04d}".format),
    )
)
def test_every_code_survives_writing_and_reading(code):
    """N5."""
    assert parse(str(code)) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Z109",
        f"{CODE}1x",
        CODE.lower(),
        f"{CODE}\n",
        "Z109-WS·25-Y-BGS-0001",
        "Z109-WS·2025-D20-BGS-0001",
        "Z109-WS·2025-Y-BGS-1",
        "Z109-WS·2025-Y-BGS-00001",
    ],
)
def test_what_is_no_code_is_none(text):
    """N5, GD-1-7."""
    assert parse(text) is None


@pytest.mark.parametrize("lookalike", ["•", "‧", "⋅", "・", "･", "∙", "."])
def test_lookalike_middot_is_normalised_and_reported(lookalike):
    """N5."""
    found = check(entry(archival_code=CODE.replace("·", lookalike)), "Z109", 2025)

    assert normalise(CODE.replace("·", lookalike).replace("-", "－")) == CODE
    assert [(f.rule, f.severity) for f in found] == [("archival_code_lookalike", Severity.WARNING)]


@pytest.mark.parametrize(
    ("code", "period", "found", "expected"),
    [
        (CODE, "长期", "D30", "长期"),
        (CODE.replace("D30", "C"), " 短期 ", "C", "短期"),
        (CODE.replace("D30", "Y"), "30年", "Y", "30年"),
    ],
)
def test_period_is_told_as_code_and_catalogue_write_it(code, period, found, expected):
    """N5, R1-50: `LONG` stands in neither."""
    (told,) = check(entry(1, archival_code=code, retention=period), "Z109", 2025)

    assert told.values == {"part": "retention", "found": found, "expected": expected}


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"retention": "永久"}, "retention"),
        ({"dept_or_subject": "RSC"}, "dept_or_subject"),
        ({"item_no": "0002"}, "item_no"),
    ],
)
def test_code_that_contradicts_its_row_names_the_part(changes, part):
    """N5, GD-1-7."""
    found = check(entry(1, **changes), "Z109", 2025)

    assert [(f.rule, f.values["part"], f.record_no) for f in found] == [("archival_code_mismatch", part, 1)]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", []),
        (f"  {CODE} ", []),
        ("2025年第1号", [("archival_code_malformed", Severity.FAULT, "2025年第1号")]),
    ],
)
def test_code_that_cannot_be_read_is_named_and_a_blank_one_is_asked_for_elsewhere(written, told):
    """N5, GD-1-7."""
    found = check(entry(1, archival_code=written), "Z109", 2025)

    assert [(f.rule, f.severity, f.values["found"]) for f in found] == told


def test_code_of_another_fonds_or_year_is_a_fault():
    """N5, GD-1-7."""
    assert [f.values["part"] for f in check(entry(1), "Z110", 2024)] == ["fonds_no", "filing_year"]


def test_department_in_words_is_not_compared_with_its_code():
    """N5."""
    assert check(entry(1, dept_or_subject="办公室", item_no=""), "", 2025) == []


def test_gaps_are_listed_per_series_and_a_late_start_is_only_remarked_upon():
    """N5, GD-2-6, R9-10."""
    codes = series(1, 2, 5) + series(101, 102, dept_or_subject="RSC")

    found = check_continuity(codes)

    assert [(f.rule, f.subject, f.values["found"]) for f in found] == [
        ("item_no_gap", "Z109-WS·2025-Y-BGS", ("0003", "0004")),
        ("item_no_start", "Z109-WS·2025-Y-RSC", ("0101",)),
    ]


def test_declared_gap_is_no_fault():
    """N5, GD-2-6."""
    found = check_continuity(series(1, 3), frozenset({"Z109-WS·2025-Y-BGS-0002"}))

    assert rules(found, Severity.FAULT) == set()
    assert rules(found) == {"item_no_gap_declared"}


def test_number_that_stands_in_a_code_nobody_can_read_is_not_missing():
    """N5, GD-2-6."""
    found = check_continuity(series(1, 4), meant=frozenset({3}))

    assert [(f.rule, f.values["found"]) for f in found] == [("item_no_gap", ("0002",))]


def test_twenty_missing_numbers_are_named_and_an_ellipsis_stands_for_more():
    """N5, GD-2-6."""
    twenty, more = (check_continuity(series(1, last))[0].values for last in (22, 23))

    assert (twenty["found"][-1:], twenty["count"]) == (("0021",), "20")
    assert (more["found"][-2:], more["count"]) == (("0021", MORE), "21")


def test_absurd_number_does_not_list_millions():
    """N5, GD-2-6."""
    (finding,) = check_continuity(series(1, 1_000_001))

    assert finding.values == {"found": ("...",), "count": "1"}


def test_number_of_thousands_of_digits_is_no_number():
    """N5."""
    assert parse(f"Z109-WS·2025-Y-BGS-{'9' * 5000}") is None
    assert rules(check(entry(1, item_no="9" * 5000), "Z109", 2025)) == set()
