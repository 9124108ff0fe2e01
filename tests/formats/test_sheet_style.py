"""How a worksheet of a list is made: what is locked and hidden, and that the same list is the same file."""

from __future__ import annotations

import re

from papers import record_row
from workbook_cells import part
from worksheets import exported, head_of


def test_only_decision_cells_are_unlocked_and_the_id_is_hidden() -> None:
    rows = [record_row(1)]
    xlsx = exported(rows, head_of(rows))

    sheet = part(xlsx, "xl/worksheets/sheet1.xml")
    looks = re.findall(r"<xf [^>]*/>|<xf .*?</xf>", part(xlsx, "xl/styles.xml").split("<cellXfs")[1])
    unlocked = {
        cell
        for cell, look in re.findall(r'<c r="([A-Z]+[0-9]+)" s="([0-9]+)"', sheet)
        if 'locked="0"' in looks[int(look)]
    }

    assert "<sheetProtection " in sheet
    assert 'min="1" max="1" width="3.7109375" hidden="1"' in sheet
    assert unlocked == {"M6", "N6", "O6"}
    assert 'state="veryHidden"' in part(xlsx, "xl/workbook.xml")
    assert "销毁,延期保管" in sheet


def test_same_list_gives_the_same_file() -> None:
    rows = [record_row(1)]

    assert exported(rows, head_of(rows)) == exported(rows, head_of(rows))
