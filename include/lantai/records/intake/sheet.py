"""A sheet of a workbook as text. Source: R1-50."""

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
