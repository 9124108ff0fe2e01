"""Whether the zip of a workbook may be opened: its kind, and what it would unpack to, before it is unpacked.

Used where the bytes of a workbook may be looked at, which is in a confined process.

Source: reliability.md, "Facts" on xlsx; APPNOTE 4.3.16; ECMA-376-2, 6.2.2.3 (names of parts).
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from typing import BinaryIO

from lantai.errors import ArchiveLimitError, CatalogueError
from lantai.formats.intake.closed_file import encrypted_by

_END_OF_DIRECTORY = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_LONGEST_COMMENT = 65_535
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the older binary workbooks begin (xls, et), and a newer one with a password. Source: [MS-CFB] 2.2."""


def check_container(source: BinaryIO, limits: Mapping[str, int]) -> None:
    """See that a file is a zip that a workbook may be.

    Args:
        source: A seekable stream.
        limits: The fields of `sheet.SheetLimits` by name.

    Raises:
        ArchiveLimitError: It is over a limit.
        CatalogueError: It is no zip, or is damaged.
    """
    size = source.seek(0, 2)
    _require(f"{size} bytes", size, limits["packed_bytes"])
    source.seek(0)
    if source.read(8) == _COMPOUND:
        if encrypted_by(source) == "Office":
            raise CatalogueError("workbook: found a password, expected an open file", "workbook_password")
        raise CatalogueError("workbook: found the older binary form (xls, et), expected xlsx or csv", "workbook_old")
    source.seek(max(0, size - _LONGEST_COMMENT - _END_OF_DIRECTORY.size))
    tail = source.read()
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or len(tail) - at < _END_OF_DIRECTORY.size:
        raise CatalogueError("workbook: found no xlsx file (not a zip, or cut), expected xlsx or csv", "workbook_kind")
    _, _, _, _, entries, directory_bytes, _, _ = _END_OF_DIRECTORY.unpack_from(tail, at)
    # Looked at before zipfile reads the whole directory into memory; 64 KiB are room for the longest name and its extras.
    _require(f"{entries} members", entries, limits["entries"])
    _require(f"a directory of {directory_bytes} bytes", directory_bytes, limits["entries"] * 65_536)
    try:
        with zipfile.ZipFile(source) as container:
            members = container.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error) as error:
        raise CatalogueError(
            f"workbook: found a damaged zip ({error}), expected xlsx or csv", "workbook_damaged"
        ) from error
    if len({m.filename.casefold() for m in members}) < len(members):
        # Programs differ in which of them they read: what one shows, another has never looked at.
        raise CatalogueError("workbook: found two parts of one name, expected a name for each", "workbook_damaged")
    unpacked = sum(m.file_size for m in members)
    packed = max(1, sum(m.compress_size for m in members))
    _require(f"{len(members)} members", len(members), limits["entries"])
    _require(f"{unpacked} bytes unpacked", unpacked, limits["unpacked_bytes"])
    _require(f"a ratio of {unpacked // packed}", unpacked, packed * limits["ratio"])


def _require(found: str, count: int, most: int) -> None:
    if count > most:
        raise ArchiveLimitError(f"workbook: found {found}, more than is allowed", "workbook_large")
