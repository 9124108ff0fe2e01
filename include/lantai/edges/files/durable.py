"""Writing down that files are safe: sync first, then a line in an append-only file.

A thread of its own takes what has arrived, brings many files to the disk in one
go, and only then writes their lines. What has a line survived a crash; what has
none is asked for again. A failed sync is an error, never "ok".

Source: performance.md, "Seal", "Small".
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import queue
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from lantai.errors import DiskFullError, LantaiError, PlaceUnavailableError

Row = Mapping[str, str | int]

UNFINISHED = ".part"
"""Ending of a file that is still arriving; it gets its name when it is whole, which may be before its row is written."""

_FEW_FILES = 8
"""Up to so many files are synced one by one; more with one call for the file system."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_libc = ctypes.CDLL(None, use_errno=True)


def disk_error(error: OSError, place: Path) -> LantaiError:
    """Return what an error of the local file system means (D1)."""
    if error.errno in _FULL:
        return DiskFullError(f"{place}: no space left")
    return PlaceUnavailableError(f"{place}: {error.strerror or error}")


def sync_folder(folder: Path, names: list[str]) -> set[str]:
    """Bring files of a folder, and their names, to the disk; return the unfinished ones that have another name by now."""
    gone = set()
    with closing(_Folder(folder)) as opened:
        if len(names) > _FEW_FILES and hasattr(_libc, "syncfs"):
            if _libc.syncfs(opened.fd):
                code = ctypes.get_errno()
                raise OSError(code, os.strerror(code))
            return {name for name in names if name.endswith(UNFINISHED) and not (folder / name).exists()}
        for name in names:
            try:
                fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=opened.fd)
            except FileNotFoundError:
                if not name.endswith(UNFINISHED):
                    raise
                gone.add(name)
                continue
            try:
                os.fdatasync(fd)
            finally:
                os.close(fd)
        os.fsync(opened.fd)
    return gone


class _Folder:
    """An open folder."""

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)

    def close(self) -> None:
        os.close(self.fd)


class Recorder:
    """Syncs files of one folder and then appends their rows, in a thread of its own.

    Args:
        folder: Where the files lie.
        journal: The append-only file in it.
    """

    def __init__(self, folder: Path, journal: Path) -> None:
        self._folder, self._journal = folder, journal
        self._line: queue.SimpleQueue[list[tuple[str, Row]] | None] = queue.SimpleQueue()
        self._failed: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def add(self, rows: list[tuple[str, Row]]) -> None:
        """Have rows written once the files they name are on the disk; returns at once.

        A row whose file has another name by then is left out: the file has become whole, and its own row follows. An
        empty name is of no file, and its row is always written.
        """
        self._line.put(rows)

    def raise_failure(self) -> None:
        """Raise what went wrong in the thread, if anything did.

        Raises:
            DiskFullError: There is no space left.
            PlaceUnavailableError: The disk failed.
        """
        if self._failed is not None:
            raise disk_error(self._failed, self._folder) from self._failed

    def close(self) -> None:
        """Wait until everything is written."""
        self._line.put(None)
        self._thread.join()

    def _run(self) -> None:
        """Write rows as they come; after a failure none is written any more (D2)."""
        is_open = True
        while is_open:
            rows: list[tuple[str, Row]] = []
            taken = self._line.get()
            while taken is not None:
                rows += taken
                if self._line.empty():
                    break
                taken = self._line.get()
            is_open = taken is not None
            if self._failed is None:
                try:
                    self._write(rows)
                except OSError as error:
                    self._failed = error

    def _write(self, rows: list[tuple[str, Row]]) -> None:
        """Bring the files to the disk, and only then their rows (K1)."""
        gone = sync_folder(self._folder, sorted({name for name, _ in rows if name}))
        kept = (row for name, row in rows if name not in gone)
        lines = b"".join(json.dumps(row, separators=(",", ":")).encode() + b"\n" for row in kept)
        append_durably(self._journal, lines)


def append_durably(path: Path, lines: bytes) -> None:
    """Append lines to a file and bring them to the disk."""
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        rest = memoryview(lines)
        while rest:
            rest = rest[os.write(fd, rest) :]
        os.fsync(fd)
    finally:
        os.close(fd)
