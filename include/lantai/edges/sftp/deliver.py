"""Putting a file on a server so that it is there whole, or not at all.

Under a name of its own first, read back and compared, then renamed. The same
bytes under the same name are done already, so a delivery may be repeated; other
bytes under that name are never overwritten unless the caller says so.

Source: reliability.md, "Facts" ("Delivery = temp name, write, read back, rename").
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import secrets
from collections.abc import Callable
from typing import BinaryIO, Protocol

from lantai.edges.sftp.fetch import fetch
from lantai.edges.sftp.listing import Entry, list_folder
from lantai.edges.sftp.pipe import Pipe, refusal
from lantai.edges.sftp.request import FetchRequest
from lantai.errors import DeliveryError, LantaiError, RemoteMissingError, RemotePermissionError
from lantai.formats.sftp import wire

_WRITE_BYTES = 32 * 1024
"""Every server has to take a write of this size (draft, section 3)."""

_WRITES_IN_FLIGHT = 64
_FSYNC = b"fsync@openssh.com"


class _Digest(Protocol):
    def update(self, content: bytes | memoryview, /) -> None: ...

    def hexdigest(self) -> str: ...


class Gathered:
    """A sink that keeps what arrives."""

    def __init__(self) -> None:
        """Begin empty."""
        self.content = bytearray()

    def write(self, content: bytes | memoryview, /) -> None:
        """Keep the next bytes."""
        self.content += content


class Digesting:
    """A sink that only digests what arrives."""

    def __init__(self, digest: _Digest) -> None:
        """Feed `digest`."""
        self._digest = digest

    def write(self, content: bytes | memoryview, /) -> None:
        """Digest the next bytes."""
        self._digest.update(content)


def look(pipe: Pipe, path: bytes) -> Entry | None:
    """Return what stands at a path, a link not followed; None when nothing does."""
    try:
        body = pipe.expect(wire.LSTAT, wire.path_body(path), f"look at {path!r}", wire.ATTRS)
    except RemoteMissingError:
        return None
    told = wire.Fields(body).attributes()
    return Entry(path.rsplit(b"/", 1)[-1], told.kind, told.size_bytes or 0, told.mtime or 0)


def make_folders(pipe: Pipe, path: bytes) -> None:
    """Make a folder and those above it, where they are not there yet.

    Raises:
        RemotePermissionError: The server refuses, or something else stands there.
    """
    missing: list[bytes] = []
    at = path.rstrip(b"/")
    while at and look(pipe, at) is None:
        missing.append(at)
        at = at.rpartition(b"/")[0]
    for folder in reversed(missing):
        try:
            pipe.call(wire.MKDIR, wire.path_body(folder, wire.Attributes(mode=0o750)), f"make folder {folder!r}")
        except RemotePermissionError:
            made = look(pipe, folder)  # Somebody else may have made it in between.
            if made is None or made.kind is not wire.FileKind.FOLDER:
                raise


def deliver(
    pipe: Pipe,
    path: bytes,
    content: bytes | BinaryIO,
    *,
    replace: bool = False,
    hold_way: Callable[[], None],
) -> str:
    """Put a file there and return the SHA-256 of what was read back.

    Args:
        pipe: A session with nothing awaited.
        path: Where; its folder has to be there.
        content: Bytes, or a stream that is read once to its end.
        replace: Whether another file of that name gives way once the new one is complete.
        hold_way: Raises when the folder is no longer the one it was; asked before anything gets or loses its name.

    Raises:
        DeliveryError: Another file of that name is there, or what was read back is not what was sent.
        RemotePermissionError: The server refuses to write or rename.
    """
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    folder, _, name = path.rpartition(b"/")
    if isinstance(content, bytes):
        sent = hashlib.sha256(content).hexdigest()
        if _stands_there(pipe, path, sent, len(content), replace=replace):
            return sent
    within = folder + b"/" if folder or path.startswith(b"/") else b""
    part = within + b".%s.%s.part" % (name[:200], secrets.token_hex(8).encode())
    _sweep(pipe, within, name[:200])
    try:
        sent, sent_bytes = _write(pipe, part, source)
        _compare(pipe, part, sent, sent_bytes)
        hold_way()
        if _stands_there(pipe, path, sent, sent_bytes, replace=replace):
            pipe.call(wire.REMOVE, wire.path_body(part), f"remove {part!r}")
            return sent
        _rename(pipe, part, path, replace=replace)
    except LantaiError:
        _tidy(pipe, part)
        raise
    return sent


def _sweep(pipe: Pipe, within: bytes, name: bytes) -> None:
    """Take away what deliveries of this same file have left that were killed: one worker at a time delivers it, under a lease."""
    left = re.compile(re.escape(b"." + name) + rb"\.[0-9a-f]{16}\.part", re.DOTALL)
    try:
        there = list_folder(pipe, within.rstrip(b"/") or (b"/" if within else b"."))
    except (RemoteMissingError, RemotePermissionError):
        return  # Not to be listed; whether it can be written is told by writing.
    for entry in there:
        if left.fullmatch(entry.name) and entry.kind is wire.FileKind.FILE:
            with contextlib.suppress(RemoteMissingError):
                pipe.call(wire.REMOVE, wire.path_body(within + entry.name), f"remove {entry.name!r}")


def _stands_there(pipe: Pipe, path: bytes, sha256: str, size: int, *, replace: bool) -> bool:
    """Return whether these bytes are there already, whoever brought them (I4)."""
    there = look(pipe, path)
    if there is None:
        return False
    same = there.kind is wire.FileKind.FILE and there.size_bytes == size and _digest_of(pipe, path, there) == sha256
    if not same and not replace:
        raise DeliveryError(
            f"{path!r}: found another {there.kind} of {there.size_bytes} bytes, expected nothing or these {size} bytes"
        )
    return same


def _digest_of(pipe: Pipe, path: bytes, there: Entry) -> str:
    digest = hashlib.sha256()
    for result in fetch(pipe, [FetchRequest(path, there.size_bytes, None, Digesting(digest))]):
        if result.error is not None:
            raise result.error
    return digest.hexdigest()


def _write(pipe: Pipe, path: bytes, source: BinaryIO) -> tuple[str, int]:
    flags = wire.OPEN_WRITE | wire.OPEN_CREATE | wire.OPEN_EXCLUSIVE
    body = wire.open_body(path, flags, wire.Attributes(mode=0o640))
    handle = wire.handle_of(pipe.expect(wire.OPEN, body, f"write {path!r}", wire.HANDLE))
    digest = hashlib.sha256()
    size = 0
    while block := source.read(_WRITE_BYTES):
        digest.update(block)
        pipe.ask(wire.WRITE, wire.write_body(handle, size, block), None)
        size += len(block)
        if pipe.awaited_count >= _WRITES_IN_FLIGHT:
            _settle(pipe, path, _WRITES_IN_FLIGHT // 2)
    if _FSYNC in pipe.extensions:
        pipe.ask(wire.EXTENDED, wire.string(_FSYNC) + wire.string(handle), None)
    pipe.ask(wire.CLOSE, wire.path_body(handle), None)
    _settle(pipe, path, 0)
    return digest.hexdigest(), size


def _settle(pipe: Pipe, path: bytes, down_to: int) -> None:
    """Take answers until so many are left; the first refusal is raised when all are in."""
    pipe.flush()
    error: LantaiError | None = None
    while pipe.awaited_count > (down_to if error is None else 0):
        _, kind, body = pipe.answer()
        code, message = wire.status_of(body) if kind == wire.STATUS else (wire.BAD_MESSAGE, f"packet of kind {kind}")
        if code != wire.OK and error is None:
            error = refusal(code, message, f"write {path!r}")
    if error is not None:
        raise error


def _compare(pipe: Pipe, path: bytes, sha256: str, size: int) -> None:
    """Read back what was sent, before it gets its name (I7)."""
    there = look(pipe, path)
    found_bytes = there.size_bytes if there is not None else 0
    found = _digest_of(pipe, path, there) if there is not None else "nothing"
    if found != sha256:
        raise DeliveryError(f"{path!r}: read back {found_bytes} bytes, sha256 {found}; expected {size} bytes, {sha256}")


def _rename(pipe: Pipe, part: bytes, path: bytes, *, replace: bool) -> None:
    """Give the file its name; the caller has seen that nothing, or only what may give way, stands there."""
    if replace and look(pipe, path) is not None:
        pipe.call(wire.REMOVE, wire.path_body(path), f"remove {path!r}")
    pipe.call(wire.RENAME, wire.rename_body(part, path), f"rename {part!r} to {path!r}")


def _tidy(pipe: Pipe, part: bytes) -> None:
    """Take back what was half delivered, as far as the server still listens."""
    if not pipe.is_broken and not pipe.awaited_count:
        with contextlib.suppress(LantaiError):
            pipe.call(wire.REMOVE, wire.path_body(part), f"remove {part!r}")
