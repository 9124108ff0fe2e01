"""The documents of the demo are real files of their formats, and the same on every machine."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from itertools import pairwise

import pytest
from lxml import etree
from PIL import Image

from lantai.demo.county.units import UNITS, by_code
from lantai.demo.documents.documents import write
from lantai.demo.documents.filings import BORN_DIGITAL, SCANNED, Medium, filing
from lantai.rules.intake import archival_code
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

    assert text[:2] == ["云溪县自然资源和规划局文件", made.doc_no]
    assert made.title in text
    assert made.paragraphs[0] in text


def all_of(unit_code: str, year: int, medium: Medium):
    return filing(by_code(unit_code), year, (medium,), 9)


def letters(text: str) -> str:
    return "".join(text.split())


@pytest.mark.server("pdftotext")
@pytest.mark.parametrize(("unit_code", "year"), [("CZ", 2025), ("ZR", 2005), ("RS", 2014)])
def test_seal_never_stands_on_a_page_without_text(unit_code, year):
    for made in all_of(unit_code, year, Medium.PDF):
        content = write(made).files[0][1]

        read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)

        pages = [letters(page) for page in read.stdout.decode().split("\f")[:-1]]
        [signed] = [page for page in pages if re.search(rf"{made.author}{made.formed_on.year}年\d+月\d+日", page)]
        assert letters(made.paragraphs[-1]) in signed


@pytest.mark.parametrize("unit_code", ["CZ", "RS"])
def test_ofd_is_signed_on_a_page_with_text_and_breaks_no_number(unit_code):
    for made in all_of(unit_code, 2025, Medium.OFD):
        package = zipfile.ZipFile(io.BytesIO(write(made).files[0][1]))
        names = sorted(name for name in package.namelist() if name.endswith("Content.xml"))

        lines = [re.findall(r"<ofd:TextCode[^>]*>([^<]*)<", package.read(name).decode()) for name in names]

        [signed] = [page for page in lines if made.author in page]
        assert letters(made.paragraphs[-1]) in letters("".join(signed))
        text = [] if made.table else [line for page in lines for line in page]
        assert not [one for one, other in pairwise(text) if one[-1:].isdigit() and other[:1].isdigit()]


@pytest.mark.parametrize(
    ("unit_code", "year", "mark"), [("ZR", 2005, "云国土资"), ("ZR", 2025, "云自然资"), ("WJ", 2014, "云卫计")]
)
def test_reorganised_office_numbers_its_papers_under_its_name_of_then(unit_code, year, mark):
    numbers = [made.doc_no for made in all_of(unit_code, year, Medium.PDF) if made.doc_no]

    assert all(number.startswith(f"{mark}〔{year}〕") for number in numbers)


def test_paper_that_goes_up_names_who_signed_it():
    signers = {made.doc_type: made.signed_by for made in all_of("CZ", 2025, Medium.PDF)}

    assert signers["请示"] == "钱舒怀"
    assert signers["通知"] == ""


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.unit_code)
def test_summary_never_tells_of_months_that_have_not_been(unit):
    for year in (2005, 2014, 2025):
        for made in filing(unit, year, BORN_DIGITAL, 9):
            if made.doc_type == "工作总结" and made.title.startswith(f"{year}年工作总结"):
                assert made.formed_on.month >= 10
            if made.doc_type == "统计报告" and made.title.startswith(f"{year}年"):
                assert f"1—{made.formed_on.month - 1}月" in made.title


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
