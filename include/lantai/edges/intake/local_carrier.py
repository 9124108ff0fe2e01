"""A carrier on this machine, a folder or an archive, opened as if it had been collected.

Source: interfaces.md, "The command" (`lantai check PATH`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lantai.edges.files import folder
from lantai.edges.intake.archive import media_type
from lantai.edges.intake.opened_archive import open_archive
from lantai.edges.intake.quarantine import Quarantine
from lantai.edges.intake.unpack import unpack
from lantai.errors import InputFileError
from lantai.records.custody.file_digest import DIGESTS_TAKEN
from lantai.records.intake.carrier import ReceivedFile
from lantai.records.text.progress import Progress


@dataclass(frozen=True, slots=True)
class LocalCarrier:
    """A carrier's files and how to read them.

    Attributes:
        files: In order of raw names, with digests.
        read: Opens one by number.
        container: `application/zip` or `application/x-tar`; None for a folder.
        not_regular: Raw names of links and devices, which are not among the files.
    """

    files: tuple[ReceivedFile, ...]
    read: Callable[[int], BinaryIO]
    container: str | None
    not_regular: tuple[bytes, ...] = ()


@contextmanager
def open_carrier(path: Path, progress: Progress | None = None) -> Iterator[LocalCarrier]:
    """Open a folder, or take an archive apart into a temporary folder that is removed afterwards.

    Args:
        path: Where it lies.
        progress: Told the file that is digested, bytes done and bytes in all; of an archive nothing is told.

    Raises:
        InputFileError: There is nothing at that path.
        PackageError: It is neither folder nor archive, or an archive that is refused.
        PlaceUnavailableError: Something could not be read or written.
    """
    if path.is_dir():
        yield _of_folder(path, progress)
        return
    if not path.is_file():
        raise InputFileError(f"{path}: found nothing there, expected a folder, a zip or a tar")
    with folder.open_file(path) as archive, tempfile.TemporaryDirectory(prefix="lantai-check-") as unpacked:
        container = media_type(archive)
        quarantine = Quarantine(Path(unpacked))
        with open_archive(archive) as opened:
            files = tuple(unpack(opened, quarantine, "carrier"))
        yield LocalCarrier(files, lambda file_no: quarantine.open("carrier", file_no), container)


def _of_folder(path: Path, progress: Progress | None) -> LocalCarrier:
    entries = folder.list_folder(path)
    regular = [entry for entry in entries if entry.is_regular]
    total = sum(entry.size_bytes for entry in regular)
    files: list[ReceivedFile] = []
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(f"{len(files) + 1}/{len(regular)}", done, total)

    for number, entry in enumerate(regular, start=1):
        size_bytes, hexes = folder.digest_file(entry.path, DIGESTS_TAKEN, tell)
        files.append(ReceivedFile.arrived(number, entry.raw_name, size_bytes, hexes, entry.mtime))
    others = tuple(entry.raw_name for entry in entries if not entry.is_regular)
    return LocalCarrier(tuple(files), lambda file_no: folder.open_file(regular[file_no - 1].path), None, others)
