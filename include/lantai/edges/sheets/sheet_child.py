"""The script that opens a table: run by `sheet` in a confined process, never imported.

It is handed the file, reads a workbook or a CSV from it, and says what stands
beside the cells, the name of each sheet and each row that holds something, in batches.

Source: reliability.md, "Facts" on openpyxl, xlsx and CSV.
"""

from __future__ import annotations

import io
import json
import socket
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import BinaryIO

import python_calamine

from lantai.edges.children.confined_refusal import serve
from lantai.edges.children.frames import OpenedFile, receive, send_message
from lantai.edges.sheets.workbook_container import check_container
from lantai.errors import ArchiveLimitError, CatalogueError
from lantai.formats.intake.csv_table import read_csv
from lantai.formats.intake.workbook_notes import Notes, read_notes

MIDNIGHT = time(0, 0)
EXACT_BELOW = 1e15
"""Whole numbers from here on are shown rounded by spreadsheets."""

BATCH_CHARACTERS = 256 * 1024
_LONGEST_NAME = 200
MOST_ROW_CHARACTERS = 768 * 1024 - 8
"""A longer row is none: Excel's longest cell has 32,767 characters. With a batch before it, at four bytes each, it fits one message."""


def text_of(cell: object) -> str:
    """Return what a person sees in a cell: 12 rather than 12.0, a day rather than midnight of it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < EXACT_BELOW else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == MIDNIGHT else cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).replace("\0", "").strip()


def sheets_of(file: BinaryIO, limits: dict[str, int]) -> Iterator[dict[str, object] | list[object]]:
    """Yield what a workbook shows beside its cells, then its sheets and their rows."""
    check_container(file, limits)
    yield from notes_of(file)
    file.seek(0)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(file) as book:
            require_names_apart(book.sheet_names)
            for about in book.sheets_metadata:
                sheet = book.get_sheet_by_name(about.name)
                is_visible = about.visible is python_calamine.SheetVisibleEnum.Visible
                yield {"name": about.name, "is_visible": is_visible}
                for number, row in enumerate(sheet.iter_rows(), start=1):
                    cells = [text_of(cell) for cell in row]
                    if any(cells):
                        yield [number, cells]
    except python_calamine.PasswordError:
        raise CatalogueError("workbook: found a password, expected an open file", "workbook_password") from None
    except python_calamine.CalamineError as error:
        raise CatalogueError(
            f"workbook: cannot be read as xlsx ({error}); expected a workbook saved by WPS, Excel or LibreOffice",
            "workbook_kind",
        ) from None
    except BaseException as error:
        if (
            type(error).__name__ != "PanicException"
        ):  # What Rust raises where its code has given up; it can be imported from nowhere.
            raise
        raise CatalogueError("workbook: cannot be read as xlsx; the file is damaged", "workbook_damaged") from None


def notes_of(file: BinaryIO) -> Iterator[dict[str, object]]:
    """Yield what each part of the workbook shows beside the values of cells, where it shows anything."""
    try:
        with zipfile.ZipFile(file) as container:
            for member in container.infolist():
                notes = read_notes(container.read(member))
                if notes != Notes():
                    yield {"part": member.filename[:_LONGEST_NAME], **asdict(notes)}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError, struct.error) as error:
        raise CatalogueError(f"workbook: found a damaged zip ({error})", "workbook_damaged") from error


def require_names_apart(names: Sequence[str]) -> None:
    """See that each sheet can be read: of two of one name calamine reads the first twice, by its number too."""
    if len({name.casefold() for name in names}) < len(names):
        raise CatalogueError("workbook: found two sheets of one name, expected a name for each", "workbook_sheet_twice")


def lines_of(file: BinaryIO) -> Iterator[list[object]]:
    """Yield the rows of a CSV file, blank ones too."""
    for number, cells in enumerate(read_csv(file.read()), start=1):
        yield [number, cells]


def tell(line: socket.socket, items: Iterator[dict[str, object] | list[object]], limits: dict[str, int]) -> None:
    """Say all items in batches, within the limits; what came before a refusal is said first."""
    rows_left, text_left = limits["rows"], limits["text_characters"]
    batch: list[Sequence[object] | dict[str, object]] = []
    gathered = 0
    try:
        for item in items:
            length = len(json.dumps(item, ensure_ascii=False))
            rows_left -= isinstance(item, list)
            text_left -= length
            if rows_left < 0 or text_left < 0 or length > MOST_ROW_CHARACTERS:
                raise ArchiveLimitError("table: has more rows or text than is allowed", "workbook_large")
            batch.append(item)
            gathered += length
            if gathered >= BATCH_CHARACTERS:
                send_message(line, batch)
                batch, gathered = [], 0
    finally:
        send_message(line, batch)
    send_message(line, "end")


def work(line: socket.socket) -> None:
    """Read the one table that is handed over."""
    asked, (fd,) = receive(line)
    if not isinstance(asked, dict):
        raise TypeError
    limits: dict[str, int] = asked["limits"]
    file = io.BufferedReader(OpenedFile(fd))
    tell(line, sheets_of(file, limits) if asked["kind"] == "workbook" else lines_of(file), limits)


if __name__ == "__main__":
    serve(work)
