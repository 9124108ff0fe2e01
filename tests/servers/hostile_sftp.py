"""An SFTP server that lies as it is told: `with HostileSftp(folder, lie) as server`.

Everything but the lie is the demo's server over real files. A lie is either
about files (a subclass of `Honest` that changes answers) or about the stream
(a function that changes the bytes of a reply before they are sent).
"""

from __future__ import annotations

import base64
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import paramiko

from lantai.demo.sftp.files import AccountFiles
from lantai.demo.sftp.server import Account, SftpServer, answer_requests, load_host_key
from lantai.edges.connections import Connection
from lantai.formats.sftp import wire
from lantai.formats.sftp.frames import Frames

LOGIN, PASSWORD = "jy", "correct horse"  # an account of this test's own server
CUT_SECONDS = 10
"""A client that sees the end of the line hangs up by itself; after so long it is cut off."""


class Honest(AccountFiles):
    """No lie: the pattern for those that follow."""


class EarlyEnd(AccountFiles):
    """Says that a file is as long as listed, and ends it at half."""

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind != wire.READ:
            return super().answer(kind, fields)
        handle, offset, length = fields.string(), fields.long(), fields.number()
        size = wire.Fields(super().answer(wire.FSTAT, wire.Fields(wire.string(handle)))[1]).attributes().size_bytes or 0
        if offset >= size // 2:
            return wire.STATUS, wire.status_body(wire.EOF, b"end")
        length = min(length, size // 2 - offset)
        return super().answer(kind, wire.Fields(wire.read_body(handle, offset, length)))


class MoreThanAsked(AccountFiles):
    """Answers a read with more bytes than were asked for."""

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        answered, body = super().answer(kind, fields)
        if kind == wire.READ and answered == wire.DATA:
            body = wire.string(wire.Fields(body).string() + b"more")
        return answered, body


class ShortReads(AccountFiles):
    """Answers every read with a third of it, which is allowed."""

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind != wire.READ:
            return super().answer(kind, fields)
        handle, offset, length = fields.string(), fields.long(), fields.number()
        return super().answer(kind, wire.Fields(wire.read_body(handle, offset, max(1, length // 3))))


class EmptyReads(AccountFiles):
    """Answers a read with no bytes and no end."""

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind == wire.READ:
            return wire.DATA, wire.string(b"")
        return super().answer(kind, fields)


class Names(AccountFiles):
    """Lists names of its own making, once per folder."""

    names: tuple[bytes, ...] = ()
    mode = 0o100644

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind != wire.READDIR:
            return super().answer(kind, fields)
        handle = fields.string()
        told = getattr(self, "told", None) or set()
        self.told = told | {handle}
        if handle in told:
            return wire.STATUS, wire.status_body(wire.EOF, b"end")
        about = wire.Attributes(5, self.mode, 1)
        return wire.NAME, wire.name_body([(name, name, about) for name in self.names])


class EndlessNames(AccountFiles):
    """Never comes to the end of a listing."""

    count = 0

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind != wire.READDIR:
            return super().answer(kind, fields)
        self.count += 500
        about = wire.Attributes(5, 0o100644, 1)
        return wire.NAME, wire.name_body([(b"%012d" % (self.count + n), b"", about) for n in range(500)])


class EmptyListing(AccountFiles):
    """Answers a listing with no names and no end."""

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind == wire.READDIR:
            return wire.NAME, wire.name_body([])
        return super().answer(kind, fields)


def other_size_when_open(more: int) -> type[AccountFiles]:
    """Return files whose open handle tells another size than the listing."""

    class Files(AccountFiles):
        def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
            answered, body = super().answer(kind, fields)
            if kind == wire.FSTAT and answered == wire.ATTRS:
                told = wire.Fields(body).attributes()
                body = wire.attributes_body(wire.Attributes((told.size_bytes or 0) + more, told.mode, told.mtime))
            return answered, body

    return Files


def names(*listed: bytes, mode: int = 0o100644) -> type[AccountFiles]:
    """Return files that list these names."""
    return type("Listed", (Names,), {"names": listed, "mode": mode})


class OnlyDots(AccountFiles):
    """Answers every listing with the folder itself, for ever."""

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind != wire.READDIR:
            return super().answer(kind, fields)
        return wire.NAME, wire.name_body([(b".", b"", wire.Attributes(0, 0o040755, 1))])


class DotsNowAndThen(OnlyDots):
    """The same, unhurried."""

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind == wire.READDIR:
            time.sleep(0.2)
        return super().answer(kind, fields)


class NamesNowAndThen(AccountFiles):
    """Never comes to the end of a listing, a name at a time."""

    count = 0

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind != wire.READDIR:
            return super().answer(kind, fields)
        time.sleep(0.2)
        self.count += 1
        return wire.NAME, wire.name_body([(b"%08d" % self.count, b"", wire.Attributes(1, 0o100644, 1))])


class EndlessOutbox(EndlessNames):
    """The same with long names, in the outbox itself."""

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind != wire.READDIR:
            return super().answer(kind, fields)
        self.count += 200
        about = wire.Attributes(5, 0o100644, 1)
        rows = [(b"%012d" % (self.count + n) + b"x" * 900, b"", about) for n in range(200)]
        return wire.NAME, wire.name_body(rows)


class FoldersInFolders(AccountFiles):
    """Every folder of the year holds a hundred folders with long names, without end."""

    opened = 0
    told: frozenset[bytes] = frozenset()

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind == wire.OPENDIR:
            path = fields.string()
            if not path.startswith(b"outbox/2025"):
                return super().answer(kind, wire.Fields(wire.string(path)))
            self.opened += 1
            return wire.HANDLE, wire.string(b"deep%d" % self.opened)
        if kind not in {wire.READDIR, wire.CLOSE}:
            return super().answer(kind, fields)
        handle = fields.string()
        if not handle.startswith(b"deep"):
            return super().answer(kind, wire.Fields(wire.string(handle)))
        if kind == wire.CLOSE or handle in self.told:
            return wire.STATUS, wire.status_body(wire.OK if kind == wire.CLOSE else wire.EOF)
        self.told |= {handle}
        about = wire.Attributes(0, 0o040755, 1)
        return wire.NAME, wire.name_body([(b"%03d" % n + b"f" * 120, b"", about) for n in range(100)])


class Inflated(AccountFiles):
    """Lists the documents of a package as far larger than they are."""

    size = 2**50

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        answered, body = super().answer(kind, fields)
        if answered == wire.NAME:
            told = wire.names_of(memoryview(body))
            rows = []
            for entry in told:
                about = entry.attributes
                if entry.name[:1].isdigit() and about.kind is wire.FileKind.FILE:
                    about = wire.Attributes(self.size, about.mode, about.mtime)
                rows.append((entry.name, b"", about))
            body = wire.name_body(rows)
        return answered, body


class Restless(AccountFiles):
    """Shows other times of its files in each session, and others again when they are open."""

    sessions = 0

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        type(self).sessions += 1
        self._shift = 10 * self.sessions

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        answered, body = super().answer(kind, fields)
        if answered == wire.NAME:
            rows = [(entry.name, b"", self._moved(entry.attributes, 0)) for entry in wire.names_of(memoryview(body))]
            body = wire.name_body(rows)
        elif answered == wire.ATTRS:
            told = wire.Fields(body).attributes()
            body = wire.attributes_body(self._moved(told, kind == wire.FSTAT and (told.size_bytes or 0) > 100_000))
        return answered, body

    def _moved(self, told: wire.Attributes, more: int) -> wire.Attributes:
        return wire.Attributes(told.size_bytes, told.mode, (told.mtime or 0) + self._shift + more)


class OneByteReads(AccountFiles):
    """Answers every read with one byte, which is allowed."""

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind != wire.READ:
            return super().answer(kind, fields)
        handle, offset, _ = fields.string(), fields.long(), fields.number()
        time.sleep(0.002)
        return super().answer(kind, wire.Fields(wire.read_body(handle, offset, 1)))


class SlowReads(AccountFiles):
    """Answers reads with twenty bytes a second."""

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind != wire.READ:
            return super().answer(kind, fields)
        handle, offset, _ = fields.string(), fields.long(), fields.number()
        time.sleep(0.1)
        return super().answer(kind, wire.Fields(wire.read_body(handle, offset, 2)))


class ThousandsOfPackages(AccountFiles):
    """Lists thousands of packages in a year, all of them empty."""

    def answer(self, kind: int, fields: wire.Fields) -> tuple[int, bytes]:
        if kind == wire.OPENDIR:
            path = fields.string()
            kept = path if path in {b"outbox", b"outbox/2025"} else b"outbox/2025/nothing"
            answered, body = super().answer(kind, wire.Fields(wire.string(kept)))
            self.year = getattr(self, "year", b"")
            if path == b"outbox/2025":
                self.year = wire.Fields(body).string()
            return answered, body
        if kind == wire.READDIR and not getattr(self, "told", False):
            handle = fields.string()
            if handle == getattr(self, "year", b""):
                self.told = True
                about = wire.Attributes(0, 0o040755, 1)
                return wire.NAME, wire.name_body([(b"%06d" % n, b"", about) for n in range(1200)])
            return super().answer(kind, wire.Fields(wire.string(handle)))
        return super().answer(kind, fields)


Spoil = Callable[[int, bytes], bytes]
"""Takes the number of a reply, the greeting being 0, and its bytes; returns what is sent instead."""


def wrong_id(after: int) -> Spoil:
    """Return what answers a request that was never made."""
    return lambda number, reply: reply if number <= after else reply[:5] + struct.pack(">I", 4_000_000_000) + reply[9:]


def unknown_kind(after: int) -> Spoil:
    """Return what answers with a packet of no known kind."""
    return lambda number, reply: reply if number <= after else reply[:4] + b"\x63" + reply[5:]


def too_long(after: int) -> Spoil:
    """Return what announces a packet of 2 GiB."""
    return lambda number, reply: reply if number <= after else b"\x7f\xff\xff\xff" + reply[4:]


def too_short(after: int) -> Spoil:
    """Return what sends a reply cut within its fields, with a length that fits."""
    return lambda number, reply: reply if number <= after else struct.pack(">I", 7) + reply[4:11]


class HostileSftp(SftpServer):
    """The demo's server with one account, and a lie."""

    def __init__(
        self,
        folder: Path,
        files: type[AccountFiles] = Honest,
        *,
        spoil: Spoil | None = None,
        cut_after_bytes: int | None = None,
        stall_after_bytes: int | None = None,
        trickle_after_bytes: int | None = None,
    ) -> None:
        self.folder = folder / "files"
        self.folder.mkdir(parents=True, exist_ok=True)
        super().__init__({LOGIN: Account(self.folder, PASSWORD)}, load_host_key(folder / "host_key"))
        self._lying = files
        self._spoil = spoil
        self._cut, self._stall, self._trickle = cut_after_bytes, stall_after_bytes, trickle_after_bytes
        self._released = threading.Event()

    def __exit__(self, *exc: object) -> None:
        self._released.set()
        super().__exit__(None, None, None)

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def connection(self, unit_code: str = "JY", **changed: object) -> Connection:
        kind, key = self.host_key.split()
        given = {
            "connection_id": f"sftp_{unit_code}",
            "host": "127.0.0.1",
            "port": self.port,
            "login": LOGIN,
            "host_key_type": kind,
            "host_key": base64.b64decode(key),
            "password": PASSWORD,
        }
        return Connection(**(given | changed))

    def files_of(self, login: str) -> AccountFiles:
        return self._lying(self.accounts[login].folder)

    def talk(self, channel: paramiko.Channel, files: AccountFiles) -> None:
        frames = Frames(2**30)
        sent = {"replies": 0, "bytes": 0}

        def send(replies: bytes) -> None:
            frames.feed(replies)
            while (found := frames.take()) is not None:
                kind, rest = found
                reply = struct.pack(">IB", len(rest) + 1, kind) + rest
                if self._spoil is not None:
                    reply = self._spoil(sent["replies"], reply)
                sent["replies"] += 1
                self._send(channel, reply, sent["bytes"])
                sent["bytes"] += len(reply)

        answer_requests(lambda: channel.recv(1 << 20), send, files)

    def _send(self, channel: paramiko.Channel, reply: bytes, before: int) -> None:
        if self._cut is not None and before + len(reply) > self._cut:
            channel.sendall(reply[: max(0, self._cut - before)])
            transport = channel.get_transport()
            # Closed at once with requests still unread, a socket takes back what it has sent: how much arrives would be luck.
            transport.sock.shutdown(socket.SHUT_WR)
            transport.join(CUT_SECONDS)
            transport.close()
            raise EOFError
        if self._stall is not None and before + len(reply) > self._stall:
            self._released.wait()
            raise EOFError
        if self._trickle is not None and before + len(reply) > self._trickle:
            for at in range(len(reply)):
                channel.sendall(reply[at : at + 1])
                if self._released.wait(0.05):
                    raise EOFError
            return
        channel.sendall(reply)
