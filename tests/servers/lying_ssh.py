"""Servers that lie before SFTP begins, or beside it: greetings, key exchange, login, channels.

`RawLie` is a socket and a function; `LyingSsh` is an SSH server that keeps to the protocol up to the point of its lie.
What lies about files is in `hostile_sftp`.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import paramiko

from lantai.demo.sftp.server import load_host_key
from servers.hostile_sftp import HostileSftp

GREETING = b"SSH-2.0-OpenSSH_9.2\r\n"
BREATH_SECONDS = 0.2

Lie = Callable[[socket.socket, threading.Event], None]


class RawLie:
    """A TCP server on loopback that does to each client what it was given to do; a context manager."""

    def __init__(self, folder: Path, lie: Lie) -> None:
        self.host_key = load_host_key(folder / "host_key")
        self._lie = lie
        self._released = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._released.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            self._lie(client, self._released)


def packet(body: bytes) -> bytes:
    """Return an SSH packet before any key is agreed on."""
    padding = 8 - (len(body) + 5) % 8
    padding += 8 if padding < 4 else 0
    return struct.pack(">IB", len(body) + padding + 1, padding) + body + bytes(padding)


def key_exchange(names: bytes) -> bytes:
    """Return a KEXINIT whose ten lists are these names."""
    lists = b"".join(struct.pack(">I", len(names)) + names for _ in range(10))
    return packet(bytes([20]) + os.urandom(16) + lists + bytes(5))


def silent(_client: socket.socket, released: threading.Event) -> None:
    """Accept, and say nothing."""
    released.wait()


def hanging_up(_client: socket.socket, _released: threading.Event) -> None:
    """Accept, and close."""


def rubbish(client: socket.socket, released: threading.Event) -> None:
    """Say what no SSH server says."""
    client.sendall(os.urandom(4096) + b"\n" + os.urandom(4096))
    released.wait()


def lines_without_end(client: socket.socket, released: threading.Event) -> None:
    """Greet with lines that are no greeting, for ever."""
    while not released.is_set():
        client.sendall(b"welcome to nowhere\r\n" * 100)
        released.wait(0.01)


def one_line_without_end(client: socket.socket, released: threading.Event) -> None:
    """Greet with one line that never ends."""
    while not released.is_set():
        client.sendall(b"x" * 65536)


def names_in_no_encoding(client: socket.socket, released: threading.Event) -> None:
    """Offer algorithms whose names are no UTF-8: forty bytes that ended the command for all."""
    client.sendall(GREETING + key_exchange(b"\xff\xfe\xfd"))
    released.wait()


def no_algorithm(client: socket.socket, released: threading.Event) -> None:
    """Offer nothing."""
    client.sendall(GREETING + key_exchange(b""))
    released.wait()


def short_key_exchange(client: socket.socket, released: threading.Event) -> None:
    """Send a key exchange that ends within its fields."""
    client.sendall(GREETING + packet(bytes([20]) + os.urandom(3)))
    released.wait()


def packet_of_two_gibibytes(client: socket.socket, released: threading.Event) -> None:
    """Announce a packet of 2 GiB and send what fits."""
    client.sendall(GREETING + struct.pack(">IB", 2**31 - 1, 4))
    while not released.is_set():
        client.sendall(bytes(65536))


def byte_by_byte(client: socket.socket, released: threading.Event) -> None:
    """Greet in order, and go on a byte every now and then."""
    client.sendall(GREETING)
    for at in key_exchange(b"curve25519-sha256"):
        client.sendall(bytes([at]))
        if released.wait(BREATH_SECONDS):
            return
    released.wait()


def ignored_without_end(client: socket.socket, released: threading.Event) -> None:
    """Send messages that are to be ignored, for ever."""
    client.sendall(GREETING)
    message = packet(bytes([2]) + struct.pack(">I", 1000) + bytes(1000))
    while not released.is_set():
        client.sendall(message * 60)


class LyingSsh(HostileSftp):
    """An SSH server that keeps to the protocol until `at`, and then does what it was given to do.

    Args:
        folder: Where its files and its host key are.
        at: `login`, `channel`, `subsystem` never answer; `banner` sends login banners without end; `before` and `beside`
            send bytes without end when SFTP has begun, in its stream or on its error stream; `requests` asks global
            requests without end.
    """

    def __init__(self, folder: Path, at: str) -> None:
        super().__init__(folder)
        self._at = at

    def _serve(self, line: socket.socket) -> None:
        transport = paramiko.Transport(line)
        transport.set_log_channel("lantai.demo.ssh")
        transport.add_server_key(self._host_key)
        transport.set_subsystem_handler(
            "sftp", _Flooding if self._at in {"before", "beside", "requests"} else _Mute, self
        )
        self._transports.add(transport)
        with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
            transport.start_server(server=_Door(self, transport))
            transport.join()
        transport.close()

    @property
    def at(self) -> str:
        """Where the lie is."""
        return self._at

    @property
    def released(self) -> threading.Event:
        """Set when the server is to end."""
        return self._released


class _Door(paramiko.ServerInterface):
    def __init__(self, serving: LyingSsh, transport: paramiko.Transport) -> None:
        self._serving, self._transport = serving, transport

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        if self._serving.at == "login":
            self._serving.released.wait()
        if self._serving.at == "banner":
            message = paramiko.Message()
            message.add_byte(bytes([53]))
            message.add_string(b"x" * 30_000)
            message.add_string(b"")
            while not self._serving.released.is_set() and self._transport.is_active():
                self._transport._send_message(message)
        return paramiko.common.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if self._serving.at == "channel":
            self._serving.released.wait()
        return paramiko.common.OPEN_SUCCEEDED

    def check_channel_subsystem_request(self, channel: paramiko.Channel, name: str) -> bool:
        if self._serving.at == "subsystem":
            self._serving.released.wait()
            return False
        return super().check_channel_subsystem_request(channel, name)


class _Mute(paramiko.SubsystemHandler):
    def __init__(
        self, channel: paramiko.Channel, name: str, server: paramiko.ServerInterface, serving: LyingSsh
    ) -> None:
        super().__init__(channel, name, server)
        self._serving = serving

    def start_subsystem(self, name: str, transport: paramiko.Transport, channel: paramiko.Channel) -> None:
        self._serving.released.wait()


class _Flooding(_Mute):
    """Sends as fast as the line takes it, whatever the client's window says."""

    def start_subsystem(self, name: str, transport: paramiko.Transport, channel: paramiko.Channel) -> None:
        message = paramiko.Message()
        if self._serving.at == "requests":
            message.add_byte(bytes([80]))
            message.add_string("nothing@lantai")
            message.add_boolean(True)
        else:
            message.add_byte(bytes([94 if self._serving.at == "before" else 95]))
            message.add_int(channel.remote_chanid)
            if self._serving.at == "beside":
                message.add_int(1)
            message.add_string(bytes(30_000))
        with contextlib.suppress(Exception):
            while not self._serving.released.is_set() and transport.is_active():
                transport._send_user_message(message)
                if self._serving.at == "requests":
                    time.sleep(0.0001)
