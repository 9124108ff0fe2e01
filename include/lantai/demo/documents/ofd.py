"""Documents as OFD, the national fixed-layout format: a ZIP with a page's text placed in millimetres.

Only what the demo needs: text in two fonts, black and red, straight lines. No
seal; a seal in OFD is a signature, and these offices have none.

Source: GB/T 33190-2016, chapters 7 and 11.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from lantai.demo.documents.filings import Document
from lantai.demo.documents.title import title_lines

_NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_WIDTH, _HEIGHT = 210.0, 297.0
_LEFT, _TOP, _BOTTOM = 28.0, 37.0, 262.0
_TEXT_WIDTH = 156.0
_BODY = 5.3
"""Height of a letter of text (15 pt) in millimetres; a Chinese letter is as wide as it is high."""
_LINE_LETTERS = 29
_LEADING = 1.62
_NOT_AT_LINE_START = "，。；：、）》！？”"
_ROW = 8.0
"""Height of a row of a table in millimetres."""
_SONG, _HEI = 2, 3
_TOKEN = re.compile(r"[0-9A-Za-z.,%+-]+|.")
"""A number is never broken."""


@dataclass
class _Layout:
    """Objects page by page, and where the next line goes."""

    pages: list[list[str]] = field(default_factory=lambda: [[]])
    y: float = _TOP
    number: int = 100

    def add(self, text: str, x: float, size: float = _BODY, *, red: bool = False, font: int = _SONG) -> None:
        """Write a line; the next goes below it."""
        self.write(text, x, self.y, size, red=red, font=font)
        self.y += size * _LEADING

    def write(
        self, text: str, x: float, y: float, size: float = _BODY, *, red: bool = False, font: int = _SONG
    ) -> None:
        """Write at a place of the page."""
        self.number += 1
        colour = "215 0 27" if red else "0 0 0"
        steps = " ".join(f"{_advance(letter, size):.2f}" for letter in text[:-1])
        deltas = f" DeltaX={quoteattr(steps)}" if steps else ""
        self.pages[-1].append(
            f'<ofd:TextObject ID="{self.number}" Boundary="{x:.2f} {y:.2f} {_width(text, size) + 1:.2f} {size * 1.3:.2f}" '
            f'Font="{font}" Size="{size:.2f}"><ofd:FillColor Value="{colour}"/>'
            f'<ofd:TextCode X="0" Y="{size:.2f}"{deltas}>{escape(text)}</ofd:TextCode></ofd:TextObject>'
        )

    def centre(self, text: str, size: float = _BODY, *, red: bool = False) -> None:
        """Write a line in the middle of the text."""
        self.add(text, _LEFT + (_TEXT_WIDTH - _width(text, size)) / 2, size, red=red)

    def line(self, x: float, y: float, to_x: float, to_y: float, *, red: bool = False, weight: float = 0.25) -> None:
        """Draw a straight line."""
        self.number += 1
        colour = "215 0 27" if red else "0 0 0"
        self.pages[-1].append(
            f'<ofd:PathObject ID="{self.number}" Boundary="{x:.2f} {y:.2f} {to_x - x + 1:.2f} {to_y - y + 1:.2f}" '
            f'LineWidth="{weight}" Stroke="true"><ofd:StrokeColor Value="{colour}"/>'
            f"<ofd:AbbreviatedData>M 0 0 L {to_x - x:.2f} {to_y - y:.2f}</ofd:AbbreviatedData></ofd:PathObject>"
        )

    def need(self, height: float) -> None:
        """Begin a page when so much does not fit on this one."""
        if self.y + height > _BOTTOM:
            self.pages.append([])
            self.y = _TOP

    def number_pages(self) -> None:
        """Write the numbers below the text: odd ones at the right, even ones at the left."""
        pages, self.pages = self.pages, []
        for number, page in enumerate(pages, 1):
            self.pages.append(page)
            text = f"— {number} —"
            x = _LEFT + _BODY if number % 2 == 0 else _LEFT + _TEXT_WIDTH - _BODY - _width(text, 4.9)
            self.write(text, x, 269.0, 4.9)


def write_ofd(document: Document) -> tuple[bytes, int]:
    """Return the document as OFD, and how many pages it has."""
    pages = _lay_out(document).pages
    on = document.formed_on.isoformat()
    parts = {"OFD.xml": _ofd_xml(document, on), "Doc_0/Document.xml": _document_xml(len(pages))}
    parts["Doc_0/PublicRes.xml"] = (
        f'{_HEAD}<ofd:Res {_NAMESPACE} BaseLoc="Res"><ofd:Fonts>'
        f'<ofd:Font ID="{_SONG}" FontName="宋体" FamilyName="宋体"/>'
        f'<ofd:Font ID="{_HEI}" FontName="黑体" FamilyName="黑体"/></ofd:Fonts></ofd:Res>'
    )
    for number, objects in enumerate(pages):
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f"{_HEAD}<ofd:Page {_NAMESPACE}><ofd:Area><ofd:PhysicalBox>0 0 {_WIDTH:g} {_HEIGHT:g}</ofd:PhysicalBox>"
            f'</ofd:Area><ofd:Content><ofd:Layer ID="{number + 11}" Type="Body">{"".join(objects)}</ofd:Layer>'
            "</ofd:Content></ofd:Page>"
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, text in parts.items():
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return out.getvalue(), len(pages)


def _lay_out(document: Document) -> _Layout:
    layout = _Layout()
    _write_head(layout, document)
    body = [(f"{document.recipient}：", _SONG)] if document.recipient else []
    body += [
        (f"　　{text.removeprefix('## ')}", _HEI if text.startswith("## ") else _SONG) for text in document.paragraphs
    ]
    for text, font in body[:-1]:
        _write_paragraph(layout, text, font)
    # The signature never stands on a page without text: the last paragraph goes over with it.
    last = _wrapped(body[-1][0], _LINE_LETTERS)
    lines_below = 4.0 + bool(document.attachment)
    layout.need((len(last) + lines_below) * _BODY * _LEADING + (len(document.table) + 1) * _ROW * bool(document.table))
    _write_paragraph(layout, *body[-1])
    _write_table(layout, document.table)
    if document.attachment:
        _write_paragraph(layout, f"　　附件：{document.attachment}", _SONG)
    layout.y += 1.2 * _BODY * _LEADING
    on = document.formed_on
    signed = (document.author, f"{on.year}年{on.month}月{on.day}日")
    widest = max(_width(text, _BODY) for text in signed)
    for text in signed:
        layout.add(text, _LEFT + _TEXT_WIDTH - 3 * _BODY - (widest + _width(text, _BODY)) / 2)
    layout.number_pages()
    return layout


def _write_head(layout: _Layout, document: Document) -> None:
    if document.has_red_head:
        layout.centre(f"{document.author}文件", min(10.0, 150 / (len(document.author) + 2)), red=True)
        layout.y += 6
        if document.signed_by:
            signer = f"签发人：{document.signed_by}"
            layout.write(signer, _LEFT + _TEXT_WIDTH - _BODY - _width(signer, _BODY), layout.y)
            layout.add(document.doc_no, _LEFT + _BODY)
        else:
            layout.centre(document.doc_no)
        layout.line(_LEFT, layout.y, _LEFT + _TEXT_WIDTH, layout.y, red=True, weight=0.6)
        layout.y += 9
    for line in title_lines(document.title):
        layout.centre(line, 7.0)
    layout.y += 4


def _write_paragraph(layout: _Layout, text: str, font: int) -> None:
    for line in _wrapped(text, _LINE_LETTERS):
        layout.need(_BODY * _LEADING)
        layout.add(line, _LEFT, font=font)


def _write_table(layout: _Layout, rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    size = 4.2
    widths = [max(_width(row[place], size) for row in rows) + 10 for place in range(len(rows[0]))]
    left = _LEFT + (_TEXT_WIDTH - sum(widths)) / 2
    top = layout.y + 2
    edges = [left + sum(widths[:place]) for place in range(len(widths) + 1)]
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            x = edges[place] + (widths[place] - _width(cell, size)) / 2
            layout.write(cell, x, top + number * _ROW + 1.6, size, font=_SONG if number else _HEI)
    for number in range(len(rows) + 1):
        layout.line(left, top + number * _ROW, edges[-1], top + number * _ROW)
    for edge in edges:
        layout.line(edge, top, edge, top + len(rows) * _ROW)
    layout.y = top + len(rows) * _ROW + 3


def _wrapped(text: str, letters: int) -> list[str]:
    lines, line, width = [], "", 0.0
    for token in _TOKEN.findall(text):
        step = _width(token, 1.0)
        if line and width + step > letters and token not in _NOT_AT_LINE_START:
            lines.append(line)
            line, width = "", 0.0
        line += token
        width += step
    return [*lines, line] if line else lines


def _width(text: str, size: float) -> float:
    return sum(_advance(letter, size) for letter in text)


def _advance(letter: str, size: float) -> float:
    return size / 2 if letter.isascii() else size


def _ofd_xml(document: Document, on: str) -> str:
    return (
        f'{_HEAD}<ofd:OFD {_NAMESPACE} DocType="OFD" Version="1.1"><ofd:DocBody><ofd:DocInfo>'
        f"<ofd:Title>{escape(document.title)}</ofd:Title><ofd:Author>{escape(document.author)}</ofd:Author>"
        f"<ofd:CreationDate>{on}</ofd:CreationDate></ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )


def _document_xml(page_count: int) -> str:
    pages = "".join(
        f'<ofd:Page ID="{number + 1001}" BaseLoc="Pages/Page_{number}/Content.xml"/>' for number in range(page_count)
    )
    return (
        f"{_HEAD}<ofd:Document {_NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>9999</ofd:MaxUnitID><ofd:PageArea>"
        f"<ofd:PhysicalBox>0 0 {_WIDTH:g} {_HEIGHT:g}</ofd:PhysicalBox></ofd:PageArea>"
        "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>"
        f"<ofd:Pages>{pages}</ofd:Pages></ofd:Document>"
    )
