"""Reading spreadsheets that departments sent, in a child process with limits on memory and time.

An xlsx is a zip: its directory is looked at first, then the workbook is opened
by another process that may not grow. Every cell comes back as the text a
person sees. Writing workbooks is in `formats.workbook`.

Source: reliability.md, "Facts"; R1-50.
"""

from __future__ import annotations

import json
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lantai.edges.confined import run_confined
from lantai.errors import ArchiveLimitError, CatalogueError, ValidationUnavailableError
from lantai.records.sheet import Sheet

_CHILD = Path(__file__).with_name("sheet_child.py")
_MEBIBYTE = 1024 * 1024
_END_OF_DIRECTORY = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_LONGEST_COMMENT = 65_535
_NOT_A_WORKBOOK, _OVER_LIMIT, _PASSWORD = 3, 4, 5


@dataclass(frozen=True, slots=True)
class SheetLimits:
    """How much a workbook may ask for.

    Attributes:
        entries: Members of its zip.
        unpacked_bytes: Bytes of all members unpacked, by the zip's own directory.
        ratio: Unpacked to packed bytes.
        packed_bytes: Size of the file.
        memory_bytes: Address space of the child process.
        seconds: Processor time and waiting time of the child process, each.
        rows: Rows that hold something, over all sheets.
        text_characters: Characters of all cells.
    """

    entries: int = 200
    unpacked_bytes: int = 64 * _MEBIBYTE
    ratio: int = 200
    packed_bytes: int = 64 * _MEBIBYTE
    memory_bytes: int = 1024 * _MEBIBYTE
    seconds: int = 60
    rows: int = 1_048_576
    text_characters: int = 128 * _MEBIBYTE


DEFAULT_LIMITS = SheetLimits()


def read_workbook(source: BinaryIO, *, limits: SheetLimits = DEFAULT_LIMITS) -> Mapping[str, Sequence[Sequence[str]]]:
    """Return the rows of every sheet by its name, see `read_sheets`."""
    return {sheet.name: sheet.rows for sheet in read_sheets(source, limits=limits)}


def read_sheets(source: BinaryIO, *, limits: SheetLimits = DEFAULT_LIMITS) -> list[Sheet]:
    """Return every sheet in the order of the workbook, hidden ones included.

    Args:
        source: A seekable stream of an xlsx file.
        limits: How much it may ask for.

    Raises:
        ArchiveLimitError: The file is over a limit.
        CatalogueError: It is no workbook, is damaged, or asks for a password.
        ValidationUnavailableError: The child process could not be run.
    """
    _check_container(source, limits)
    words = [limits.memory_bytes, limits.seconds, limits.rows, limits.text_characters]
    with tempfile.TemporaryFile() as handed_over:
        source.seek(0)
        while block := source.read(_MEBIBYTE):
            handed_over.write(block)
        handed_over.seek(0)
        try:
            child = run_confined(_CHILD, words, handed_over, limits.seconds)
        except subprocess.TimeoutExpired as error:
            raise ArchiveLimitError(f"workbook: not read within {limits.seconds} s", "workbook_large") from error
        except OSError as error:
            raise ValidationUnavailableError(f"workbook: the reading process did not start ({error})") from error
    _raise_for(child.returncode, child.stderr)
    return _sheets(child.stdout)


def _check_container(source: BinaryIO, limits: SheetLimits) -> None:
    size = source.seek(0, 2)
    if size > limits.packed_bytes:
        raise ArchiveLimitError(
            f"workbook: found {size} bytes, expected at most {limits.packed_bytes}", "workbook_large"
        )
    source.seek(max(0, size - _LONGEST_COMMENT - _END_OF_DIRECTORY.size))
    tail = source.read()
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or len(tail) - at < _END_OF_DIRECTORY.size:
        raise CatalogueError("workbook: found no xlsx file (not a zip, or cut), expected xlsx or csv", "workbook_kind")
    _, _, _, _, entries, directory_bytes, _, _ = _END_OF_DIRECTORY.unpack_from(tail, at)
    # Looked at before zipfile reads the whole directory into memory; 64 KiB are room for the longest name and its extras.
    if entries > limits.entries or directory_bytes > limits.entries * 65_536:
        raise ArchiveLimitError(
            f"workbook: found {entries} members, expected at most {limits.entries}", "workbook_large"
        )
    try:
        with zipfile.ZipFile(source) as container:
            members = container.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error) as error:
        raise CatalogueError(
            f"workbook: found a damaged zip ({error}), expected xlsx or csv", "workbook_damaged"
        ) from error
    unpacked = sum(m.file_size for m in members)
    packed = max(1, sum(m.compress_size for m in members))
    if len(members) > limits.entries:
        raise ArchiveLimitError(
            f"workbook: found {len(members)} members, expected at most {limits.entries}", "workbook_large"
        )
    if unpacked > limits.unpacked_bytes:
        raise ArchiveLimitError(
            f"workbook: found {unpacked} bytes unpacked, expected at most {limits.unpacked_bytes}", "workbook_large"
        )
    if unpacked > packed * limits.ratio:
        raise ArchiveLimitError(
            f"workbook: found a ratio of {unpacked // packed}, expected at most {limits.ratio}", "workbook_large"
        )


def _raise_for(returncode: int, complaint: bytes) -> None:
    if returncode == 0:
        return
    if returncode == _PASSWORD:
        raise CatalogueError("workbook: found a password, expected an open file", "workbook_password")
    if returncode == _NOT_A_WORKBOOK:
        raise CatalogueError(
            "workbook: cannot be read as xlsx; expected a workbook saved by WPS, Excel or LibreOffice", "workbook_kind"
        )
    if returncode == _OVER_LIMIT or returncode < 0 or b"memory allocation" in complaint:
        raise ArchiveLimitError("workbook: asked for more memory, time or rows than is allowed", "workbook_large")
    if b"PanicException" in complaint or b"panicked" in complaint:
        raise CatalogueError("workbook: cannot be read as xlsx; the file is damaged", "workbook_damaged")
    last = complaint.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit {returncode}"]
    raise ValidationUnavailableError(f"workbook: the reading process failed ({last[0][:200]})")


def _sheets(output: bytes) -> list[Sheet]:
    sheets: list[Sheet] = []
    rows: list[Sequence[str]] = []
    for line in output.decode("utf-8", "surrogatepass").split("\n"):
        if not line:
            continue
        told = json.loads(line)
        if isinstance(told, dict):
            rows = []
            sheets.append(Sheet(told["name"], told["is_visible"], rows))
        else:
            rows.extend([()] * (told[0] - 1 - len(rows)))
            rows.append(told[1])
    return sheets
