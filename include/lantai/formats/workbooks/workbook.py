"""Workbooks that departments fill in: the three written materials of a filing, and the catalogue.

A field's value stands in the cell to the right of its label; labels are the
same in every copy, so a form that was filled in anywhere is read back by them.
Reading is not done here.

Source: 登记, the three written materials; interfaces.md, "A carrier".
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from lantai.formats.papers.wording import Wording
from lantai.formats.workbooks import form_style, sheet_style
from lantai.formats.workbooks.sheet_text import cell_text

FORM_KINDS = ("management_register", "backup_statement", "acceptance_inspection")

CATALOGUE_ROWS = 5_000
"""Rows of a blank catalogue that have drop-downs; more may be filled in without."""

SPARE_ROWS = 30
"""Blank rows of the continuation sheet below those already known."""


class FormField(NamedTuple):
    """One field of a form, or one column of its continuation sheet.

    Attributes:
        key: Our name for it.
        zh: Label in Chinese, without the star of a mandatory field.
        en: Label in English.
        is_mandatory: The form is incomplete while it is blank. Source: R1-30.
    """

    key: str
    zh: str
    en: str
    is_mandatory: bool


_OPTIONAL: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "management_register": frozenset(
            {
                "storage",
                "security_level",
                "e_document_count",
                "business_system_count",
                "digitised_page_count",
                "paper_count",
                "survey_on",
            }
        ),
        "backup_statement": frozenset({"base_carrier", "system_name", "packed_at"}),
        "acceptance_inspection": frozenset({"appearance"}),
    }
)
_OPTIONAL_COLUMNS = frozenset({"description", "packed_at", "remarks"})

_CHOICES = MappingProxyType(
    {
        "data_form": "data_form", "strategy": "strategy", "channel": "channel", "algorithm": "algorithm", "seal_state": "seal_state",
        "authenticity": "result", "integrity": "result", "usability": "result", "security": "result", "appearance": "result",
        "encryption": "yes_no",
    }
)  # fmt: skip

_CODED = frozenset({"data_form", "strategy", "channel", "result"})
"""Drop-downs whose words stand for a coded value."""

_CATALOGUE_WIDTHS = MappingProxyType(
    {"archival_code": 27, "title": 36, "author": 15, "doc_no": 16, "formed_on": 11, "files": 28, "remarks": 12}
)
_CATALOGUE_WIDTH = 9
_FORM_WIDTHS = (24, 24, 24, 24)
_FORM_POINTS = 11
_FORM_ROW_POINTS = 36
_LONG = frozenset({"digest"})
"""Fields whose value needs a whole line."""
_ROW_WIDTHS = (6, 20, 20, 8, 8, 14, 11, 36, 14, 14)
_ROWS_FROM = 2
"""Row of the continuation sheet's headings, counted from 0: its title and what it belongs to stand above."""


def form_fields(kind: str) -> tuple[FormField, ...]:
    """Return the fields of a form in their order.

    Raises:
        KeyError: `kind` is not one of `FORM_KINDS`.
    """
    return _fields(f"form.{kind}", _OPTIONAL[kind])


def row_fields(kind: str) -> tuple[FormField, ...]:
    """Return the columns of a form's continuation sheet (续表); none when it has no such sheet."""
    return _fields(f"rows.{kind}", _OPTIONAL_COLUMNS) if kind == "backup_statement" else ()


def catalogue_fields() -> tuple[FormField, ...]:
    """Return the columns of the machine-readable catalogue."""
    optional = frozenset(
        {"doc_no", "page_count", "doc_type", "dept_or_subject", "item_no", "remarks", "classification"}
    )
    return _fields("catalogue", optional)


