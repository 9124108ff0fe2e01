"""What one server does costs one unit only: each way of lying ends soon, in little memory, by a named error.

Covers: edges.bulkhead.looks, edges.bulkhead.nursery.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import re
import signal
import socket
import struct
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection as Wire
from pathlib import Path

import pytest

from lantai.demo.sftp.files import AccountFiles
from lantai.edges.bulkhead.line import UnitLine
from lantai.edges.bulkhead.looks import look_all
from lantai.edges.bulkhead.messages import NOT_BORN, Answer, ProgressTold, receive_question, send
from lantai.edges.bulkhead.open_lines import Lines
from lantai.edges.bulkhead.patience import USUAL_PACE, Limits, Pace
from lantai.edges.children.frames import OUT_OF_MEMORY
from lantai.edges.connections import Connection
from lantai.edges.intake.outbox import PackageSeen
from lantai.edges.intake.quarantine import Quarantine
from lantai.errors import (
    LantaiError,
    LineInterruptedError,
    ReaderMisledError,
    RemoteProtocolError,
    ServerTooSlowError,
    ServerUnreachableError,
    UnitLimitError,
)
from lantai.records.intake.carrier import Packaging
from lantai.records.intake.package import Package
from lantai.records.text.words import Words
from nursery_watch import children_of, error_of, until
from servers import hostile_sftp as lies
from servers import lying_ssh as raw
from servers.hostile_sftp import HostileSftp
from servers.lying_ssh import LyingSsh, RawLie


@pytest.fixture(scope="module")
def hasty() -> Iterator[Lines]:
    """Lines that lose patience soon."""
    lines = Lines(Limits(window_seconds=3, step_seconds=2))
    yield lines
    lines.close()


def connection_to(server: RawLie | HostileSftp) -> Connection:
    if isinstance(server, HostileSftp):
        return server.connection()
    key = server.host_key
    return Connection(
        "sftp_JY", "127.0.0.1", server.port, lies.LOGIN, key.get_name(), key.asbytes(), password=lies.PASSWORD
    )


@pytest.mark.parametrize(
    ("lie", "error"),
    [
        (raw.silent, ServerUnreachableError),
        (raw.hanging_up, ServerUnreachableError),
        (raw.rubbish, ServerUnreachableError),
        (raw.lines_without_end, ServerUnreachableError),
        (raw.one_line_without_end, LantaiError),
        (raw.names_in_no_encoding, RemoteProtocolError),
        (raw.no_algorithm, RemoteProtocolError),
        (raw.short_key_exchange, LantaiError),
        (raw.packet_of_two_gibibytes, LantaiError),
        (raw.byte_by_byte, ServerUnreachableError),
        (raw.ignored_without_end, LantaiError),
    ],
    ids=lambda value: value.__name__,
)
def test_lie_before_login_is_named(tmp_path: Path, hasty: Lines, lie: raw.Lie, error: type[LantaiError]) -> None:
    """S3, S5."""
    with RawLie(tmp_path, lie) as server:
        found = error_of(hasty, connection_to(server))

    assert isinstance(found, error)
    assert str(found).startswith(f"sftp_JY (127.0.0.1:{server.port}): ")


@pytest.mark.parametrize("at", ["login", "banner", "channel", "subsystem", "before", "beside", "requests"])
def test_lie_between_login_and_sftp_is_named(tmp_path: Path, hasty: Lines, at: str) -> None:
    """S3, S5."""
    with LyingSsh(tmp_path, at) as server:
        found = error_of(hasty, connection_to(server))

    assert isinstance(found, ServerUnreachableError | ServerTooSlowError | RemoteProtocolError | UnitLimitError)
    assert "sftp_JY (127.0.0.1:" in str(found)


@pytest.mark.parametrize(
    ("files", "error"),
    [
        (lies.OnlyDots, ServerTooSlowError),
        (lies.DotsNowAndThen, ServerTooSlowError),
        (lies.NamesNowAndThen, ServerTooSlowError),
        (lies.EndlessNames, UnitLimitError),
        (lies.EndlessOutbox, UnitLimitError),
        (lies.FoldersInFolders, UnitLimitError),
        (lies.ThousandsOfPackages, UnitLimitError),
    ],
)
def test_listing_without_end_is_named(
    tmp_path: Path, hasty: Lines, files: type[AccountFiles], error: type[LantaiError]
) -> None:
    """S3, S5."""
    (tmp_path / "files" / "outbox" / "2025" / "nothing").mkdir(parents=True)

    with HostileSftp(tmp_path, files) as server:
        found = error_of(hasty, server.connection())

    assert isinstance(found, error), found


@pytest.mark.parametrize("files", [lies.SlowReads, lies.OneByteReads])
def test_manifest_that_trickles_in_is_not_waited_for(tmp_path: Path, hasty: Lines, files: type[AccountFiles]) -> None:
    """S3, S5, C2."""
    bag_of(tmp_path / "files", 2000)

    with HostileSftp(tmp_path, files) as server:
        found = error_of(hasty, server.connection())

    assert isinstance(found, ServerTooSlowError | ServerUnreachableError)
    assert re.search(r"found .*[1-9]\d* bytes in", str(found))


def bag_of(folder: Path, count: int) -> None:
    bag = folder / "outbox" / "2025" / "001"
    (bag / "data").mkdir(parents=True)
    (bag / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    listed = "".join(f"{'0' * 64}  data/{number:06d}.txt\n" for number in range(count))
    (bag / "manifest-sha256.txt").write_text(listed)
    for number in range(count):
        (bag / "data" / f"{number:06d}.txt").write_bytes(b"")


def test_child_that_holds_more_than_one_unit_may_is_ended_in_words(tmp_path: Path) -> None:
    """S5: the limit is on the child, not on the honesty of what it reads."""
    bag_of(tmp_path / "files", 20_000)
    lines = Lines(Limits(memory_bytes=8 * 1024 * 1024))

    with HostileSftp(tmp_path) as server:
        found = error_of(lines, server.connection())
    lines.close()

    assert isinstance(found, UnitLimitError)
    assert "memory" in str(found)


def test_child_that_is_killed_is_the_unknown_of_its_unit_and_the_next_look_is_served(
    tmp_path: Path, hasty: Lines
) -> None:
    """S5."""
    bag_of(tmp_path / "files", 3)
    with HostileSftp(tmp_path) as server, hasty.open(server.connection()) as line:
        for pid in children_of(hasty):
            os.kill(pid, signal.SIGKILL)

        with pytest.raises(LineInterruptedError, match="was killed"):
            line.look([2025])

        assert error_of(hasty, server.connection()) is None


def test_child_that_stops_within_a_word_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """S5: half a message is no answer, and no wait without end."""
    monkeypatch.setattr("lantai.edges.bulkhead.line._STANDSTILL", struct.pack("ll", 1, 0))
    ours, its = socket.socketpair()
    deaths, died = os.pipe()
    server = Connection("sftp_JY", "127.0.0.1", 22, "jy", "ssh-ed25519", b"key", password=lies.PASSWORD)
    line = UnitLine(Wire(ours.detach()), deaths, server, USUAL_PACE, 5)

    with its:
        its.sendall(struct.pack("!i", 1000) + b"half")
        with pytest.raises(LineInterruptedError, match="stood still"):
            line.look([2025])

    os.close(deaths)
    os.close(died)


def test_package_is_brought_in_by_a_child_as_it_would_be_here(tmp_path: Path, lines: Lines) -> None:
    """C1: every file, its digest, and word of every byte."""
    content = os.urandom(3_000_000)
    folder = tmp_path / "files" / "outbox" / "2025" / "001"
    folder.mkdir(parents=True)
    (folder / "big.bin").write_bytes(content)
    (folder / "small.txt").write_bytes(b"small")
    quarantine = Quarantine(tmp_path / "quarantine")

    with HostileSftp(tmp_path) as server, lines.open(server.connection()) as line:
        [package] = line.look([2025])[0]
        line.collect(package, quarantine.root, "JY-1")

    received = {each.raw_name: each.digest.sha256 for each in quarantine.finish("JY-1")}
    assert received == {
        b"big.bin": hashlib.sha256(content).hexdigest(),
        b"small.txt": hashlib.sha256(b"small").hexdigest(),
    }


def test_slow_collection_keeps_what_came_and_the_next_one_goes_on(tmp_path: Path, hasty: Lines) -> None:
    """C1, S5."""
    content = os.urandom(400_000)
    folder = tmp_path / "files" / "outbox" / "2025" / "001"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"first")
    (folder / "big.bin").write_bytes(content)
    quarantine = Quarantine(tmp_path / "quarantine")
    with HostileSftp(tmp_path) as server, hasty.open(server.connection()) as line:
        [package] = line.look([2025])[0]
    with (
        HostileSftp(tmp_path, trickle_after_bytes=200_000) as slow,
        hasty.open(slow.connection()) as line,
        pytest.raises(ServerTooSlowError, match="bytes"),
    ):
        line.collect(package, quarantine.root, "JY-1")

    with HostileSftp(tmp_path) as server, hasty.open(server.connection()) as line:
        line.collect(package, quarantine.root, "JY-1")

    assert {each.raw_name: each.size_bytes for each in quarantine.finish("JY-1")} == {b"a.txt": 5, b"big.bin": 400_000}


def test_share_of_a_line_counts_only_what_is_waited_for(tmp_path: Path, hasty: Lines) -> None:
    """S5: what we do ourselves between two questions is not held against the server."""
    (tmp_path / "files" / "outbox").mkdir(parents=True)

    with HostileSftp(tmp_path) as server, hasty.open(server.connection(), Pace(share_seconds=2)) as line:
        time.sleep(2.5)
        seen: list[PackageSeen] = line.look([2025])[0]
    with (
        HostileSftp(tmp_path, lies.NamesNowAndThen) as slow,
        hasty.open(slow.connection(), Pace(share_seconds=1)) as line,
        pytest.raises(ServerTooSlowError, match="others wait"),
    ):
        line.look([2025])

    assert seen == []


def test_what_our_own_disk_takes_is_not_held_against_the_share_of_a_server() -> None:
    """S5: also when the server is asked again behind it, within the same question."""
    ours, its = socket.socketpair()
    deaths, died = os.pipe()
    server = Connection("sftp_JY", "127.0.0.1", 22, "jy", "ssh-ed25519", b"key", password=lies.PASSWORD)
    line = UnitLine(Wire(ours.detach()), deaths, server, Pace(share_seconds=2), 30)

    def be_the_child(wire: Wire) -> None:
        receive_question(wire)
        send(wire, ProgressTold(is_local=True))
        receive_question(wire)
        time.sleep(2.5)
        send(wire, ProgressTold(names=1))
        receive_question(wire)
        time.sleep(0.5)
        send(wire, Answer(b"content"))

    child = threading.Thread(target=be_the_child, args=(Wire(its.detach()),))
    child.start()
    content = line.read_small(b"outbox/x", 10)
    child.join()

    assert content == b"content"
    os.close(deaths)
    os.close(died)


def test_share_of_a_line_is_used_up_by_one_question_after_the_other() -> None:
    """C2: a server that is slow now and then keeps the others waiting no longer than one that is slow once."""
    ours, its = socket.socketpair()
    deaths, died = os.pipe()
    server = Connection("sftp_JY", "127.0.0.1", 22, "jy", "ssh-ed25519", b"key", password=lies.PASSWORD)
    line = UnitLine(Wire(ours.detach()), deaths, server, Pace(share_seconds=3), 30)

    def be_the_child(wire: Wire) -> None:
        for seconds in (1.5, 2.5):
            receive_question(wire)
            time.sleep(seconds)
            with contextlib.suppress(OSError):
                send(wire, Answer(b"content"))

    child = threading.Thread(target=be_the_child, args=(Wire(its.detach()),))
    child.start()
    first = line.read_small(b"outbox/x", 10)
    with pytest.raises(ServerTooSlowError, match="others wait"):
        line.read_small(b"outbox/y", 10)
    child.join()

    assert first == b"content"
    os.close(deaths)
    os.close(died)


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        ("-9", LineInterruptedError, "its process was killed, as the system does"),
        (NOT_BORN, LineInterruptedError, "the system has no room for one more process"),
        (str(OUT_OF_MEMORY), UnitLimitError, "more than the memory of one unit holds"),
        ("-11", UnitLimitError, r"its process broke down \(SIGSEGV\) under what the server sent"),
        ("-6", UnitLimitError, r"its process broke down \(SIGABRT\) under what the server sent"),
        ("70", LineInterruptedError, r"its process ended \(70\)"),
        ("", LineInterruptedError, r"its process ended \(nobody knows how\)"),
    ],
)
def test_death_of_a_child_is_told_in_words_and_held_against_its_unit_only_where_the_server_caused_it(
    status: str, error: type[LantaiError], said: str
) -> None:
    """S5."""
    ours, its = socket.socketpair()
    deaths, died = os.pipe()
    server = Connection("sftp_JY", "127.0.0.1", 22, "jy", "ssh-ed25519", b"key", password=lies.PASSWORD)
    line = UnitLine(Wire(ours.detach()), deaths, server, USUAL_PACE, 5)
    os.write(died, status.encode())
    os.close(died)
    its.close()

    with pytest.raises(error, match=rf"sftp_JY \(127.0.0.1:22\): look: .*{said}"):
        line.look([2025])

    os.close(deaths)


def test_whoever_stops_listening_to_looks_waits_for_no_server_and_leaves_no_process(tmp_path: Path) -> None:
    """S5: Ctrl-C while one server is silent; the looks that have not begun do not begin any more."""
    (tmp_path / "files" / "outbox").mkdir(parents=True)
    lines = Lines()
    with HostileSftp(tmp_path) as server, RawLie(tmp_path, raw.silent) as silent:
        connections = {"sftp_A": server.connection(), "sftp_B": connection_to(silent)}
        connections |= {f"sftp_C{number}": server.connection() for number in range(5)}
        looks = look_all(lines, connections, [2025], parallel=1)
        first = next(looks)
        until(lambda: lines.nursery_pid is not None and len(children_of(lines)) == 1)

        with pytest.raises(KeyboardInterrupt):
            looks.throw(KeyboardInterrupt())

        assert (first.unit_code, first.error) == ("A", None)
        assert lines.nursery_pid is None
    lines.close()


def test_look_that_was_about_to_begin_leaves_no_process_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S5: its line is opened just after all lines were closed."""
    (tmp_path / "files" / "outbox").mkdir(parents=True)
    lines, may_open, is_at_it = Lines(), threading.Event(), threading.Event()
    open_line, close = lines.open, lines.close

    def open_late(connection: Connection, pace: Pace = USUAL_PACE) -> contextlib.AbstractContextManager[UnitLine]:
        if connection.connection_id == "sftp_B":
            is_at_it.set()
            may_open.wait(10)
        return open_line(connection, pace)

    def close_first() -> None:
        close()
        may_open.set()

    monkeypatch.setattr(lines, "open", open_late)
    monkeypatch.setattr(lines, "close", close_first)
    with HostileSftp(tmp_path) as server, RawLie(tmp_path, raw.silent) as silent:
        late = dataclasses.replace(connection_to(silent), connection_id="sftp_B")
        looks = look_all(lines, {"sftp_A": server.connection(), "sftp_B": late}, [2025], parallel=2)
        next(looks)
        assert is_at_it.wait(10)

        with pytest.raises(KeyboardInterrupt):
            looks.throw(KeyboardInterrupt())

        assert lines.nursery_pid is None
    close()


