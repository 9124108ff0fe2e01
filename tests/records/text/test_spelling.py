"""Text that may be spelt in several ways has one spelling, in time that grows with its length."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from lantai.records.text.spelling import MOST_MARKS, composed, plain

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
