"""A table in a log stands in columns, also where half of it is Chinese, and cuts nothing off."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.formats.papers.text_table import text_table, width
from lantai.formats.papers.troubles import trouble_table
from lantai.records.intake.reason import Reason
from lantai.records.intake.visit import Trouble, VisitStage

LETTERS = string.ascii_letters + "。，：、档案馆未能查看 -/."
FINGERPRINT = "SHA256:XyZ0123456789abcdefghijklmnopqrstuvwxyzABCDE"


def test_columns_begin_below_each_other_in_both_scripts():
    shown = text_table(["代码", "what"], [["JY", "教育局 a"], ["示例市", "b"]])

    assert shown.splitlines() == ["代码    what", "JY      教育局 a", "示例市  b"]
    assert [width(line.rpartition(" ")[0]) for line in shown.splitlines()][0::2] == [7, 7]


def test_long_cell_goes_on_below_itself_and_a_mark_stays_with_its_character():
    shown = text_table(["a", "b"], [["x", "连接不上了，请检查网络。"]], widest=9)

    assert shown.splitlines() == ["a  b", "x  连接不上", "   了，请检", "   查网络。"]


def test_a_fingerprint_can_be_copied_in_one_piece():
    assert FINGERPRINT in text_table(
        ["what"], [[f"found host key {FINGERPRINT}, expected another one of the same length"]]
    )


@given(st.lists(st.tuples(st.text(LETTERS, max_size=90), st.text(LETTERS, max_size=90)), max_size=4))
def test_nothing_of_a_cell_is_lost_and_no_line_is_wider_than_its_columns(rows):
    shown = text_table(["一", "b"], rows, widest=20)

    kept = sorted(character for character in shown if not character.isspace())
    assert kept == sorted(c for row in (["一", "b"], *rows) for cell in row for c in cell if not c.isspace())
    assert max(map(width, shown.splitlines())) <= 2 * 22 + 2


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("zh", ["代码", "发生了什么", "怎么办", "示例市财政局", "未能查看：", "无法连接", "127.0.0.1:1", "请检查网络"]),
        (
            "en",
            ["code", "what happened", "what to do", "示例市财政局", "could not look: ", "127.0.0.1:1", "See the line"],
        ),
    ],
)
def test_a_unit_in_trouble_is_one_row_with_what_happened_and_what_to_do(locale, words):
    reason = Reason("ServerUnreachableError", "127.0.0.1:1: Connection\nrefused")

    shown = trouble_table([Trouble("CZ", "示例市财政局", VisitStage.LOOK, reason)], locale)

    flat = "".join(shown.split())
    assert [word for word in words if "".join(word.split()) not in flat] == []
    assert "Connectionrefused" in flat
