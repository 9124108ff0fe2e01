"""Reading tables that departments sent, workbooks and CSV, in a confined process.

An xlsx is a zip: its directory is looked at first, by the process that then
opens it and may not grow. Every cell comes back as the text a person sees.
Writing workbooks is in `formats.workbooks.workbook`.

Source: reliability.md, "Facts".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lantai.edges.children.confined import Bounds, Confined, handed_over
from lantai.errors import ArchiveLimitError
from lantai.records.intake.sheet import Book, PartNotes, Sheet

_CHILD = Path(__file__).with_name("sheet_child.py")
_MEBIBYTE = 1024 * 1024
_MOST_ROW_NUMBER = 64 * _MEBIBYTE
"""Lines of a CSV file of the largest size; a sheet has fewer."""
_MOST_ROWS_IN_ALL = 4 * 1_048_576
"""Of all sheets, blank rows before a filled one included: each takes a place in memory."""
REASONS = frozenset(
    {
        "workbook_kind",
        "workbook_damaged",
        "workbook_password",
        "workbook_large",
        "workbook_old",
        "workbook_sheet_twice",
        "csv_kind",
        "csv_damaged",
        "csv_encoding",
    }
)
"""For which the process may refuse what it was handed."""


@dataclass(frozen=True, slots=True)
class SheetLimits:
    """How much a table may ask for.

    Attributes:
        entries: Members of a workbook's zip.
        unpacked_bytes: Bytes of all members unpacked, by the zip's own directory.
        ratio: Unpacked to packed bytes.
        packed_bytes: Size of the file.
        memory_bytes: Address space of the process that reads it.
        seconds: Its processor time.
        rows: Rows that hold something, over all sheets.
        text_characters: Characters of all cells.
    """

    entries: int = 200
    unpacked_bytes: int = 64 * _MEBIBYTE
    ratio: int = 200
    packed_bytes: int = 64 * _MEBIBYTE
    memory_bytes: int = 1024 * _MEBIBYTE
    seconds: int = 60
    rows: int = 1_048_576
    text_characters: int = 128 * _MEBIBYTE


DEFAULT_LIMITS = SheetLimits()


def read_workbook(source: BinaryIO, *, limits: SheetLimits = DEFAULT_LIMITS) -> Mapping[str, Sequence[Sequence[str]]]:
    """Return the rows of every sheet by its name, see `read_sheets`."""
    return {sheet.name: sheet.rows for sheet in read_sheets(source, limits=limits)}


def read_sheets(source: BinaryIO, *, limits: SheetLimits = DEFAULT_LIMITS) -> list[Sheet]:
    """Return every sheet in the order of the workbook, hidden ones included, see `read_book`."""
    return list(read_book(source, limits=limits).sheets)


def read_book(source: BinaryIO, *, limits: SheetLimits = DEFAULT_LIMITS) -> Book:
    """Return a workbook: every sheet with its rows under their numbers, by which a fault is named (R1-50), and what its parts show.

    Args:
        source: A seekable stream of an xlsx file.
        limits: How much it may ask for.

    Raises:
        ArchiveLimitError: The file is over a limit, or broke the process that reads it.
        CatalogueError: It is no workbook, is damaged, or asks for a password.
        ValidationUnavailableError: The process could not be run.
        ReaderMisledError: The process said what no workbook gives.
    """
    sheets: list[Sheet] = []
    rows: list[Sequence[str]] = []
    notes: list[PartNotes] = []
    room = _MOST_ROWS_IN_ALL
    for told in _told(source, "workbook", limits):
        if isinstance(told, PartNotes):
            notes.append(told)
            continue
        if isinstance(told, _Heading):
            rows = []
            sheets.append(Sheet(told.name, told.is_visible, rows))
            continue
        blank = told.number - 1 - len(rows)
        room -= blank + 1
        if room < 0:
            raise ArchiveLimitError("workbook: has more rows, blank ones included, than is allowed", "workbook_large")
        rows.extend([()] * blank)
        rows.append(told.cells)
    return Book(sheets, notes)


def read_csv_rows(source: BinaryIO, *, limits: SheetLimits = DEFAULT_LIMITS) -> Iterator[Sequence[str]]:
    """Yield the rows of a CSV file as they come, blank ones too; where it is damaged those before it have come.

    Args:
        source: A seekable stream.
        limits: How much it may ask for.

    Raises:
        As `read_sheets`.
    """
    for told in _told(source, "csv", limits):
        if isinstance(told, _Line):
            yield told.cells


class _Heading(NamedTuple):
    """A sheet begins."""

    name: str
    is_visible: bool


class _Line(NamedTuple):
    """A row; its number counts blank ones, from 1."""

    number: int
    cells: list[str]


def _told(source: BinaryIO, kind: str, limits: SheetLimits) -> Iterator[_Heading | _Line | PartNotes]:
    """Yield what the process says, each word of it held against what a table can be (S5)."""
    bounds = Bounds(limits.memory_bytes, limits.seconds)
    sheets_left, rows_left, room = limits.entries, limits.rows, limits.text_characters
    notes_left = limits.entries
    with handed_over(source) as fd, Confined(_CHILD, kind, REASONS, bounds) as child:
        child.tell({"kind": kind, "limits": asdict(limits)}, [fd])
        last = 0
        while (batch := child.hear()) != "end":
            for item in batch if isinstance(batch, list) else [batch]:
                match item:
                    case {"name": str(name), "is_visible": bool(is_visible)} if sheets_left:
                        sheets_left, last = sheets_left - 1, 0
                        yield _Heading(name, is_visible)
                    case {
                        "part": str(part),
                        "texts": list(texts),
                        "unseen_formulas": int(count),
                        "first_unseen": str(first),
                        "is_whole": bool(is_whole),
                    } if notes_left and all(map(_is_text, texts)):
                        notes_left -= 1
                        room -= sum(map(len, texts))
                        if room < 0 or count < 0:
                            raise child.misled("more than it may")
                        yield PartNotes(part, texts, count, first, is_whole)
                    case [int(number), list(cells)] if rows_left and number > last and all(map(_is_text, cells)):
                        rows_left, last = rows_left - 1, number
                        room -= sum(map(len, cells))
                        if room < 0 or number > _MOST_ROW_NUMBER:
                            raise child.misled("more than it may")
                        yield _Line(number, cells)
                    case _:
                        raise child.misled("what is no row of a table")


def _is_text(cell: object) -> bool:
    return isinstance(cell, str)
