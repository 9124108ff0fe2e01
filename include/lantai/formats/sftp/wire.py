"""Packets of SFTP version 3: how requests are written and replies are read.

Functions on bytes for both ends of the line, because the demo's server speaks
the same packets as our reader. File names are bytes throughout: a department's
names need not be UTF-8. There is no socket here, no timeout, and no opinion
about what a server ought to answer: only what a packet may look like.

Source: draft-ietf-secsh-filexfer-02.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lantai.errors import RemoteProtocolError

INIT, VERSION = 1, 2
OPEN, CLOSE, READ, WRITE = 3, 4, 5, 6
LSTAT, FSTAT, SETSTAT, FSETSTAT = 7, 8, 9, 10
OPENDIR, READDIR, REMOVE, MKDIR, RMDIR = 11, 12, 13, 14, 15
REALPATH, STAT, RENAME = 16, 17, 18
STATUS, HANDLE, DATA, NAME, ATTRS = 101, 102, 103, 104, 105
EXTENDED, EXTENDED_REPLY = 200, 201

REPLIES = frozenset({STATUS, HANDLE, DATA, NAME, ATTRS, EXTENDED_REPLY})

OK, EOF, NO_SUCH_FILE, PERMISSION_DENIED, FAILURE = 0, 1, 2, 3, 4
BAD_MESSAGE, NO_CONNECTION, CONNECTION_LOST, OP_UNSUPPORTED = 5, 6, 7, 8

OPEN_READ, OPEN_WRITE, OPEN_APPEND, OPEN_CREATE, OPEN_TRUNCATE, OPEN_EXCLUSIVE = 1, 2, 4, 8, 16, 32

PROTOCOL_VERSION = 3
MAX_PACKET_BYTES = 256 * 1024
"""Largest packet taken from the other end; OpenSSH's own limit."""

MAX_HANDLE_BYTES = 256
"""Longest handle of the draft."""

_HAS_SIZE, _HAS_OWNER, _HAS_MODE, _HAS_TIMES, _HAS_EXTENDED = 0x1, 0x2, 0x4, 0x8, 0x80000000
_USUAL = _HAS_SIZE | _HAS_OWNER | _HAS_MODE | _HAS_TIMES
_USUAL_FIELDS = struct.Struct(">QIIIII")
_U32 = struct.Struct(">I")
_U64 = struct.Struct(">Q")
_HEAD = struct.Struct(">IBI")
_RANGE = struct.Struct(">QI")
_LENGTH_BYTES = 4


