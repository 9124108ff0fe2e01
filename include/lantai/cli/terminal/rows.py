"""Files of rows that a command reads: CSV with a heading, in UTF-8 or GBK."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lantai.cli.terminal.screen import given
from lantai.errors import UnfitFileError

ENCODINGS = ("utf-8-sig", "gb18030")
"""In this order: what is UTF-8 is hardly ever also valid GBK with a meaning, the other way round it often is."""


def read_rows(path: Path, needed: Sequence[str], known: Sequence[str] = ()) -> list[tuple[int, Mapping[str, str]]]:
    """Return the rows of a CSV file with their line numbers; a cell that is not there is empty.

    Args:
        path: The file.
        needed: Columns that have to be there.
        known: Columns that may be there.

    Raises:
        UnfitFileError: It cannot be read, is no CSV, or its columns are others; the message names them.
    """
    reader = csv.DictReader(io.StringIO(_decoded(path)), strict=True)
    try:
        columns = [(name or "").strip() for name in reader.fieldnames or ()]
        _check_columns(path, columns, needed, (*needed, *known))
        reader.fieldnames = columns
        return [(reader.line_num, _cells(row, columns)) for row in reader if any(row.values())]
    except csv.Error as error:
        raise UnfitFileError(f"{path}, line {reader.line_num}: cannot be read as CSV ({error})") from error


def _decoded(path: Path) -> str:
    content = given(path)
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnfitFileError(f"{path}: found neither UTF-8 nor GBK, expected a CSV text file")


def _check_columns(path: Path, columns: Sequence[str], needed: Sequence[str], known: Sequence[str]) -> None:
    missing, strange = [name for name in needed if name not in columns], [name for name in columns if name not in known]
    if missing or strange:
        found = [f"without {', '.join(missing)}"] if missing else []
        found += [f"with {', '.join(map(repr, strange))}"] if strange else []
        raise UnfitFileError(f"{path}: found columns {' and '.join(found)}, expected {', '.join(known)}")


def _cells(row: Mapping[str, object], columns: Sequence[str]) -> Mapping[str, str]:
    return {name: str(row[name] or "").strip() for name in columns}


def refuse_twice(path: Path, lines: Iterator[tuple[int, str]]) -> None:
    """Refuse a file in which the same key stands on two lines.

    Raises:
        UnfitFileError: One does; the message names it and both lines.
    """
    seen: dict[str, int] = {}
    for line, key in lines:
        if key in seen:
            raise UnfitFileError(f"{path}, line {line}: found {key} again, it stands on line {seen[key]} already")
        seen[key] = line
