"""Requests and answers over a stream without a server: whatever order the answers come in, and however they come.

Covers: edges.sftp.fetch, edges.sftp.listing, edges.sftp.request.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from lantai.edges.sftp import listing, pipe
from lantai.edges.sftp.deliver import Gathered
from lantai.edges.sftp.fetch import BYTES_IN_FLIGHT, CHUNK_BYTES, fetch
from lantai.edges.sftp.listing import MAX_NAME_BYTES, Allowance, list_folder, list_tree
from lantai.edges.sftp.pipe import STALL_BYTES, Pipe
from lantai.edges.sftp.request import FetchRequest
from lantai.edges.sftp.way import require_way
from lantai.errors import (
    LantaiError,
    RemoteChangedError,
    RemoteMissingError,
    RemotePathError,
    RemotePermissionError,
    RemoteProtocolError,
    ServerUnreachableError,
    UnitLimitError,
)
from lantai.formats.sftp import wire
from lantai.formats.sftp.frames import Frames

GREETING = wire.packet(wire.VERSION, 3, b"")
FOLDER = wire.Attributes(0, 0o040755, 1)
FILE = wire.Attributes(5, 0o100644, 7)


@dataclass
class Asked:
    """A request as the other end reads it."""

    kind: int
    number: int
    fields: wire.Fields

    def answered(self, kind: int, body: bytes = b"") -> bytes:
        return wire.packet(kind, self.number, body)

    def refused(self, code: int) -> bytes:
        return self.answered(wire.STATUS, wire.status_body(code, b"no"))


class Peer:
    """The other end of a stream: says what it has to say when it is waited for.

    Args:
        answers: Given what was asked and not yet answered, returns what is said next.
    """

    def __init__(self, answers: Callable[[deque[Asked]], bytes]) -> None:
        self._answers = answers
        self._frames = Frames()
        self.asked: deque[Asked] = deque()
        self.pipe = Pipe(iter_of([GREETING], self._say), self._hear)

    def _hear(self, content: bytes) -> None:
        self._frames.feed(content)
        while (found := self._frames.take()) is not None:
            kind, body = found
            if kind != wire.INIT:
                fields = wire.Fields(body)
                self.asked.append(Asked(kind, fields.number(), fields))

    def _say(self) -> bytes:
        return self._answers(self.asked)


def iter_of(first: Iterable[bytes], then: Callable[[], bytes]) -> Callable[[], bytes]:
    waiting = deque(first)
    return lambda: waiting.popleft() if waiting else then()


class Files:
    """Answers for files of known content; READs are withheld or spoiled as a test says.

    Attributes:
        in_flight: Bytes of READs that were asked for; of each the answer was taken over only when it was handed on.
    """

    def __init__(self, contents: dict[bytes, bytes]) -> None:
        self.contents = contents
        self.withholds: Callable[[bytes, int], bool] = lambda _name, _offset: False
        self.read: Callable[[bytes, int, bytes], bytes | int] = lambda _name, _offset, content: content
        self.told_bytes: Callable[[bytes], int] = lambda name: len(contents[name])
        self.reads: list[tuple[bytes, int, int]] = []
        self._kept: deque[Asked] = deque()

    def __call__(self, asked: deque[Asked]) -> bytes:
        while asked:
            each = asked.popleft()
            if each.kind == wire.READ:
                name, offset, length = each.fields.string(), each.fields.long(), each.fields.number()
                self.reads.append((name, offset, length))
                if self.withholds(name, offset):
                    self._kept.append(each)
                    each.fields = wire.Fields(wire.read_body(name, offset, length))
                    continue
                return self._read(each, name, offset, length)
            if each.kind == wire.OPEN:
                return each.answered(wire.HANDLE, wire.string(each.fields.string()))
            if each.kind == wire.FSTAT:
                attributes = wire.Attributes(self.told_bytes(each.fields.string()), 0o100644, 7)
                return each.answered(wire.ATTRS, wire.attributes_body(attributes))
            return each.refused(wire.OK)
        each = self._kept.popleft()
        return self._read(each, each.fields.string(), each.fields.long(), each.fields.number())

    def _read(self, each: Asked, name: bytes, offset: int, length: int) -> bytes:
        found = self.read(name, offset, self.contents[name][offset : offset + length])
        return each.refused(found) if isinstance(found, int) else each.answered(wire.DATA, wire.string(found))


def fetched(files: Files) -> dict[bytes, bytes | LantaiError]:
    """Return what came of each file: its bytes, or why it did not."""
    sinks = {name: Gathered() for name in files.contents}
    requests = [FetchRequest(name, len(content), 7, sinks[name]) for name, content in files.contents.items()]
    found: dict[bytes, bytes | LantaiError] = {}
    for result in fetch(Peer(files).pipe, requests):
        name = result.request.remote_path
        found[name] = bytes(sinks[name].content) if result.error is None else result.error
    return found


def test_bytes_that_come_out_of_turn_are_handed_on_in_order_and_fill_no_memory() -> None:
    """I1, S3: the first answer comes last, and no more is asked for than is waited for."""
    content = os.urandom(3 * BYTES_IN_FLIGHT)
    files = Files({b"large": content})
    files.withholds = lambda _name, offset: offset % (2 * BYTES_IN_FLIGHT) == 0
    asked_before_the_first_came: list[int] = []

    def read(_name: bytes, offset: int, found: bytes) -> bytes:
        if offset == 0:
            asked_before_the_first_came.append(sum(length for _, _, length in files.reads))
        return found

    files.read = read

    found = fetched(files)

    assert found == {b"large": content}
    assert asked_before_the_first_came[0] <= BYTES_IN_FLIGHT + CHUNK_BYTES


def spoilt_in_the_middle(files: Files, how: str) -> None:
    """Have the file `bad` turn out bad while most of it lies out of turn in our memory."""
    files.withholds = lambda name, offset: name == b"bad" and offset == 0
    if how == "changed":
        length = len(files.contents[b"bad"])
        files.told_bytes = lambda name: (
            len(files.contents[name])
            + (name == b"bad" and sum(each[2] for each in files.reads if each[0] == b"bad") >= length)
        )
    else:
        files.read = lambda name, offset, found: wire.FAILURE if (name, offset) == (b"bad", 0) else found


@pytest.mark.parametrize("how", ["changed", "refused"])
def test_file_that_turns_out_bad_keeps_no_memory_and_stops_no_other(how: str) -> None:
    """S2, S3: what had come of it makes room for the others."""
    files = Files({b"bad": os.urandom(BYTES_IN_FLIGHT), b"good": os.urandom(3 * BYTES_IN_FLIGHT)})
    spoilt_in_the_middle(files, how)

    found = fetched(files)

    assert isinstance(found[b"bad"], RemoteChangedError if how == "changed" else RemotePermissionError)
    assert found[b"good"] == files.contents[b"good"]


def test_short_answers_of_a_file_that_is_given_up_are_not_asked_for_again() -> None:
    """S3: a server that gives byte after byte of it would keep us asking."""
    files = Files({b"bad": bytes(3 * CHUNK_BYTES)})
    files.told_bytes = lambda name: len(files.contents[name]) + 1
    files.read = lambda _name, _offset, found: found[:1]

    found = fetched(files)

    assert isinstance(found[b"bad"], RemoteChangedError)
    assert len(files.reads) <= 3


class Clock:
    """A clock that each piece of a stream moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("pieces", "seconds", "is_silent"),
    [
        ([600] * 9, 40, False),
        ([STALL_BYTES] * 4, 61, False),
        ([STALL_BYTES - 1] * 4, 61, True),
        ([1], 60, False),
        ([1], 61, True),
        ([1, 1, 1], 21, True),
        ([1, 1, 1], 20, False),
    ],
)
def test_server_is_given_up_when_next_to_nothing_comes_within_a_minute_of_waiting(
    monkeypatch: pytest.MonkeyPatch, pieces: list[int], seconds: int, is_silent: bool
) -> None:
    """C2: and a slow one is not, whatever it takes in all."""
    clock = Clock()
    monkeypatch.setattr(pipe, "monotonic", clock)
    answer = wire.packet(wire.DATA, 1, wire.string(bytes(sum(pieces))))
    # The first piece comes at once; of the last nothing is waited for any more.
    left = deque([answer[: len(answer) - sum(pieces)]])
    for length in pieces:
        left.append(answer[sum(map(len, left)) :][:length])

    def receive() -> bytes:
        piece = left.popleft()
        clock.now += seconds if len(left) < len(pieces) else 0
        return piece

    stream = Pipe(iter_of([GREETING], receive), lambda _content: None)
    stream.ask(wire.READ, b"", "label")
    stream.flush()

    if is_silent:
        with pytest.raises(ServerUnreachableError, match="all but fell silent"):
            stream.answer()
        assert stream.is_broken
    else:
        assert stream.answer()[0] == "label"


