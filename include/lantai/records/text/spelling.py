"""One spelling for text that may be written in several: composed, or plain for comparing.

Unicode's normal forms take time with the square of the marks that stand upon
one letter: a cell of 200,000 of them held the program for hours. After thirty marks
in a row a joiner is put in, as the standard has it for streams; no text that
anybody writes has so many.

Source: Unicode Standard Annex 15, section 13 (Stream-Safe Text Format).
"""

from __future__ import annotations

import re
import unicodedata

MOST_MARKS = 30
"""Marks in a row that are put in order at once (UAX 15, D3)."""

_JOINER = "\u034f"
_SHORT_CHARACTERS = 256
"""A text of so many characters takes no time, whatever is in it."""
_UNSEEN = re.compile(
    r"[\s\u0000-\u001f\u007f-\u009f\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u20d0-\u20ff\u2800\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff0-\ufffb"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
"""Blanks, controls, what Unicode calls default ignorable, and marks that stand upon a character without making another one of it."""


def composed(text: str) -> str:
    """Return a text in normal form C: letters and their marks in one, as file names are compared."""
    return text if text.isascii() else unicodedata.normalize("NFC", _bounded(text))


def plain(text: str) -> str:
    """Return a text in normal form KC: full-width and other compatible characters as the usual ones, as words are compared."""
    return text if text.isascii() else unicodedata.normalize("NFKC", _bounded(text))


def as_read(text: str) -> str:
    """Return a name as somebody reads it aloud: what differs by case, width or blanks alone is the same."""
    return " ".join(plain(text).casefold().split())


def seen(text: str) -> str:
    """Return the characters of a text that a reader tells apart, in capitals: no blanks, nothing invisible, usual widths.

    Never to be shown or kept: words run together in it.

    Source: Unicode, DerivedCoreProperties, Default_Ignorable_Code_Point.
    """
    return _UNSEEN.sub("", plain(_UNSEEN.sub("", text))).upper()


def _bounded(text: str) -> str:
    if len(text) <= _SHORT_CHARACTERS:
        return text
    parts: list[str] = []
    begin = run = 0
    for at, character in enumerate(text):
        run = run + 1 if unicodedata.combining(character) else 0
        if run > MOST_MARKS:
            parts += (text[begin:at], _JOINER)
            begin, run = at, 1
    return "".join([*parts, text[begin:]])
