"""What the demo prints can be read on a narrow screen, and says what a list's state is in the language of the screen."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from lantai.demo.telling.teller import Teller
from lantai.locales import LOCALES, say
from lantai.records.disposal.lists import ListState

UNIT = "RS 云溪县人力资源和社会保障局"
COLUMNS = (("单位", "Unit"), ("数据形式", "Data form"), ("状态", "State"), ("件数", "Records"), ("受理号", "No."))
ROWS = (
    (UNIT, "档案数字化成果", "退回补正", 9, "SL2025-RS-E001"),
    ("JT 云溪县交通运输局", "电子公文", "上传未完", "", ""),
)


def told(width: int) -> list[str]:
    out = io.StringIO()
    Teller(Console(file=out, width=width)).table("2025年度", COLUMNS, ROWS)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_board_fits_the_screen_and_no_number_is_folded(width: int) -> None:
    lines = told(width)

    assert max(map(cell_len, lines)) <= width
    assert any("SL2025-RS-E001" in line for line in lines)
    assert any("档案数字化成果" in line for line in lines)


def test_columns_of_chinese_and_latin_letters_line_up() -> None:
    lines = told(120)

    starts = {
        cell_len(line[: line.index(state)]) for line in lines for state in ("退回补正", "上传未完") if state in line
    }
    assert len(starts) == 1
    assert any(UNIT in line for line in lines)


def test_brackets_in_a_cell_are_no_markup() -> None:
    out = io.StringIO()

    Teller(Console(file=out, width=80)).table("[x]", (("题名", "Title"),), (("[bold]关于[/]的通知",),))

    assert "[bold]关于[/]的通知" in out.getvalue()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_state_of_a_list_has_a_word(locale: str) -> None:
    assert all(say(f"list_state.{state}", locale) for state in ListState)
