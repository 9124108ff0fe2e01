"""Documents as docx, as an office writes them before they are made final."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time
from typing import TYPE_CHECKING

from lantai.demo.filings import Document

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.text.paragraph import Paragraph

FONT = "仿宋"
LEADING_PT = 24


def write_docx(document: Document) -> bytes:
    """Return the document as docx, one page long, equal bytes for equal content."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    page = docx.Document()
    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3), Cm(2.6)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    moment = datetime.combine(document.formed_on, time(9))
    page.core_properties.author = document.author
    page.core_properties.title = document.title
    page.core_properties.created = page.core_properties.modified = moment
    if document.doc_no:
        _line(page, document.doc_no, 14).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(page, document.title, 18, bold=True).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if document.recipient:
        _line(page, f"{document.recipient}：", 14)
    for text in document.paragraphs:
        line = _line(page, text.removeprefix("## "), 14, bold=text.startswith("## "))
        line.paragraph_format.first_line_indent = Pt(28)
    _table(page, document)
    on = document.formed_on
    for text in (document.author, f"{on.year}年{on.month}月{on.day}日"):
        _line(page, text, 14).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    out = io.BytesIO()
    page.save(out)
    return _without_times(out.getvalue())


def _line(page: Docx, text: str, size: int, *, bold: bool = False) -> Paragraph:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    line = page.add_paragraph()
    line.paragraph_format.line_spacing = Pt(LEADING_PT)
    line.paragraph_format.space_after = Pt(0)
    run = line.add_run(text)
    run.bold = bold
    run.font.size = Pt(size)
    run.font.name = FONT
    # Word keeps the font of Chinese letters apart from that of Latin ones.
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)  # noqa: SLF001 (no public way)
    return line


def _table(page: Docx, document: Document) -> None:
    if not document.table:
        return
    table = page.add_table(rows=0, cols=len(document.table[0]), style="Table Grid")
    for row in document.table:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _without_times(made: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
