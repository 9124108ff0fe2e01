"""What goes between us and a process that opens foreign bytes: messages of JSON, and blocks of bytes.

Each frame is its kind, the length of what follows, and that. Files go to the
child as open descriptors, read-only, beside a message; nothing but plain values
and bytes comes back, and what they mean is judged by who asked. Used on both
ends: by `confined` and by the scripts that it runs.

Source: reliability.md, "Facts" (parse in a child process).
"""

from __future__ import annotations

import array
import io
import json
import os
import socket
import struct
from collections.abc import Sequence

MESSAGE, BLOCK = 1, 2
"""Kinds of a frame."""

MOST_MESSAGE_BYTES = 4 * 1024 * 1024
"""The longest message that is heard: a batch of rows or of members. Parsed it can be 35 times as large, in our memory."""

MOST_BLOCK_BYTES = 1024 * 1024

OUT_OF_MEMORY = 71
"""With this a process of ours ends that has no memory left to say so."""

MOST_FILES = 128
"""So many open files go over with one message; Linux takes 253."""

HEAD = struct.Struct(">BI")


def send_message(line: socket.socket, message: object, fds: Sequence[int] = ()) -> None:
    """Send one message, with open files beside it.

    Raises:
        OSError: The other end is gone, or takes nothing.
    """
    # A name that was cut may hold half a character; JSON keeps it, and so must the encoding.
    content = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    _send(line, MESSAGE, content, fds)


def send_block(line: socket.socket, block: bytes) -> None:
    """Send up to `MOST_BLOCK_BYTES` bytes as they are.

    Raises:
        OSError: The other end is gone, or takes nothing.
    """
    _send(line, BLOCK, block, ())


def _send(line: socket.socket, kind: int, content: bytes, fds: Sequence[int]) -> None:
    beside = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    sent = line.sendmsg([HEAD.pack(kind, len(content)), content], beside)
    if sent < HEAD.size:
        line.sendall(HEAD.pack(kind, len(content))[sent:])
        sent = HEAD.size
    if sent - HEAD.size < len(content):
        line.sendall(memoryview(content)[sent - HEAD.size :])


def receive(line: socket.socket) -> tuple[object, list[int]]:
    """Return the next message of our own process, which is believed, and the files beside it; for the child's end.

    Raises:
        EOFError: Our process has let go of the line.
    """
    head, fds, _, _ = socket.recv_fds(line, HEAD.size, MOST_FILES)
    head += fill(line, HEAD.size - len(head)) if head else b""
    if not head:
        raise EOFError
    _, count = HEAD.unpack(head)
    return json.loads(bytes(fill(line, count)).decode("utf-8", "surrogatepass")), fds


def fill(line: socket.socket, count: int) -> bytearray:
    """Return the next `count` bytes.

    Raises:
        EOFError: The other end is gone.
        TimeoutError: It says nothing for longer than the line waits.
    """
    content = bytearray(count)
    rest = memoryview(content)
    while rest:
        got = line.recv_into(rest)
        if not got:
            raise EOFError
        rest = rest[got:]
    return content


class OpenedFile(io.RawIOBase):
    """A part of an open file, read by place: whoever shares the descriptor is not moved along.

    Args:
        fd: The descriptor; closed with the stream.
        start: Where the part begins.
        size_bytes: How long it is; None is up to the end.
    """

    def __init__(self, fd: int, start: int = 0, size_bytes: int | None = None) -> None:
        self._fd, self._start, self._at = fd, start, 0
        self._size = os.fstat(fd).st_size - start if size_bytes is None else size_bytes

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a place of the part and return it."""
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        """Return the place in the part."""
        return self._at

    def readinto(self, space: memoryview) -> int:  # type: ignore[override]  # io calls it with a memoryview only
        """Fill the space with what is next, and return how much that was."""
        count = max(0, min(len(space), self._size - self._at))
        content = os.pread(self._fd, count, self._start + self._at)
        space[: len(content)] = content
        self._at += len(content)
        return len(content)

    def close(self) -> None:
        """Close the descriptor too."""
        if not self.closed:
            os.close(self._fd)
        super().close()
