"""Reading many files of a server at once over one connection.

Requests for many files are on the way together, so that a slow line is filled
by small files as well as by large ones. What arrives is handed on in the order
of each file. A file is believed only when the server, asked on the open handle
behind the last read, still says what the listing said; a file of more than one
read is asked for before the first read too. paramiko's `get` is not used: it
reports success on a file that was cut.

Source: performance.md, "What wins"; reliability.md, "Facts".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from lantai.edges.sftp.pipe import Pipe, refusal
from lantai.edges.sftp.request import FetchRequest, FetchResult
from lantai.errors import LantaiError, RemoteChangedError, RemoteProtocolError, ServerUnreachableError
from lantai.formats.sftp import wire

CHUNK_BYTES = 255 * 1024
"""Largest read that OpenSSH answers in one packet."""

FILES_IN_FLIGHT = 128
BYTES_IN_FLIGHT = 4 * 1024 * 1024
"""Bytes asked for and not yet handed on: fills 200 MB/s at a delay of 20 ms; more is slower, for it only lies in memory."""


@dataclass(slots=True, eq=False)
class _Flight:
    """One file under way; `again` counts the short reads that were asked for again."""

    request: FetchRequest
    asked: int
    arrived: int
    handle: bytes = b""
    held: dict[int, bytes] = field(default_factory=dict)
    reads: int = 0
    again: int = 0
    checks: int = 0
    is_checked: bool = False
    error: LantaiError | None = None

    @property
    def shown(self) -> str:
        return repr(self.request.remote_path[-200:])[1:]


@dataclass(frozen=True, slots=True)
class _Read:
    flight: _Flight
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class _Check:
    flight: _Flight
    again: int | None
    """Set on a check that was asked behind the last read; a short read since then makes it stale."""


def fetch(
    pipe: Pipe,
    requests: Iterable[FetchRequest],
    *,
    in_flight: int = FILES_IN_FLIGHT,
    chunk_bytes: int = CHUNK_BYTES,
    on_progress: Callable[[int], object] | None = None,
) -> Iterator[FetchResult]:
    """Read files, many at once, and yield each as it ends; after a cut the next fetch goes on at an offset (C1).

    Args:
        pipe: A session with nothing awaited.
        requests: Taken as there is room for them.
        in_flight: Files under way at once, at least 1.
        chunk_bytes: Bytes asked for in one read, at most 255 KiB.
        on_progress: Told how many bytes were handed on since it was last told.

    Raises:
        RemoteProtocolError: The server does not keep to the protocol; the session is over.
        ServerUnreachableError: The connection is gone. Files that ended before are whole.
    """
    return _Fetch(pipe, iter(requests), in_flight, chunk_bytes, on_progress or _untold).run()


def _untold(_: int) -> None:
    """Nobody asked to be told."""


class _Fetch:
    """The state of one fetch."""

    def __init__(
        self,
        pipe: Pipe,
        requests: Iterator[FetchRequest],
        in_flight: int,
        chunk_bytes: int,
        on_progress: Callable[[int], object],
    ) -> None:
        self._pipe, self._requests = pipe, requests
        self._in_flight, self._chunk = in_flight, chunk_bytes
        self._on_progress = on_progress
        self._open_count = 0
        self._bytes_asked = 0
        self._bytes_told = 0
        self._unasked: deque[_Flight] = deque()
        self._ended: list[FetchResult] = []
        self._is_exhausted = False

    def run(self) -> Iterator[FetchResult]:
        pipe = self._pipe
        try:
            while True:
                self._start()
                self._ask_for_bytes()
                self._flush()
                if not pipe.awaited_count:
                    return
                self._take(*pipe.answer())
                for answer in pipe.answers_at_hand():
                    self._take(*answer)
                if self._bytes_told:
                    told, self._bytes_told = self._bytes_told, 0
                    self._on_progress(told)
                ended, self._ended = self._ended, []
                yield from ended
        finally:
            if pipe.awaited_count:  # Left early: the answers still on the way belong to nobody.
                pipe.forget_unsent()

    def _flush(self) -> None:
        try:
            self._pipe.flush()
        except ServerUnreachableError:
            # What had arrived before the line was cut need not be asked for again by the next run.
            with suppress(LantaiError):
                while True:
                    self._take(*self._pipe.answer())
            raise

    def _start(self) -> None:
        while not self._is_exhausted and self._open_count < self._in_flight:
            request = next(self._requests, None)
            if request is None:
                self._is_exhausted = True
                return
            flight = _Flight(request, request.offset, request.offset)
            self._pipe.ask(wire.OPEN, wire.open_body(request.remote_path, wire.OPEN_READ), flight)
            self._open_count += 1

    def _ask_for_bytes(self) -> None:
        unasked, ask = self._unasked, self._pipe.ask
        while unasked and self._bytes_asked < BYTES_IN_FLIGHT:
            flight = unasked[0]
            size = flight.request.size_bytes
            length = min(self._chunk, size - flight.asked)
            if length > 0 and flight.error is None:
                ask(
                    wire.READ,
                    wire.read_body(flight.handle, flight.asked, length),
                    _Read(flight, flight.asked, length),
                )
                flight.asked += length
                flight.reads += 1
                self._bytes_asked += length
            if flight.asked >= size or flight.error is not None:
                unasked.popleft()
                self._check(flight)

    def _check(self, flight: _Flight) -> None:
        again = flight.again if flight.asked >= flight.request.size_bytes else None
        self._pipe.ask(wire.FSTAT, wire.path_body(flight.handle), _Check(flight, again))
        flight.checks += 1

    def _take(self, label: object, kind: int, body: memoryview) -> None:
        if isinstance(label, _Read):
            self._take_bytes(label, kind, body)
            self._end_if_done(label.flight)
        elif isinstance(label, _Check):
            self._take_check(label, kind, body)
            self._end_if_done(label.flight)
        elif isinstance(label, _Flight):
            self._take_handle(label, kind, body)

    def _take_handle(self, flight: _Flight, kind: int, body: memoryview) -> None:
        if kind == wire.HANDLE:
            flight.handle = wire.handle_of(body)
            if flight.request.size_bytes - flight.asked > self._chunk:
                self._check(flight)
            self._unasked.append(flight)
            return
        flight.error = _refused(flight, kind, body, "open")
        self._end(flight)

    def _take_bytes(self, read: _Read, kind: int, body: memoryview) -> None:
        """Take the answer to a read: fewer bytes than asked for are no end of the file (S3)."""
        flight = read.flight
        flight.reads -= 1
        self._bytes_asked -= read.length
        if kind == wire.DATA:
            content = wire.data_of(body, read.length)
            if len(content) < read.length and flight.error is None:
                self._ask_again(read, len(content))
            self._hand_on(flight, read.offset, content)
        elif flight.error is None:
            flight.error = _refused(flight, kind, body, "read")
            self._drop_held(flight)

    def _ask_again(self, read: _Read, found: int) -> None:
        rest = _Read(read.flight, read.offset + found, read.length - found)
        self._pipe.ask(wire.READ, wire.read_body(read.flight.handle, rest.offset, rest.length), rest)
        self._bytes_asked += rest.length
        read.flight.reads += 1
        read.flight.again += 1
        read.flight.is_checked = False

    def _hand_on(self, flight: _Flight, offset: int, content: memoryview) -> None:
        """Hand bytes on in their order in the file, whatever the order in which they come (I1)."""
        if flight.error is not None:
            return
        if offset != flight.arrived:
            # A copy, so that a few bytes out of turn do not keep all that arrived with them.
            flight.held[offset] = bytes(content)
            self._bytes_asked += len(content)
            return
        next_content: memoryview | bytes | None = content
        while next_content is not None:
            flight.request.sink.write(next_content)
            flight.arrived += len(next_content)
            self._bytes_told += len(next_content)
            next_content = flight.held.pop(flight.arrived, None)
            self._bytes_asked -= len(next_content or b"")

    def _drop_held(self, flight: _Flight) -> None:
        self._bytes_asked -= sum(map(len, flight.held.values()))
        flight.held.clear()

    def _take_check(self, check: _Check, kind: int, body: memoryview) -> None:
        """Hold size and time of the open file against what was listed (S2)."""
        flight = check.flight
        flight.checks -= 1
        if flight.error is not None:
            return
        if kind != wire.ATTRS:
            flight.error = _refused(flight, kind, body, "look at")
            return
        told = wire.Fields(body).attributes()
        request = flight.request
        if told.size_bytes != request.size_bytes or (request.mtime is not None and told.mtime != request.mtime):
            flight.error = RemoteChangedError(
                f"{flight.shown}: found {told.size_bytes} bytes of {told.mtime}, "
                f"expected {request.size_bytes} bytes of {request.mtime} as listed"
            )
            self._drop_held(flight)
        elif check.again == flight.again:
            flight.is_checked = True

    def _end_if_done(self, flight: _Flight) -> None:
        if flight.reads or flight.checks:
            return
        if flight.error is not None:
            if flight not in self._unasked:
                self._end(flight)
        elif flight.arrived >= flight.request.size_bytes:
            if flight.is_checked:
                self._end(flight)
            else:  # A short read was asked for again behind the last check.
                self._check(flight)

    def _end(self, flight: _Flight) -> None:
        if flight.handle:
            self._pipe.ask(wire.CLOSE, wire.path_body(flight.handle), None)
        self._open_count -= 1
        self._ended.append(FetchResult(flight.request, flight.error))


def _refused(flight: _Flight, kind: int, body: memoryview, doing: str) -> LantaiError:
    if kind != wire.STATUS:
        raise RemoteProtocolError(f"{doing} {flight.shown}: found an answer of kind {kind}")
    code, message = wire.status_of(body)
    if code == wire.OK:
        raise RemoteProtocolError(f"{doing} {flight.shown}: found a bare success, expected an answer")
    if code == wire.EOF:
        return RemoteChangedError(
            f"{flight.shown}: found its end after {flight.arrived} bytes, expected {flight.request.size_bytes} as listed"
        )
    error = refusal(code, message, f"{doing} {flight.shown}")
    if isinstance(error, ServerUnreachableError):
        raise error
    return error
