"""Read the machine-readable catalogue of a package, whatever it was written with.

Source: interfaces.md, metadata/catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

from lantai.edges.sheets.sheet import read_book, read_csv_rows
from lantai.errors import ArchiveLimitError, CatalogueError, PackageError
from lantai.formats.intake.catalogue import parse_sheets, parse_table
from lantai.records.intake.catalogue_entry import CatalogueRow
from lantai.records.intake.finding import Finding, Severity
from lantai.rules.intake.scope import MarkFinder, check_notes

MOST_CSV_BYTES = 64 * 1024 * 1024
"""As much as a workbook may hold unpacked: 200,000 rows of 300 bytes. Read, it takes five times that in memory."""


def read_catalogue(stream: BinaryIO, name: str) -> tuple[list[CatalogueRow], list[Finding]]:
    """Return the rows of a catalogue and what is wrong with it as a table: its columns, its sheets, and marks of a state secret.

    Marks are looked for in the name and in every cell of every sheet, also of those that are no part of the catalogue, and in
    comments, headers and footers, text boxes, number formats and properties; what stands under
    密级 in a row that was read is not among them, for it is judged with its row. Source: R1-13, R1-14, R1-40.

    Args:
        stream: The file; seekable.
        name: Its name: `.csv` is read as text, anything else as a workbook.

    Returns:
        No rows when it cannot be read; the fault, one of `scope.UNSEEN`, says why, and whoever looks for marks has not seen all.

    Raises:
        ValidationUnavailableError: It could not be read for a reason of ours.
        ReaderMisledError: What reads it said what no table gives.
    """
    marks: list[Finding] = []
    try:
        if name.lower().endswith(".csv"):
            return _read_csv(stream, name, marks)
        return _read_workbook(stream, marks)
    except ArchiveLimitError as error:
        return [], [Finding("catalogue_over_limit", Severity.FAULT, name, found_in(error), "GD-3-1"), *marks]
    except CatalogueError as error:
        return [], [Finding("catalogue_unreadable", Severity.FAULT, name, found_in(error), "GD-3-1"), *marks]


def found_in(error: PackageError) -> dict[str, str]:
    """Return what an error says, as the values of a finding: in our words, and by the name of the words a unit reads."""
    return {**error.values, "found": str(error), "reason": error.reason}


def over_limit(name: str) -> Finding:
    """Return the fault of a catalogue that is too large to be read."""
    values: dict[str, str] = {"most": str(MOST_CSV_BYTES), "reason": "csv_large"}
    values["found"] = f"catalogue: expected at most {MOST_CSV_BYTES} bytes"
    return Finding("catalogue_over_limit", Severity.FAULT, name, values, "GD-3-1")


def _read_csv(stream: BinaryIO, name: str, marks: list[Finding]) -> tuple[list[CatalogueRow], list[Finding]]:
    """Read a CSV; what was marked before the place that cannot be read stays in `marks`."""
    if stream.seek(0, 2) > MOST_CSV_BYTES:
        return [], [over_limit(name)]
    cells = _watched(read_csv_rows(stream), MarkFinder(), marks)
    rows, findings = parse_table(cells)
    for _ in cells:  # What a catalogue without its columns leaves unread is looked at all the same.
        pass
    return rows, [*findings, *_apart_from_rows(marks, rows)]


def _read_workbook(stream: BinaryIO, marks: list[Finding]) -> tuple[list[CatalogueRow], list[Finding]]:
    book = read_book(stream)
    sheets = book.sheets
    marks += check_notes(book.notes)
    rows, findings = parse_sheets(sheets)
    for sheet in sheets:
        finder = MarkFinder(sheet.name)
        marks += finder.look_at_name()
        for _ in _watched(sheet.rows, finder, marks):
            pass
    return rows, [*findings, *_apart_from_rows(marks, rows)]


def _watched(rows: Iterable[Sequence[str]], finder: MarkFinder, marks: list[Finding]) -> Iterator[Sequence[str]]:
    """Pass rows on as they come, with a look at every cell."""
    for number, cells in enumerate(rows, start=1):
        marks += finder.look(number, cells)
        yield cells


def _apart_from_rows(marks: Iterable[Finding], rows: Iterable[CatalogueRow]) -> Iterator[Finding]:
    codes: dict[tuple[str, int | None], str] = {(row.sheet, row.row_no): row.archival_code for row in rows}
    for mark in marks:
        place = (mark.sheet, mark.record_no)
        if place not in codes or mark.rule != "classified_record":
            yield mark if mark.subject else replace(mark, subject=codes.get(place, ""))
