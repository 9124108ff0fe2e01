"""Whether a file is closed: encrypted or compressed as a whole, by the marks that the common tools leave in its bytes.

The one judgement of both ends: what arrives (intake) and what is handed on
(transfer). Encrypted are an age or PGP file, one of `openssl enc`, a CMS
envelope, an entry of a zip, an Office or OpenDocument file or a PDF with a
password; what no tool has marked, by an ending that nothing but encryption
has. Compressed are archives and packed files; a format of documents that is
a zip inside (OFD, docx, odt, epub) is none, and is known by what its marked part
says, not by the name of it. A file whose marks cannot be looked for, because it
is cut or damaged there, is `UNSEEN` and never "not encrypted". What lies inside
an archive or a document, and whether a file can be opened at all, are other
questions. Asked of foreign bytes in a confined process only, by
`edges.intake.closed_files`.

Source: 电子档案移交与接收 (encrypted is decrypted, compressed is decompressed before transfer); [MS-OFFCRYPTO] 2.3; ISO 32000-1, 7.6; RFC 9580, 4.2 and 5.1; RFC 5652, 6.1; APPNOTE 4.3.12 and 4.3.16.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from lantai.records.intake.closed_file import UNSEEN

_BEGINNINGS = (
    (b"age-encryption.org/v", "age"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", "age"),
    (b"-----BEGIN PGP MESSAGE-----", "PGP"),
    (b"-----BEGIN PKCS7-----", "CMS"),
    (b"-----BEGIN CMS-----", "CMS"),
    (b"Salted__", "OpenSSL"),
)
_PACKED = (
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"\x1f\x9d", "compress"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"LZIP\x01", "lzip"),
    (b"MSCF\x00\x00\x00\x00", "cab"),
)
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
_LZH = re.compile(rb"..-l[hz][0-9ds]-", re.DOTALL)
_ENCRYPTED_ENDINGS = frozenset({".age", ".enc", ".gpg", ".p7m", ".pgp"})
_ZIP, _ZIP_END, _ZIP_ENTRY = b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02"
_ZIP_ENCRYPTED, _DEFLATED = 0x1, 8
_ZIP_DIRECTORY_BYTES = 16 * 1024 * 1024
"""A directory of a zip that is larger is not read: no document has so many parts."""
_MIMETYPE = re.compile(
    rb"application/(?:vnd\.oasis\.opendocument\.[a-z-]+|vnd\.sun\.xml\.[a-z.]+|epub\+zip|hwp\+zip)\s*"
)
"""What OpenDocument and its forerunner, EPUB and HWPX say of themselves in their first part, which is not packed."""
_DOC_ROOT = re.compile(rb"<(?:[\w.-]+:)?DocRoot\b[^>]*>\s*/?([^<]+?)\s*<")
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OPEN_DOCUMENT_MANIFEST = "META-INF/manifest.xml"
_PART_BYTES = 1024 * 1024
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGE = "EncryptedPackage\0".encode("utf-16-le")
_DIRECTORY_ENTRY_BYTES = 128
_END_OF_CHAIN = 0xFFFFFFFE
_HEADER_SECTORS = 109
"""So many sectors of the table are listed in a compound file's header; further ones are listed in a chain."""
_ENVELOPED = bytes.fromhex("06092a864886f70d010703")
"""Object identifier of CMS enveloped data, 1.2.840.113549.1.7.3, in DER."""
_PDF = re.compile(rb"(?:^|[\r\n\x00])%PDF-[12]\.\d")
_PDF_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_STARTXREF = re.compile(rb"startxref\s+(\d{1,15})")

ENCRYPTIONS = frozenset(
    {tool for _, tool in _BEGINNINGS} | {UNSEEN, "zip", "Office", "OpenDocument", "PDF"} | _ENCRYPTED_ENDINGS
)
"""Everything that `encrypted_by` says, but for nothing."""
COMPRESSIONS = frozenset({tool for _, tool in _PACKED} | {"zip", "bzip2", "LZH"})
"""Everything that `compressed_by` says, but for nothing."""

_HEAD_BYTES = 512
_DIRECTORY_BYTES = 4 * 1024 * 1024
"""A directory of a compound file is walked so far: 32,768 entries; a document has some dozens."""
_TAIL_BYTES = 4096
_ZIP_TAIL_BYTES = 65_535 + 22


class _UnseenError(Exception):
    """A mark cannot be looked for."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a zip's directory; `offset` is where its local header begins."""

    name: str
    flags: int
    method: int
    packed_bytes: int
    offset: int


