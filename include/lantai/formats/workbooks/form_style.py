"""How the forms that departments fill in look: title, labels, cells to fill in, the page.

What stands in them is `workbook`; worksheets of lists have `sheet_style`.
"""

from __future__ import annotations

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from lantai.formats.papers.wording import Wording
from lantai.formats.workbooks import sheet_style

_BOXED = {"border": 1, "valign": "vcenter", "text_wrap": True}


def write_title(book: Workbook, sheet: Worksheet, wording: Wording, title: str, last_place: int) -> None:
    """Write the title over all columns, in the face of headings."""
    face = sheet_style.HEADING_FONTS[wording.locale]
    look = {"font_name": face, "font_size": 18, "align": "center", "valign": "vcenter"}
    sheet.merge_range(0, 0, 0, last_place, title, book.add_format(look))
    sheet.set_row(0, 40)


def note(book: Workbook) -> Format:
    """Return the look of the line that says how to fill in."""
    return book.add_format({"font_size": 9, "font_color": sheet_style.NOTE_INK, "valign": "vcenter"})


def label(book: Workbook) -> Format:
    """Return the look of a field's name."""
    return book.add_format({**_BOXED, "bg_color": sheet_style.SHADE, "align": "center"})


def heading(book: Workbook, wording: Wording) -> Format:
    """Return the look of a column's name."""
    face = sheet_style.HEADING_FONTS[wording.locale]
    return book.add_format({**_BOXED, "bg_color": sheet_style.SHADE, "align": "center", "font_name": face})


def filled_in(book: Workbook, align: str = "left", points: int = 10) -> Format:
    """Return the look of a cell to fill in: shaded, unlocked, and text whatever is typed."""
    look = {**_BOXED, "num_format": "@", "align": align, "font_size": points, "indent": int(align == "left")}
    return book.add_format({**look, "locked": False, "bg_color": sheet_style.FILLED_IN})


def signed_by_hand(book: Workbook) -> Format:
    """Return the look of the place for signatures and seal."""
    return book.add_format({**_BOXED, "align": "right", "indent": 2})


def set_up_page(sheet: Worksheet, wording: Wording, *, is_landscape: bool) -> None:
    """Print on A4, as wide as the page, with counted pages."""
    if is_landscape:
        sheet.set_landscape()
    sheet.set_paper(9)  # A4, by the number that the file format gives it
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_footer(f"&C{wording.word('page', 'sheet_page_of')}")
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
