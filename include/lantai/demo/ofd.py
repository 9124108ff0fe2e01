"""Documents as OFD, the national fixed-layout format: a ZIP with a page's text placed in millimetres.

Only what the demo needs: text in one font, black and red, and a line under the
red head. No seal; a seal in OFD is a signature, and these offices have none.

Source: GB/T 33190-2016, chapters 7 and 11.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from lantai.demo.filings import Document

_NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_WIDTH, _HEIGHT = 210.0, 297.0
_LEFT, _TOP, _BOTTOM = 28.0, 37.0, 265.0
_BODY = 5.3
"""Height of a letter of text (15 pt) in millimetres; a Chinese letter is as wide as it is high."""
_LINE_LETTERS = 29
_LEADING = 1.72
_NOT_AT_LINE_START = "，。；：、）》！？”"


@dataclass
class _Layout:
    """Text objects page by page, and where the next line goes."""

    pages: list[list[str]] = field(default_factory=lambda: [[]])
    y: float = _TOP
    number: int = 100

    def add(self, text: str, x: float, size: float = _BODY, *, red: bool = False) -> None:
        if self.y > _BOTTOM:
            self.pages.append([])
            self.y = _TOP
        self.number += 1
        colour = "215 0 27" if red else "0 0 0"
        steps = " ".join(f"{_advance(letter, size):.2f}" for letter in text[:-1])
        deltas = f" DeltaX={quoteattr(steps)}" if steps else ""
        width = sum(_advance(letter, size) for letter in text)
        self.pages[-1].append(
            f'<ofd:TextObject ID="{self.number}" Boundary="{x:.2f} {self.y:.2f} {width + 1:.2f} {size * 1.3:.2f}" '
            f'Font="2" Size="{size:.2f}"><ofd:FillColor Value="{colour}"/>'
            f'<ofd:TextCode X="0" Y="{size:.2f}"{deltas}>{escape(text)}</ofd:TextCode></ofd:TextObject>'
        )
        self.y += size * _LEADING

    def centre(self, text: str, size: float = _BODY, *, red: bool = False) -> None:
        width = sum(_advance(letter, size) for letter in text)
        self.add(text, (_WIDTH - width) / 2, size, red=red)

    def rule(self) -> None:
        self.number += 1
        self.pages[-1].append(
            f'<ofd:PathObject ID="{self.number}" Boundary="{_LEFT} {self.y:.2f} 156 1" LineWidth="0.6" Stroke="true">'
            '<ofd:StrokeColor Value="215 0 27"/>'
            "<ofd:AbbreviatedData>M 0 0.3 L 156 0.3</ofd:AbbreviatedData></ofd:PathObject>"
        )
        self.y += 8


def write_ofd(document: Document) -> tuple[bytes, int]:
    """Return the document as OFD, and how many pages it has."""
    pages = _lay_out(document).pages
    on = document.formed_on.isoformat()
    parts = {"OFD.xml": _ofd_xml(document, on), "Doc_0/Document.xml": _document_xml(len(pages))}
    parts["Doc_0/PublicRes.xml"] = (
        f'{_HEAD}<ofd:Res {_NAMESPACE} BaseLoc="Res"><ofd:Fonts>'
        '<ofd:Font ID="2" FontName="宋体" FamilyName="宋体"/></ofd:Fonts></ofd:Res>'
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
    if document.has_red_head:
        layout.centre(f"{document.author}文件", min(10.0, 150 / (len(document.author) + 2)), red=True)
        layout.y += 6
        layout.centre(document.doc_no)
        layout.rule()
    for line in _wrapped(document.title, 21):
        layout.centre(line, 7.0)
    layout.y += 5
    body = [f"{document.recipient}："] if document.recipient else []
    body += [f"　　{text.removeprefix('## ')}" for text in document.paragraphs]
    body += ["　　" + "　".join(cell or "－" for cell in row) for row in document.table]
    if document.attachment:
        body.append(f"　　附件：{document.attachment}")
    for text in body:
        for line in _wrapped(text, _LINE_LETTERS):
            layout.add(line, _LEFT)
    layout.y += 8
    on = document.formed_on
    for text in (document.author, f"{on.year}年{on.month}月{on.day}日"):
        layout.add(text, _WIDTH - 36 - _BODY * len(text))
    return layout


def _wrapped(text: str, letters: int) -> list[str]:
    lines, line, width = [], "", 0.0
    for letter in text:
        step = _advance(letter, 1.0)
        if width + step > letters and letter not in _NOT_AT_LINE_START:
            lines.append(line)
            line, width = "", 0.0
        line += letter
        width += step
    return [*lines, line] if line else lines


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