def encrypted_by(stream: BinaryIO, name: str = "") -> str:
    """Return what a file is encrypted with: age, PGP, OpenSSL, CMS, zip, Office, OpenDocument or PDF; empty when nothing is.

    `UNSEEN` where the file is cut or damaged, or larger than is looked through, at the place where its mark would be.

    A PDF so marked may still open without a password: it forbids printing or copying only.

    Args:
        stream: The file; seekable.
        name: Its name. Where no tool left a mark, an ending such as `.enc` stands for one, and is returned.

    Source: R1-37.
    """
    stream.seek(0)
    head = stream.read(_HEAD_BYTES)
    ending = PurePosixPath(name.lower()).suffix
    try:
        found = _mark(stream, head)
    except _UnseenError:
        found = "" if ending in _ENCRYPTED_ENDINGS else UNSEEN
    return found or (ending if head and ending in _ENCRYPTED_ENDINGS else "")


def compressed_by(stream: BinaryIO) -> str:
    """Return what a file is compressed with: zip, RAR, 7z, gzip and the like; empty when it is not.

    Args:
        stream: The file; seekable.

    Source: rules N7.
    """
    stream.seek(0)
    head = stream.read(_HEAD_BYTES)
    if head.startswith((_ZIP, _ZIP_END)):
        try:
            return "" if _is_document(stream, _zip_directory(stream)) else "zip"
        except _UnseenError:
            return "zip"
    if _BZIP2.match(head):
        return "bzip2"
    if _LZH.match(head):
        return "LZH"
    return next((tool for beginning, tool in _PACKED if head.startswith(beginning)), "")


def _mark(stream: BinaryIO, head: bytes) -> str:
    for beginning, tool in _BEGINNINGS:
        if head.startswith(beginning):
            return tool
    if head.startswith(_ZIP):
        return _zip_mark(stream, head)
    if head.startswith(_COMPOUND) and len(head) == _HEAD_BYTES:
        return "Office" if any(_is_package(entry) for entry in _directory(stream, head)) else ""
    if _PDF.search(head):
        return "PDF" if _PDF_ENCRYPTED.search(_trailers(stream)) else ""
    if head[:1] == b"\x30" and _ENVELOPED in head[:24]:
        return "CMS"
    return "PGP" if _is_pgp(head) else ""


def _is_pgp(head: bytes) -> bool:
    """Tell a binary PGP message by its first packet: a session key, of a kind and version that is in use."""
    tag = head[0] if head else 0
    if tag in (0x84, 0x85, 0x8C, 0x8D):
        at, kind = (2, 3)[tag & 1], (tag >> 2) & 0xF
    elif tag in (0xC1, 0xC3):
        at, kind = 2 if head[1:2] < b"\xc0" else 3, tag & 0x3F
    else:
        return False
    # Packet kind 1 is a session key for a public key, 3 one for a passphrase.
    return head[at : at + 1] in ((b"\x03", b"\x06") if kind == 1 else (b"\x04", b"\x05", b"\x06"))


def _zip_mark(stream: BinaryIO, head: bytes) -> str:
    if len(head) > 8 and struct.unpack_from("<H", head, 6)[0] & _ZIP_ENCRYPTED:  # noqa: PLR2004 - bytes 6 and 7, APPNOTE 4.3.7
        return "zip"
    directory = _zip_directory(stream)
    if any(entry.flags & _ZIP_ENCRYPTED for entry in directory):
        return "zip"
    manifests = [entry for entry in directory if entry.name == _OPEN_DOCUMENT_MANIFEST]
    return "OpenDocument" if any(b"encryption-data" in _part(stream, entry) for entry in manifests) else ""