def unit_form(
    kind: str, values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]] = (), *, locale: str = "zh"
) -> bytes:
    """Return a form to fill in, blank or prefilled.

    Args:
        kind: One of `FORM_KINDS`.
        values: What is known already, by key of `form_fields`; coded values (`e_document`, `full`, `pass` ...) become words.
        rows: Rows of the continuation sheet, by key of `row_fields`; one per carrier (R1-27).
        locale: `zh` or `en`.

    Raises:
        KeyError: The kind is unknown.
        ValueError: A value or row has a key that the form does not have, or the locale is unknown.

    Source: R1-25, R1-26, R1-28, R1-29.
    """
    fields, columns = form_fields(kind), row_fields(kind)
    _refuse_unknown(kind, values, fields)
    for row in rows:
        _refuse_unknown(kind, row, columns)
    wording = Wording(locale)
    out = io.BytesIO()
    book = _open(out, wording, wording.word("titles", kind))
    _fill_form(book, wording, kind, fields, values)
    if columns:
        _fill_rows(book, wording, kind, values, rows)
    book.close()
    return out.getvalue()


def catalogue_template(locale: str) -> bytes:
    """Return a blank catalogue with headings and drop-downs; every cell is text, so that leading zeros stay. Source: R1-13."""
    wording = Wording(locale)
    out = io.BytesIO()
    book = _open(out, wording, wording.word("titles", "catalogue"))
    sheet = book.add_worksheet(wording.word("titles", "catalogue"))
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    heading = form_style.heading(book, wording)
    for place, field in enumerate(catalogue_fields()):
        sheet.set_column(place, place, _CATALOGUE_WIDTHS.get(field.key, _CATALOGUE_WIDTH), text)
        sheet.write_string(0, place, getattr(field, locale), heading)
        if field.key in ("retention", "classification", "access_level"):
            choices = {"validate": "list", "source": wording.choices(field.key)}
            sheet.data_validation(1, place, CATALOGUE_ROWS, place, choices)
    sheet.set_row(0, 26)
    sheet.freeze_panes(1, 2)
    form_style.set_up_page(sheet, wording, is_landscape=True)
    sheet.repeat_rows(0)
    book.close()
    return out.getvalue()


def _fields(section: str, optional: frozenset[str]) -> tuple[FormField, ...]:
    english = Wording("en").words(section)
    chinese = Wording("zh").words(section)
    return tuple(FormField(key, label, english[key], key not in optional) for key, label in chinese.items())


def _refuse_unknown(kind: str, values: Mapping[str, Any], fields: Sequence[FormField]) -> None:
    unknown = sorted(values.keys() - {field.key for field in fields})
    if unknown:
        raise ValueError(f"form {kind}: found {unknown}, expected keys among {[field.key for field in fields]}")


def _open(out: io.BytesIO, wording: Wording, title: str) -> Workbook:
    book = sheet_style.open_workbook(out, wording.locale)
    book.set_properties({"title": title, "created": sheet_style.NO_DATE})
    return book


def _fill_form(
    book: Workbook, wording: Wording, kind: str, fields: Sequence[FormField], values: Mapping[str, Any]
) -> None:
    title = wording.word("titles", kind)
    sheet = book.add_worksheet(title[:31])
    for place, width in enumerate(_FORM_WIDTHS):
        sheet.set_column(place, place, width)
    last_place = len(_FORM_WIDTHS) - 1
    form_style.write_title(book, sheet, wording, title, last_place)
    sheet.merge_range(1, 0, 1, last_place, wording.word("sentences", "form_note"), form_style.note(book))
    label, filled = form_style.label(book), form_style.filled_in(book, points=_FORM_POINTS)
    lines = _in_lines(fields)
    for row, line in enumerate(lines, start=2):
        sheet.set_row(row, _FORM_ROW_POINTS)
        for number, field in enumerate(line):
            place = 2 * number + 1
            sheet.write_string(row, place - 1, _starred(field, wording), label)
            if len(line) == 1:
                sheet.merge_range(row, place, row, last_place, "", filled)
            _write_value(sheet, row, place, _shown(wording, field.key, values.get(field.key)), filled)
            _drop_down(sheet, wording, field.key, (row, place, row, place))
    _write_seal(book, sheet, wording, 2 + len(lines), last_place)
    form_style.set_up_page(sheet, wording, is_landscape=False)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _in_lines(fields: Sequence[FormField]) -> list[list[FormField]]:
    """Return the fields two to a line; a long one, and one that is left without a neighbour, have a line of their own."""
    lines: list[list[FormField]] = []
    is_open = False
    for field in fields:
        is_long = field.key in _LONG
        if is_open and not is_long:
            lines[-1].append(field)
        else:
            lines.append([field])
        is_open = not is_long and not is_open
    return lines


