"""Taking a received archive apart into the quarantine, member by member, as if each had been fetched.

The same journal as for files that come over the line: a killed run goes on
where it stood, every member is counted and hashed while it is written. The
archive is opened by a confined process; what is written is written here, under
numbers of ours.

Source: reliability.md, "Facts" (archives).
"""

from __future__ import annotations

from lantai.edges.files.disk_room import require_reserve
from lantai.edges.intake.opened_archive import OpenedArchive
from lantai.edges.intake.quarantine import Quarantine
from lantai.edges.sftp.request import FetchResult
from lantai.records.intake.carrier import ReceivedFile, RemoteFile


def is_unpacked(archive: OpenedArchive, files: list[ReceivedFile]) -> bool:
    """Return whether these are all the members of an archive, as `Quarantine.finish` returns them."""
    listed = sorted((member.raw_name, member.size_bytes) for member in archive.members)
    return bool(files) and listed == sorted((file.raw_name, file.size_bytes) for file in files)


def unpack(archive: OpenedArchive, quarantine: Quarantine, folder: str, reserve_bytes: int = 0) -> list[ReceivedFile]:
    """Take an archive apart, going on where an earlier run stood (R1-38, K1), and not into the reserve of the disk (D1).

    Args:
        archive: As `open_archive` gives it.
        quarantine: Where the members go.
        folder: Name of their folder there.
        reserve_bytes: So much of the quarantine's disk is never written into.

    Returns:
        The members with digests, in order of raw names.

    Raises:
        PackageError, ArchiveLimitError, ValidationUnavailableError, ReaderMisledError: As `open_archive`; what came whole is kept.
        DiskFullError: There is no space left.
    """
    listed = [RemoteFile(member.raw_name, member.size_bytes, 0) for member in archive.members]
    places = {member.raw_name: place for place, member in enumerate(archive.members)}
    with quarantine.receive(folder, listed) as receiving:
        wanted = {places[request.remote_path]: request for request in receiving.wanted(bytes)}
        for place, blocks in archive.take({place: request.offset for place, request in wanted.items()}):
            for block in blocks:
                require_reserve(quarantine.root, reserve_bytes)
                wanted[place].sink.write(block)
            receiving.take(FetchResult(wanted[place], None))
    return quarantine.finish(folder)