def _is_document(stream: BinaryIO, directory: list[_Entry]) -> bool:
    """Tell a document by its marked part: what that says has to be there too. Source: ODF 1.2, part 3, 3.3; GB/T 33190, 7.4; OPC, 10.1."""
    entries = {entry.name: entry for entry in directory}
    if (mark := entries.get("mimetype")) and mark is directory[0] and (mark.method, mark.offset) == (0, 0):
        with_it = {_OPEN_DOCUMENT_MANIFEST, "META-INF/container.xml"}
        return bool(_MIMETYPE.fullmatch(_part(stream, mark)) and with_it & entries.keys())
    if mark := entries.get("OFD.xml"):
        root = _DOC_ROOT.search(_part(stream, mark))
        return root is not None and root[1].decode("utf-8", "replace") in entries
    if (mark := entries.get("[Content_Types].xml")) and "_rels/.rels" in entries:
        said = _part(stream, mark)
        return any(_CONTENT_TYPES.encode(encoding) in said for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
    return False


def _zip_directory(stream: BinaryIO) -> list[_Entry]:
    """Return every entry of a zip; unseen where its directory is not whole, or larger than any document's."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _ZIP_TAIL_BYTES))
    tail = stream.read(_ZIP_TAIL_BYTES)
    end = tail.rfind(_ZIP_END)
    if end < 0 or len(tail) < end + 22:
        raise _UnseenError
    count, directory_bytes, start = struct.unpack_from("<HLL", tail, end + 10)
    if directory_bytes > _ZIP_DIRECTORY_BYTES or start + directory_bytes > size:
        raise _UnseenError
    stream.seek(start)
    directory, found, at = stream.read(directory_bytes), list[_Entry](), 0
    while directory[at : at + 4] == _ZIP_ENTRY and len(directory) >= at + 46:
        flags, method, packed_bytes = struct.unpack_from("<HH8xL", directory, at + 8)
        name_bytes, extra_bytes, comment_bytes, offset = struct.unpack_from("<HHH8xL", directory, at + 28)
        name = directory[at + 46 : at + 46 + name_bytes].decode("utf-8", "replace")
        found.append(_Entry(name, flags, method, packed_bytes, offset))
        at += 46 + name_bytes + extra_bytes + comment_bytes
    if len(found) % 65_536 != count:
        raise _UnseenError
    return found


def _part(stream: BinaryIO, entry: _Entry) -> bytes:
    """Return one part of a zip; unseen where it cannot be read whole."""
    stream.seek(entry.offset)
    local = stream.read(30)
    if not local.startswith(_ZIP) or len(local) < 30:  # noqa: PLR2004 - the fixed part of a local header, APPNOTE 4.3.7
        raise _UnseenError
    stream.seek(sum(struct.unpack_from("<HH", local, 26)), 1)
    packed = stream.read(min(entry.packed_bytes, _PART_BYTES))
    if len(packed) < entry.packed_bytes or entry.method not in (0, _DEFLATED):
        raise _UnseenError
    if entry.method == 0:
        return packed
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        part = unpacking.decompress(packed, _PART_BYTES)
    except zlib.error as error:
        raise _UnseenError from error
    if not unpacking.eof:
        raise _UnseenError
    return part


def _directory(stream: BinaryIO, head: bytes) -> Iterator[bytes]:
    """Yield the entries of a compound file's directory, which name its streams. Source: [MS-CFB] 2.2, 2.3, 2.5, 2.6."""
    (shift,) = struct.unpack_from("<H", head, 30)
    (sector,) = struct.unpack_from("<L", head, 48)
    if shift not in (9, 12):
        raise _UnseenError
    table = list(struct.unpack_from(f"<{_HEADER_SECTORS}L", head, 76))
    (more,) = struct.unpack_from("<L", head, 68)
    for _ in range(_DIRECTORY_BYTES >> shift):
        read = _sector(stream, sector, shift)
        yield from (read[at : at + _DIRECTORY_ENTRY_BYTES] for at in range(0, len(read), _DIRECTORY_ENTRY_BYTES))
        number, at = divmod(sector, 1 << (shift - 2))
        while number >= len(table):
            listed = struct.unpack(f"<{1 << (shift - 2)}L", _sector(stream, more, shift))
            table += listed[:-1]
            more = listed[-1]
        (sector,) = struct.unpack_from("<L", _sector(stream, table[number], shift), at * 4)
        if sector == _END_OF_CHAIN:
            return
    raise _UnseenError


def _sector(stream: BinaryIO, number: int, shift: int) -> bytes:
    stream.seek((number + 1) << shift)
    read = stream.read(1 << shift)
    if len(read) < 1 << shift:
        raise _UnseenError
    return read


def _is_package(entry: bytes) -> bool:
    return entry.startswith(_PACKAGE)


def _trailers(stream: BinaryIO) -> bytes:
    """Return the end of a PDF, where its trailer stands, and the place that it points to, where the newer kind does."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _TAIL_BYTES))
    tail = stream.read(_TAIL_BYTES)
    found = _STARTXREF.findall(tail)
    if not found or int(found[-1]) >= size:
        if b"trailer" not in tail:
            raise _UnseenError
        return tail
    stream.seek(int(found[-1]))
    return tail + stream.read(_TAIL_BYTES)
