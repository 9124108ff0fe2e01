"""The package of a transfer as one uncompressed tar: written in a stream, digested as it is written.

What stands in it is decided in the journey. Names, times and owners are fixed,
so that the same records give the same bytes, and a killed delivery goes on.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lantai.edges.files.system_error import translated
from lantai.errors import FixityError


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a package; `chunks` is taken once, before the next member is asked for."""

    name: str
    size_bytes: int
    chunks: Iterable[bytes]


def write_package(path: Path, members: Iterable[Member], mtime: int) -> tuple[int, str]:
    """Write a package and return its size in bytes and its SHA-256.

    Args:
        path: Where; its folder is made for the owner only, since it holds plaintext.
        members: In the order they are to have.
        mtime: Time that every member has, seconds since 1970.

    Raises:
        FixityError: A member has another size than it said.
        DiskFullError: No space.
        PlaceUnavailableError: The folder cannot be written.
    """
    with translated(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
                for member in members:
                    header = tarfile.TarInfo(member.name)
                    header.size, header.mtime, header.mode = member.size_bytes, mtime, 0o644
                    source = _Chunks(iter(member.chunks))
                    try:
                        archive.addfile(header, source)
                    except OSError as error:
                        if error.errno is not None:
                            raise
                        raise FixityError(f"{member.name}: shorter than {member.size_bytes} bytes") from error
                    if source.read(1):
                        raise FixityError(f"{member.name}: longer than {member.size_bytes} bytes")
            file.flush()
            os.fsync(file.fileno())
        with path.open("rb") as file:
            return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def open_package(path: Path) -> BinaryIO:
    """Open a package for reading.

    Raises:
        PlaceUnavailableError: It cannot be read.
    """
    with translated(str(path)):
        return path.open("rb")


def places_of_members(path: Path) -> list[tuple[str, int, int]]:
    """Return every file of a package, which is ours: its name, where its bytes begin, and how many they are.

    Raises:
        PlaceUnavailableError: It cannot be read.
    """
    with translated(str(path)), tarfile.open(path, "r:") as archive:
        return [(member.name, member.offset_data, member.size) for member in archive if member.isreg()]


def remove_work(folder: Path) -> None:
    """Take away a folder of plaintext; one that is not there is no work.

    Raises:
        PlaceUnavailableError: Something of it could not be removed.
    """
    with translated(str(folder)):
        if folder.exists():
            shutil.rmtree(folder)


class _Chunks(io.RawIOBase):
    """A stream over chunks, as tarfile reads one."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._left = b""

    def read(self, size: int = -1, /) -> bytes:
        """Return exactly `size` bytes, fewer only at the end."""
        parts, wanted = [], size
        while wanted > 0:
            if not self._left:
                self._left = bytes(next(self._chunks, b""))
                if not self._left:
                    break
            part, self._left = self._left[:wanted], self._left[wanted:]
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)
