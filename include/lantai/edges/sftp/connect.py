"""Connecting to a department's SFTP server over paramiko.

The server's host key has to be the pinned one before anything of ours is
shown to it; old algorithms are not offered. The SFTP protocol itself is in
`sftp_pipe`, `sftp_listing` and `sftp_fetch`: paramiko carries bytes, its own
SFTP client is not used.

Source: reliability.md, "Facts"; performance.md, "Collect".
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Final

import paramiko

from lantai.edges.connections import Connection
from lantai.edges.sftp.pipe import STALL_SECONDS, Pipe
from lantai.edges.sftp.session import Session
from lantai.errors import (
    ConnectionConfigError,
    HostKeyMismatchError,
    LantaiError,
    LoginRefusedError,
    RemoteProtocolError,
    ServerUnreachableError,
    UnitLimitError,
)
from lantai.records.text.shown import on_one_line

WINDOW_BYTES = 16 * 1024 * 1024
"""What the server may send before we have taken it: enough for a gigabit line with a delay of 100 ms."""

_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr")
_MACS = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512")
_KEY_EXCHANGES = (
    "mlkem768x25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group14-sha256",
)
_SIGNATURES_OF_RSA = ("rsa-sha2-512", "rsa-sha2-256")
_PACKET_BYTES = 32 * 1024
_TAKE_BYTES = 1024 * 1024
_KEEPALIVE_SECONDS = 15
_BREATH_SECONDS = 1.0
"""So often it is seen to what a server says beside the protocol, while it says nothing within."""

_MOST_BESIDE_BYTES = 64 * 1024
"""A banner or the log of an sftp-server fits in."""

_LOG_CHANNEL: Final = "lantai.ssh"

# What paramiko's thread has to say about a lost line is said by our own error; without a handler it would go to standard error.
logging.getLogger(_LOG_CHANNEL).addHandler(logging.NullHandler())
logging.getLogger(_LOG_CHANNEL).propagate = False


@contextlib.contextmanager
def connect(
    connection: Connection, *, timeout_seconds: float = 30, stall_seconds: float = STALL_SECONDS
) -> Iterator[Session]:
    """Open an SFTP session with a unit's server, and close it afterwards.

    Args:
        connection: Where, as whom, and with which pinned host key.
        timeout_seconds: Longest wait for each step of connecting and logging in.
        stall_seconds: Longest silence of the server while an answer is awaited.

    Raises:
        ServerUnreachableError: No answer, or the line broke.
        HostKeyMismatchError: The server shows another host key than the pinned one.
        LoginRefusedError: It does not accept our key or password.
        ConnectionConfigError: Our key file cannot be read.
        RemoteProtocolError: It does not speak SSH, or not SFTP.
        UnitLimitError: It sent more than this process may hold.
    """
    key = _own_key(connection)
    line = _dial(connection, timeout_seconds)
    transport: paramiko.Transport | None = None
    try:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = _greeted(line, connection, timeout_seconds)
        _log_in(transport, connection, key)
        yield Session(_pipe(transport, connection, timeout_seconds, stall_seconds), connection.root)
    finally:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        if transport is not None:
            transport.close()
        line.close()


def _own_key(connection: Connection) -> paramiko.PKey | None:
    if connection.key_file is None:
        return None
    try:
        return paramiko.PKey.from_path(Path(connection.key_file), connection.key_passphrase)
    except (OSError, ValueError, TypeError, paramiko.SSHException) as error:
        raise ConnectionConfigError(
            f"{connection.connection_id}: key_file: found one that cannot be read ({type(error).__name__}), "
            "expected a private key that its passphrase opens"
        ) from None


def _dial(connection: Connection, timeout_seconds: float) -> socket.socket:
    """Reach the server; one that cannot be reached is unknown, by type (I8)."""
    try:
        return socket.create_connection((connection.host, connection.port), timeout_seconds)
    except (OSError, ValueError) as error:  # A name that cannot be asked for is no OSError.
        raise ServerUnreachableError(f"{_place(connection)}: no connection ({error})") from error


def _greeted(line: socket.socket, connection: Connection, timeout_seconds: float) -> paramiko.Transport:
    """Agree on algorithms of today and on a host key of the pinned type, and see that it is the pinned one (P1)."""
    try:
        transport = _new_transport(line, timeout_seconds)
        offered = transport.get_security_options()
        offered.ciphers, offered.digests = _CIPHERS, _MACS
        offered.kex = tuple(name for name in _KEY_EXCHANGES if name in offered.kex)
        offered.key_types = _SIGNATURES_OF_RSA if connection.host_key_type == "ssh-rsa" else (connection.host_key_type,)
        transport.start_client(timeout=timeout_seconds)
        shown = transport.get_remote_server_key()
    except paramiko.ssh_exception.IncompatiblePeer as error:
        if "host key" in str(error):
            raise HostKeyMismatchError(
                f"{_place(connection)}: found no host key of the pinned type, expected {connection.host_key_type} "
                f"{connection.host_key_fingerprint}"
            ) from error
        raise RemoteProtocolError(
            f"{_place(connection)}: {on_one_line(str(error))}; expected an algorithm of today"
        ) from error
    except Exception as error:
        raise _broken(connection, "greeting", error) from error
    _compare_host_key(shown, connection)
    return transport


def _new_transport(line: socket.socket, timeout_seconds: float) -> paramiko.Transport:
    transport = paramiko.Transport(
        line, default_window_size=WINDOW_BYTES, default_max_packet_size=_PACKET_BYTES, strict_kex=True
    )
    transport.set_log_channel(_LOG_CHANNEL)
    transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = timeout_seconds
    return transport


def _compare_host_key(shown: paramiko.PKey, connection: Connection) -> None:
    """Refuse a server whose host key is not the pinned one, before anything of ours is shown to it (R1-41)."""
    if shown.asbytes() != connection.host_key:
        raise HostKeyMismatchError(
            f"{_place(connection)}: found {shown.get_name()} {shown.fingerprint}, "
            f"expected {connection.host_key_type} {connection.host_key_fingerprint}"
        )


def _log_in(transport: paramiko.Transport, connection: Connection, key: paramiko.PKey | None) -> None:
    transport.set_keepalive(_KEEPALIVE_SECONDS)
    try:
        if key is not None:
            transport.auth_publickey(connection.login, key)
        else:
            transport.auth_password(connection.login, connection.password or "", fallback=False)
    except paramiko.AuthenticationException as error:
        if transport.is_active() and "timeout" not in str(error).lower():
            raise LoginRefusedError(
                f"{_place(connection)}: account {connection.login!r} was refused with its "
                f"{'key' if key is not None else 'password'}"
            ) from None
        raise _broken(connection, "login", error) from None
    except Exception as error:  # noqa: BLE001 - see _broken
        raise _broken(connection, "login", error) from None
    if not transport.is_authenticated():
        raise LoginRefusedError(
            f"{_place(connection)}: account {connection.login!r}: found a demand for more, expected entry"
        )


def _pipe(transport: paramiko.Transport, connection: Connection, timeout_seconds: float, stall_seconds: float) -> Pipe:
    try:
        channel = transport.open_session(WINDOW_BYTES, _PACKET_BYTES, timeout=timeout_seconds)
        with _hung_up_after(transport, timeout_seconds):
            channel.invoke_subsystem("sftp")
    except Exception as error:
        if transport.is_active():
            raise RemoteProtocolError(
                f"{_place(connection)}: found no SFTP ({on_one_line(str(error))}), expected the subsystem sftp"
            ) from error
        raise _broken(connection, "opening SFTP", error) from error
    stream = _Stream(channel, transport, connection, stall_seconds)
    return Pipe(stream.receive, stream.send, stall_seconds=stall_seconds)


@contextlib.contextmanager
def _hung_up_after(transport: paramiko.Transport, seconds: float) -> Iterator[None]:
    """End the connection when the block is not through in time: paramiko waits for the answer to a subsystem for ever."""
    timer = threading.Timer(seconds, transport.sock.shutdown, [socket.SHUT_RDWR])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _Stream:
    """The bytes of a channel, both ways: no wait without end, and nothing piles up beside them."""

    def __init__(
        self, channel: paramiko.Channel, transport: paramiko.Transport, connection: Connection, stall_seconds: float
    ) -> None:
        channel.settimeout(min(_BREATH_SECONDS, stall_seconds))
        self._channel, self._transport, self._connection = channel, transport, connection
        self._stall_seconds = stall_seconds
        self._beside_bytes = 0

    def receive(self) -> bytes:
        """Return what has arrived, waiting for at least one byte."""
        silent_from = monotonic()
        while True:
            self._drain()
            try:
                arrived: bytes = self._channel.recv(_TAKE_BYTES)
            except TimeoutError as error:
                self._require_patience(silent_from, "silent", error)
                continue
            except Exception as error:
                raise _broken(self._connection, "reading", error) from error
            if not arrived:
                raise _broken(self._connection, "reading", self._transport.get_exception())
            return arrived

    def send(self, content: bytes) -> None:
        """Send all bytes."""
        sent, silent_from = 0, monotonic()
        while sent < len(content):
            try:
                taken = self._channel.send(content[sent : sent + _PACKET_BYTES])
            except TimeoutError as error:
                self._require_patience(silent_from, "took nothing", error)
                continue
            except Exception as error:
                raise _broken(self._connection, "writing", error) from error
            if not taken:  # What a channel that was closed at the other end answers.
                raise _broken(self._connection, "writing", None)
            sent, silent_from = sent + taken, monotonic()

    def _drain(self) -> None:
        """Read over what the server says beside the protocol: a little is a warning, much is an attack on our memory."""
        while self._channel.recv_stderr_ready():
            self._beside_bytes += len(self._channel.recv_stderr(_TAKE_BYTES))
            if self._beside_bytes > _MOST_BESIDE_BYTES:
                raise RemoteProtocolError(
                    f"{_place(self._connection)}: found more than {_MOST_BESIDE_BYTES} bytes beside the protocol, "
                    "expected fewer"
                )

    def _require_patience(self, silent_from: float, what: str, error: TimeoutError) -> None:
        """Give up a server that neither says nor takes anything for too long (C2)."""
        left_seconds = max(0.0, silent_from + self._stall_seconds - monotonic())
        if not left_seconds:
            raise ServerUnreachableError(
                f"{_place(self._connection)}: {what} for {self._stall_seconds:.0f} s"
            ) from error


def _broken(connection: Connection, doing: str, error: BaseException | None) -> LantaiError:
    """Return what ended a connection, by its kind (S3).

    paramiko's thread hands on whatever it stumbled over, and a server that lies makes it stumble over anything: text in no
    encoding, numbers too large, fields that are not there. None of it may pass as a fault of ours, or end more than this unit.
    """
    if isinstance(error, MemoryError):
        return UnitLimitError(f"{_place(connection)}: {doing}: the server sent more than the memory of one unit holds")
    why = on_one_line(f"{type(error).__name__}: {error}") if error is not None else "the connection ended"
    if error is None or isinstance(error, paramiko.SSHException | EOFError | OSError):
        return ServerUnreachableError(f"{_place(connection)}: {doing}: {why}")
    return RemoteProtocolError(f"{_place(connection)}: {doing}: found what is no SSH ({why[:200]})")


def _place(connection: Connection) -> str:
    return f"{connection.connection_id} ({connection.host}:{connection.port})"
