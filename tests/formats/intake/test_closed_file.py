"""Files that are encrypted or compressed as a whole."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.formats.age import file as age
from lantai.formats.intake.closed_file import compressed_by, encrypted_by

IDENTITY = age.generate_identity()


def test_age_file_is_known_by_its_first_line():
    """R1-37, GD-3-8."""
    header, payload = age.encrypt(io.BytesIO(b"x"), [IDENTITY.recipient])

    assert encrypted_by(io.BytesIO(header + b"".join(payload))) == "age"


@pytest.mark.parametrize(
    ("content", "tool"),
    [
        (b"-----BEGIN AGE ENCRYPTED FILE-----\n", "age"),
        (b"-----BEGIN PGP MESSAGE-----\n", "PGP"),
        (b"Salted__12345678", "OpenSSL"),
        (b"-----BEGIN PKCS7-----\nMIIB", "CMS"),
        (bytes.fromhex("308006092a864886f70d010703a0803080"), "CMS"),
        (bytes.fromhex("308006092a864886f70d010702a0803080"), ""),
        (bytes.fromhex("85010c03") + b"k" * 300, "PGP"),
        (bytes.fromhex("c1c04c03") + b"k" * 300, "PGP"),
        (bytes.fromhex("8c0d0409") + b"k" * 300, "PGP"),
        (bytes.fromhex("85010c09") + b"k" * 300, ""),
        (b"PK\x03\x04\x14\x00\x01\x00\x08\x00", "zip"),
        (b"PK\x03\x04\x14\x00\x00\x08\x08\x00", ""),
        (b"PK\x03\x04", ""),
        (b"%PDF-1.7\n...\ntrailer\n<< /Root 1 0 R /Encrypt 9 0 R >>\nstartxref\n9\n%%EOF", "PDF"),
        (b"%PDF-1.7\ntrailer\n<< /Root 1 0 R >>\nstartxref\n999999999999999\n%%EOF", ""),
        (b"%PDF-1.7", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600, ""),
        ("age 加密说明\n".encode(), ""),
        (b"", ""),
    ],
)
def test_mark_of_each_tool_is_found_and_nothing_else(content, tool):
    """R1-37, GD-3-8."""
    assert encrypted_by(io.BytesIO(content)) == tool


def test_pdf_whose_trailer_is_a_stream_is_looked_at_where_the_end_points():
    """R1-37, GD-3-8: ISO 32000-1, 7.5.8: the newer kind of PDF has no trailer at its end."""
    start = b"%PDF-1.7\n"
    stream = b"1 0 obj << /Type /XRef /Encrypt 2 0 R /Length 9000 >> stream\n" + b"x" * 9000 + b"\nendstream\n"

    content = start + stream + b"startxref\n" + str(len(start)).encode() + b"\n%%EOF\n"

    assert encrypted_by(io.BytesIO(content)) == "PDF"


def test_ordinary_zip_is_not_encrypted():
    """R1-37, GD-3-8."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("内容.xml", "x" * 100)

    assert encrypted_by(io.BytesIO(out.getvalue())) == ""


@pytest.mark.shared
def test_real_documents_are_told_apart(shared_data: Path):
    """R1-37, GD-3-8: what stands below has a password or a restriction, and nothing else among the real documents has."""
    found = {}
    for path in sorted((shared_data / "documents").rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                if tool := encrypted_by(stream):
                    found[path.name] = tool

    assert found == {
        "testEXCEL_protected_passtika.xlsx": "Office",
        "testPPT_protected_passtika.pptx": "Office",
        "testWORD_protected_passtika.docx": "Office",
        "testODTEncrypted.odt": "OpenDocument",
        "encryption_nocopy.pdf": "PDF",
        "encryption_openpassword.pdf": "PDF",
        "testPDF_no_extract_no_accessibility_owner_user.pdf": "PDF",
        "testPassword4Spaces.pdf": "PDF",
        "testUnicodePassword.pdf": "PDF",
    }


def zipped(*parts: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in parts:
            made.writestr(name, content)
    return out


def test_zip_of_which_only_a_later_entry_is_encrypted_is_encrypted():
    """R1-37, GD-3-8: some tools leave the first file in the open."""
    content = bytearray(zipped(("说明.txt", b"x"), ("数据.txt", b"y")).getvalue())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1

    assert encrypted_by(io.BytesIO(content)) == "zip"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize(("mark", "tool"), [(b"<manifest:encryption-data/>", "OpenDocument"), (b"<manifest/>", "")])
def test_open_document_with_a_password_is_known_by_its_manifest(method, mark, tool):
    """R1-37, GD-3-8: ODF 1.2, part 3, 4.8: the zip itself is not encrypted."""
    document = zipped(
        ("mimetype", b"application/vnd.oasis.opendocument.text"), ("META-INF/manifest.xml", mark), method=method
    )

    assert (encrypted_by(document), compressed_by(document)) == (tool, "")


@pytest.mark.parametrize(("name", "tool"), [("x.ENC", ".enc"), ("x.gpg", ".gpg"), ("x.age.txt", ""), ("x.zip", "")])
def test_ending_that_only_encryption_has_stands_for_a_mark(name, tool):
    """R1-37, GD-3-8."""
    assert encrypted_by(io.BytesIO(b"\x07 no mark of a tool"), name) == tool
    assert encrypted_by(io.BytesIO(b""), name) == ""


@pytest.mark.parametrize(
    ("content", "tool"),
    [
        (zipped(("甲.txt", b"x")).getvalue(), "zip"),
        (zipped(("甲.txt", b"x")).getvalue()[:-9], "zip"),
        (zipped(("OFD.xml", b"x"), ("Doc_0/Document.xml", b"x")).getvalue(), ""),
        (zipped(("word/document.xml", b"x"), ("[Content_Types].xml", b"x")).getvalue(), ""),
        (zipped(("mimetype", b"application/epub+zip")).getvalue(), ""),
        (gzip.compress(b"x", mtime=0), "gzip"),
        (bz2.compress(b"x"), "bzip2"),
        (bz2.compress(b""), "bzip2"),
        (lzma.compress(b"x"), "xz"),
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "7z"),
        (b"\x1f\x9d\x90", "compress"),
        (b"\x28\xb5\x2f\xfd\x24", "zstd"),
        (b"MSCF\x00\x00\x00\x00", "cab"),
        (b"\x21\x00-lh5-", "LZH"),
        (b"BZhang", ""),
        (b"PK is no zip", ""),
        (b"%PDF-1.7", ""),
        (b"\x89PNG\r\n\x1a\n", ""),
        ("题名\n".encode(), ""),
        (b"", ""),
    ],
)
def test_archives_and_packed_files_are_known_by_their_bytes_and_documents_are_none(content, tool):
    """R1-37, GD-3-8, N7: OFD, docx and the like are formats of their own, though zips inside."""
    assert compressed_by(io.BytesIO(content)) == tool


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b""]),
    st.binary(max_size=2000),
)
def test_any_bytes_are_judged_without_an_error(beginning, rest):
    """R1-37, GD-3-8: bad input: 10,000 fuzz cases per parser in the long run."""
    for tail in (b"", zipped(("META-INF/manifest.xml", b"x" * 99)).getvalue()[-22:]):
        stream = io.BytesIO(beginning + rest + tail)

        assert isinstance(encrypted_by(stream) + compressed_by(stream), str)
