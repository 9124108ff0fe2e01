from __future__ import annotations

import base64
import hashlib
import io
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import ClassVar

import paramiko
import pytest

from lantai.demo.sftp.files import AccountFiles
from lantai.edges.sftp.connect import connect
from lantai.edges.sftp.deliver import Gathered
from lantai.edges.sftp.request import FetchRequest
from lantai.edges.sftp.session import Session
from lantai.errors import (
    ConnectionConfigError,
    DeliveryError,
    HostKeyMismatchError,
    LantaiError,
    LoginRefusedError,
    RemoteChangedError,
    RemoteMissingError,
    RemotePermissionError,
    RemoteProtocolError,
    ServerUnreachableError,
    UnitLimitError,
)
from lantai.formats.sftp import wire
from lantai.formats.sftp.wire import FileKind
from servers.hostile_sftp import HostileSftp
from servers.openssh import OpenSsh

pytestmark = pytest.mark.server("sshd")

GBK_NAME = "关于档案工作的通知.docx".encode("gb18030")
NO_TEXT = b"\xff\xfe\xff.bin"


class DyingStream(io.BytesIO):
    """Content whose reader is killed before the end."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 100_000:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(size)


def _fetch_all(session: Session, folder: bytes) -> dict[bytes, bytes]:
    tree = session.list_tree(folder)
    sinks = [Gathered() for _ in tree.files]
    requests = [
        FetchRequest(folder + b"/" + file.name, file.size_bytes, file.mtime, sink, number=number)
        for number, (file, sink) in enumerate(zip(tree.files, sinks, strict=True))
    ]
    for result in session.fetch(requests):
        assert result.error is None
    return {file.name: bytes(sink.content) for file, sink in zip(tree.files, sinks, strict=True)}


def test_files_of_every_size_and_name_arrive_byte_for_byte(sshd: OpenSsh) -> None:
    """I1."""
    folder = sshd.files / "outbox"
    contents = {
        b"empty": b"",
        b"one": b"1",
        b"chunk": os.urandom(255 * 1024),
        b"chunk and one": os.urandom(255 * 1024 + 1),
        b"large": os.urandom(5_000_011),
        b"data/" + GBK_NAME: b"gbk",
        b"data/" + NO_TEXT: b"no text",
        "data/a\u0301".encode(): b"nfd",
        "data/á".encode(): b"nfc",
        b"data/with\nnewline": b"newline",
    }
    for name, content in contents.items():
        path = Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    with connect(sshd.connection()) as session:
        found = _fetch_all(session, b"outbox")

    assert found == contents


def test_more_files_than_are_under_way_at_once_all_arrive(sshd: OpenSsh) -> None:
    """I1."""
    for number in range(1500):
        (sshd.files / f"{number:04d}").write_bytes(b"%d" % number)

    with connect(sshd.connection()) as session:
        found = _fetch_all(session, b".")

    assert found == {b"%04d" % number: b"%d" % number for number in range(1500)}


def test_link_and_pipe_are_told_and_never_followed(sshd: OpenSsh, tmp_path: Path) -> None:
    """S2."""
    (tmp_path / "secret").write_bytes(b"secret")
    (sshd.files / "file").write_bytes(b"file")
    (sshd.files / "link").symlink_to(tmp_path / "secret")
    (sshd.files / "folder").symlink_to(tmp_path)
    os.mkfifo(sshd.files / "pipe")

    with connect(sshd.connection()) as session:
        tree = session.list_tree(b".")

    assert [file.name for file in tree.files] == [b"file"]
    assert tree.odd == {b"link": FileKind.LINK, b"folder": FileKind.LINK, b"pipe": FileKind.SPECIAL}


def test_fetch_goes_on_from_where_an_earlier_one_stood(sshd: OpenSsh) -> None:
    """C1."""
    content = os.urandom(1_000_000)
    (sshd.files / "file").write_bytes(content)
    sink, told_bytes = Gathered(), list[int]()

    with connect(sshd.connection()) as session:
        told = session.stat(b"file")
        request = FetchRequest(b"file", told.size_bytes, told.mtime, sink, offset=700_001)
        results = list(session.fetch([request], on_progress=told_bytes.append))

    assert [result.error for result in results] == [None]
    assert sum(told_bytes) == 299_999
    assert bytes(sink.content) == content[700_001:]


@pytest.mark.parametrize("size", [10, 600_000])
@pytest.mark.parametrize("change", ["longer", "shorter", "touched", "replaced"])
def test_file_that_changed_since_it_was_listed_is_not_taken_for_whole(sshd: OpenSsh, change: str, size: int) -> None:
    """S2."""
    path = sshd.files / "file"
    path.write_bytes(bytes(size))
    os.utime(path, (1000, 1000))
    (sshd.files / "other").write_bytes(b"other")
    with connect(sshd.connection()) as session:
        listed = {file.name: file for file in session.list_tree(b".").files}
        if change == "longer":
            path.write_bytes(bytes(size + 1))
            os.utime(path, (1000, 1000))
        elif change == "shorter":
            path.write_bytes(bytes(size - 1))
            os.utime(path, (1000, 1000))
        elif change == "touched":
            os.utime(path, (1001, 1001))
        else:
            path.unlink()
            path.symlink_to("other")

        requests = [FetchRequest(f.name, f.size_bytes, f.mtime, Gathered()) for f in listed.values()]
        results = {result.request.remote_path.rsplit(b"/")[-1]: result.error for result in session.fetch(requests)}

    assert isinstance(results[b"file"], RemoteChangedError)
    assert results[b"other"] is None


def test_file_that_cannot_be_read_or_is_gone_stops_no_other(sshd: OpenSsh) -> None:
    """I8."""
    (sshd.files / "there").write_bytes(b"there")
    (sshd.files / "folder").mkdir()
    there = Gathered()
    requests = [
        FetchRequest(b"gone", 1, 1, Gathered(), number=1),
        FetchRequest(b"folder", 1, 1, Gathered(), number=2),
        FetchRequest(b"there", 5, None, there, number=3),
    ]

    with connect(sshd.connection()) as session:
        errors = {result.request.number: result.error for result in session.fetch(requests)}

    assert isinstance(errors[1], RemoteMissingError)
    assert errors[2] is not None
    assert errors[3] is None
    assert bytes(there.content) == b"there"


def test_folder_that_may_not_be_listed_is_told_and_the_rest_is_listed(tmp_path: Path) -> None:
    """S4, I8: unknown is not empty. The server's own refusal stands in for a folder's mode, which root does not feel."""

    class Forbidding(AccountFiles):
        def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
            if kind == wire.OPENDIR and (path := fields.string()).endswith(b"closed"):
                return wire.STATUS, wire.status_body(wire.PERMISSION_DENIED, b"no")
            if kind == wire.OPENDIR:
                fields = wire.Fields(wire.string(path))
            return super().answer(kind, fields)

    with HostileSftp(tmp_path, Forbidding) as server:
        for name in ("closed", "open"):
            (server.folder / name).mkdir()
            (server.folder / name / "file").write_bytes(b"x")
        with connect(server.connection()) as session:
            tree = session.list_tree(b".")
            with pytest.raises(RemotePermissionError):
                session.list_folder(b"closed")

    assert [file.name for file in tree.files] == [b"open/file"]
    assert list(tree.unread) == [b"closed"]
    assert isinstance(tree.unread[b"closed"], RemotePermissionError)


def test_missing_folder_is_missing_and_the_session_goes_on(sshd: OpenSsh) -> None:
    """I8."""
    with connect(sshd.connection()) as session:
        with pytest.raises(RemoteMissingError):
            session.list_tree(b"nothing")

        assert session.list_folder(b".") == []
        assert session.stat(b"nothing") is None


def test_changed_host_key_is_refused_before_we_log_in(sshd: OpenSsh) -> None:
    """R1-41, P1."""
    known = sshd.connection()
    other = known.host_key[:-1] + bytes([known.host_key[-1] ^ 1])

    with pytest.raises(HostKeyMismatchError, match="SHA256:"), connect(sshd.connection(host_key=other)):
        pass


def test_host_key_of_another_type_than_the_pinned_one_is_refused(sshd: OpenSsh) -> None:
    """R1-41, P1: a downgrade is a mismatch."""
    pinned = sshd.connection(host_key_type="ecdsa-sha2-nistp256")

    with pytest.raises(HostKeyMismatchError, match="ecdsa"), connect(pinned):
        pass


def test_rsa_key_that_is_pinned_is_found_beside_others_and_signs_with_sha2(tmp_path: Path) -> None:
    """P1, R1-41."""
    rsa = tmp_path / "rsa_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", str(rsa)], check=True)
    host_key = base64.b64decode(rsa.with_suffix(".pub").read_text().split()[1])
    more = f"HostKey {rsa}\nHostKeyAlgorithms ssh-ed25519,rsa-sha2-512"

    with OpenSsh(tmp_path / "sshd", more=more) as server:
        with connect(server.connection(host_key_type="ssh-rsa", host_key=host_key)) as session:
            assert session.list_folder(b".") == []
        with connect(server.connection()) as session:
            assert session.list_folder(b".") == []


@pytest.mark.parametrize(
    ("stumbled", "error", "said"),
    [
        (MemoryError(), UnitLimitError, "greeting: the server sent more than the memory of one unit holds"),
        (EOFError("end"), ServerUnreachableError, "greeting: EOFError: end"),
        (OSError(5, "broken"), ServerUnreachableError, "greeting: OSError: .*broken"),
        (paramiko.SSHException("lost"), ServerUnreachableError, "greeting: SSHException: lost"),
        (
            ValueError("7 is no length"),
            RemoteProtocolError,
            r"greeting: found what is no SSH \(ValueError: 7 is no length\)",
        ),
        (AttributeError("none"), RemoteProtocolError, r"greeting: found what is no SSH \(AttributeError: none\)"),
    ],
)
def test_whatever_paramiko_stumbles_over_is_an_error_of_the_unit_by_its_kind(
    sshd: OpenSsh, monkeypatch: pytest.MonkeyPatch, stumbled: Exception, error: type[LantaiError], said: str
) -> None:
    """S3."""

    def stumble(_transport: paramiko.Transport, **_named: object) -> None:
        raise stumbled

    monkeypatch.setattr(paramiko.Transport, "start_client", stumble)

    with pytest.raises(error, match=rf"^sftp_JY \(127.0.0.1:{sshd.port}\): {said}"), connect(sshd.connection()):
        pass


def test_server_that_hangs_up_without_a_reason_is_unreachable(sshd: OpenSsh, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3: an end is no fault of the protocol."""
    with connect(sshd.connection()) as session:
        monkeypatch.setattr(paramiko.Channel, "recv", lambda _channel, _count: b"")

        with pytest.raises(ServerUnreachableError, match="reading: the connection ended"):
            session.stat(b"file")


