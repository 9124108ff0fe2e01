"""Documents as docx, the text that an office keeps of what it sent: red head and number, but no seal."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time
from typing import TYPE_CHECKING

from lantai.demo.documents.filings import Document
from lantai.demo.documents.title import title_lines

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.text.paragraph import Paragraph

TEXT_FACE, HEADING_FACE, TITLE_FACE = "仿宋", "黑体", "宋体"
TEXT_PT, TITLE_PT = 14, 20
LEADING_PT = 24
HEAD_WIDTH_PT = 430
"""Width of the text; a long red head is set smaller, never broken."""

RED = "D7001B"


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
    _head(page, document)
    title = _line(page, "\n".join(title_lines(document.title)), TITLE_PT, face=TITLE_FACE, is_bold=True)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = Pt(30)
    title.paragraph_format.space_after = Pt(12)
    if document.recipient:
        _line(page, f"{document.recipient}：")
    for text in document.paragraphs:
        face = HEADING_FACE if text.startswith("## ") else TEXT_FACE
        _line(page, text.removeprefix("## "), face=face).paragraph_format.first_line_indent = Pt(2 * TEXT_PT)
    _table(page, document)
    if document.attachment:
        _line(page, f"附件：{document.attachment}").paragraph_format.first_line_indent = Pt(2 * TEXT_PT)
    _signature(page, document)
    out = io.BytesIO()
    page.save(out)
    return _without_times(out.getvalue())


def _head(page: Docx, document: Document) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    if document.has_red_head:
        name = f"{document.author}文件"
        head = _line(page, name, min(30, HEAD_WIDTH_PT // len(name)), face=TITLE_FACE, is_bold=True)
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        head.paragraph_format.line_spacing = Pt(44)
        head.runs[0].font.color.rgb = RGBColor.from_string(RED)
    if document.doc_no:
        signer = f"　　　　　　签发人：{document.signed_by}" if document.signed_by else ""
        number = _line(page, document.doc_no + signer)
        number.alignment = WD_ALIGN_PARAGRAPH.CENTER
        number.paragraph_format.space_after = Pt(14)
        if document.has_red_head:
            _underline(number)


def _underline(line: Paragraph) -> None:
    """Draw the red rule below the number, over the whole width."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "6"), ("color", RED)):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    # The schema wants the borders before spacing and alignment.
    line._p.get_or_add_pPr().insert(0, borders)  # noqa: SLF001 (no public way)


def _signature(page: Docx, document: Document) -> None:
    """Write office and date, one below the other's middle, four letters from the margin."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    on = document.formed_on
    date = f"{on.year}年{on.month}月{on.day}日"
    widths = [len(document.author) * TEXT_PT, (len(date) + len([c for c in date if not c.isdigit()])) * TEXT_PT // 2]
    for text, width, space in zip((document.author, date), widths, (LEADING_PT, 0), strict=True):
        line = _line(page, text)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.space_before = Pt(space)
        line.paragraph_format.right_indent = Pt(3 * TEXT_PT + (max(widths) - width) // 2)


def _line(page: Docx, text: str, size: int = TEXT_PT, *, face: str = TEXT_FACE, is_bold: bool = False) -> Paragraph:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    line = page.add_paragraph()
    line.paragraph_format.line_spacing = Pt(LEADING_PT)
    line.paragraph_format.space_after = Pt(0)
    run = line.add_run(text)
    run.bold = is_bold
    run.font.size = Pt(size)
    run.font.name = face
    # Word keeps the font of Chinese letters apart from that of Latin ones.
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)  # noqa: SLF001 (no public way)
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
