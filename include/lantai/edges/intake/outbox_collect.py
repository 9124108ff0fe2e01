"""Bringing a package of an outbox into the quarantine, and seeing that it still is what was seen.

Source: interfaces.md, "A department's folder"; reliability.md.
"""

from __future__ import annotations

from collections.abc import Callable

from lantai.edges.intake.outbox import PackageSeen
from lantai.edges.intake.quarantine import Quarantine
from lantai.edges.sftp.listing import Allowance
from lantai.edges.sftp.session import Session
from lantai.edges.sftp.way import parent
from lantai.errors import LantaiError, RemoteChangedError, RemoteMissingError
from lantai.formats.sftp.wire import FileKind
from lantai.records.intake.carrier import Packaging, ReceivedFile, RemoteFile, fingerprint


def collect(
    session: Session,
    seen: PackageSeen,
    quarantine: Quarantine,
    carrier_id: str,
    on_progress: Callable[[int], None] | None = None,
    only: Callable[[bytes], bool] | None = None,
    allowance: Allowance | None = None,
    on_local: Callable[[], None] | None = None,
) -> list[ReceivedFile]:
    """Bring a package into the quarantine, going on where an earlier try stood (I1, C1).

    Args:
        session: With the unit's server.
        seen: As one look saw it.
        quarantine: Where it goes.
        carrier_id: Our id, the name of its folder there.
        on_progress: Told how many more bytes are here; first those of an earlier try.
        only: Says of a raw name whether that file is brought in; None brings all.
        allowance: How many names the server may tell when it is asked again; None is the usual one.
        on_local: Told when all has come and only our own disk is waited for.

    Returns:
        Its files with digests, in order of raw names.

    Raises:
        RemoteChangedError: It is not as it was seen, before or after; look again.
        RemotePathError: A folder of it, or on the way to it, is a link.
        ServerUnreachableError: The line broke; what came is kept for the next try.
        RemotePermissionError: A file may not be read; the others were brought in.
        DiskFullError: There is no space left.
    """
    if seen.unread:
        raise next(iter(seen.unread.values()))
    failed: list[LantaiError] = []
    folders = {parent(seen.path_of(file.name)) for file in seen.files}
    session.require_way(folders)
    with quarantine.receive(carrier_id, seen.files) as receiving:
        if on_progress is not None:
            on_progress(receiving.whole_bytes)
        wanted = receiving.wanted(seen.path_of, only, on_progress)
        for result in session.fetch(wanted, on_progress=on_progress):
            receiving.take(result)
            if result.error is not None:
                failed.append(result.error)
        if on_local is not None:
            on_local()
    if failed:
        raise failed[0]
    _compare_again(session, seen, allowance)
    return quarantine.finish(carrier_id)


def _compare_again(session: Session, seen: PackageSeen, allowance: Allowance | None) -> None:
    """See that the package still is what was brought in: nothing added, replaced or turned into a link (S2).

    Each question holds the way to what it asks about, and a folder below that is a link now has no files.
    """
    try:
        if seen.package.packaging is Packaging.FOLDER:
            now = session.list_tree(seen.path, allowance).files
        else:
            entry = session.stat(seen.path)
            now = []
            if entry is not None and entry.kind is FileKind.FILE:
                now = [RemoteFile(seen.package.raw_name, entry.size_bytes, entry.mtime)]
    except RemoteMissingError as error:
        raise RemoteChangedError(f"{seen.package.raw_name!r}: found nothing after it was brought in") from error
    if fingerprint(now) != seen.package.fingerprint:
        raise RemoteChangedError(
            f"{seen.package.raw_name!r}: found {len(now)} files in another state after bringing it in, "
            f"expected the {len(seen.files)} that were seen"
        )
