"""Requests and replies over any duplex stream of bytes: many on the way at once.

The stream is two callables, `receive() -> bytes` (empty at the end) and
`send(bytes)`. paramiko's channel is the one in use; a test may hand in a
socket pair. What is asked for is held by request id until its answer is taken;
an answer to nothing that was asked ends the session by type.

Source: performance.md, "What wins"; reliability.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

from lantai.errors import (
    LantaiError,
    RemoteMissingError,
    RemotePermissionError,
    RemoteProtocolError,
    ServerUnreachableError,
)
from lantai.formats.sftp import wire
from lantai.formats.sftp.frames import Frames
from lantai.records.text.shown import on_one_line

STALL_SECONDS = 60.0
"""So long may pass without `STALL_BYTES` arriving while something is awaited (a fault has its name within 90 s)."""

STALL_BYTES = 1024
"""A server that sends less in `STALL_SECONDS` is held to be silent."""


_ID_BYTES = 4


def refusal(code: int, message: str, subject: str) -> LantaiError:
    """Return the error that a status other than OK stands for; `subject` says what was asked for."""
    said = f"{subject}: the server answered {code} ({on_one_line(message) or 'no message'})"
    if code == wire.NO_SUCH_FILE:
        return RemoteMissingError(said)
    if code in {wire.PERMISSION_DENIED, wire.FAILURE, wire.OP_UNSUPPORTED}:
        return RemotePermissionError(said)
    if code in {wire.NO_CONNECTION, wire.CONNECTION_LOST}:
        return ServerUnreachableError(said)
    return RemoteProtocolError(f"{said}, expected success or a refusal")


class Pipe:
    """One SFTP session's requests and replies.

    Attributes:
        extensions: What the server announced when it began.
        is_broken: Nothing more may be asked: the stream has ended or does not speak the protocol.
    """

    def __init__(
        self,
        receive: Callable[[], bytes],
        send: Callable[[bytes], None],
        *,
        stall_seconds: float = STALL_SECONDS,
    ) -> None:
        """Begin the session.

        Args:
            receive: Returns what has arrived, waiting for at least one byte; empty when the stream has ended.
            send: Sends all bytes.
            stall_seconds: So long may pass with next to nothing arriving.

        Raises:
            RemoteProtocolError: The other end does not begin as SFTP does.
            ServerUnreachableError: It says nothing.
        """
        self._receive, self._send = receive, send
        self._stall_seconds = stall_seconds
        self._frames = Frames()
        self._outgoing: list[bytes] = []
        self._asked: dict[int, object] = {}
        self._last = 0
        self._window_bytes = 0
        self._window_waited = 0.0
        self.is_broken = False
        self.extensions: dict[bytes, bytes] = {}
        self._send(wire.packet(wire.INIT, wire.PROTOCOL_VERSION, b""))
        self._greet()

    def _greet(self) -> None:
        kind, body = self._next_packet()
        fields = wire.Fields(body)
        version = fields.number()
        if kind != wire.VERSION or version < wire.PROTOCOL_VERSION:
            raise self._break(
                f"greeting: found packet {kind}, version {version}, expected {wire.VERSION}, version 3 or more"
            )
        told = list(fields.rest())
        self.extensions = dict(zip(told[::2], told[1::2], strict=False))

    @property
    def awaited_count(self) -> int:
        """Requests that have no answer yet."""
        return len(self._asked)

    def ask(self, kind: int, body: bytes, label: object) -> None:
        """Put a request in line; `label` comes back with its answer. Nothing is sent before `flush`."""
        number = self._last = (self._last + 1) & 0xFFFFFFFF
        self._asked[number] = label
        self._outgoing.append(wire.packet(kind, number, body))

    def flush(self) -> None:
        """Send what is in line, in one go."""
        if self._outgoing:
            outgoing, self._outgoing = b"".join(self._outgoing), []
            try:
                self._send(outgoing)
            except LantaiError:
                self.is_broken = True
                raise

    def answer(self) -> tuple[object, int, memoryview]:
        """Wait for the next answer to anything asked; return its label, kind and body.

        Raises:
            RemoteProtocolError: It answers nothing that was asked, or is no packet.
            ServerUnreachableError: The stream has ended, or next to nothing came for too long.
        """
        kind, body = self._next_packet()
        return self._matched(kind, body)

    def answers_at_hand(self) -> Iterator[tuple[object, int, memoryview]]:
        """Yield the answers that have arrived already, without waiting."""
        while (found := self._take()) is not None:
            yield self._matched(*found)

    def call(self, kind: int, body: bytes, subject: str) -> tuple[int, memoryview]:
        """Ask one thing and wait for its answer; a status is raised unless it is OK.

        Only when nothing else is awaited.

        Raises:
            RemoteMissingError: There is no such file.
            RemotePermissionError: The server refuses.
        """
        self.ask(kind, body, subject)
        self.flush()
        _, answered, reply = self.answer()
        if answered == wire.STATUS:
            code, message = wire.status_of(reply)
            if code != wire.OK:
                raise refusal(code, message, subject)
        return answered, reply

    def expect(self, kind: int, body: bytes, subject: str, expected: int) -> memoryview:
        """Ask one thing whose answer has to be of a kind; return its body."""
        answered, reply = self.call(kind, body, subject)
        if answered != expected:
            raise self._break(f"{subject}: found an answer of kind {answered}, expected {expected}")
        return reply

    def forget_unsent(self) -> None:
        """Drop every request, sent or not: the session is over."""
        self._outgoing.clear()
        self._asked.clear()
        self.is_broken = True

    def _matched(self, kind: int, body: memoryview) -> tuple[object, int, memoryview]:
        """Return an answer with what it was asked for; one to nothing that was asked ends the session (S3)."""
        if kind not in wire.REPLIES or len(body) < _ID_BYTES:
            raise self._break(f"answer: found a packet of kind {kind}, {len(body)} bytes, expected a reply")
        number = int.from_bytes(body[:_ID_BYTES], "big")
        if number not in self._asked:
            raise self._break(f"answer: found request id {number}, expected one of the {len(self._asked)} asked for")
        return self._asked.pop(number), kind, body[_ID_BYTES:]

    def _take(self) -> tuple[int, memoryview] | None:
        try:
            return self._frames.take()
        except RemoteProtocolError:
            self.is_broken = True
            raise

    def _next_packet(self) -> tuple[int, memoryview]:
        while (found := self._take()) is None:
            began = monotonic()
            try:
                arrived = self._receive()
            except LantaiError:
                self.is_broken = True
                raise
            if not arrived:
                self.is_broken = True
                raise ServerUnreachableError("the connection ended while an answer was awaited")
            self._watch_for_silence(len(arrived), monotonic() - began)
            self._frames.feed(arrived)
        return found

    def _watch_for_silence(self, arrived_bytes: int, waited_seconds: float) -> None:
        """Give up a server that sends next to nothing while it is waited for (C2)."""
        self._window_bytes += arrived_bytes
        self._window_waited += waited_seconds
        if self._window_bytes >= STALL_BYTES:
            self._window_bytes, self._window_waited = 0, 0.0
        elif self._window_waited > self._stall_seconds:
            self.is_broken = True
            raise ServerUnreachableError(
                f"the server all but fell silent: found {self._window_bytes} bytes in {self._window_waited:.0f} s, "
                f"expected at least {STALL_BYTES}"
            )

    def _break(self, message: str) -> RemoteProtocolError:
        self.is_broken = True
        return RemoteProtocolError(message)
