"""How a worksheet of a list is made: what is locked and hidden, and that the same list is the same file."""

from __future__ import annotations

import re

from lantai.formats.workbooks.sheet_layout import RowAnswer
from lantai.formats.workbooks.sheet_style import FILLED_IN
from lantai.records.disposal.lists import Decision
from papers import record_row
from workbook_cells import part
from worksheets import exported, head_of


def looks_of(xlsx: bytes) -> list[str]:
    return re.findall(r"<xf [^>]*/>|<xf .*?</xf>", part(xlsx, "xl/styles.xml").split("<cellXfs")[1])


def unlocked_cells(xlsx: bytes) -> set[str]:
    """Return the cells down to the last row that is written into which a person can type: as Excel decides, by cell, else by column."""
    sheet, looks = part(xlsx, "xl/worksheets/sheet1.xml"), looks_of(xlsx)
    of_column = {
        chr(ord("A") + int(place) - 1): look
        for place, look in re.findall(r'<col min="([0-9]+)" max="\1" [^>]*?style="([0-9]+)"', sheet)
    }
    of_cell = dict(re.findall(r'<c r="([A-Z]+[0-9]+)" s="([0-9]+)"', sheet))
    last = max(int(row) for row in re.findall(r'<row r="([0-9]+)"', sheet))
    cells = [f"{chr(letter)}{row}" for row in range(1, last + 1) for letter in range(ord("A"), ord("P") + 1)]
    return {cell for cell in cells if 'locked="0"' in looks[int(of_cell.get(cell) or of_column.get(cell[0], 0))]}


def test_only_decision_cells_are_unlocked_and_the_id_is_hidden() -> None:
    rows = [record_row(1), record_row(2)]
    answered = exported(rows, head_of(rows), decisions={2: RowAnswer(2, Decision.KEEP, 10, "仍有查考价值")})
    xlsx = exported(rows, head_of(rows))

    sheet = part(xlsx, "xl/worksheets/sheet1.xml")
    assert "<sheetProtection " in sheet
    assert 'min="1" max="1" width="3.7109375" hidden="1"' in sheet
    assert unlocked_cells(xlsx) == unlocked_cells(answered) == {"M6", "N6", "O6", "M7", "N7", "O7"}
    assert 'state="veryHidden"' in part(xlsx, "xl/workbook.xml")
    assert "销毁,延期保管" in sheet


def test_cells_that_wait_for_a_decision_are_framed_and_shaded_without_being_written() -> None:
    rows = [record_row(number) for number in (1, 2, 3)]
    xlsx = exported(rows, head_of(rows))

    sheet = part(xlsx, "xl/worksheets/sheet1.xml")
    shaded = re.findall(r'<conditionalFormatting sqref="(.*?)"><cfRule [^>]*><formula>TRUE</formula>', sheet)
    assert shaded == ["M6:M8", "N6:N8", "O6:O8"]
    assert not re.search(r'<c r="[MNO][678]"', sheet)
    (look,) = re.findall(r"<dxf>(.*?)</dxf>", part(xlsx, "xl/styles.xml"))
    assert FILLED_IN.removeprefix("#") in look
    assert 'bottom style="thin"' in look


def test_same_list_gives_the_same_file() -> None:
    rows = [record_row(1)]

    assert exported(rows, head_of(rows)) == exported(rows, head_of(rows))
