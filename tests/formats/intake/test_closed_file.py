"""Files that are encrypted or compressed as a whole."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.formats.age import file as age
from lantai.formats.intake.closed_file import COMPRESSIONS, ENCRYPTIONS, compressed_by, encrypted_by
from lantai.records.intake.closed_file import UNSEEN

OFD = b'<ofd:OFD xmlns:ofd="x"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>'
TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
EPUB = b"application/epub+zip"
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
        (b"PK\x03\x04\x14\x00\x00\x08\x08\x00", UNSEEN),
        (b"PK\x03\x04", UNSEEN),
        (b"%PDF-1.7\n...\ntrailer\n<< /Root 1 0 R /Encrypt 9 0 R >>\nstartxref\n9\n%%EOF", "PDF"),
        (b"%PDF-1.7\ntrailer\n<< /Root 1 0 R >>\nstartxref\n999999999999999\n%%EOF", ""),
        (b"%PDF-1.7", UNSEEN),
        ("%PDF- 与 /Encrypt 的说明\n".encode(), ""),
        ("PDF 以 %PDF-1.7 开头，加密的有 /Encrypt 9 0 R\n".encode(), ""),
        ("age-encryption.org/ 的说明\n".encode(), ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600, UNSEEN),
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
        "testWORD_truncated.docx": UNSEEN,
    }


def zipped(*parts: tuple[str, bytes]) -> io.BytesIO:
    """Return a zip of parts in their order; `mimetype` is not packed, as OpenDocument and EPUB want it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts:
            made.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out


def test_zip_of_which_only_a_later_entry_is_encrypted_is_encrypted():
    """R1-37, GD-3-8: some tools leave the first file in the open."""
    content = bytearray(zipped(("说明.txt", b"x"), ("数据.txt", b"y")).getvalue())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1

    assert encrypted_by(io.BytesIO(content)) == "zip"


@pytest.mark.parametrize(("mark", "tool"), [(b"<manifest:encryption-data/>", "OpenDocument"), (b"<manifest/>", "")])
def test_open_document_with_a_password_is_known_by_its_manifest(mark, tool):
    """R1-37, GD-3-8: ODF 1.2, part 3, 4.8: the zip itself is not encrypted."""
    document = zipped(("mimetype", b"application/vnd.oasis.opendocument.text"), ("META-INF/manifest.xml", mark))

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
        (zipped(("OFD.xml", OFD), ("Doc_0/Document.xml", b"x")).getvalue(), ""),
        (zipped(("OFD.xml", OFD), ("甲.doc", b"x")).getvalue(), "zip"),
        (zipped(("OFD.xml", b"x"), ("Doc_0/Document.xml", b"x")).getvalue(), "zip"),
        (zipped(("[Content_Types].xml", TYPES), ("_rels/.rels", b"x")).getvalue(), ""),
        (zipped(("[Content_Types].xml", TYPES), ("甲.doc", b"x")).getvalue(), "zip"),
        (zipped(("[Content_Types].xml", b"x"), ("_rels/.rels", b"x")).getvalue(), "zip"),
        (zipped(("mimetype", EPUB), ("META-INF/container.xml", b"x")).getvalue(), ""),
        (zipped(("mimetype", EPUB), ("甲.doc", b"x")).getvalue(), "zip"),
        (zipped(("mimetype", b"x"), ("META-INF/container.xml", b"x")).getvalue(), "zip"),
        (zipped(("META-INF/container.xml", b"x"), ("mimetype", EPUB)).getvalue(), "zip"),
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
        (b"LZIP\x01\x0c", "lzip"),
        ("LZIP 是一种压缩格式\n".encode(), ""),
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
    stream = io.BytesIO(content)
    stream.seek(0, io.SEEK_END)

    assert compressed_by(stream) == tool, "from wherever it was read to"


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b""]),
    st.binary(max_size=2000),
)
def test_any_bytes_are_judged_without_an_error(beginning, rest):
    """R1-37, GD-3-8: bad input: 10,000 fuzz cases per parser in the long run."""
    for tail in (b"", zipped(("META-INF/manifest.xml", b"x" * 99)).getvalue()[-22:]):
        stream = io.BytesIO(beginning + rest + tail)

        assert encrypted_by(stream) in ENCRYPTIONS | {""}
        assert compressed_by(stream) in COMPRESSIONS | {""}


def compound(entries: list[str], *, shift: int = 9, next_sectors: dict[int, int] | None = None) -> bytes:
    """Return a compound file whose directory lies in every second sector, its table in the first. Source: [MS-CFB] 2.2 to 2.6."""
    size = 1 << shift
    raw = b"".join((name + "\0").encode("utf-16-le").ljust(128, b"\0") for name in entries)
    count = -(-len(raw) // size)
    sectors = [1 + 2 * each for each in range(count)]
    table = [0xFFFFFFFF] * (size // 4)
    for at, following in zip(sectors, [*sectors[1:], 0xFFFFFFFE], strict=True):
        table[at] = following
    for at, following in (next_sectors or {}).items():
        table[at] = following
    head = bytearray(size)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", head, 30, shift)
    struct.pack_into("<L", head, 48, 1)
    struct.pack_into("<LL109L", head, 68, 0xFFFFFFFE, 0, 0, *[0xFFFFFFFF] * 108)
    body = b"".join(raw[each * size : (each + 1) * size].ljust(size, b"\0") + b"\0" * size for each in range(count))
    return bytes(head) + struct.pack(f"<{size // 4}L", *table) + body


@pytest.mark.parametrize("shift", [9, 12])
@pytest.mark.parametrize("before", [0, 3, 40, 200])
def test_password_of_an_office_file_is_found_wherever_in_the_directory_it_stands(shift, before):
    """R1-37, GD-3-8: it was looked for in the first 32 entries only."""
    streams = [f"流{number}" for number in range(before)]

    closed, opened = compound([*streams, "EncryptedPackage"], shift=shift), compound([*streams, "字"], shift=shift)

    assert (encrypted_by(io.BytesIO(closed)), encrypted_by(io.BytesIO(opened))) == ("Office", "")


@pytest.mark.parametrize("damage", [{3: 1}, {3: 0xFFFFFFFF}, {3: 5000}])
def test_office_file_whose_directory_has_no_end_is_not_told_as_open(damage):
    """R1-37, GD-3-8: a directory that leads in a circle, or nowhere."""
    content = compound(["字"] * 40, next_sectors=damage)

    assert encrypted_by(io.BytesIO(content)) == UNSEEN
    assert encrypted_by(io.BytesIO(content[:600])) == UNSEEN


def test_open_document_whose_manifest_cannot_be_unpacked_is_not_told_as_open():
    """R1-37, GD-3-8."""
    content = bytearray(zipped(("META-INF/manifest.xml", b"<manifest/>" * 9)).getvalue())
    content[51:60] = b"\xff" * 9

    assert encrypted_by(io.BytesIO(content)) == UNSEEN