def test_server_that_thinks_for_a_while_is_waited_for(tmp_path: Path) -> None:
    """C2: longer than we look at the time, not as long as is too long."""

    class Thinking(AccountFiles):
        def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
            time.sleep(1.3)
            return super().answer(kind, fields)

    with HostileSftp(tmp_path, Thinking) as server, connect(server.connection(), stall_seconds=20) as session:
        assert session.stat(b"nothing") is None


def test_key_that_is_not_enrolled_is_refused_by_name(sshd: OpenSsh) -> None:
    """P1."""
    stranger = sshd.connection(key_file=sshd.folder / "stranger_key")

    with pytest.raises(LoginRefusedError, match="sftp_JY"), connect(stranger):
        pass


def test_key_file_that_is_no_key_is_named_without_its_content(sshd: OpenSsh, tmp_path: Path) -> None:
    """P5."""
    (tmp_path / "key").write_text("canary-key-content")

    with (
        pytest.raises(ConnectionConfigError, match="key_file") as refused,
        connect(sshd.connection(key_file=tmp_path / "key")),
    ):
        pass

    assert "canary" not in str(refused.value)


def test_server_that_is_not_there_is_unreachable(sshd: OpenSsh) -> None:
    """I8."""
    sshd.stop()

    with pytest.raises(ServerUnreachableError), connect(sshd.connection()):
        pass


