"""Lines that are made while they are read: a file that never lies on a disk in the clear.

Source: vault.md, the sealed record `catalogue`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from lantai.records.custody.file_digest import FileDigest


class GeneratedLines:
    """A file of lines that can be read any number of times, in constant memory.

    Args:
        name: What the file is called.
        make: Yields the lines without their line feed, the same ones at each call.

    Attributes:
        digest: What it is known by; its size has the line feeds in it.
    """

    def __init__(self, name: str, make: Callable[[], Iterator[bytes]]) -> None:
        self._make = make
        sha256, sm3 = hashlib.sha256(), hashlib.new("sm3")
        size_bytes = 0
        for line in make():
            size_bytes += len(line) + 1
            sha256.update(line + b"\n")
            sm3.update(line + b"\n")
        self.digest = FileDigest(name, size_bytes, sha256.hexdigest(), sm3.hexdigest())

    def open(self) -> BinaryIO:
        """Return a new stream at the first line; nothing of it lies on a disk (I6)."""
        return io.BufferedReader(_LineStream(self._make()))


class _LineStream(io.RawIOBase):
    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, space: memoryview) -> int:  # type: ignore[override] # io calls it with a memoryview only
        while not self._rest:
            line = next(self._lines, None)
            if line is None:
                return 0
            self._rest = line + b"\n"
        count = min(len(space), len(self._rest))
        space[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