class FileKind(StrEnum):
    """What a name on the server stands for."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    SPECIAL = "special"
    UNKNOWN = "unknown"
    """The server did not say."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a server says of a file; None where it does not say.

    Attributes:
        size_bytes: Size.
        mode: Permission bits with the kind of file, as in `stat.st_mode`.
        mtime: Seconds since 1970, 32 bits in this version of the protocol.
    """

    size_bytes: int | None = None
    mode: int | None = None
    mtime: int | None = None

    @property
    def kind(self) -> FileKind:
        """What the mode says that this is."""
        if self.mode is None or not stat.S_IFMT(self.mode):
            return FileKind.UNKNOWN
        kinds = {stat.S_IFREG: FileKind.FILE, stat.S_IFDIR: FileKind.FOLDER, stat.S_IFLNK: FileKind.LINK}
        return kinds.get(stat.S_IFMT(self.mode), FileKind.SPECIAL)


@dataclass(frozen=True, slots=True)
class NamedEntry:
    """One entry of a listing."""

    name: bytes
    attributes: Attributes


def string(value: bytes) -> bytes:
    """Return bytes with their length before them."""
    return _U32.pack(len(value)) + value


def packet(kind: int, number: int, body: bytes) -> bytes:
    """Return a whole packet; `number` is the request id, the version in INIT and VERSION."""
    return _HEAD.pack(len(body) + 5, kind, number) + body


def open_body(path: bytes, flags: int, attributes: Attributes | None = None) -> bytes:
    """Return the body of an OPEN request."""
    return string(path) + _U32.pack(flags) + attributes_body(attributes or Attributes())


def read_body(handle: bytes, offset: int, length: int) -> bytes:
    """Return the body of a READ request for `length` bytes from `offset`."""
    return _U32.pack(len(handle)) + handle + _RANGE.pack(offset, length)


def write_body(handle: bytes, offset: int, content: bytes) -> bytes:
    """Return the body of a WRITE request."""
    return string(handle) + _U64.pack(offset) + string(content)


def rename_body(old: bytes, new: bytes) -> bytes:
    """Return the body of a RENAME request."""
    return string(old) + string(new)


def path_body(path: bytes, attributes: Attributes | None = None) -> bytes:
    """Return the body of MKDIR and SETSTAT (with attributes), or of any request for a path or handle alone."""
    return string(path) + (b"" if attributes is None else attributes_body(attributes))


def status_body(code: int, message: bytes = b"") -> bytes:
    """Return the body of a STATUS reply, in English."""
    return _U32.pack(code) + string(message) + string(b"en")


def name_body(entries: list[tuple[bytes, bytes, Attributes]]) -> bytes:
    """Return the body of a NAME reply from (name, line for people, attributes)."""
    rows = [string(name) + string(line) + attributes_body(attributes) for name, line, attributes in entries]
    return _U32.pack(len(rows)) + b"".join(rows)


def attributes_body(attributes: Attributes) -> bytes:
    """Return attributes as they stand in a packet."""
    flags, fields = 0, b""
    if attributes.size_bytes is not None:
        flags |= _HAS_SIZE
        fields += _U64.pack(attributes.size_bytes)
    if attributes.mode is not None:
        flags |= _HAS_MODE
        fields += _U32.pack(attributes.mode)
    if attributes.mtime is not None:
        flags |= _HAS_TIMES
        fields += _U32.pack(attributes.mtime & 0xFFFFFFFF) * 2
    return _U32.pack(flags) + fields


class Fields:
    """The fields of one packet's body, taken one after another.

    Every method raises RemoteProtocolError where the body is shorter than the
    field that has to stand there.
    """

    def __init__(self, body: memoryview | bytes) -> None:
        """Stand before the first field of `body`."""
        self._body = memoryview(body)
        self._at = 0

    def _take(self, count: int) -> memoryview:
        end = self._at + count
        if end > len(self._body):
            raise RemoteProtocolError(
                f"packet too short: found {len(self._body)} bytes of body, expected at least {end}"
            )
        taken = self._body[self._at : end]
        self._at = end
        return taken

    def number(self) -> int:
        """Return a 32-bit number."""
        return int.from_bytes(self._take(4), "big")

    def long(self) -> int:
        """Return a 64-bit number."""
        return int.from_bytes(self._take(8), "big")

    def string(self) -> bytes:
        """Return a string of bytes, copied."""
        return bytes(self.view())

    def view(self) -> memoryview:
        """Return a string of bytes, not copied."""
        return self._take(self.number())

    def attributes(self) -> Attributes:
        """Return attributes; owners and extensions are read over."""
        flags = self.number()
        if flags == _USUAL:  # What OpenSSH sends, read in one go: there are two of these per file.
            usual = _USUAL_FIELDS.unpack(self._take(_USUAL_FIELDS.size))
            return Attributes(usual[0], usual[3], usual[5])
        size = self.long() if flags & _HAS_SIZE else None
        if flags & _HAS_OWNER:
            self._take(8)
        mode = self.number() if flags & _HAS_MODE else None
        mtime = None
        if flags & _HAS_TIMES:
            self.number()
            mtime = self.number()
        if flags & _HAS_EXTENDED:
            for _ in range(self.number()):
                self.view()
                self.view()
        return Attributes(size, mode, mtime)

    def rest(self) -> Iterator[bytes]:
        """Yield the strings that are left, as after VERSION."""
        while self._at < len(self._body):
            yield self.string()


def handle_of(body: memoryview) -> bytes:
    """Return the handle of a HANDLE reply.

    Raises:
        RemoteProtocolError: It is empty or longer than the draft allows.
    """
    handle = Fields(body).string()
    if not 0 < len(handle) <= MAX_HANDLE_BYTES:
        raise RemoteProtocolError(f"handle: found {len(handle)} bytes, expected 1 to {MAX_HANDLE_BYTES}")
    return handle


def data_of(body: memoryview, asked_bytes: int) -> memoryview:
    """Return the content of a DATA reply, not copied.

    Raises:
        RemoteProtocolError: It is empty, or more than was asked for.
    """
    found = len(body) - _LENGTH_BYTES
    if found != (_U32.unpack_from(body)[0] if found >= 0 else None):
        raise RemoteProtocolError(f"data reply: found {found} bytes of content, expected what its length field says")
    if not 0 < found <= asked_bytes:
        raise RemoteProtocolError(f"data reply: found {found} bytes, expected 1 to {asked_bytes}")
    return body[_LENGTH_BYTES:]


def names_of(body: memoryview) -> list[NamedEntry]:
    """Return the entries of a NAME reply.

    Raises:
        RemoteProtocolError: No entry, or fewer than announced.
    """
    fields = Fields(body)
    count = fields.number()
    if not count:
        raise RemoteProtocolError("listing: found a reply without entries, expected at least one or the end")
    entries = []
    for _ in range(count):
        name = fields.string()
        fields.view()  # The line for people says nothing that the attributes do not.
        entries.append(NamedEntry(name, fields.attributes()))
    return entries


def status_of(body: memoryview) -> tuple[int, str]:
    """Return code and message of a STATUS reply; old servers send no message."""
    code = _U32.unpack_from(body)[0] if len(body) >= _LENGTH_BYTES else None
    if code is None:
        raise RemoteProtocolError("status reply: found no code, expected 32 bits")
    fields = Fields(body[_LENGTH_BYTES:])
    message = fields.string() if len(body) > _LENGTH_BYTES else b""
    return code, message[:200].decode("utf-8", "replace")