def test_server_that_never_greets_is_given_up(sshd: OpenSsh) -> None:
    """C2."""
    import socket

    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(ServerUnreachableError),
        connect(sshd.connection(port=silent.getsockname()[1]), timeout_seconds=1),
    ):
        pass


def test_server_without_sftp_is_refused_by_type(tmp_path: Path) -> None:
    """S3."""
    with (
        OpenSsh(tmp_path / "sshd", more="ForceCommand /bin/echo hello") as server,
        pytest.raises((RemoteProtocolError, ServerUnreachableError)),
        connect(server.connection()),
    ):
        pass


def test_only_algorithms_of_today_are_offered(tmp_path: Path) -> None:
    """P1."""
    with (
        OpenSsh(tmp_path / "sshd", more="Ciphers aes128-cbc,3des-cbc") as server,
        pytest.raises(RemoteProtocolError, match="algorithm of today"),
        connect(server.connection()),
    ):
        pass


@pytest.mark.parametrize("size", [0, 1, 32 * 1024, 3_000_001])
def test_delivered_file_is_there_whole_under_its_name_alone(sshd: OpenSsh, size: int) -> None:
    """I7."""
    content = os.urandom(size)

    with connect(sshd.connection()) as session:
        session.mkdirs(b"inbox/2025")
        sha256 = session.deliver(b"inbox/2025/paper.pdf", io.BytesIO(content))

    assert sha256 == hashlib.sha256(content).hexdigest()
    assert (sshd.files / "inbox/2025/paper.pdf").read_bytes() == content
    assert [path.name for path in (sshd.files / "inbox/2025").iterdir()] == ["paper.pdf"]


