"""The quarantine: where packages lie under our own numbers until they are sealed or returned.

One folder per package, named by its quarantine id (unit, year, name and fingerprint); files are `000001.bin` and on, in order
of the department's raw names; one that is still arriving is `000001.part`.
What has arrived whole is written down in `received.jsonl` after it is on the
disk, so that a run that was killed goes on where it stood. A department's name
is data in that file and never a path.

Source: vault.md; reliability.md.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import BinaryIO

from lantai.edges.files.durable import append_durably, disk_error, sync_folder
from lantai.edges.intake.receiving import JOURNAL, Journal, Receiving, read_journal
from lantai.errors import NotFoundError, UsageError
from lantai.records.intake.carrier import ReceivedFile, RemoteFile, fingerprint

_QUARANTINE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Quarantine:
    """The folder of all packages that are not yet sealed or returned.

    Args:
        root: Made when it is not there.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, quarantine_id: str) -> Path:
        """Return the folder of one carrier, which need not exist.

        Raises:
            UsageError: It is no id of ours.
        """
        if not _QUARANTINE_ID.fullmatch(quarantine_id):
            raise UsageError(f"quarantine id: found {quarantine_id!r}, expected letters, digits, '.', '_' and '-'")
        return self.root / quarantine_id

    def path(self, quarantine_id: str, file_no: int) -> Path:
        """Return where a received file lies, for programs that read by path."""
        return self.folder(quarantine_id) / f"{file_no:06d}.bin"

    def open(self, quarantine_id: str, file_no: int) -> BinaryIO:
        """Open a received file for reading.

        Raises:
            NotFoundError: It has not arrived, or was purged.
        """
        try:
            return self.path(quarantine_id, file_no).open("rb")
        except FileNotFoundError:
            raise NotFoundError(f"{quarantine_id}: file {file_no} is not in the quarantine") from None
        except OSError as error:
            raise disk_error(error, self.folder(quarantine_id)) from error

    def finish(self, quarantine_id: str) -> list[ReceivedFile]:
        """Return what has arrived whole, in order of the files' numbers (I1); empty before anything has."""
        journal = read_journal(self.folder(quarantine_id) / JOURNAL)
        return [file for _, file in sorted(journal.whole.items())]

    def missing_bytes(self, quarantine_id: str, files: list[RemoteFile], wanted: list[RemoteFile]) -> int:
        """Return how much more room some files of a package need (D1): what half lies here already has its own.

        Args:
            quarantine_id: Its id here.
            files: All its files, which say which state of it is meant.
            wanted: Those that are asked about.

        Raises:
            PlaceUnavailableError: The disk cannot be asked.
        """
        folder = self.folder(quarantine_id)
        journal = read_journal(folder / JOURNAL)
        if journal.fingerprint != fingerprint(files):
            return sum(file.size_bytes for file in wanted)
        numbers = {file.name: number for number, file in enumerate(sorted(files, key=lambda file: file.name), 1)}
        missing = [(numbers[file.name], file.size_bytes) for file in wanted if numbers[file.name] not in journal.whole]
        try:
            return sum(max(0, count - _size(folder / f"{number:06d}.part")) for number, count in missing)
        except OSError as error:
            raise disk_error(error, folder) from error

    def ids(self) -> list[str]:
        """Return the ids that have a folder here."""
        if not self.root.is_dir():
            return []
        return sorted(entry.name for entry in self.root.iterdir() if entry.is_dir())

    def purge(self, quarantine_id: str) -> None:
        """Remove all of a carrier (I6); nothing happens when it is not here.

        Raises:
            PlaceUnavailableError: Something could not be removed.
        """
        folder = self.folder(quarantine_id)
        try:
            shutil.rmtree(folder)
            sync_folder(self.root, [])
        except FileNotFoundError:
            return
        except OSError as error:
            raise disk_error(error, folder) from error

    def receive(self, quarantine_id: str, files: list[RemoteFile]) -> Receiving:
        """Begin, or go on, receiving the files of one state of a package.

        What was received of another state of it is purged first (S2).

        Raises:
            DiskFullError: There is no space left.
        """
        folder = self.folder(quarantine_id)
        journal = read_journal(folder / JOURNAL)
        state = fingerprint(files)
        if journal.fingerprint != state:
            self.purge(quarantine_id)
            journal = Journal(state)
            try:
                folder.mkdir(mode=0o700, parents=True)
                append_durably(folder / JOURNAL, json.dumps({"fingerprint": state}).encode() + b"\n")
                sync_folder(self.root, [])
            except OSError as error:
                raise disk_error(error, folder) from error
        return Receiving(folder, files, journal)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
