"""How a worksheet of a list looks, and how it is written fast: one pass, constant memory.

Source: performance.md, "Workbooks"; interfaces.md, "Papers".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from lantai.formats.papers.columns import Column
from lantai.formats.workbooks.sheet_layout import META_SHEET, Layout, RowAnswer
from lantai.records.disposal.laid_out_row import LaidOutRow
from lantai.records.disposal.lists import LONGEST_EXTENSION_YEARS

PLAIN_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Without these XlsxWriter makes a formula of any text that begins with `=`, and a link of any address."""

NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)
"""Written into a workbook that has no date of its own, so that the same form is the same bytes; the oldest a zip file knows."""

FILLED_IN = "#FFF8DC"
SHADE = "#F2F2F2"
NOTE_INK = "#7F0000"
LINE_POINTS = 14.5
ROW_LINES = 2
"""Every row has room for two lines, so that only longer ones need a height of their own, which costs memory."""

MAX_ROW_POINTS = 409
"""The file format's own limit."""

_FONTS = {"zh": "宋体", "en": "Times New Roman"}
HEADING_FONTS = {"zh": "黑体", "en": "Arial"}
"""Titles and the headings of columns, as on official forms."""

_PROTECTION = {"format_columns": True, "format_rows": True, "autofilter": True}
"""What a locked sheet still lets people do: make room to read, and filter."""


def open_workbook(out: BinaryIO, locale: str, *, work_dir: Path | None = None, streams: bool = False) -> Workbook:
    """Return a workbook that writes text as text, in the language's font."""
    options: dict[str, Any] = {**PLAIN_TEXT, "constant_memory": streams}
    options["default_format_properties"] = {"font_name": _FONTS[locale], "font_size": 10}
    if work_dir is not None:
        options["tmpdir"] = str(work_dir)
    return Workbook(out, options)


def write(
    layout: Layout,
    rows: Iterable[LaidOutRow],
    decisions: Mapping[int, RowAnswer],
    out: BinaryIO,
    work_dir: Path | None,
) -> int:
    """Write the whole workbook; see `lantai.formats.workbooks.worksheet.export`."""
    book = open_workbook(out, layout.wording.locale, work_dir=work_dir, streams=True)
    book.set_properties(
        {
            "title": layout.title,
            "comments": f"{layout.head.list_id} {layout.head.digest}",
            "created": layout.made_at(),
        }
    )
    sheet = book.add_worksheet(layout.sheet_name)
    _page(book, sheet, layout)
    head_rows = layout.head_rows()
    _write_head(book, sheet, layout, head_rows)
    count, pages = _write_rows(book, sheet, layout, rows, decisions, len(head_rows))
    _write_foot(book, sheet, layout, layout.foot_rows(count, pages), len(head_rows) + count)
    _frame_blanks(book, sheet, layout, len(head_rows), count)
    _drop_downs(sheet, layout, len(head_rows), count)
    meta = book.add_worksheet(META_SHEET)
    for number, cells in enumerate(layout.meta_rows()):
        for place, text in enumerate(cells):
            meta.write_string(number, place, text)
    meta.protect()
    meta.very_hidden()
    book.close()
    return count


def _page(book: Workbook, sheet: Worksheet, layout: Layout) -> None:
    head_count = len(layout.head_rows())
    sheet.set_landscape()
    sheet.set_paper(9)  # A4, by the number that the file format gives it
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.repeat_rows(head_count - 1)
    sheet.set_footer(f"&L{layout.head.list_id}&C{layout.wording.word('page', 'sheet_page_of')}")
    sheet.freeze_panes(head_count, 3)
    sheet.set_column(0, 0, 3, None, {"hidden": True})
    for place, column in enumerate(layout.columns, start=1):
        # A cell that waits for a decision is not written at all: its column says that it is not locked, and how its text will stand.
        waiting = book.add_format(_look(column) | {"border": 0}) if column.is_decision else None
        sheet.set_column(place, place, column.sheet_width, waiting)
    sheet.set_default_row(LINE_POINTS * ROW_LINES)
    sheet.protect("", _PROTECTION)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def _write_head(book: Workbook, sheet: Worksheet, layout: Layout, head_rows: list[list[str]]) -> None:
    plain = {"valign": "vcenter", "text_wrap": True}
    face = HEADING_FONTS[layout.wording.locale]
    title = book.add_format({**plain, "font_name": face, "font_size": 18, "align": "center"})
    styles = [
        title,
        book.add_format(plain),
        book.add_format(plain),
        book.add_format({**plain, "font_color": NOTE_INK, "font_size": 9}),
    ]
    width = sum(column.sheet_width for column in layout.columns)
    last = len(head_rows) - 1
    for number, (cells, style) in enumerate(zip(head_rows[:last], styles, strict=True)):
        sheet.set_row(number, 34 if style is title else 6 + LINE_POINTS * lines(cells[1], width))
        sheet.write_string(number, 0, cells[0], style)
        sheet.merge_range(number, 1, number, len(layout.columns), "", style)
        sheet.write_string(number, 1, cells[1], style)
    look = {
        "font_name": face,
        "border": 1,
        "bg_color": SHADE,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
    }
    heading = book.add_format(look)
    sheet.set_row(last, 32)
    for place, text in enumerate(head_rows[last]):
        sheet.write_string(last, place, text, heading)


