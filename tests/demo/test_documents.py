"""The documents of the demo are real files of their formats, and the same on every machine."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from lxml import etree
from PIL import Image

from lantai.demo.documents import write
from lantai.demo.filings import BORN_DIGITAL, SCANNED, Medium, filing
from lantai.demo.units import UNITS, by_code
from lantai.rules import archival_code
from lantai.templates import drawable


def document(medium: Medium, year: int = 2025):
    return next(d for d in filing(by_code("ZR"), year, (medium,), 3) if d.doc_type == "工作要点")


def test_pdf_has_as_many_pages_as_the_catalogue_will_say():
    written = write(document(Medium.PDF))

    [(name, content)] = written.files
    assert name.endswith(".pdf")
    assert content.startswith(b"%PDF-1.7")
    assert written.page_count == int(re.search(rb"/Count (\d+)", content)[1])


def test_ofd_is_a_zip_whose_document_leads_to_every_page():
    written = write(document(Medium.OFD))

    [(_, content)] = written.files
    package = zipfile.ZipFile(io.BytesIO(content))
    ofd = {"ofd": "http://www.ofdspec.org/2016"}
    root = etree.fromstring(package.read("OFD.xml")).findtext(".//ofd:DocRoot", namespaces=ofd)
    pages = etree.fromstring(package.read(root)).findall(".//ofd:Page", ofd)
    assert len(pages) == written.page_count
    for page in pages:
        content_of_page = etree.fromstring(package.read(f"Doc_0/{page.get('BaseLoc')}"))
        assert content_of_page.findall(".//ofd:TextCode", ofd)


def test_docx_carries_title_and_text():
    import docx

    made = document(Medium.DOCX)

    text = [p.text for p in docx.Document(io.BytesIO(write(made).files[0][1])).paragraphs]

    assert made.title in text
    assert made.paragraphs[0] in text


def test_scan_as_jpeg_has_one_picture_per_page():
    written = write(document(Medium.JPEG, 2005))

    assert len(written.files) == written.page_count > 1
    for _, content in written.files:
        with Image.open(io.BytesIO(content)) as page:
            assert page.format == "JPEG"
            assert min(page.size) > 800


def test_scan_as_tiff_holds_all_pages_in_one_file():
    written = write(document(Medium.TIFF, 2005))

    [(_, content)] = written.files
    with Image.open(io.BytesIO(content)) as pages:
        assert (pages.format, pages.n_frames, pages.mode) == ("TIFF", written.page_count, "1")


@pytest.mark.parametrize("medium", list(Medium))
def test_same_document_has_the_same_bytes_again(medium):
    assert write(document(medium)) == write(document(medium))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.unit_code)
@pytest.mark.parametrize("year", [2005, 2014, 2025])
def test_filing_of_every_office_has_codes_without_gaps_and_numbers_in_order(unit, year):
    documents = filing(unit, year, SCANNED if year == 2005 else BORN_DIGITAL, 9)

    codes = [(n, archival_code.parse(d.archival_code)) for n, d in enumerate(documents, 1)]
    assert archival_code.check_continuity(codes) == []
    assert {d.formed_on.year for d in documents} == {year}
    assert [d.formed_on for d in documents] == sorted(d.formed_on for d in documents)
    letters = set("".join(d.title + "".join(d.paragraphs) for d in documents))
    assert not {letter for letter in letters if ord(letter) not in drawable()}