def test_package_that_is_known_is_not_asked_about_again(tmp_path: Path, hasty: Lines) -> None:
    """S5: a look costs a unit no question about what was answered yesterday."""
    for name in ("001", "002"):
        (tmp_path / "files" / "outbox" / "2025" / name).mkdir(parents=True)
        (tmp_path / "files" / "outbox" / "2025" / name / "a.txt").write_bytes(b"a")
    (tmp_path / "files" / "outbox" / "2024").mkdir()
    (tmp_path / "files" / "outbox" / "2024" / "old.zip").write_bytes(b"zip")

    with HostileSftp(tmp_path) as server:
        [first] = look_all(hasty, {"sftp_JY": server.connection()}, [2025])
        known = {"JY": {first.packages[0].package: True}}
        [again] = look_all(
            hasty, {"sftp_JY": server.connection()}, [2025], known_years=[2024, 2025], known_states=known
        )

    assert sorted(package.raw_name for package in first.lacks) == [b"001", b"002"]
    assert [package.raw_name for package in again.lacks] == [b"002"]
    assert (first.strays, again.strays) == ([b"outbox/2024"], [])


@pytest.mark.parametrize(
    "lack",
    [Words("errors.nobody_knows"), Words("lacks.nobody_knows"), Words("lacks.listed", (("by", Words("page.title")),))],
)
def test_words_that_no_package_lacks_anything_by_are_not_put_on_a_screen(lack: Words) -> None:
    """S5: a child that its server has taken over would stop the screen of all units."""
    ours, its = socket.socketpair()
    wire, far = Wire(ours.detach()), Wire(its.detach())
    deaths, died = os.pipe()
    one = Connection("sftp_JY", "127.0.0.1", 22, "x", "ssh-ed25519", b"", password=lies.PASSWORD)
    line = UnitLine(wire, deaths, one, USUAL_PACE, 3.0)

    def be_the_child() -> None:
        receive_question(far)
        send(far, Answer(lack))

    child = threading.Thread(target=be_the_child)
    child.start()
    with pytest.raises(ReaderMisledError, match="for what a package lacks"):
        line.still_missing(PackageSeen(Package(2025, b"001", Packaging.FOLDER, "f"), [], has_ready=False))
    child.join()

    for end in (wire, far):
        end.close()
    os.close(deaths)
    os.close(died)


