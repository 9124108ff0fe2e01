"""One spelling for text that may be written in several: composed, or plain for comparing.

Unicode's normal forms take time with the square of the marks that stand upon
one letter: a cell of 200,000 of them held the program for hours. After thirty marks
in a row a joiner is put in, as the standard has it for streams; no text that
anybody writes has so many.

Source: Unicode Standard Annex 15, section 13 (Stream-Safe Text Format).
"""

from __future__ import annotations

import unicodedata

MOST_MARKS = 30
"""Marks in a row that are put in order at once (UAX 15, D3)."""

_JOINER = "\u034f"
_SHORT_CHARACTERS = 256
"""A text of so many characters takes no time, whatever is in it."""


def composed(text: str) -> str:
    """Return a text in normal form C: letters and their marks in one, as file names are compared."""
    return text if text.isascii() else unicodedata.normalize("NFC", _bounded(text))


def plain(text: str) -> str:
    """Return a text in normal form KC: full-width and other compatible characters as the usual ones, as words are compared."""
    return text if text.isascii() else unicodedata.normalize("NFKC", _bounded(text))


def as_read(text: str) -> str:
    """Return a name as somebody reads it aloud: what differs by case, width or blanks alone is the same."""
    return " ".join(plain(text).casefold().split())


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
