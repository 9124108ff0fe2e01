"""Text of strangers acts on nothing that shows it, and can still be read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.records.text.shown import in_json, on_its_lines, on_one_line

ACTING = [
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\u202egnp.exe",
    "\u2066x",
    "a\nb",
    "a\r\nb",
    "a\u2028b",
    "\x00",
    "\ud800",
    "\U000e0041",
]


@pytest.mark.parametrize("text", ACTING, ids=ascii)
def test_nothing_that_is_shown_acts(text: str) -> None:
    shown = on_one_line(text)

    assert shown.isprintable()
    assert shown != text


def test_what_was_there_can_still_be_read() -> None:
    assert on_one_line("a\x1b[31m\nb\u202e\x9b") == "a␛[31m␊b\\u202e\\u009b"
    assert on_its_lines("第一行\n第二行\x1b") == "第一行\n第二行␛"


@pytest.mark.parametrize("text", ["示例市教育局　2025", "通知（第3号）.pdf", "a\u00a0b", "私用\ue000字", "㐀𠀀"])
def test_ordinary_names_stay_as_they_are(text: str) -> None:
    """A wide blank and a character of an office's own font are seen, and act on nothing."""
    assert on_one_line(text) == text


@given(st.text())
def test_json_with_escapes_says_the_same(text: str) -> None:
    document = in_json(json.dumps({"name": text}, ensure_ascii=False))

    assert json.loads(document) == {"name": text}
    assert on_one_line(document) == document
