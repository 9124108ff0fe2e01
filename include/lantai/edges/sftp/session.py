"""One session with a server: looking, fetching and delivering.

A thin front of `sftp_listing`, `sftp_fetch` and `sftp_deliver` over one pipe.
A session in which the protocol broke is over: everything asked of it then is
refused, so that an answer to an old question is never taken for a new one.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from lantai.edges.sftp import deliver as sftp_deliver
from lantai.edges.sftp import fetch as sftp_fetch
from lantai.edges.sftp import listing as sftp_listing
from lantai.edges.sftp.fetch import CHUNK_BYTES, FILES_IN_FLIGHT
from lantai.edges.sftp.listing import MAX_DEPTH, Allowance, Entry, Tree, join
from lantai.edges.sftp.pipe import Pipe
from lantai.edges.sftp.request import FetchRequest, FetchResult, Sink
from lantai.edges.sftp.way import parent, require_way
from lantai.errors import (
    RemoteChangedError,
    RemoteMissingError,
    RemotePathError,
    RemoteProtocolError,
    ServerUnreachableError,
)
from lantai.formats.sftp import wire


class Session:
    """An open SFTP session; from `lantai.edges.sftp.connect.connect`, or over any pipe.

    Paths are bytes. A path that does not begin with `/` is below `root`.
    Every method raises ServerUnreachableError when the line is gone,
    RemoteProtocolError when the server does not keep to the protocol, and
    RemotePathError when the way to a path leads over a link, see `sftp_way`.
    """

    def __init__(self, pipe: Pipe, root: bytes = b"") -> None:
        """Take over a pipe; `root` empty is where the server lets us begin."""
        self._pipe = pipe
        self.root = root

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be asked here."""
        return self._pipe.is_broken

    def at(self, *parts: bytes) -> bytes:
        """Return the path of names below the root."""
        path = self.root
        for part in parts:
            path = join(path, part)
        return path

    def list_folder(self, path: bytes, allowance: Allowance | None = None) -> list[Entry]:
        """Return what is in one folder, sorted by raw name; see `sftp_listing.list_folder`.

        Raises:
            RemoteMissingError: There is no such folder.
            RemotePermissionError: The server refuses.
        """
        with self._asking(), self._on_the_way(path):
            return sftp_listing.list_folder(self._pipe, self._full(path), allowance)

    def list_tree(self, path: bytes, allowance: Allowance | None = None, *, max_depth: int = MAX_DEPTH) -> Tree:
        """Return all that lies below a folder; see `sftp_listing.list_tree`."""
        with self._asking(), self._on_the_way(path):
            return sftp_listing.list_tree(self._pipe, self._full(path), allowance, max_depth=max_depth)

    def fetch(
        self,
        requests: Iterable[FetchRequest],
        *,
        in_flight: int = FILES_IN_FLIGHT,
        chunk_bytes: int = CHUNK_BYTES,
        on_progress: Callable[[int], object] | None = None,
    ) -> Iterator[FetchResult]:
        """Read many files at once; see `sftp_fetch.fetch`. Nothing else may be asked until it has ended.

        Whoever asks holds the ways to them, see `require_way`: before the first, and looks at what came again when all has.
        """
        with self._asking():
            yield from sftp_fetch.fetch(
                self._pipe,
                (self._placed(request) for request in requests),
                in_flight=in_flight,
                chunk_bytes=chunk_bytes,
                on_progress=on_progress,
            )

    def read_small(self, path: bytes, limit_bytes: int, on_progress: Callable[[int], object] | None = None) -> bytes:
        """Return the whole of a small file; `on_progress` is told how many more bytes came.

        Raises:
            RemoteMissingError: There is no such file.
            RemoteProtocolError: It is longer than `limit_bytes`.
        """
        content = sftp_deliver.Gathered()
        self._read(path, content, limit_bytes, on_progress)
        return bytes(content.content)

    def read(self, path: bytes, sink: Sink) -> int:
        """Hand the whole of a file to `sink` and return its size in bytes."""
        return self._read(path, sink)

    def stat(self, path: bytes) -> Entry | None:
        """Return what stands at a path, a link not followed; None when nothing does."""
        with self._asking(), self._on_the_way(parent(path)):
            return sftp_deliver.look(self._pipe, self._full(path))

    def require_way(self, folders: Iterable[bytes]) -> None:
        """Require that the way to each folder leads over no link; see `sftp_way.require_way`."""
        with self._asking():
            require_way(self._pipe, self.root, map(self._full, folders))

    def exists(self, path: bytes) -> bool:
        """Return whether anything stands at a path."""
        return self.stat(path) is not None

    def mkdirs(self, path: bytes) -> None:
        """Make a folder and those above it, where they are not there yet."""
        with self._asking(), self._on_the_way(path, is_there_then=True):
            sftp_deliver.make_folders(self._pipe, self._full(path))

    def remove(self, path: bytes) -> None:
        """Remove a file.

        Raises:
            RemoteMissingError: There is none.
        """
        with self._asking(), self._on_the_way(parent(path)):
            self._pipe.call(wire.REMOVE, wire.path_body(self._full(path)), f"remove {path!r}")

    def remove_folder(self, path: bytes) -> None:
        """Remove an empty folder."""
        with self._asking(), self._on_the_way(parent(path)):
            self._pipe.call(wire.RMDIR, wire.path_body(self._full(path)), f"remove folder {path!r}")

    def rename(self, old: bytes, new: bytes) -> None:
        """Rename a file; never over another one on servers that keep to the draft."""
        with self._asking(), self._on_the_way(parent(old)), self._on_the_way(parent(new)):
            self._pipe.call(
                wire.RENAME, wire.rename_body(self._full(old), self._full(new)), f"rename {old!r} to {new!r}"
            )

    def deliver(self, path: bytes, content: bytes | BinaryIO, *, replace: bool = False) -> str:
        """Put a file there, whole or not at all, and return its SHA-256; see `sftp_deliver.deliver`.

        Raises:
            DeliveryError: Another file of that name is there, or what was read back is not what was sent.
        """
        folder = [self._full(parent(path))]

        def hold_way() -> None:
            require_way(self._pipe, self.root, folder, has_to_be_there=True)

        with self._asking(), self._on_the_way(parent(path)):
            return sftp_deliver.deliver(self._pipe, self._full(path), content, replace=replace, hold_way=hold_way)

    def sha256(self, path: bytes) -> str:
        """Return the digest of a file, read back over the line."""
        digest = hashlib.sha256()
        self.read(path, sftp_deliver.Digesting(digest))
        return digest.hexdigest()

    def _full(self, path: bytes) -> bytes:
        return path if path.startswith(b"/") or not self.root else join(self.root, path)

    def _placed(self, request: FetchRequest) -> FetchRequest:
        full = self._full(request.remote_path)
        if full == request.remote_path:
            return request
        return FetchRequest(full, request.size_bytes, request.mtime, request.sink, request.offset, request.number)

    def _read(
        self,
        path: bytes,
        sink: Sink,
        limit_bytes: int | None = None,
        on_progress: Callable[[int], object] | None = None,
    ) -> int:
        """Hand the whole of a file to `sink` and return its size; the way is held before the first look and after the last."""
        self.require_way([parent(path)])
        told = self._file(path)
        if limit_bytes is not None and told.size_bytes > limit_bytes:
            raise RemoteProtocolError(f"{path!r}: found {told.size_bytes} bytes, expected at most {limit_bytes}")
        for result in self.fetch([FetchRequest(path, told.size_bytes, told.mtime, sink)], on_progress=on_progress):
            if result.error is not None:
                raise result.error
        if self._file(path) != told:
            raise RemoteChangedError(f"{path!r}: found another file after it was read, expected the one that was seen")
        self.require_way([parent(path)])
        return told.size_bytes

    def _file(self, path: bytes) -> Entry:
        with self._asking():
            told = sftp_deliver.look(self._pipe, self._full(path))
        if told is None:
            raise RemoteMissingError(f"{path!r}: found nothing, expected a file")
        if told.kind is not wire.FileKind.FILE:
            raise RemotePathError(f"{path!r}: found a {told.kind}, expected a file")
        return told

    @contextlib.contextmanager
    def _on_the_way(self, folder: bytes, *, is_there_then: bool = False) -> Iterator[None]:
        """Hold the way to a folder before and after what is done there; only within `_asking`."""
        ways = [self._full(folder)] if folder else [self.root]
        require_way(self._pipe, self.root, ways)
        yield
        require_way(self._pipe, self.root, ways, has_to_be_there=is_there_then)

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        if self._pipe.is_broken or self._pipe.awaited_count:
            raise ServerUnreachableError("this session is over; a new one has to be opened")
        try:
            yield
        finally:
            if self._pipe.awaited_count:
                self._pipe.forget_unsent()
