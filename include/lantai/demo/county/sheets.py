"""A person at a spreadsheet: types decisions into the workbook that was exported, and saves it.

The workbook's own XML is edited, cell by cell, and nothing else of it is
touched; so what comes back is what an office suite would send back.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

from lantai.edges.sheets.sheet import read_workbook

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CELL = re.compile(r'<c r="(?P<name>[A-Z]+\d+)"(?P<style> s="\d+")?(?: t="\w+")?(?:/>|>.*?</c>)')

Typed = Mapping[str, str]
"""Heading of a column -> what is typed into it."""


def fill_in(workbook: bytes, decide: Callable[[Mapping[str, str]], Typed]) -> bytes:
    """Return the workbook with decisions typed in.

    Args:
        workbook: As exported.
        decide: Gets a record's cells by heading and says what is typed into which column.

    Raises:
        ValueError: There is no table of records in the workbook, or no such column.
    """
    sheets = read_workbook(io.BytesIO(workbook))
    place, rows = _table(sheets)
    heading_at = _heading(rows)
    headings = list(rows[heading_at])
    typed: dict[str, str] = {}
    for number, cells in enumerate(rows[heading_at + 1 :], heading_at + 2):
        if not (cells and re.fullmatch(r"\d+:.+", cells[0])):
            continue
        shown = {heading: cells[at] if at < len(cells) else "" for at, heading in enumerate(headings)}
        for heading, text in decide(shown).items():
            typed[f"{_letters(headings.index(heading))}{number}"] = text
    return _typed_into(workbook, f"xl/worksheets/sheet{place}.xml", typed)


def _table(sheets: Mapping[str, Sequence[Sequence[str]]]) -> tuple[int, Sequence[Sequence[str]]]:
    for place, rows in enumerate(sheets.values(), 1):
        if any(len(cells) > 1 and re.fullmatch(r"\d+:.+", cells[0]) for cells in rows):
            return place, rows
    raise ValueError(f"workbook with sheets {list(sheets)}: expected one with rows of records")


def _heading(rows: Sequence[Sequence[str]]) -> int:
    first = next(number for number, cells in enumerate(rows) if cells and re.fullmatch(r"\d+:.+", cells[0]))
    return first - 1


def _letters(column: int) -> str:
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _typed_into(workbook: bytes, part: str, typed: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == part:
                content = _with_cells(content.decode(), typed).encode()
            target.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _with_cells(xml: str, typed: Mapping[str, str]) -> str:
    """Return a sheet's XML with cells typed into; one that was not written yet takes the style of its column, as in an office suite."""
    by_row: dict[str, dict[str, str]] = {}
    for name, text in typed.items():
        by_row.setdefault(name.lstrip(_LETTERS), {})[name] = text
    styles = dict(re.findall(r'<col min="(\d+)" max="\1"[^>]*? style="(\d+)"', xml))

    def typed_in(found: re.Match[str]) -> str:
        wanted = by_row.pop(found["row"], None)
        if wanted is None:
            return found[0]
        cells = {cell["name"]: (cell["style"], cell[0]) for cell in _CELL.finditer(found["cells"])}
        for name, text in wanted.items():
            own = f' s="{styles[str(_number(name))]}"' if str(_number(name)) in styles else ""
            style = cells[name][0] if name in cells else own
            cells[name] = (style, f'<c r="{name}"{style or ""} t="inlineStr"><is><t>{escape(text)}</t></is></c>')
        return found["head"] + "".join(cells[name][1] for name in sorted(cells, key=_number)) + "</row>"

    changed = re.sub(r'(?P<head><row r="(?P<row>\d+)"[^>]*>)(?P<cells>.*?)</row>', typed_in, xml)
    if by_row:
        raise ValueError(f"rows {sorted(by_row)}: not in the sheet")
    return changed


def _number(name: str) -> int:
    """Return the number of a cell's column, counted from 1."""
    number = 0
    for letter in name.rstrip("0123456789"):
        number = 26 * number + _LETTERS.index(letter) + 1
    return number
