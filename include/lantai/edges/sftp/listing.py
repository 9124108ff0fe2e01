"""Listing of folders on a server: names as bytes, many folders at once.

A name is data: nothing here makes a local path of it. What is no regular file
is told, never followed. A folder that cannot be read is told too, so that
nobody takes it for an empty one.

Source: reliability.md; interfaces.md, "A department's folder".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from lantai.edges.sftp.pipe import Pipe, refusal
from lantai.errors import (
    LantaiError,
    RemotePermissionError,
    RemoteProtocolError,
    ServerUnreachableError,
    UnitLimitError,
)
from lantai.formats.sftp import wire
from lantai.records.intake.carrier import RemoteFile

MAX_ENTRIES = 200_000
"""Names taken for one question: no outbox of a year is that large."""

MAX_PATH_BYTES_IN_ALL = 32 * 1024 * 1024
"""Bytes of all their paths: 200,000 names of 160 bytes."""

MAX_UNREAD = 1000
"""Folders that could not be listed, of one tree; over that the tree itself counts as not to be read."""

MAX_DEPTH = 32
MAX_NAME_BYTES = 1024
MAX_PATH_BYTES = 4096
_FOLDERS_AT_ONCE = 32
_DOTS = frozenset({b".", b".."})


class Allowance:
    """How many names, and bytes of their paths, a server may tell for one question; what it told is gone.

    Args:
        names: Names, `.` and `..` among them: a server can send those without end too.
        path_bytes: Bytes of the paths below the folder that was asked about.
        on_names: Told how many names came, packet by packet.
    """

    def __init__(
        self,
        names: int = MAX_ENTRIES,
        path_bytes: int = MAX_PATH_BYTES_IN_ALL,
        on_names: Callable[[int], None] | None = None,
    ) -> None:
        self._most_names, self._most_bytes = names, path_bytes
        self._names = self._bytes = 0
        self._on_names = on_names

    def take(self, where: bytes, names: Sequence[bytes]) -> None:
        """Take the names of one packet.

        Raises:
            UnitLimitError: They are too many, or too long.
        """
        self._names += len(names)
        self._bytes += sum(map(len, names)) + len(names) * len(where)
        if self._names > self._most_names:
            raise UnitLimitError(
                f"listing of {_shown(where)}: found more than {self._most_names} names, expected fewer"
            )
        if self._bytes > self._most_bytes:
            raise UnitLimitError(
                f"listing of {_shown(where)}: found paths of more than {self._most_bytes} bytes in all, expected fewer"
            )
        if self._on_names is not None:
            self._on_names(sum(name not in _DOTS for name in names))


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder: `name` raw and without its folder, size and time as the listing says, 0 where it is silent."""

    name: bytes
    kind: wire.FileKind
    size_bytes: int
    mtime: int


@dataclass(slots=True)
class Tree:
    """What lies below a folder.

    Attributes:
        files: Regular files, names below the folder.
        odd: Names of what is no regular file and no folder (links, devices), with what it is.
        unread: Names of folders that could not be listed, with the reason: unknown, not empty.
        folders: Names of the folders that were listed.
    """

    files: list[RemoteFile] = field(default_factory=list)
    odd: dict[bytes, wire.FileKind] = field(default_factory=dict)
    unread: dict[bytes, LantaiError] = field(default_factory=dict)
    folders: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class _Folder:
    """A folder that is being listed; `name` is below `root`, empty for the root itself."""

    name: bytes
    depth: int
    root: bytes
    handle: bytes = b""
    names: set[bytes] = field(default_factory=set)

    @property
    def path(self) -> bytes:
        """Where it is on the server."""
        return join(self.root, self.name) if self.name else self.root or b"."

    @property
    def shown(self) -> str:
        """Its path, for a message."""
        return _shown(self.path)


def join(folder: bytes, name: bytes) -> bytes:
    """Return a name below a folder; an empty folder is where the session begins."""
    return folder.rstrip(b"/") + b"/" + name if folder else name


def list_folder(pipe: Pipe, path: bytes, allowance: Allowance | None = None) -> list[Entry]:
    """Return what is in one folder, sorted by raw name; one that cannot be listed is an error, never empty (I8).

    Args:
        pipe: A session with nothing awaited.
        path: The folder.
        allowance: What is left of one question's; None is one of its own.

    Raises:
        UnitLimitError: There are more names, or longer ones, than allowed.
        RemoteMissingError: There is no such folder.
        RemotePermissionError: The server refuses to list it.
        RemoteProtocolError: Its names cannot be names.
    """
    found: list[Entry] = []
    refused: LantaiError | None = None
    for _, entry in _walk(pipe, path, allowance or Allowance(), deep=False):
        if isinstance(entry, LantaiError):
            refused = entry
        else:
            found.append(entry)
    if refused is not None:
        raise refused
    return sorted(found, key=lambda entry: entry.name)


