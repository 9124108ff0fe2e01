"""A server that lies: each lie is refused by its type, soon, and in little memory.

Covers: edges.sftp.session.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lantai.demo.sftp.files import AccountFiles
from lantai.edges.sftp.connect import connect
from lantai.edges.sftp.deliver import Gathered
from lantai.edges.sftp.request import FetchRequest
from lantai.edges.sftp.session import Session
from lantai.errors import DeliveryError, LantaiError, RemoteChangedError, RemoteProtocolError, ServerUnreachableError
from servers import hostile_sftp as lies
from servers.hostile_sftp import HostileSftp

CONTENT = os.urandom(700_000)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "file").write_bytes(CONTENT)
    return tmp_path


def _fetch(session: Session, sink: Gathered, size: int = len(CONTENT)) -> LantaiError | None:
    [result] = session.fetch([FetchRequest(b"file", size, None, sink)])
    return result.error


def test_honest_server_is_believed(folder: Path) -> None:
    sink = Gathered()

    with HostileSftp(folder) as server, connect(server.connection()) as session:
        error = _fetch(session, sink)

    assert error is None
    assert bytes(sink.content) == CONTENT


def test_short_reads_are_asked_for_again_until_all_is_here(folder: Path) -> None:
    """S3."""
    sink = Gathered()

    with HostileSftp(folder, lies.ShortReads) as server, connect(server.connection()) as session:
        error = _fetch(session, sink)

    assert error is None
    assert bytes(sink.content) == CONTENT


@pytest.mark.parametrize("files", [lies.EarlyEnd, lies.other_size_when_open(1), lies.other_size_when_open(-1)])
def test_file_that_is_not_as_long_as_listed_is_a_change(folder: Path, files: type[AccountFiles]) -> None:
    """S2, S3."""
    with HostileSftp(folder, files) as server, connect(server.connection()) as session:
        error = _fetch(session, Gathered())

        assert isinstance(error, RemoteChangedError)
        assert not session.is_over


@pytest.mark.parametrize("files", [lies.MoreThanAsked, lies.EmptyReads])
def test_reply_with_more_or_less_than_a_reply_may_hold_ends_the_session(
    folder: Path, files: type[AccountFiles]
) -> None:
    """S3."""
    with HostileSftp(folder, files) as server, connect(server.connection()) as session:
        with pytest.raises(RemoteProtocolError, match="data reply"):
            _fetch(session, Gathered())

        assert session.is_over
        with pytest.raises(ServerUnreachableError):
            session.stat(b"file")


@pytest.mark.parametrize(
    "listed",
    [
        (b"../../evil",),
        (b"/etc/passwd",),
        (b"a\0b",),
        (b"",),
        (b"twice", b"twice"),
        (b"x" * 2000,),
    ],
)
def test_name_that_cannot_be_a_name_is_refused(folder: Path, listed: tuple[bytes, ...]) -> None:
    """S3."""
    with (
        HostileSftp(folder, lies.names(*listed)) as server,
        connect(server.connection()) as session,
        pytest.raises(RemoteProtocolError, match="listing"),
    ):
        session.list_tree(b".")


def test_dots_in_a_listing_are_no_names(folder: Path) -> None:
    """S3."""
    with HostileSftp(folder, lies.names(b".", b"..", b"x")) as server, connect(server.connection()) as session:
        assert [entry.name for entry in session.list_folder(b".")] == [b"x"]


def test_odd_name_spoils_nothing_else(folder: Path) -> None:
    """S3."""
    listed = (b"\xff\xfe", "通知".encode("gb18030"), b"C:\\evil", b"..\\evil", b"~", b"con", b"a\nb")

    with HostileSftp(folder, lies.names(*listed)) as server, connect(server.connection()) as session:
        tree = session.list_tree(b".")

    assert sorted(file.name for file in tree.files) == sorted(listed)


def test_folders_without_end_are_refused(folder: Path) -> None:
    """S3."""

    class Deep(AccountFiles):
        """Every path is a folder that holds a folder."""

        def answer(self, kind: int, fields: lies.wire.Fields) -> tuple[int, bytes]:
            wire = lies.wire
            if kind == wire.OPENDIR:
                return super().answer(kind, wire.Fields(wire.string(b".")))
            answered, body = super().answer(kind, fields)
            if answered == wire.NAME:
                body = wire.name_body([(b"below", b"", wire.Attributes(0, 0o040755, 1))])
            return answered, body

    with (
        HostileSftp(folder, Deep) as server,
        connect(server.connection()) as session,
        pytest.raises(RemoteProtocolError, match=r"below each other|twice"),
    ):
        session.list_tree(b".")


@pytest.mark.parametrize("files", [lies.EmptyListing])
def test_listing_that_never_says_anything_is_refused(folder: Path, files: type[AccountFiles]) -> None:
    """S3."""
    with (
        HostileSftp(folder, files) as server,
        connect(server.connection()) as session,
        pytest.raises(RemoteProtocolError, match="without entries"),
    ):
        session.list_tree(b".")


def _refused(server: HostileSftp) -> None:
    with connect(server.connection()) as session:
        _fetch(session, Gathered())


@pytest.mark.parametrize("lie", [lies.wrong_id(0), lies.wrong_id(2), lies.too_short(0), lies.too_short(1)])
def test_reply_that_answers_nothing_ends_the_session(folder: Path, lie: lies.Spoil) -> None:
    """S3."""
    with HostileSftp(folder, spoil=lie) as server, pytest.raises(RemoteProtocolError):
        _refused(server)


@pytest.mark.parametrize("lie", [lies.unknown_kind, lies.too_long])
@pytest.mark.parametrize("after", [-1, 0, 1, 2])
def test_reply_that_is_no_packet_ends_the_session(folder: Path, lie: Callable[[int], lies.Spoil], after: int) -> None:
    """S3."""
    with HostileSftp(folder, spoil=lie(after)) as server, pytest.raises(RemoteProtocolError):
        _refused(server)


@pytest.mark.parametrize("cut", [0, 5, 30, 100, 300_000, 699_000])
def test_line_cut_anywhere_is_an_unreachable_server_and_never_a_whole_file(folder: Path, cut: int) -> None:
    """C1."""
    sink = Gathered()

    with (
        HostileSftp(folder, cut_after_bytes=cut) as server,
        pytest.raises(ServerUnreachableError),
        connect(server.connection()) as session,
    ):
        _fetch(session, sink)

    assert len(sink.content) < len(CONTENT)


@pytest.mark.parametrize("stall", [0, 30, 300_000])
def test_server_that_falls_silent_is_given_up(folder: Path, stall: int) -> None:
    """C2."""
    began = time.monotonic()

    with (
        HostileSftp(folder, stall_after_bytes=stall) as server,
        pytest.raises(ServerUnreachableError, match="silent"),
        connect(server.connection(), stall_seconds=0.5) as session,
    ):
        _fetch(session, Gathered())

    assert time.monotonic() - began < 10


def test_server_that_sends_a_byte_now_and_then_is_given_up(folder: Path) -> None:
    """C2: 1 B/s."""
    with (
        HostileSftp(folder, trickle_after_bytes=300_000) as server,
        pytest.raises(ServerUnreachableError, match="silent"),
        connect(server.connection(), stall_seconds=0.5) as session,
    ):
        _fetch(session, Gathered())


def test_delivery_that_is_read_back_otherwise_is_no_delivery(folder: Path) -> None:
    """I7."""

    class Forgetful(AccountFiles):
        """Takes every write and keeps nothing of it."""

        def answer(self, kind: int, fields: lies.wire.Fields) -> tuple[int, bytes]:
            if kind == lies.wire.WRITE:
                return lies.wire.STATUS, lies.wire.status_body(lies.wire.OK)
            return super().answer(kind, fields)

    with (
        HostileSftp(folder, Forgetful) as server,
        connect(server.connection()) as session,
        pytest.raises(DeliveryError, match="read back"),
    ):
        session.deliver(b"paper", b"content")

    assert [path.name for path in (folder / "files").iterdir()] == ["file"]


LIST_ENDLESSLY = """
import resource, sys
sys.path[:0] = sys.argv[1].split(":")
from pathlib import Path
from lantai.edges.connections import load_connections
from lantai.edges.sftp.connect import connect
from lantai.errors import UnitLimitError
connection = load_connections(Path(sys.argv[2]))["sftp_JY"]
with connect(connection) as session:
    session.stat(b".")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        session.list_tree(b".")
    except UnitLimitError as refused:
        print(refused)
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
def test_listing_without_end_is_refused_within_64_mib(folder: Path) -> None:
    """S3."""
    import json

    with HostileSftp(folder, lies.EndlessNames) as server:
        connections = folder / "connections.json"
        entry = {"host": "127.0.0.1", "port": server.port, "login": lies.LOGIN, "extra": {"host_key": server.host_key}}
        connections.write_text(json.dumps({"sftp_JY": entry | {"password": lies.PASSWORD}}))

        ran = subprocess.run(
            [sys.executable, "-c", LIST_ENDLESSLY, ":".join(sys.path), str(connections)],
            capture_output=True,
            text=True,
            timeout=90,
            check=True,
        )

    *refusal, grown_mib = ran.stdout.splitlines()
    assert "expected fewer" in refusal[0]
    assert int(grown_mib) <= 64
