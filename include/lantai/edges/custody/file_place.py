"""Places: where sealed bytes lie, whatever they mean.

A place takes whole new files, gives them back, and erases them; it never edits
one. Today a place is a folder (`file:///...`); the protocol is the seam for
servers. What the files are, and in which order they come, is the vault's
business (`lantai.edges.custody.vault`).

Source: vault.md, "Where things lie".
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from io import BufferedReader, FileIO
from pathlib import Path

from lantai.edges.custody.place_protocol import BLOCK_BYTES, Place, blocks, read_small, sha256_of, write_all
from lantai.edges.files.parts import part_beside, sweep
from lantai.edges.files.system_error import translated
from lantai.errors import FixityError, PlaceUnavailableError
from lantai.settings import place_folder

__all__ = [
    "BLOCK_BYTES",
    "MARKER",
    "SYNC_BYTES",
    "FilePlace",
    "Place",
    "blocks",
    "read_small",
    "sha256_of",
    "translated",
    "write_all",
]

MARKER = "place.txt"
"""Stands in the root of every place: an empty mount point does not have it, so it is never taken for an empty place."""

MARKER_TEXT = b"A place of Lantai, a registration-and-backup centre. Read carriers/, headers/, ledger/, keys/.\n"
SYNC_BYTES = 64 * 1024 * 1024
"""Written bytes are pushed to the disk this often: one fsync at the end took 8 to 14 s per GiB instead of 2.75."""


class FilePlace:
    """A folder of a mounted file system.

    Args:
        root: The folder itself.
        name: What rows call it; None takes its `file:` address.
        is_marked: Whether the folder must carry the marker of a place. Work and output folders do not.
    """

    erasure_class = "overwritten"

    def __init__(self, root: Path, name: str | None = None, *, is_marked: bool = True) -> None:
        self.root = root
        self.name = name or root.as_uri()
        self._is_marked = is_marked
        self._swept: set[Path] = set()

    @classmethod
    def at(cls, url: str) -> FilePlace:
        """Return the place at `file:///absolute/folder`.

        Raises:
            SettingsError: The address is of another kind.
        """
        return cls(Path(place_folder(url, "place")), url)

    def prepare(self) -> None:
        """Make the folder and its marker when the folder is missing or empty.

        Raises:
            PlaceUnavailableError: The folder holds something else.
        """
        with translated(self.name):
            self.root.mkdir(parents=True, exist_ok=True)
            if not (self.root / MARKER).exists():
                if any(self.root.iterdir()):
                    raise PlaceUnavailableError(f"{self.name}: found a folder in other use, expected an empty one")
                self._write(self.root / MARKER, [MARKER_TEXT])

    def write_new(self, name: str, chunks: Iterable[bytes | memoryview]) -> str:
        """Write a file under a temporary name, push it to the disk, then give it its name.

        The same bytes under the same name again are no work; other bytes are refused.

        Args:
            name: Relative name.
            chunks: The content, read once.

        Returns:
            SHA-256 of what was written. It is not evidence that the disk has it: read back for that.

        Raises:
            FixityError: The name is taken by other bytes; both stay as they are.
            DiskFullError: No space; nothing of the file stays.
            PlaceUnavailableError: The place could not be written.
        """
        path = self._path(name)
        with translated(self.name):
            self._make_folder(path.parent)
            if path.parent not in self._swept:
                self._swept.add(path.parent)
                sweep(path.parent)
            if path.exists():
                return self._require_same(name, chunks)
            return self._write(path, chunks)

    def open(self, name: str) -> BufferedReader:
        """Open a file for reading; one that is missing is damage, a place that is missing is not (V1).

        Raises:
            FixityError: The place is there, the file is not.
            PlaceUnavailableError: The place could not be read.
        """
        path = self._path(name)
        with translated(self.name):
            try:
                return path.open("rb")
            except FileNotFoundError:
                self._require_here()
                raise FixityError(f"{self.name}: found no file {name}, expected one") from None

    def size(self, name: str) -> int | None:
        """Return the size of a file in bytes, None when it is not there.

        Raises:
            PlaceUnavailableError: The place could not be looked at.
        """
        path = self._path(name)
        with translated(self.name):
            try:
                return path.stat().st_size
            except FileNotFoundError:
                return None

    def list(self, folder: str) -> list[str]:
        """Return the names of all files below a folder, sorted; a folder that is not there has none.

        Raises:
            PlaceUnavailableError: The place could not be looked at, which is never "nothing there".
        """
        top = self._path(folder)
        with translated(self.name):
            found: list[str] = []
            pending = [top] if top.is_dir() else []
            while pending:
                # os.walk would pass over a folder that cannot be read.
                for entry in os.scandir(pending.pop()):
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(Path(entry.path))
                    else:
                        found.append(Path(entry.path).relative_to(self.root).as_posix())
            return sorted(found)

    def remove(self, name: str) -> None:
        """Overwrite a file with zeros, push that to the disk, and take its name away.

        Raises:
            PlaceUnavailableError: The place could not be written.
        """
        path = self._path(name)
        with translated(self.name):
            if not path.exists():
                return
            with path.open("r+b", buffering=0) as file:
                left_bytes = os.fstat(file.fileno()).st_size
                zeros = bytes(min(BLOCK_BYTES, left_bytes))
                while left_bytes > 0:
                    left_bytes -= file.write(memoryview(zeros)[: min(len(zeros), left_bytes)])
                os.fsync(file.fileno())
            path.unlink()
            _sync_folder(path.parent)

    def probe(self) -> None:
        """See that the place is there and takes a file; nothing stays of it.

        Raises:
            PlaceUnavailableError: It is not there, or nothing can be written.
        """
        self._require_here()
        with translated(self.name):
            part = part_beside(self.root / "probe")
            try:
                part.write_bytes(MARKER_TEXT)
            finally:
                part.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        self._require_here()
        parts = name.split("/") if name else []
        if any(part in ("", ".", "..") or "\0" in part for part in parts):
            raise PlaceUnavailableError(f"{self.name}: found the name {name!r}, expected one below the place")
        return self.root.joinpath(*parts)

    def _require_here(self) -> None:
        """Refuse a place that is not there, so that it is never taken for an empty one (I8)."""
        wanted = self.root / MARKER if self._is_marked else self.root
        with translated(self.name):
            if not wanted.exists():
                raise PlaceUnavailableError(f"{self.name}: found no {wanted}, expected it; is the place mounted?")

    def _make_folder(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for path in reversed(missing):
            path.mkdir(exist_ok=True)
            _sync_folder(path.parent)

    def _write(self, path: Path, chunks: Iterable[bytes | memoryview]) -> str:
        """Write a file whole, or leave nothing of it (D1)."""
        part = part_beside(path)
        try:
            with part.open("xb", buffering=0) as file:
                sha256 = _fill(file, chunks)
            part.rename(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        return sha256

    def _require_same(self, name: str, chunks: Iterable[bytes | memoryview]) -> str:
        """Read back what lies under a name, and refuse it unless it is what was to be written (I7)."""
        digest = hashlib.sha256()
        for chunk in chunks:
            digest.update(chunk)
        found = sha256_of(self, name)
        if found != digest.hexdigest():
            raise FixityError(f"{self.name}: {name} is there with sha256 {found}, expected {digest.hexdigest()}")
        return found


def _fill(file: FileIO, chunks: Iterable[bytes | memoryview]) -> str:
    """Write chunks, push them to the disk, and return their SHA-256."""
    digest = hashlib.sha256()
    unsynced_bytes = 0
    for chunk in chunks:
        digest.update(chunk)
        write_all(file, chunk)
        unsynced_bytes += len(chunk)
        if unsynced_bytes >= SYNC_BYTES:
            os.fdatasync(file.fileno())
            unsynced_bytes = 0
    os.fsync(file.fileno())
    _forget_cached(file)
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _forget_cached(file: FileIO) -> None:
    # What is read back has to come from the disk, not from the memory it was written from.
    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
