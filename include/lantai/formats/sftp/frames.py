"""Cutting a stream of bytes into SFTP packets.

Source: draft-ietf-secsh-filexfer-02, section 3.
"""

from __future__ import annotations

import struct

from lantai.errors import RemoteProtocolError
from lantai.formats.sftp.wire import MAX_PACKET_BYTES

_U32 = struct.Struct(">I")
_LENGTH_BYTES = 4


class Frames:
    """Cuts what arrives into packets.

    Bytes are handed in as they come; packets are views into them, so that
    nothing is copied but what lies across two deliveries.
    """

    def __init__(self, limit_bytes: int = MAX_PACKET_BYTES) -> None:
        """Refuse packets longer than `limit_bytes`."""
        self._limit = limit_bytes
        self._view = memoryview(b"")
        self._pieces: list[bytes | memoryview] = []
        self._have = 0
        self._need = 0

    def feed(self, arrived: bytes) -> None:
        """Take in what arrived, after `take` has returned None."""
        self._pieces.append(arrived)
        self._have += len(arrived)
        if self._have >= self._need:
            self._view = memoryview(arrived if len(self._pieces) == 1 else b"".join(self._pieces))
            self._pieces.clear()
            self._have = 0

    def take(self) -> tuple[int, memoryview] | None:
        """Return kind and the rest of the next whole packet, or None when more has to be fed first.

        Raises:
            RemoteProtocolError: A packet is empty or longer than the limit.
        """
        if self._have:
            return None
        view, need = self._view, _LENGTH_BYTES
        if len(view) >= _LENGTH_BYTES:
            length = _U32.unpack_from(view)[0]
            if not 0 < length <= self._limit:
                raise RemoteProtocolError(f"packet: found a length of {length} bytes, expected 1 to {self._limit}")
            need += length
            if len(view) >= need:
                self._view = view[need:]
                return view[_LENGTH_BYTES], view[_LENGTH_BYTES + 1 : need]
        if len(view):
            self._pieces.append(view)
            self._have = len(view)
            self._view = memoryview(b"")
        self._need = need
        return None
