"""What is asked of a fetch, and what comes of it.

Source: performance.md, "What wins".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lantai.errors import LantaiError


class Sink(Protocol):
    """Where the bytes of one file go, in order."""

    def write(self, content: bytes | memoryview, /) -> object:
        """Take the next bytes; what is raised here ends the whole fetch."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One file to read.

    Attributes:
        remote_path: Where it is.
        size_bytes: Its size by the listing.
        mtime: Its time by the listing; None does not compare times.
        sink: Takes the bytes from `offset` on.
        offset: Bytes that are here already.
        number: Comes back with the result.
    """

    remote_path: bytes
    size_bytes: int
    mtime: int | None
    sink: Sink
    offset: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What became of one request: `error` None means that every byte was handed on and the file had not changed."""

    request: FetchRequest
    error: LantaiError | None
