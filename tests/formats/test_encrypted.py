"""Files that are encrypted as a whole. Covers R1-37, N7, GD-3-8."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from lantai.formats import age
from lantai.formats.encrypted import encrypted_by

IDENTITY = age.generate_identity()


def test_age_file_is_known_by_its_first_line():
    header, payload = age.encrypt(io.BytesIO(b"x"), [IDENTITY.recipient])

    assert encrypted_by(io.BytesIO(header + b"".join(payload))) == "age"


@pytest.mark.parametrize(
    ("content", "tool"),
    [
        (b"-----BEGIN AGE ENCRYPTED FILE-----\n", "age"),
        (b"-----BEGIN PGP MESSAGE-----\n", "PGP"),
        (b"Salted__12345678", "OpenSSL"),
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
    assert encrypted_by(io.BytesIO(content)) == tool


def test_pdf_whose_trailer_is_a_stream_is_looked_at_where_the_end_points():
    """ISO 32000-1, 7.5.8: the newer kind of PDF has no trailer at its end."""
    start = b"%PDF-1.7\n"
    stream = b"1 0 obj << /Type /XRef /Encrypt 2 0 R /Length 9000 >> stream\n" + b"x" * 9000 + b"\nendstream\n"

    content = start + stream + b"startxref\n" + str(len(start)).encode() + b"\n%%EOF\n"

    assert encrypted_by(io.BytesIO(content)) == "PDF"


def test_ordinary_zip_is_not_encrypted():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("内容.xml", "x" * 100)

    assert encrypted_by(io.BytesIO(out.getvalue())) == ""


@pytest.mark.shared
def test_real_documents_are_told_apart(shared_data: Path):
    """What stands below has a password or a restriction, and nothing else among the real documents has."""
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
        "encryption_nocopy.pdf": "PDF",
        "encryption_openpassword.pdf": "PDF",
        "testPDF_no_extract_no_accessibility_owner_user.pdf": "PDF",
        "testPassword4Spaces.pdf": "PDF",
        "testUnicodePassword.pdf": "PDF",
    }
