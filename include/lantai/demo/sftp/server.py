"""A real SFTP server for the demo: one account per unit, each in its own folder.

`python -m lantai.demo.sftp.server --root DIR --accounts FILE.json --port 0
--host-key FILE --ready-file F` serves until it is told to stop; `SftpServer`
does the same inside a process. The accounts' file is one object: login to
`{"folder": "...", "password": "...", "keys": ["ssh-ed25519 AAAA..."], "writable": true}`;
the folder is below the root and the login's own name when it is not given.
The host key is made when its file is not there yet.

It is meant for loopback: it has no limits on attempts or on load.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hmac
import json
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from lantai.demo.sftp.files import AccountFiles
from lantai.errors import RemoteProtocolError, UsageError
from lantai.formats.sftp import wire
from lantai.formats.sftp.frames import Frames

_WINDOW_BYTES = 8 * 1024 * 1024
_PACKET_BYTES = 32 * 1024
_TAKE_BYTES = 1024 * 1024
_SEND_BYTES = 256 * 1024
_LOG_CHANNEL = "lantai.demo.ssh"

# A client that leaves in the middle is no news here; without a handler every one would be written to standard error.
logging.getLogger(_LOG_CHANNEL).addHandler(logging.NullHandler())
logging.getLogger(_LOG_CHANNEL).propagate = False


@dataclass(frozen=True, slots=True)
class Account:
    """Who may enter, and where.

    Attributes:
        folder: All that the account sees.
        password: None lets nobody in by password.
        keys: Public keys as SSH sends them.
        is_writable: Whether the account may change anything.
    """

    folder: Path
    password: str | None = None
    keys: frozenset[bytes] = frozenset()
    is_writable: bool = True


class SftpServer:
    """The server inside this process; a context manager.

    Attributes:
        port: Where it listens on loopback.
        accounts: By login; one added later may enter from then on.
    """

    def __init__(self, accounts: Mapping[str, Account], host_key: paramiko.PKey, *, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one."""
        self.accounts = dict(accounts)
        self._host_key = host_key
        self._line = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._line.getsockname()[1]
        self._transports: set[paramiko.Transport] = set()
        self._thread = threading.Thread(target=self._accept, name="sftp-server", daemon=True)

    @property
    def host_key(self) -> str:
        """The public host key as one pins it: `ssh-ed25519 AAAA...`."""
        return f"{self._host_key.get_name()} {self._host_key.get_base64()}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()
        self._thread.join()
        for transport in list(self._transports):
            transport.close()

    def files_of(self, login: str) -> AccountFiles:
        """Return what answers the requests of one account."""
        account = self.accounts[login]
        return AccountFiles(account.folder, is_writable=account.is_writable)

    def talk(self, channel: paramiko.Channel, files: AccountFiles) -> None:
        """Answer one session's requests until it ends."""
        answer_requests(lambda: channel.recv(_TAKE_BYTES), channel.sendall, files)

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._line.accept()
            except OSError:  # The server was closed.
                return
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        transport = paramiko.Transport(line, default_window_size=_WINDOW_BYTES, default_max_packet_size=_PACKET_BYTES)
        transport.set_log_channel(_LOG_CHANNEL)
        transport.add_server_key(self._host_key)
        transport.set_subsystem_handler("sftp", _Subsystem, self)
        self._transports = {one for one in self._transports if one.is_alive()} | {transport}
        with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
            transport.start_server(server=_Door(self.accounts))
            transport.join()
        transport.close()


class _Door(paramiko.ServerInterface):
    """Lets accounts in by key or password, and to SFTP only."""

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self._accounts = accounts
        self.login = ""

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002  paramiko asks with it
        return "publickey,password"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        account = self._accounts.get(username)
        return self._enter(username, account is not None and key.asbytes() in account.keys)

    def check_auth_password(self, username: str, password: str) -> int:
        account = self._accounts.get(username)
        expected = account.password if account is not None else None
        return self._enter(username, expected is not None and hmac.compare_digest(expected.encode(), password.encode()))

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002  paramiko asks with it
        if kind == "session":
            return paramiko.common.OPEN_SUCCEEDED
        return paramiko.common.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def _enter(self, username: str, may: bool) -> int:
        if may:
            self.login = username
        return paramiko.common.AUTH_SUCCESSFUL if may else paramiko.common.AUTH_FAILED


