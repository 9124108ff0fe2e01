"""What a child may say: plain values and a short list of classes, whatever it has listened to."""

from __future__ import annotations

import os
import pickle
from multiprocessing import Pipe

import pytest

from lantai.edges.bulkhead.messages import Answer, ProgressTold, receive, send
from lantai.edges.intake.outbox import PackageSeen
from lantai.errors import PackageError, RemotePermissionError
from lantai.formats.sftp.wire import FileKind
from lantai.records.intake.carrier import Packaging, RemoteFile
from lantai.records.intake.package import Package

STATE = Package(2025, b"001", Packaging.FOLDER, "f" * 64)
PACKAGE = PackageSeen(
    STATE,
    [RemoteFile(b"a", 1, 2)],
    has_ready=True,
    odd={b"l": FileKind.LINK},
    unread={b"x": RemotePermissionError("no")},
)


@pytest.mark.parametrize(
    "message",
    [
        ProgressTold(1, 2, is_local=True),
        Answer(([PACKAGE], [b"stray"], {STATE: None})),
        Answer(error=PackageError("bad", "reason", most=3)),
    ],
)
def test_what_a_child_has_to_say_comes_through(message: Answer | ProgressTold) -> None:
    ours, its = Pipe()

    send(its, message)

    assert repr(receive(ours)) == repr(message)


def call(module: str, name: str) -> bytes:
    """Return a pickle that finds a name in a module and calls it, as protocol 4 writes it."""
    words = [b"\x8c" + bytes([len(word)]) + word.encode() for word in (module, name)]
    return b"".join([b"\x80\x04", *words, b"\x93", b"\x8c\x04true", b"\x85R."])


@pytest.mark.parametrize(
    "content",
    [
        call("os", "system"),
        call("lantai.edges.bulkhead.line", "os.system"),
        call("lantai.edges.bulkhead.line", "subprocess.run"),
        call("lantai.settings", "from_env"),
        call("lantai.edges.bulkhead.messages", "pickle.loads"),
        pickle.dumps(os.getcwd),
        pickle.dumps("a word"),
        pickle.dumps(Answer(error="no error")),  # type: ignore[arg-type] - what a child must not say
        b"",
        b"rubbish",
        b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff.",
        b"(" * 1000,
    ],
)
def test_whatever_else_it_says_is_no_message_and_runs_nothing(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """S5: with dots in a name, any function of any module that ours import was called."""
    ran: list[object] = []
    monkeypatch.setattr("os.system", ran.append)
    monkeypatch.setattr("subprocess.run", ran.append)
    ours, its = Pipe()

    its.send_bytes(content)
    with pytest.raises(pickle.UnpicklingError):
        receive(ours)

    assert ran == []
