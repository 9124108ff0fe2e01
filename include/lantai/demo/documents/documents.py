"""How a document of the demo is written down: PDF, OFD, docx, and scans as JPEG or TIFF.

PDFs and scans are set from one template; a scan is its printed page a little
askew, yellowed and grainy. Every file has the same bytes on every machine.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from importlib import resources
from random import Random
from typing import TYPE_CHECKING

from lantai.demo.documents.docx import write_docx
from lantai.demo.documents.filings import Document, Medium
from lantai.demo.documents.ofd import write_ofd
from lantai.demo.documents.title import title_lines
from lantai.templates import font_folder

if TYPE_CHECKING:
    from PIL.Image import Image
    from typst import Compiler

_PDF_PAGE = re.compile(rb"/Type\s*/Page\b")

SCAN_PPI = 100
FAX_PPI = 150
"""Black and white pages need more dots to be read."""


@dataclass(frozen=True, slots=True)
class Written:
    """A document as files.

    Attributes:
        files: Name and bytes; the names sort in the order of the pages.
        page_count: Pages of all files together.
    """

    files: tuple[tuple[str, bytes], ...]
    page_count: int


def write(document: Document) -> Written:
    """Return a document as the files that an office would hand in."""
    stem = f"{document.archival_code.replace('·', '')}"
    if document.medium in (Medium.JPEG, Medium.TIFF):
        return _scan(document, stem)
    if document.medium is Medium.DOCX:
        return Written(((f"{stem}.docx", write_docx(document)),), 1)
    if document.medium is Medium.OFD:
        content, pages = write_ofd(document)
        return Written(((f"{stem}.ofd", content),), pages)
    pdf = _set(document, "pdf")[0]
    return Written(((f"{stem}.pdf", pdf),), len(_PDF_PAGE.findall(pdf)))


def chinese_date(document: Document) -> str:
    """Return the date as it is printed under the text."""
    on = document.formed_on
    return f"{on.year}年{on.month}月{on.day}日"


@cache
def _compiler() -> Compiler:
    import typst

    return typst.Compiler(
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())]
        ),
        ignore_system_fonts=True,
    )


def _set(document: Document, kind: str, ppi: int = SCAN_PPI) -> list[bytes]:
    printed = {
        "title": document.title,
        "title_lines": title_lines(document.title),
        "author": document.author,
        "head": f"{document.author}文件" if document.has_red_head else "",
        "doc_no": document.doc_no,
        "signed_by": document.signed_by,
        "recipient": document.recipient,
        "paragraphs": document.paragraphs,
        "table": document.table,
        "attachment": document.attachment,
        "date": chinese_date(document),
        "is_sealed": document.has_red_head,
        "copies": document.copies,
        "office": f"{document.author}办公室",
    }
    template = resources.files("lantai.demo").joinpath("official.typ").read_bytes()
    inputs = {"document": json.dumps(printed, ensure_ascii=False)}
    made_at = datetime.combine(document.formed_on, time(9), UTC)
    if kind == "pdf":
        made = _compiler().compile(
            template, format="pdf", sys_inputs=inputs, pdf_standards="a-2b", timestamp=int(made_at.timestamp())
        )
    else:
        made = _compiler().compile(template, format="png", sys_inputs=inputs, ppi=ppi)
    if made is None:
        raise AssertionError("typst: expected bytes, since no output file was named")
    return made if isinstance(made, list) else [made]


def _scan(document: Document, stem: str) -> Written:
    chance = Random(document.archival_code)  # noqa: S311 (grain of the paper; nothing secret)
    ppi = SCAN_PPI if document.medium is Medium.JPEG else FAX_PPI
    pages = [_on_glass(page, chance) for page in _set(document, "png", ppi)]
    if document.medium is Medium.JPEG:
        files = tuple((f"{stem}-{n:03d}.jpg", _jpeg(page)) for n, page in enumerate(pages, 1))
        return Written(files, len(pages))
    threshold = 150
    bitonal = [page.convert("L").point(lambda grey: 255 if grey > threshold else 0).convert("1") for page in pages]
    out = io.BytesIO()
    dots = (FAX_PPI, FAX_PPI)
    bitonal[0].save(out, "TIFF", compression="group4", save_all=True, append_images=bitonal[1:], dpi=dots)
    return Written(((f"{stem}.tif", out.getvalue()),), len(pages))


def _on_glass(png: bytes, chance: Random) -> Image:
    from PIL import Image, ImageChops, ImageFilter

    paper = (250 - chance.randint(0, 8), 246 - chance.randint(0, 8), 232 - chance.randint(0, 14))
    with Image.open(io.BytesIO(png)) as opened:
        page = opened.convert("RGB")
    page = ImageChops.multiply(page, Image.new("RGB", page.size, paper))
    page = page.rotate(chance.uniform(-0.7, 0.7), Image.Resampling.BICUBIC, fillcolor=paper)
    # Grain: a small seeded tile, laid over the page.
    tile = Image.frombytes("L", (128, 128), chance.randbytes(128 * 128)).point(lambda grey: 236 + grey * 20 // 256)
    grain = Image.new("L", page.size)
    for left in range(0, page.width, 128):
        for top in range(0, page.height, 128):
            grain.paste(tile, (left, top))
    page = ImageChops.multiply(page, Image.merge("RGB", (grain, grain, grain)))
    return page.filter(ImageFilter.GaussianBlur(0.4))


def _jpeg(page: Image) -> bytes:
    out = io.BytesIO()
    page.save(out, "JPEG", quality=55, dpi=(SCAN_PPI, SCAN_PPI))
    return out.getvalue()
