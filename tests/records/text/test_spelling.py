"""Text that may be spelt in several ways has one spelling, in time that grows with its length."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.records.text.spelling import MOST_MARKS, composed, plain, seen

MARKS = "\u0315\u0316"


@given(st.text(max_size=600))
def test_text_with_few_marks_is_in_the_normal_forms_of_the_standard(text: str) -> None:
    assert composed(text) == unicodedata.normalize("NFC", text)
    assert plain(text) == unicodedata.normalize("NFKC", text)


def test_thirty_marks_are_kept_as_they_are() -> None:
    text = "x" * 300 + "e" + MARKS * (MOST_MARKS // 2)

    assert composed(text) == unicodedata.normalize("NFC", text)


def test_letter_with_marks_without_end_is_spelt_at_once_and_loses_none() -> None:
    """S5: such a cell held the whole run; a square of 400,000 would not end while this test is waited for."""
    text = "密级" + MARKS * 200_000

    spelt = plain(text)

    assert spelt.count("\u0315") == spelt.count("\u0316") == 200_000
    assert spelt.startswith("密级")


@pytest.mark.parametrize(
    "text",
    [
        "机 密",
        "机　密",
        "机\u200b密",
        "机\u00ad密",
        "机\ufe0f密",
        "机\U000e0101密",
        "\ufeff机密\u2060",
        "机\x0b密",
        "机\u0332密\u0332",
        "机\u2800密",
        "机\u202e密",
    ],
)
def test_what_no_reader_sees_does_not_part_two_characters(text: str) -> None:
    """R1-40: so was a mark written that nobody's eye would have missed."""
    assert seen(text) == "机密"


def test_letters_that_differ_by_width_or_case_are_seen_as_one() -> None:
    """R1-40."""
    assert seen("ｔｏｐ　Secret ★ é") == "TOPSECRET★É"
