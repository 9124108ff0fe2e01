"""Text that means harm, or that a cell cannot hold, on its way into a worksheet and back."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.formats.papers.columns import COLUMNS
from lantai.formats.workbooks.sheet_layout import RowAnswer
from lantai.formats.workbooks.sheet_text import CELL_UNITS, cell_text
from lantai.formats.workbooks.worksheet import import_decisions
from lantai.records.disposal.lists import Decision
from papers import record_row
from workbook_cells import cells_of, formula_count
from worksheets import exported, head_of

FIRST = 5
"""Index of the first record's row; headings end above it."""
COLUMN = {column.key: place for place, column in enumerate(COLUMNS["appraisal"], start=1)}


def test_leading_zeros_and_dates_stay_as_they_are() -> None:
    """P7."""
    rows = [record_row(1, archival_code="0007", doc_no="1E5", formed_on="2014.5.6")]

    sheet = cells_of(exported(rows, head_of(rows)))["到期鉴定表"]

    assert [sheet[FIRST][COLUMN[key]] for key in ("archival_code", "doc_no", "formed_on")] == [
        "0007",
        "1E5",
        "2014.5.6",
    ]


HOSTILE = [
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "+1",
    "-1",
    "{=1}",
    "http://x.example",
    "_x0041_",
    "\u202eabc",
    "😀" * 20_000,
]
HOSTILE += [
    "x" * 40_000,
    "a\x00b\x1f\x7f",
    "\x85\ufffe",
    "\ud800",
    " lead",
    "\t=1",
    "mailto:a@b",
    "internal:A1",
    "<b>&amp;]]>",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_string_is_text_and_comes_back(text: str) -> None:
    """P7."""
    rows = [record_row(1, title=text, remarks=text)]
    head = head_of(rows, units=text)
    decisions = {1: RowAnswer(1, Decision.DISPOSE, None, text[:100])}

    xlsx = exported(rows, head, decisions=decisions)

    assert formula_count(xlsx) == 0
    assert [answer.decision for answer in import_decisions("appraisal", head, rows, cells_of(xlsx))] == [
        Decision.DISPOSE
    ]


def test_control_characters_are_shown_and_a_text_that_is_too_long_says_what_is_missing() -> None:
    """P7."""
    rows = [record_row(1, title="a\x00\rb\ufffe", remarks="长" * 40_000)]

    sheet = cells_of(exported(rows, head_of(rows)))["到期鉴定表"]

    assert sheet[FIRST][COLUMN["title"]] == "a␀␍b\ufffd"
    assert len(sheet[FIRST][COLUMN["remarks"]]) <= 32_767
    assert sheet[FIRST][COLUMN["remarks"]].endswith("……〔从略7297字〕")


def test_text_that_just_fits_into_a_cell_is_not_cut() -> None:
    """P7."""
    fitting, too_long = ("长" * count for count in (CELL_UNITS, CELL_UNITS + 1))

    assert cell_text(fitting) == fitting
    assert cell_text(too_long) == f"{'长' * (CELL_UNITS - 64)}…[65]"
    assert [cell_text(value) for value in (None, 7, "007")] == ["", "7", "007"]


@pytest.mark.shared
def test_naughty_strings_round_trip_without_a_formula(shared_data: Path) -> None:
    """P7."""
    folder = shared_data / "hostile/strings"
    texts = json.loads((folder / "blns.json").read_text("utf-8"))
    encoded = [line for line in (folder / "blns.base64.txt").read_text().splitlines() if line and "#" not in line]
    texts += [base64.b64decode(line).decode("utf-8", "surrogateescape") for line in encoded]
    texts += (folder / "csv-injection-payloads.txt").read_text().splitlines()
    rows = [record_row(number, title=text, author=text) for number, text in enumerate(texts, start=1)]
    head = head_of(rows)

    xlsx = exported(rows, head, decisions={1: RowAnswer(1, Decision.DISPOSE, None, "")})

    assert formula_count(xlsx) == 0
    assert import_decisions("appraisal", head, rows, cells_of(xlsx)) == [RowAnswer(1, Decision.DISPOSE, None, "")]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_comes_back_unchanged(title: str, reason: str) -> None:
    """P7."""
    rows = [record_row(1, title=title)]
    head = head_of(rows)
    decisions = {1: RowAnswer(1, Decision.DISPOSE, None, reason)}

    sheets = cells_of(exported(rows, head, decisions=decisions))

    assert len(import_decisions("appraisal", head, rows, sheets)) == 1
