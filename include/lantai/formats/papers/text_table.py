"""A table as plain text, for a log: columns of one width also where half of the characters are Chinese.

Fonts of one width show a Chinese character twice as wide as a Latin letter.
Nothing is cut off: a long cell goes on below itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import zip_longest

from lantai.records.text.shown import on_one_line

WIDEST = 52
"""Columns of the screen that a cell takes before it goes on below; a fingerprint of a host key has 50."""

GAP = "  "

_PIECE = re.compile(r"[⺀-〿一-鿿＀-￯][，。；：！？、）》”]*|[^\s⺀-〿一-鿿＀-￯]+\s*|\s+")
"""What is never torn apart: a Chinese character with the mark behind it, a word with the blank behind it."""


def text_table(headings: Sequence[str], rows: Sequence[Sequence[str]], widest: int = WIDEST) -> str:
    """Return a table, one line for the headings and one or more for each row.

    Args:
        headings: What stands above each column.
        rows: Cells, as many as there are headings.
        widest: Width of a cell at most, 2 or more; only a word that is longer by itself is torn apart.
    """
    folded = [[_folded(on_one_line(cell), widest) for cell in row] for row in (headings, *rows)]
    widths = [max(width(line) for row in folded for line in row[at]) for at in range(len(headings))]
    lines = []
    for row in folded:
        for parts in zip_longest(*row, fillvalue=""):
            padded = [part + " " * (columns - width(part)) for part, columns in zip(parts, widths, strict=True)]
            lines.append(GAP.join(padded).rstrip())
    return "\n".join(lines)


def width(text: str) -> int:
    """Return how many columns of a screen a text takes."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _folded(text: str, widest: int) -> list[str]:
    lines, line = [], ""
    for piece in (part for whole in _PIECE.findall(text) for part in _torn(whole, widest)):
        if line and width(line) + width(piece.rstrip()) > widest:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def _torn(piece: str, widest: int) -> list[str]:
    if width(piece.rstrip()) <= widest:
        return [piece]
    parts, part = [], ""
    for character in piece:
        if part and width(part) + _width(character) > widest:
            parts.append(part)
            part = ""
        part += character
    return [*parts, part]
