"""Taking a received archive apart into the quarantine, member by member, as if each had been fetched.

The same journal as for files that come over the line: a killed run goes on
where it stood, every member is counted and hashed while it is written.

Source: R1-38, R1-42; reliability.md, "Facts" (archives), K1.
"""

from __future__ import annotations

from typing import BinaryIO

from lantai.edges.archive import members
from lantai.edges.quarantine import Quarantine
from lantai.edges.sftp_request import FetchRequest, FetchResult
from lantai.errors import PackageError
from lantai.records.carrier import ReceivedFile, RemoteFile

_BLOCK_BYTES = 1024 * 1024


def unpack(archive: BinaryIO, quarantine: Quarantine, folder: str) -> list[ReceivedFile]:
    """Take an archive apart.

    Args:
        archive: A seekable stream of a zip or an uncompressed tar.
        quarantine: Where the members go.
        folder: Name of their folder there.

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
                _take(member.stream, request)
                receiving.take(FetchResult(request, None))
    if wanted:
        raise PackageError(f"archive: {len(wanted)} files were listed and not found again", "archive_damaged", name="")
    return quarantine.finish(folder)


def _take(stream: BinaryIO, request: FetchRequest) -> None:
    left = request.offset
    while left and (block := stream.read(min(left, _BLOCK_BYTES))):
        left -= len(block)
    while block := stream.read(_BLOCK_BYTES):
        request.sink.write(block)