def list_tree(pipe: Pipe, root: bytes, allowance: Allowance | None = None, *, max_depth: int = MAX_DEPTH) -> Tree:
    """Return what lies below a folder, files sorted by raw name; folders below that cannot be listed are named (S4).

    Args:
        pipe: A session with nothing awaited.
        root: The folder.
        allowance: What is left of one question's; None is one of its own.
        max_depth: Folders below each other, the root being 0; more are refused.

    Raises:
        RemoteMissingError: The root is not there.
        RemotePermissionError: The root may not be listed. A folder below it is told in `unread`.
        RemoteProtocolError: Names that cannot be names, or too deep.
        UnitLimitError: There are more names, or longer ones, than allowed.
    """
    tree = Tree()
    for name, entry in _walk(pipe, root, allowance or Allowance(), deep=True, max_depth=max_depth):
        if isinstance(entry, LantaiError):
            tree.unread[name] = entry
            if len(tree.unread) > MAX_UNREAD:
                pipe.forget_unsent()
                raise RemotePermissionError(
                    f"{_shown(root)}: found more than {MAX_UNREAD} folders that may not be listed"
                )
            continue
        if entry.kind is wire.FileKind.FILE:
            tree.files.append(RemoteFile(name, entry.size_bytes, entry.mtime))
        elif entry.kind is wire.FileKind.FOLDER:
            tree.folders.append(name)
        else:
            tree.odd[name] = entry.kind
    if b"" in tree.unread:
        raise tree.unread[b""]
    tree.files.sort(key=lambda file: file.name)
    return tree


def _walk(
    pipe: Pipe, root: bytes, allowance: Allowance, *, deep: bool, max_depth: int = MAX_DEPTH
) -> Iterator[tuple[bytes, Entry | LantaiError]]:
    waiting = deque([_Folder(b"", 0, root)])
    open_count = 0
    while waiting or pipe.awaited_count:
        while waiting and open_count < _FOLDERS_AT_ONCE:
            folder = waiting.popleft()
            pipe.ask(wire.OPENDIR, wire.path_body(folder.path), folder)
            open_count += 1
        pipe.flush()
        label, kind, body = pipe.answer()
        if not isinstance(label, _Folder):  # The answer to a CLOSE says nothing we could act on.
            continue
        answered = _read_answer(pipe, label, kind, body, allowance)
        if isinstance(answered, list):
            for entry in answered:
                name = join(label.name, entry.name)
                if deep and entry.kind is wire.FileKind.FOLDER:
                    waiting.append(_checked(pipe, _Folder(name, label.depth + 1, root), max_depth))
                yield name, entry
            continue
        open_count -= 1
        if answered is not None:
            yield label.name, answered


def _read_answer(
    pipe: Pipe, folder: _Folder, kind: int, body: memoryview, allowance: Allowance
) -> list[Entry] | LantaiError | None:
    """Return entries while there are any, None at the end, an error where the server refuses."""
    if kind == wire.HANDLE and not folder.handle:
        folder.handle = wire.handle_of(body)
        pipe.ask(wire.READDIR, wire.path_body(folder.handle), folder)
        return []
    if kind == wire.NAME and folder.handle:
        pipe.ask(wire.READDIR, wire.path_body(folder.handle), folder)
        return list(_entries(pipe, folder, body, allowance))
    if kind != wire.STATUS:
        pipe.forget_unsent()
        raise RemoteProtocolError(f"listing of {folder.shown}: found an answer of kind {kind}")
    code, message = wire.status_of(body)
    if folder.handle:
        pipe.ask(wire.CLOSE, wire.path_body(folder.handle), None)
        if code == wire.EOF:
            return None
    error = refusal(code, message, f"listing of {folder.shown}")
    if isinstance(error, ServerUnreachableError):
        raise error
    return error


def _entries(pipe: Pipe, folder: _Folder, body: memoryview, allowance: Allowance) -> Iterator[Entry]:
    """Yield the entries that a server tells; what no folder can hold ends the session (S3)."""
    entries = wire.names_of(body)
    try:
        allowance.take(folder.path, [found.name for found in entries])
    except LantaiError:
        pipe.forget_unsent()
        raise
    for found in entries:
        name = found.name
        if name in _DOTS:
            continue
        if not name or b"/" in name or b"\0" in name or len(name) > MAX_NAME_BYTES:
            pipe.forget_unsent()
            raise RemoteProtocolError(f"listing of {folder.shown}: found {_shown(name)}, expected a file name")
        if name in folder.names:
            pipe.forget_unsent()
            raise RemoteProtocolError(f"listing of {folder.shown}: found {_shown(name)} twice, expected it once")
        folder.names.add(name)
        told = found.attributes
        yield Entry(name, told.kind, told.size_bytes or 0, told.mtime or 0)


def _checked(pipe: Pipe, folder: _Folder, max_depth: int) -> _Folder:
    if folder.depth > max_depth or len(folder.name) > MAX_PATH_BYTES:
        pipe.forget_unsent()
        raise RemoteProtocolError(
            f"{folder.shown}: found {folder.depth} folders below each other, "
            f"{len(folder.name)} bytes, expected at most {max_depth}, {MAX_PATH_BYTES} bytes"
        )
    return folder


def _shown(name: bytes) -> str:
    """Return a raw name as it may stand in a message: escaped, and not endless."""
    return repr(name[:200])[1:]