@pytest.mark.parametrize(
    ("packet", "said"),
    [
        (wire.packet(wire.HANDLE, 1, b""), None),
        (wire.packet(wire.HANDLE, 2, b""), "found request id 2, expected one of the 1"),
        (b"\0\0\0\4" + bytes([wire.HANDLE]) + b"\0\0\0", "found a packet of kind 102, 3 bytes"),
        (wire.packet(wire.OPEN, 1, b""), "found a packet of kind 3, 4 bytes"),
    ],
)
def test_answer_is_one_to_what_was_asked_or_ends_the_session(packet: bytes, said: str | None) -> None:
    """S3."""
    stream = Pipe(iter_of([GREETING, packet], lambda: b""), lambda _content: None)
    stream.ask(wire.OPEN, b"", "label")
    stream.flush()

    if said is None:
        assert stream.answer() == ("label", wire.HANDLE, b"")
        assert stream.awaited_count == 0
    else:
        with pytest.raises(RemoteProtocolError, match=said):
            stream.answer()
        assert stream.is_broken


def listing_of(names: list[tuple[bytes, wire.Attributes]]) -> Callable[[deque[Asked]], bytes]:
    """Answer for a folder of these names, told in one packet; folders in it are `refused` by name or empty."""
    listed: set[bytes] = set()

    def answers(asked: deque[Asked]) -> bytes:
        each = asked.popleft()
        path = each.fields.string()
        if each.kind == wire.OPENDIR:
            return (
                each.refused(wire.PERMISSION_DENIED)
                if b"closed" in path
                else each.answered(wire.HANDLE, wire.string(path))
            )
        if each.kind == wire.READDIR and path == b"top" and path not in listed:
            listed.add(path)
            return each.answered(wire.NAME, wire.name_body([(name, b"", told) for name, told in names]))
        return each.refused(wire.EOF if each.kind == wire.READDIR else wire.OK)

    return answers


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (b"x" * MAX_NAME_BYTES, None),
        (b"x" * (MAX_NAME_BYTES + 1), "expected a file name"),
        (b"", "expected a file name"),
        (b"a/b", "expected a file name"),
        (b"a\0b", "expected a file name"),
        (b"twice", "twice, expected it once"),
    ],
)
@pytest.mark.parametrize("ask", [list_folder, list_tree])
def test_name_that_no_folder_can_hold_ends_the_session(
    ask: Callable[[Pipe, bytes], object], name: bytes, said: str | None
) -> None:
    """S3: what it says of anything else is not waited for either."""
    peer = Peer(listing_of([(b"twice", FILE), (name, FILE)]))

    if said is None:
        ask(peer.pipe, b"top")
        assert not peer.pipe.is_broken
    else:
        with pytest.raises(RemoteProtocolError, match=said):
            ask(peer.pipe, b"top")
        assert peer.pipe.is_broken