def lines(text: str, width: float) -> int:
    """Return about how many lines a text takes in a column of `width` characters; a Chinese character is two wide."""
    # One byte in UTF-8 and one wide, or three bytes and two wide: the mean of length and bytes is the width.
    return max(1, -int(-(len(text) + len(text.encode("utf-8", "replace"))) // (2 * width)))


def _write_rows(
    book: Workbook,
    sheet: Worksheet,
    layout: Layout,
    rows: Iterable[LaidOutRow],
    decisions: Mapping[int, RowAnswer],
    first: int,
) -> tuple[int, int]:
    """Write the records; return how many there are, and how many pages they have."""
    styles = [book.add_format({"border": 1}), *(book.add_format(_look(column)) for column in layout.columns)]
    waiting = frozenset(layout.decision_places)
    write_string, write_blank, row_cells = sheet.write_string, sheet.write_blank, layout.row
    left = [(place, column) for place, column in enumerate(layout.columns, start=1) if column.align == "left"]
    wrapping = [(place, column.sheet_width) for place, column in left]
    number, pages = first, 0
    for row in rows:
        pages += row.page_count or 0
        cells = row_cells(row)
        answer = decisions.get(row.row_no)
        if answer is not None:
            texts = layout.answer_cells(answer)
            for place, column in enumerate(layout.columns, start=1):
                if column.is_decision:
                    cells[place] = texts[column.key]
        # A character is two wide at most, so a short text needs no measuring.
        height = max([lines(cells[place], width) for place, width in wrapping if len(cells[place]) > width], default=1)
        if height > ROW_LINES:
            sheet.set_row(number, min(LINE_POINTS * height, MAX_ROW_POINTS))
        for place, text in enumerate(cells):
            if text:
                write_string(number, place, text, styles[place])
            elif place not in waiting:
                write_blank(number, place, None, styles[place])
        number += 1
    return number - first, pages


def _look(column: Column) -> dict[str, Any]:
    look = {"border": 1, "align": column.align, "valign": "vcenter", "text_wrap": True}
    return look | {"locked": False} if column.is_decision else look


def _write_foot(book: Workbook, sheet: Worksheet, layout: Layout, foot_rows: list[list[str]], first: int) -> None:
    style = book.add_format({"valign": "vcenter"})
    for number, cells in enumerate(foot_rows, start=first):
        sheet.set_row(number, 32)
        for place, text in enumerate(cells):
            if text:
                sheet.write_string(number, place, text, style)
        for place in layout.decision_places:
            sheet.write_blank(number, place, None, style)


def _frame_blanks(book: Workbook, sheet: Worksheet, layout: Layout, first: int, count: int) -> None:
    """Frame and shade the columns of decisions by one condition that always holds: a blank cell a row would cost a fifth of the time."""
    if not count:
        return
    look = book.add_format({"border": 1, "bg_color": FILLED_IN})
    for place in layout.decision_places:
        always = {"type": "formula", "criteria": "=TRUE", "format": look}
        sheet.conditional_format(first, place, first + count - 1, place, always)


def _drop_downs(sheet: Worksheet, layout: Layout, first: int, count: int) -> None:
    if not count:
        return
    last = first + count - 1
    for place, column in enumerate(layout.columns, start=1):
        if column.key == "decision":
            prompt = layout.wording.word("sentences", "choose")
            words = [layout.words["dispose"], layout.words["keep"]]
            sheet.data_validation(
                first, place, last, place, {"validate": "list", "source": words, "input_message": prompt}
            )
        elif column.key == "extend_years":
            prompt = layout.wording.word("sentences", "extend_prompt")
            limits = {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": LONGEST_EXTENSION_YEARS}
            sheet.data_validation(first, place, last, place, {**limits, "input_message": prompt})
