"""Workbooks that departments fill in: the three written materials of a filing, and the catalogue.

A field's value stands in the cell to the right of its label; labels are the
same in every copy, so a form that was filled in anywhere is read back by them.
Reading is not done here.

Source: R1.d (登记), R1-25 to R1-30; interfaces.md, "A carrier".
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from lantai.formats import sheet_style
from lantai.formats.sheet_text import cell_text
from lantai.formats.wording import Wording

FORM_KINDS = ("management_register", "backup_statement", "acceptance_inspection")

CATALOGUE_ROWS = 5_000
"""Rows of a blank catalogue that have drop-downs; more may be filled in without."""

SPARE_ROWS = 20
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
    {"archival_code": 28, "title": 44, "author": 18, "doc_no": 18, "files": 36, "remarks": 18}
)
_FORM_WIDTHS = (24, 28, 24, 28)
_ROW_WIDTHS = (6, 24, 24, 9, 9, 16, 11, 36, 20, 16)


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
        _fill_rows(book, wording, columns, rows)
    book.close()
    return out.getvalue()


def catalogue_template(locale: str) -> bytes:
    """Return a blank catalogue with headings and drop-downs; every cell is text, so that leading zeros stay."""
    wording = Wording(locale)
    out = io.BytesIO()
    book = _open(out, wording, wording.word("titles", "catalogue"))
    sheet = book.add_worksheet(wording.word("titles", "catalogue"))
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    heading = _heading(book)
    for place, field in enumerate(catalogue_fields()):
        sheet.set_column(place, place, _CATALOGUE_WIDTHS.get(field.key, 11), text)
        sheet.write_string(0, place, getattr(field, locale), heading)
        if field.key in ("retention", "classification", "access_level"):
            choices = {"validate": "list", "source": wording.choices(field.key)}
            sheet.data_validation(1, place, CATALOGUE_ROWS, place, choices)
    sheet.set_row(0, 26)
    sheet.freeze_panes(1, 2)
    _print_setup(sheet, wording, is_landscape=True)
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
    look = {"font_size": 18, "bold": True, "align": "center", "valign": "vcenter"}
    sheet.merge_range(0, 0, 0, 3, title, book.add_format(look))
    sheet.set_row(0, 40)
    sheet.merge_range(
        1, 0, 1, 3, wording.word("sentences", "form_note"), book.add_format({"font_size": 9, "font_color": "#7F0000"})
    )
    label = book.add_format(
        {"border": 1, "bg_color": sheet_style.SHADE, "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    filled = _filled(book, "left")
    for number, field in enumerate(fields):
        row, place = 2 + number // 2, 2 * (number % 2)
        sheet.set_row(row, 34)
        sheet.write_string(row, place, getattr(field, wording.locale) + (" *" if field.is_mandatory else ""), label)
        _write_value(sheet, row, place + 1, _shown(wording, field.key, values.get(field.key)), filled)
        _drop_down(sheet, wording, field.key, (row, place + 1, row, place + 1))
    _finish_form(sheet, wording, 2 + (len(fields) - 1) // 2, len(fields) % 2, label)
    _print_setup(sheet, wording, is_landscape=False)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _finish_form(sheet: Worksheet, wording: Wording, last_row: int, is_odd: int, label: Format) -> None:
    if is_odd:
        sheet.write_blank(last_row, 2, None, label)
        sheet.write_blank(last_row, 3, None, label)
    seal = f"{wording.word('duties', 'seal')}　　　　{wording.word('page', 'blank_date')}"
    sheet.set_row(last_row + 1, 110)
    sheet.merge_range(last_row + 1, 0, last_row + 1, 3, seal, label)


def _fill_rows(
    book: Workbook, wording: Wording, columns: Sequence[FormField], rows: Sequence[Mapping[str, Any]]
) -> None:
    sheet = book.add_worksheet(wording.word("groups", "continuation"))
    heading, filled = _heading(book), _filled(book, "left")
    last = len(rows) + SPARE_ROWS
    for place, (column, width) in enumerate(zip(columns, _ROW_WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, getattr(column, wording.locale) + (" *" if column.is_mandatory else ""), heading)
        _drop_down(sheet, wording, column.key, (1, place, last, place))
    sheet.set_row(0, 32)
    for number in range(1, last + 1):
        row = rows[number - 1] if number <= len(rows) else {}
        sheet.set_row(number, 32)
        for place, column in enumerate(columns):
            value = row.get(column.key, number if row and column.key == "number" else None)
            _write_value(sheet, number, place, _shown(wording, column.key, value), filled)
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)
    _print_setup(sheet, wording, is_landscape=True)
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


def _heading(book: Workbook) -> Format:
    look = {
        "bold": True,
        "border": 1,
        "bg_color": sheet_style.SHADE,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
    }
    return book.add_format(look)


def _filled(book: Workbook, align: str) -> Format:
    look = {"border": 1, "num_format": "@", "align": align, "valign": "vcenter", "text_wrap": True}
    return book.add_format({**look, "locked": False, "bg_color": sheet_style.FILLED_IN})


def _print_setup(sheet: Worksheet, wording: Wording, *, is_landscape: bool) -> None:
    if is_landscape:
        sheet.set_landscape()
    sheet.set_paper(9)  # A4, by the number that the file format gives it
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_footer(f"&C{wording.word('page', 'sheet_page_of')}")
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