def test_files_are_told_in_order_of_their_names_with_what_the_server_said_of_them() -> None:
    """S4, I8: a size or a time that it does not tell is 0."""
    silent = wire.Attributes(None, 0o100644, None)
    names = [(b"c", FILE), (b"b", silent), (b".", FOLDER), (b"a", FOLDER)]

    tree = list_tree(Peer(listing_of(names)).pipe, b"top")
    entries = list_folder(Peer(listing_of(names)).pipe, b"top")

    assert [(file.name, file.size_bytes, file.mtime) for file in tree.files] == [(b"b", 0, 0), (b"c", 5, 7)]
    assert tree.folders == [b"a"]
    assert [(entry.name, entry.size_bytes, entry.mtime) for entry in entries] == [
        (b"a", 0, 1),
        (b"b", 0, 0),
        (b"c", 5, 7),
    ]


@pytest.mark.parametrize("ask", [list_folder, list_tree])
def test_names_are_counted_over_all_that_is_asked_within_one_question(ask: Callable[..., object]) -> None:
    """S3, I8, S4: a listing that is longer than allowed is no shorter one."""
    names = [(b"a", FILE), (b"b", FILE), (b"c", FILE)]
    allowance = Allowance(names=5)
    ask(Peer(listing_of(names)).pipe, b"top", allowance)
    peer = Peer(listing_of(names))

    with pytest.raises(UnitLimitError, match="more than 5 names"):
        ask(peer.pipe, b"top", allowance)

    assert peer.pipe.is_broken


