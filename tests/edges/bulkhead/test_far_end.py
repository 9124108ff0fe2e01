"""The far end of a line: whatever it is asked it answers or refuses by type, one answer to one question."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection as Wire
from pathlib import Path
from typing import Any

import pytest

from lantai.demo.sftp.files import AccountFiles
from lantai.edges.bulkhead import far_end
from lantai.edges.bulkhead.messages import Answer, ProgressTold, Question, receive, send
from lantai.edges.connections import Connection
from lantai.errors import RemoteMissingError, ServerUnreachableError, UnexpectedError, UnitLimitError
from servers import hostile_sftp as lies
from servers.hostile_sftp import HostileSftp

NOBODY = Connection("sftp_JY", "127.0.0.1", 1, "jy", "ssh-ed25519", b"key", password=lies.PASSWORD)


@contextmanager
def served() -> Iterator[Wire]:
    """Our end of a line whose far end serves in a thread; it has ended when the block has."""
    ours, its = socket.socketpair()
    wire = Wire(ours.detach())
    serving = threading.Thread(target=far_end.serve, args=(Wire(its.detach()),), daemon=True)
    serving.start()
    assert receive(wire) == Answer()
    yield wire
    wire.close()
    serving.join(10)
    assert not serving.is_alive()


def asked(wire: Wire, verb: str, **arguments: Any) -> Answer:
    """Return the answer to one question, and let it go on as often as it says how far it is."""
    send(wire, Question(verb, arguments))
    while isinstance(message := receive(wire), ProgressTold):
        send(wire, None)
    return message


def test_word_to_go_on_while_nothing_is_under_way_is_no_question() -> None:
    """S5: every answer belongs to the question before it."""
    with served() as wire:
        send(wire, None)

        answer = asked(wire, "open", connection=NOBODY, timeout_seconds=2)

    assert isinstance(answer.error, ServerUnreachableError)


def test_line_that_was_not_opened_is_over() -> None:
    """S5: nothing else can be asked of it."""
    ours, its = socket.socketpair()
    wire = Wire(ours.detach())
    for question in (Question("open", {"connection": NOBODY, "timeout_seconds": 2}), Question("look")):
        send(wire, question)

    far_end.serve(Wire(its.detach()))

    assert receive(wire) == Answer()
    assert isinstance(receive(wire), Answer)
    assert not wire.poll(0)
    wire.close()


def test_question_that_cannot_be_answered_is_refused_by_type_and_the_next_one_is_answered(tmp_path: Path) -> None:
    """S5."""
    (tmp_path / "files" / "outbox" / "2025").mkdir(parents=True)
    with HostileSftp(tmp_path) as server, served() as wire:
        opened = asked(wire, "open", connection=server.connection(), timeout_seconds=10)
        unknown = asked(wire, "dance")
        missing = asked(wire, "read_small", path=b"outbox/none", limit_bytes=10)
        seen = asked(wire, "look", filing_years=[2025], known_years=[2025], known_states={})

    assert opened == Answer()
    assert isinstance(unknown.error, UnexpectedError)
    assert "dance: KeyError" in str(unknown.error)
    assert isinstance(missing.error, RemoteMissingError)
    assert seen == Answer(([], [], {}))


def test_server_that_fills_the_memory_of_its_unit_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S5: where there was memory left to say it."""

    def too_much(*_arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr(far_end.outbox, "look", too_much)
    (tmp_path / "files").mkdir()
    with HostileSftp(tmp_path) as server, served() as wire:
        asked(wire, "open", connection=server.connection(), timeout_seconds=10)
        answer = asked(wire, "look", filing_years=[2025], known_years=[2025], known_states={})

    assert isinstance(answer.error, UnitLimitError)
    assert "memory" in str(answer.error)


def test_far_end_says_how_far_it_is_while_bytes_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S5: what came is counted once, and nothing more is done before our end has heard it."""
    monkeypatch.setattr(far_end, "TELL_SECONDS", 0.0)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "manifest").write_bytes(os.urandom(700_000))
    told = 0
    with HostileSftp(tmp_path, AccountFiles) as server, served() as wire:
        asked(wire, "open", connection=server.connection(), timeout_seconds=10)
        send(wire, Question("read_small", {"path": b"manifest", "limit_bytes": 10**6}))
        while isinstance(message := receive(wire), ProgressTold):
            told += message.size_bytes
            send(wire, None)

    assert told == 700_000
    assert len(message.result) == 700_000
