"""Reading streams to the full: a short read is not the end of a file.

Only what the age format needs of a stream that somebody else opened.
"""

from __future__ import annotations

import io
from typing import Protocol, TypeAlias

from lantai.errors import UsageError

Bytes: TypeAlias = bytes | bytearray | memoryview


class Readable(Protocol):
    """A blocking binary stream; `readinto` and `readline` are used where it has them."""

    def read(self, size: int, /) -> bytes | None:
        """Return at most `size` bytes, none only at the end."""
        ...


def as_stream(source: Readable | Bytes) -> Readable:
    """Return a stream over bytes in memory, and a stream as it is."""
    return io.BytesIO(source) if isinstance(source, (bytes, bytearray, memoryview)) else source


def fill(stream: Readable, space: memoryview) -> int:
    """Read until `space` is full or the stream ends.

    Returns:
        How many bytes were read; fewer than `space` holds only at the end of the stream.

    Raises:
        UsageError: the stream does not block, so that its end cannot be told from a pause.
    """
    read_into = getattr(stream, "readinto", None)
    filled = 0
    while filled < len(space):
        if read_into is not None:
            count = read_into(space[filled:])
        else:
            piece = stream.read(len(space) - filled)
            count = None if piece is None else len(piece)
            space[filled : filled + len(piece or b"")] = piece or b""
        if count is None:
            raise UsageError("the stream has nothing to read yet; expected one that waits for its bytes")
        if count == 0:
            break
        filled += count
    return filled


def read_line(stream: Readable, most_bytes: int) -> bytes:
    """Read up to and including the next line feed, or `most_bytes`, or the end, whichever comes first.

    Raises:
        UsageError: the stream does not block.
    """
    read = getattr(stream, "readline", None)
    if read is not None:
        return bytes(read(most_bytes))
    line = bytearray()
    while len(line) < most_bytes and not line.endswith(b"\n"):
        piece = stream.read(1)
        if piece is None:
            raise UsageError("the stream has nothing to read yet; expected one that waits for its bytes")
        if not piece:
            break
        line += piece
    return bytes(line)
