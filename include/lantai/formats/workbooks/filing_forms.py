"""The three written materials of a filing, read back as mappings.

A field's value stands in the cell to the right of its label, a continuation
sheet has one row per carrier below its headings. Cells come from
`edges.sheets.sheet`; blank forms are written by `workbook`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lantai.formats.workbooks.workbook import FORM_KINDS, FormField, form_fields, row_fields
from lantai.records.text import spelling

__all__ = ["FORM_KINDS", "FilledForm", "missing_fields", "read_form"]


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form as filled in: `values` by key of `form_fields`, `rows` of the continuation sheet by key of `row_fields`.

    Blank cells are absent; a row with nothing but its running number is none.
    """

    kind: str
    values: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...]


def read_form(kind: str, sheets: Mapping[str, Sequence[Sequence[str]]]) -> FilledForm:
    """Return what a form says, its labels in Chinese or English, wherever on the sheets they stand.

    Args:
        kind: One of `FORM_KINDS`.
        sheets: Cells as text by sheet.

    Raises:
        KeyError: The kind is unknown.

    Source: R1-25, R1-26, R1-28.
    """
    fields = _by_label(form_fields(kind))
    columns = _by_label(row_fields(kind))
    values: dict[str, str] = {}
    rows: list[Mapping[str, str]] = []
    for cells in sheets.values():
        heading_at, heading = _find_heading(cells, columns)
        for number, row in enumerate(cells):
            if heading and number > heading_at:
                read = {key: row[at].strip() for at, key in heading.items() if at < len(row) and row[at].strip()}
                if read.keys() - {"number"}:
                    rows.append(read)
            elif number != heading_at:
                _take_values(row, fields, values)
    return FilledForm(kind, values, tuple(rows))


def missing_fields(form: FilledForm) -> list[str]:
    """Return the keys of the words of mandatory fields that are blank, e.g. `form.backup_statement.unit`, those of the continuation sheet's rows included.

    Source: R1-30; a form with a continuation sheet needs at least one row on it (R1-27).
    """
    fields = [field.key for field in form_fields(form.kind) if field.is_mandatory]
    columns = [field.key for field in row_fields(form.kind) if field.is_mandatory and field.key != "number"]
    rows = form.rows or ({},)
    blank = [f"form.{form.kind}.{key}" for key in fields if not form.values.get(key)]
    return blank + [f"rows.{form.kind}.{key}" for key in columns if any(not row.get(key) for row in rows)]


def _find_heading(cells: Sequence[Sequence[str]], columns: Mapping[str, str]) -> tuple[int, dict[int, str]]:
    """Return where the continuation sheet's heading is: a row with most of its labels side by side; -1 for none."""
    for number, row in enumerate(cells):
        heading = {at: columns[_plain(cell)] for at, cell in enumerate(row) if _plain(cell) in columns}
        if columns and len(heading) > len(set(columns.values())) // 2:
            return number, heading
    return -1, {}


def _take_values(row: Sequence[str], fields: Mapping[str, str], values: dict[str, str]) -> None:
    for at, cell in enumerate(row[:-1]):
        key = fields.get(_plain(cell))
        value = row[at + 1].strip()
        if key and value and _plain(value) not in fields:
            values.setdefault(key, value)


def _by_label(fields: Sequence[FormField]) -> dict[str, str]:
    return {_plain(label): field.key for field in fields for label in (field.zh, field.en)}


def _plain(label: str) -> str:
    return "".join(spelling.plain(label).split()).rstrip("*:").lower()