def _write_seal(book: Workbook, sheet: Worksheet, wording: Wording, row: int, last_place: int) -> None:
    """Write where people sign by hand and where the seal goes."""
    duty, pair = wording.words("duties"), wording.word("page", "pair")
    signs = "　　".join(pair.format(label=duty[each], value="_" * 16) for each in ("form_preparer", "form_reviewer"))
    date = f"{duty['seal']}　　　　{wording.word('page', 'blank_date')}"
    sheet.set_row(row, 96)
    sheet.merge_range(row, 0, row, last_place, f"{signs}\n\n\n{date}", form_style.signed_by_hand(book))


def _fill_rows(
    book: Workbook, wording: Wording, kind: str, values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> None:
    name = wording.word("groups", "continuation")
    sheet = book.add_worksheet(name)
    columns = row_fields(kind)
    last_place = len(columns) - 1
    title = wording.word("groups", "continuation_of").format(title=wording.word("titles", kind))
    form_style.write_title(book, sheet, wording, title, last_place)
    about = [
        wording.word("page", "pair").format(label=getattr(field, wording.locale), value=values.get(field.key) or "")
        for field in form_fields(kind)
        if field.key in ("unit", "fonds_no", "filing_year")
    ]
    sheet.merge_range(1, 0, 1, last_place, "　　　".join(about), book.add_format({"valign": "vcenter"}))
    sheet.set_row(1, 22)
    heading = form_style.heading(book, wording)
    left, centred = form_style.filled_in(book), form_style.filled_in(book, "center")
    first, last = _ROWS_FROM + 1, _ROWS_FROM + len(rows) + SPARE_ROWS
    for place, (column, width) in enumerate(zip(columns, _ROW_WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(_ROWS_FROM, place, _starred(column, wording), heading)
        _drop_down(sheet, wording, column.key, (first, place, last, place))
    sheet.set_row(_ROWS_FROM, 32)
    for number in range(1, last - _ROWS_FROM + 1):
        row = rows[number - 1] if number <= len(rows) else {}
        sheet.set_row(_ROWS_FROM + number, 30)
        for place, column in enumerate(columns):
            value = row.get(column.key, number if row and column.key == "number" else None)
            style = left if column.key in ("carrier", "description", "digest", "remarks") else centred
            _write_value(sheet, _ROWS_FROM + number, place, _shown(wording, column.key, value), style)
    sheet.freeze_panes(first, 2)
    sheet.repeat_rows(_ROWS_FROM)
    form_style.set_up_page(sheet, wording, is_landscape=True)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _shown(wording: Wording, key: str, value: object) -> str:
    domain = _CHOICES.get(key, "")
    if domain in _CODED and isinstance(value, str) and value in wording.words(f"values.{domain}"):
        return wording.value(domain, value)
    return cell_text(value, wording.word("sentences", "left_out"))


def _write_value(sheet: Worksheet, row: int, place: int, text: str, style: Format) -> None:
    if text:
        sheet.write_string(row, place, text, style)
    else:
        sheet.write_blank(row, place, None, style)


def _drop_down(sheet: Worksheet, wording: Wording, key: str, area: tuple[int, int, int, int]) -> None:
    if key in _CHOICES:
        sheet.data_validation(
            *area, {"validate": "list", "source": wording.choices(_CHOICES[key]), "error_type": "warning"}
        )


def _starred(field: FormField, wording: Wording) -> str:
    name = field.zh if wording.locale == "zh" else field.en
    return f"{name} *" if field.is_mandatory else name