def test_tree_of_which_too_much_may_not_be_listed_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """S4: and nothing that it still says is taken for the answer to another question."""
    monkeypatch.setattr(listing, "MAX_UNREAD", 2)
    some = [(b"closed%d" % number, FOLDER) for number in range(2)]

    tree = list_tree(Peer(listing_of(some)).pipe, b"top")
    peer = Peer(listing_of([*some, (b"closed", FOLDER)]))
    with pytest.raises(RemotePermissionError, match="more than 2 folders"):
        list_tree(peer.pipe, b"top")

    assert sorted(tree.unread) == [b"closed0", b"closed1"]
    assert peer.pipe.is_broken


@pytest.mark.parametrize(
    ("kind", "body", "error"),
    [
        (wire.ATTRS, wire.attributes_body(FOLDER), None),
        (wire.ATTRS, wire.attributes_body(FILE), RemotePathError),
        (wire.ATTRS, wire.attributes_body(wire.Attributes(1, 0o120777, 1)), RemotePathError),
        (wire.HANDLE, wire.string(b"h"), RemoteProtocolError),
        (wire.STATUS, wire.status_body(wire.PERMISSION_DENIED), RemotePermissionError),
        (wire.STATUS, wire.status_body(wire.OK), RemoteProtocolError),
    ],
)
def test_step_of_a_way_is_a_folder_or_refused_by_type(kind: int, body: bytes, error: type[LantaiError] | None) -> None:
    """S2, P12."""
    peer = Peer(lambda asked: asked.popleft().answered(kind, body))

    if error is None:
        require_way(peer.pipe, b"root", [b"root/outbox/2025", b"root/inbox"])
    else:
        with pytest.raises(error, match=r"root/(inbox|outbox)"):
            require_way(peer.pipe, b"root", [b"root/outbox/2025", b"root/inbox"])

    assert peer.pipe.awaited_count == 0


def test_way_that_is_not_there_is_gone_only_for_whom_it_has_to_be_there() -> None:
    """S2: behind what was read over it; before that whatever is done next says so."""
    peer = Peer(lambda asked: asked.popleft().refused(wire.NO_SUCH_FILE))

    require_way(peer.pipe, b"", [b"outbox"])
    with pytest.raises(RemoteChangedError, match="found nothing"):
        require_way(peer.pipe, b"", [b"outbox"], has_to_be_there=True)


def test_folder_that_is_missing_is_no_empty_one() -> None:
    """I8."""
    peer = Peer(lambda asked: asked.popleft().refused(wire.NO_SUCH_FILE))

    with pytest.raises(RemoteMissingError):
        list_folder(peer.pipe, b"top")
