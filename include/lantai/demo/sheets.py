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

from lantai.edges.sheet import read_workbook

Typed = Mapping[str, str]
"""Heading of a column -> what is typed into it."""


def fill_in(workbook: bytes, decide: Callable[[Mapping[str, str]], Typed]) -> bytes:
    """Return the workbook with decisions typed in.

    Args:
        workbook: As exported.
        decide: Gets a record's cells by heading and says what is typed into which column.

    Raises:
        ValueError: There is no table of records in the workbook, or a cell to be typed into is not there.
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
    left = dict(typed)

    def typed_in(found: re.Match[str]) -> str:
        text = left.pop(found["name"], None)
        if text is None:
            return found[0]
        style = found["style"] or ""
        return f'<c r="{found["name"]}"{style} t="inlineStr"><is><t>{escape(text)}</t></is></c>'

    cell = re.compile(r'<c r="(?P<name>[A-Z]+\d+)"(?P<style> s="\d+")?(?: t="\w+")?(?:/>|>.*?</c>)')
    changed = cell.sub(typed_in, xml)
    if left:
        raise ValueError(f"cells {sorted(left)}: not in the sheet, expected decision cells to be there")
    return changed
