"""Taking a received archive apart into the quarantine, member by member, as if each had been fetched.

The same journal as for files that come over the line: a killed run goes on
where it stood, every member is counted and hashed while it is written.

Source: R1-38, R1-42; reliability.md, "Facts" (archives), K1.
"""

from __future__ import annotations

from typing import BinaryIO

from lantai.edges.archive import members
from lantai.edges.disk_room import require_reserve
from lantai.edges.quarantine import Quarantine
from lantai.edges.sftp_request import FetchRequest, FetchResult
from lantai.errors import PackageError
from lantai.records.carrier import ReceivedFile, RemoteFile

_BLOCK_BYTES = 1024 * 1024
_LOOK_EVERY_BYTES = 16 * _BLOCK_BYTES


def is_unpacked(archive: BinaryIO, files: list[ReceivedFile]) -> bool:
    """Return whether these are all the members of an archive, as `Quarantine.finish` returns them.

    Raises:
        PackageError: As `unpack`.
    """
    listed = sorted((member.raw_name, member.bytes) for member in members(archive)) if files else []
    return bool(files) and listed == sorted((file.raw_name, file.bytes) for file in files)


def unpack(archive: BinaryIO, quarantine: Quarantine, folder: str, reserve_bytes: int = 0) -> list[ReceivedFile]:
    """Take an archive apart.

    Args:
        archive: A seekable stream of a zip or an uncompressed tar.
        quarantine: Where the members go.
        folder: Name of their folder there.
        reserve_bytes: So much of the quarantine's disk is never written into.

    Returns:
        The members with digests, in order of raw names.

    Raises:
        PackageError: It is no archive, is damaged, asks for a password, or holds a link or a name twice.
        ArchiveLimitError: It is over a limit.
        DiskFullError: There is no space left.
    """
    listed = [RemoteFile(member.raw_name, member.bytes, 0) for member in members(archive)]
    with quarantine.receive(folder, listed) as receiving:
        wanted = {request.remote_path: request for request in receiving.wanted(bytes)}
        for member in members(archive):
            request = wanted.pop(member.raw_name, None)
            if request is not None:
                _take(member.stream, request, quarantine, reserve_bytes)
                receiving.take(FetchResult(request, None))
    if wanted:
        raise PackageError(f"archive: {len(wanted)} files were listed and not found again", "archive_damaged", name="")
    return quarantine.finish(folder)


def _take(stream: BinaryIO, request: FetchRequest, quarantine: Quarantine, reserve_bytes: int) -> None:
    require_reserve(quarantine.root, reserve_bytes)
    left, written = request.offset, 0
    while left and (block := stream.read(min(left, _BLOCK_BYTES))):
        left -= len(block)
    while block := stream.read(_BLOCK_BYTES):
        request.sink.write(block)
        written += len(block)
        if written >= _LOOK_EVERY_BYTES:
            written = 0
            require_reserve(quarantine.root, reserve_bytes)
