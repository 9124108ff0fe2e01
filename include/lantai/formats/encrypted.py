"""Whether a file is encrypted as a whole, by the marks that the common tools leave.

Only what shows in the first bytes, or where they point: an age or PGP file, one
of `openssl enc`, a zip, an Office document or a PDF with a password. Whether a
file can be opened at all is another question, and is not answered here.

Source: R1-37; rules N7 (encrypted is decrypted before transfer), N8 (GD-3-8); [MS-OFFCRYPTO] 2.3; ISO 32000-1, 7.6.
"""

from __future__ import annotations

import re
import struct
from typing import BinaryIO

_BEGINNINGS = (
    (b"age-encryption.org/", "age"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", "age"),
    (b"-----BEGIN PGP MESSAGE-----", "PGP"),
    (b"Salted__", "OpenSSL"),
)
_ZIP, _ZIP_ENCRYPTED = b"PK\x03\x04", 0x1
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_PDF = b"%PDF-"
_STARTXREF = re.compile(rb"startxref\s+(\d{1,15})")
_HEAD_BYTES = 512
_DIRECTORY_BYTES = 4096
_TAIL_BYTES = 4096


def encrypted_by(stream: BinaryIO) -> str:
    """Return what a file is encrypted with: age, PGP, OpenSSL, zip, Office or PDF; empty when no such mark is there.

    A PDF so marked may still open without a password: it forbids printing or copying only.

    Args:
        stream: The file; seekable.
    """
    head = stream.read(_HEAD_BYTES)
    for beginning, name in _BEGINNINGS:
        if head.startswith(beginning):
            return name
    if head.startswith(_ZIP) and len(head) > 8:  # noqa: PLR2004 - the flags stand at bytes 6 and 7, APPNOTE 4.3.7
        return "zip" if struct.unpack_from("<H", head, 6)[0] & _ZIP_ENCRYPTED else ""
    if head.startswith(_COMPOUND) and len(head) == _HEAD_BYTES:
        return "Office" if _PACKAGE in _directory(stream, head) else ""
    if _PDF in head:
        return "PDF" if b"/Encrypt" in _trailers(stream) else ""
    return ""


def _directory(stream: BinaryIO, head: bytes) -> bytes:
    """Return the beginning of a compound file's directory, whose entries name its streams. Source: [MS-CFB] 2.2."""
    (shift,) = struct.unpack_from("<H", head, 30)
    (sector,) = struct.unpack_from("<L", head, 48)
    if shift not in (9, 12):
        return b""
    stream.seek((sector + 1) << shift)
    return stream.read(_DIRECTORY_BYTES)


def _trailers(stream: BinaryIO) -> bytes:
    """Return the end of a PDF, where its trailer stands, and the place that it points to, where the newer kind does."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _TAIL_BYTES))
    tail = stream.read(_TAIL_BYTES)
    found = _STARTXREF.findall(tail)
    if not found or int(found[-1]) >= size:
        return tail
    stream.seek(int(found[-1]))
    return tail + stream.read(_TAIL_BYTES)
