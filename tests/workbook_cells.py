"""Workbooks read back with python-calamine, and their XML as it is: neither wrote them."""

from __future__ import annotations

import io
import re
import zipfile

from python_calamine import CalamineWorkbook


def cells_of(xlsx: bytes) -> dict[str, list[list[str]]]:
    """Return the cells of every sheet, hidden ones too, as text."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx))
    return {
        name: [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        for name in book.sheet_names
    }


def part(xlsx: bytes, name: str) -> str:
    """Return one part of the package as text, e.g. `xl/worksheets/sheet1.xml`."""
    return zipfile.ZipFile(io.BytesIO(xlsx)).read(name).decode()


def formula_count(xlsx: bytes) -> int:
    """Return how many cells hold a formula and how many are links, together."""
    book = zipfile.ZipFile(io.BytesIO(xlsx))
    sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
    return sum(len(re.findall(rb"<f[ >]|<hyperlink", sheet)) for sheet in sheets)