class _Subsystem(paramiko.SubsystemHandler):
    """One session: reads requests and answers them in order."""

    def __init__(
        self,
        channel: paramiko.Channel,
        name: str,
        server: paramiko.ServerInterface,
        serving: SftpServer,
    ) -> None:
        super().__init__(channel, name, server)
        self._serving = serving
        self._files = serving.files_of(getattr(server, "login", ""))

    def start_subsystem(
        self,
        name: str,  # noqa: ARG002  paramiko hands it in
        transport: paramiko.Transport,  # noqa: ARG002  the same
        channel: paramiko.Channel,
    ) -> None:
        with contextlib.suppress(RemoteProtocolError, EOFError, OSError):
            self._serving.talk(channel, self._files)

    def finish_subsystem(self) -> None:
        self._files.close()
        super().finish_subsystem()


def answer_requests(receive: Callable[[], bytes], send: Callable[[bytes], object], files: AccountFiles) -> None:
    """Answer requests in the order in which they come, until the stream ends.

    Raises:
        RemoteProtocolError: The client does not speak SFTP.
    """
    frames = Frames(2 * wire.MAX_PACKET_BYTES)
    replies: list[bytes] = []
    waiting_bytes = 0
    while True:
        found = frames.take()
        if found is None or waiting_bytes >= _SEND_BYTES:
            if replies:
                send(b"".join(replies))
            replies, waiting_bytes = [], 0
        if found is None:
            arrived = receive()
            if not arrived:
                return
            frames.feed(arrived)
            continue
        kind, body = found
        fields = wire.Fields(body)
        number = fields.number()
        if kind == wire.INIT:
            reply = wire.packet(wire.VERSION, wire.PROTOCOL_VERSION, b"")
        else:
            answered, content = files.answer(kind, fields)
            reply = wire.packet(answered, number, content)
        replies.append(reply)
        waiting_bytes += len(reply)


def load_host_key(path: Path) -> paramiko.PKey:
    """Return the host key of a file, made when it is not there yet."""
    if not path.exists():
        private = ed25519.Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(private)
    return paramiko.PKey.from_path(path)


def load_accounts(path: Path, root: Path) -> dict[str, Account]:
    """Return the accounts of a file by login, their folders made when they are not there.

    Raises:
        UsageError: A folder is outside the root.
    """
    accounts = {}
    for login, entry in json.loads(path.read_text("utf-8")).items():
        folder = (root / entry.get("folder", login)).resolve()
        if not folder.is_relative_to(root.resolve()):
            raise UsageError(f"account {login}: found folder {folder}, expected one below {root}")
        folder.mkdir(parents=True, exist_ok=True)
        keys = frozenset(base64.b64decode(key.split()[1]) for key in entry.get("keys", ()))
        accounts[login] = Account(folder, entry.get("password"), keys, entry.get("writable", True))
    return accounts


def main(arguments: list[str] | None = None) -> None:
    """Serve until a signal to stop; the ready file then holds port and host key as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m lantai.demo.sftp.server", description="A small SFTP server on loopback"
    )
    parser.add_argument("--root", type=Path, required=True, help="folder that holds the accounts' folders")
    parser.add_argument("--accounts", type=Path, required=True, help="JSON: login to folder, password, keys")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--host-key", type=Path, required=True, help="made when it is not there")
    parser.add_argument("--ready-file", type=Path, help="written with port and host key once it listens")
    asked = parser.parse_args(arguments)
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    accounts = load_accounts(asked.accounts, asked.root)
    with SftpServer(accounts, load_host_key(asked.host_key), port=asked.port) as server:
        if asked.ready_file is not None:
            part = asked.ready_file.with_suffix(".part")
            part.write_text(json.dumps({"port": server.port, "host_key": server.host_key}), "utf-8")
            part.replace(asked.ready_file)
        stopped.wait()


if __name__ == "__main__":
    main()
