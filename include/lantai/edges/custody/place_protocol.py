"""What a place is to those who use one, and what they do with files at any place.

Source: vault.md, "Copies".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from io import BufferedReader, FileIO
from typing import Protocol

from lantai.edges.files.system_error import translated

BLOCK_BYTES = 1024 * 1024
WRITE_BYTES = 128 * 1024
"""What a file is handed at a time: from 256 KiB on the kernel looks for large pages, which took four times as long (Linux 6.18, ext4)."""


class Place(Protocol):
    """Where sealed bytes lie. Names are relative, `/` between parts, and never come from outside the centre."""

    @property
    def name(self) -> str:
        """The place in rows and on papers."""
        ...

    @property
    def erasure_class(self) -> str:
        """What `remove` amounts to here; printed on the certificate."""
        ...

    def prepare(self) -> None:
        """Make an empty place of it, once; a place stays as it is."""
        ...

    def write_new(self, name: str, chunks: Iterable[bytes | memoryview]) -> str:
        """Write a file that is not there yet and return its SHA-256."""
        ...

    def open(self, name: str) -> BufferedReader:
        """Open a file for reading."""
        ...

    def size(self, name: str) -> int | None:
        """Return the size of a file in bytes, None when the place answers that it is not there."""
        ...

    def list(self, folder: str) -> list[str]:
        """Return the names of all files below a folder, sorted, half-written ones included."""
        ...

    def remove(self, name: str) -> None:
        """Erase a file; nothing happens when it is not there."""
        ...

    def probe(self) -> None:
        """See that the place is there and takes a file; nothing stays of it."""
        ...


def blocks(file: BufferedReader, size: int | None = None) -> Iterator[bytes]:
    """Yield what is left of an open file in blocks of 1 MiB.

    Args:
        file: A blocking binary stream.
        size: Bytes to read at most; None reads to the end.
    """
    while size is None or size > 0:
        block = file.read(BLOCK_BYTES if size is None else min(BLOCK_BYTES, size))
        if not block:
            return
        yield block
        size = None if size is None else size - len(block)


def sha256_of(place: Place, name: str) -> str:
    """Read a file at a place to its end and return its SHA-256.

    Raises:
        FixityError: The file is not there.
        PlaceUnavailableError: It could not be read.
    """
    with place.open(name) as file, translated(place.name):
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_small(place: Place, name: str) -> bytes:
    """Return the whole of a small file (manifest, signature, note).

    Raises:
        FixityError: The file is not there.
        PlaceUnavailableError: It could not be read.
    """
    with place.open(name) as file, translated(place.name):
        return file.read()


def write_all(file: FileIO, chunk: bytes | memoryview) -> None:
    """Write the whole of a chunk to an unbuffered file, which may take less at a time."""
    view = memoryview(chunk)
    while len(view) > 0:
        view = view[file.write(view[:WRITE_BYTES]) :]
