"""A workbook as text: its sheets, and what it shows beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as a person sees it.

    Attributes:
        name: Its name in the workbook.
        is_visible: False for a sheet that a spreadsheet program does not show unless it is asked to.
        rows: Its cells row by row; the first is the row that a spreadsheet program numbers 1, and a blank row is empty.
    """

    name: str
    is_visible: bool
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class PartNotes:
    """What one part of a workbook shows beside the values of cells.

    Attributes:
        part: Its name in the zip, e.g. `xl/comments1.xml`.
        texts: Comments, headers and footers, text boxes, number formats, properties.
        unseen_formulas: Cells whose formula has no value kept with it.
        first_unseen: The first of them, e.g. `B7`, or empty.
        is_whole: False when the part could not be read to its end.
    """

    part: str
    texts: Sequence[str]
    unseen_formulas: int
    first_unseen: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook.

    Attributes:
        sheets: In the order of the workbook, hidden ones included.
        notes: Of each part that shows something or could not be read.
    """

    sheets: Sequence[Sheet]
    notes: Sequence[PartNotes]