def test_what_a_killed_delivery_left_is_gone_after_the_next_one(sshd: OpenSsh) -> None:
    """K1: SIGKILL while it writes, in a process of its own; what others are delivering stays."""
    inbox = sshd.files / "inbox"
    inbox.mkdir()
    others = inbox / ".other.pdf.0123456789abcdef.part"
    others.write_bytes(b"somebody is writing this")
    child = os.fork()
    if child == 0:
        with connect(sshd.connection()) as session:
            session.deliver(b"inbox/paper.pdf", DyingStream(bytes(300_000)))
    os.waitpid(child, 0)
    left = [path.name for path in inbox.iterdir() if path != others]

    with connect(sshd.connection()) as session:
        session.deliver(b"inbox/paper.pdf", b"whole")

    assert [name.startswith(".paper.pdf.") for name in left] == [True]
    assert sorted(path.name for path in inbox.iterdir()) == [others.name, "paper.pdf"]


def test_delivering_the_same_again_is_done_already(sshd: OpenSsh) -> None:
    """I4."""
    with connect(sshd.connection()) as session:
        session.deliver(b"paper", b"same")
        before = (sshd.files / "paper").stat()

        session.deliver(b"paper", b"same")
        session.deliver(b"paper", io.BytesIO(b"same"))

    after = (sshd.files / "paper").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [path.name for path in sshd.files.iterdir()] == ["paper"]