def test_line_that_was_too_slow_is_over_and_no_late_answer_is_taken_for_another(tmp_path: Path, hasty: Lines) -> None:
    """S3."""
    (tmp_path / "files" / "outbox").mkdir(parents=True)

    with (
        HostileSftp(tmp_path, lies.NamesNowAndThen) as slow,
        hasty.open(slow.connection(), Pace(share_seconds=1)) as line,
    ):
        with pytest.raises(ServerTooSlowError):
            line.look([2025])
        with pytest.raises(ServerUnreachableError, match=r"had ended: .*others wait"):
            line.read_small(b"outbox/x", 10)

        until(lambda: not children_of(hasty))


def test_what_interrupts_a_collection_ends_its_child(tmp_path: Path, hasty: Lines) -> None:
    """K3: who lost the lease, or pressed Ctrl-C, leaves nobody behind who writes."""
    folder = tmp_path / "files" / "outbox" / "2025" / "001"
    folder.mkdir(parents=True)
    (folder / "big.bin").write_bytes(os.urandom(30_000_000))

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with HostileSftp(tmp_path) as server, hasty.open(server.connection()) as line:
        [package] = line.look([2025])[0]
        with pytest.raises(KeyboardInterrupt):
            line.collect(package, tmp_path / "quarantine", "JY-1", on_progress=interrupt)
        until(lambda: not children_of(hasty))
