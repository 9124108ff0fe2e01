"""The way to a path on a server: every name on it is a real folder, never a link to somewhere else.

A link where a folder is expected would have another unit's filing taken in as
one's own, or another unit's opinions replaced. SFTP follows links on the way to
a path and has no request that opens below an open folder, so the way is looked
at before it is used and again afterwards; what went over a way that had changed
is not believed. Somebody who turns a folder into a link and back again between
the two looks is not seen: that a unit's account reaches nothing but its own
folder is for the server to hold.

The folder that the connection names is the centre's own word: only what is
below it is looked at.

Source: reliability.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from lantai.edges.sftp.pipe import Pipe, refusal
from lantai.errors import LantaiError, RemoteChangedError, RemotePathError, RemoteProtocolError
from lantai.formats.sftp import wire

_AT_ONCE = 256
"""Questions on the way together."""


def parent(path: bytes) -> bytes:
    """Return the folder of a path; empty where the session begins."""
    return path.rpartition(b"/")[0]


def require_way(pipe: Pipe, root: bytes, folders: Iterable[bytes], *, has_to_be_there: bool = False) -> None:
    """Require that each folder, and each folder on the way to it, is a folder and no link (P12).

    Args:
        pipe: A session with nothing awaited.
        root: What the connection names; it and what is above it are not looked at.
        folders: Paths as they are asked for, below the root or from the server's own beginning.
        has_to_be_there: Whether one that is missing is refused too; otherwise whatever is done next says so.

    Raises:
        RemotePathError: Something else stands there.
        RemoteChangedError: It is gone, where it has to be there.
        RemotePermissionError: The server refuses to say.
    """
    steps = iter(sorted({step for folder in folders for step in _steps(root, folder)}))
    while batch := list(islice(steps, _AT_ONCE)):
        for step in batch:
            pipe.ask(wire.LSTAT, wire.path_body(step), step)
        pipe.flush()
        # All answers are taken before the first is judged: none may be left for whoever asks next.
        answers = [pipe.answer() for _ in batch]
        for label, kind, body in answers:
            error = _judged(label, kind, body, has_to_be_there=has_to_be_there)
            if error is not None:
                raise error


def _steps(root: bytes, folder: bytes) -> Iterable[bytes]:
    """Yield each folder below the root down to this one."""
    base = root.rstrip(b"/")
    is_below = bool(base) and (folder == base or folder.startswith(base + b"/"))
    at = base if is_below else b"/" if folder.startswith(b"/") else b""
    for name in filter(None, folder[len(base) if is_below else 0 :].split(b"/")):
        at = at.rstrip(b"/") + b"/" + name if at else name
        yield at


def _judged(step: object, kind: int, body: memoryview, *, has_to_be_there: bool) -> LantaiError | None:
    """Return what is wrong with one step of the way; one that is gone behind what was read over it is a change (S2)."""
    if kind == wire.ATTRS:
        found = wire.Fields(body).attributes().kind
        if found is wire.FileKind.FOLDER:
            return None
        return RemotePathError(f"{step!r}: found a {found}, expected a folder")
    if kind != wire.STATUS:
        return RemoteProtocolError(f"look at {step!r}: found an answer of kind {kind}")
    code, message = wire.status_of(body)
    if code != wire.NO_SUCH_FILE:
        return refusal(code, message, f"look at {step!r}")
    return RemoteChangedError(f"{step!r}: found nothing, expected a folder") if has_to_be_there else None