@pytest.mark.parametrize("content", [b"other", io.BytesIO(b"another")])
def test_other_bytes_under_the_name_are_never_overwritten(sshd: OpenSsh, content: bytes | io.BytesIO) -> None:
    """I4."""
    (sshd.files / "paper").write_bytes(b"first")

    with connect(sshd.connection()) as session, pytest.raises(DeliveryError, match="5 bytes"):
        session.deliver(b"paper", content)

    assert {path.name: path.read_bytes() for path in sshd.files.iterdir()} == {"paper": b"first"}


def test_what_stands_under_the_name_and_is_no_file_is_never_overwritten(sshd: OpenSsh) -> None:
    """I4: also where it is as large."""
    (sshd.files / "paper").mkdir()
    size = (sshd.files / "paper").stat().st_size

    with connect(sshd.connection()) as session, pytest.raises(DeliveryError, match=f"another folder of {size} bytes"):
        session.deliver(b"paper", bytes(size))

    assert (sshd.files / "paper").is_dir()


class Watching(AccountFiles):
    """Remembers which files were opened."""

    opened: ClassVar[list[bytes]] = []

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind != wire.OPEN:
            return super().answer(kind, fields)
        path = fields.string()
        self.opened.append(path)
        told = wire.open_body(path, fields.number(), fields.attributes())
        return super().answer(kind, wire.Fields(told))


def test_file_of_another_size_is_not_read_to_see_that_it_is_another(tmp_path: Path) -> None:
    """I4: it may be endless."""
    Watching.opened.clear()
    with HostileSftp(tmp_path, Watching) as server, connect(server.connection()) as session:
        (server.folder / "paper").write_bytes(bytes(1_000_000))
        with pytest.raises(DeliveryError, match="another file of 1000000 bytes"):
            session.deliver(b"paper", b"small")

    assert Watching.opened == []


def test_delivery_that_is_gone_when_it_is_read_back_is_no_delivery(tmp_path: Path) -> None:
    """I7."""

    class Losing(AccountFiles):
        def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
            if kind == wire.LSTAT and (path := fields.string()).endswith(b".part"):
                return wire.STATUS, wire.status_body(wire.NO_SUCH_FILE)
            return super().answer(kind, wire.Fields(wire.string(path)) if kind == wire.LSTAT else fields)

    with (
        HostileSftp(tmp_path, Losing) as server,
        connect(server.connection()) as session,
        pytest.raises(DeliveryError, match="read back 0 bytes, sha256 nothing; expected 5 bytes"),
    ):
        session.deliver(b"paper", b"whole")

    assert not (tmp_path / "files" / "paper").exists()


def test_paper_that_replaces_another_does_so_whole(sshd: OpenSsh) -> None:
    """I7."""
    (sshd.files / "paper").write_bytes(b"first")

    with connect(sshd.connection()) as session:
        session.deliver(b"paper", b"second", replace=True)

    assert {path.name: path.read_bytes() for path in sshd.files.iterdir()} == {"paper": b"second"}


def test_delivery_into_a_missing_folder_is_refused_by_type(sshd: OpenSsh) -> None:
    """I7."""
    with connect(sshd.connection()) as session, pytest.raises(RemoteMissingError):
        session.deliver(b"nowhere/paper", b"x")


def test_small_file_longer_than_allowed_is_refused_unread(sshd: OpenSsh) -> None:
    """S3."""
    (sshd.files / "manifest").write_bytes(bytes(101))

    with connect(sshd.connection()) as session:
        with pytest.raises(RemoteProtocolError, match="at most 100"):
            session.read_small(b"manifest", 100)
        assert session.read_small(b"manifest", 101) == bytes(101)


def test_renaming_over_a_file_is_refused(sshd: OpenSsh) -> None:
    """I4."""
    for name in ("old", "new"):
        (sshd.files / name).write_text(name)

    with connect(sshd.connection()) as session, pytest.raises(RemotePermissionError):
        session.rename(b"old", b"new")

    assert (sshd.files / "new").read_text() == "new"
