"""Collect a package: from the unit's outbox into the quarantine, counted and hashed while it arrives.

An archive is taken apart afterwards into a second folder of the quarantine, so
that what was received stays as it came. The folders are named by what the
package is (unit, year, name, fingerprint), so that a rerun finds them.

Source: interfaces.md, "A department's folder".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from lantai.edges.bulkhead.line import UnitLine
from lantai.edges.centre import Centre
from lantai.edges.intake.opened_archive import OpenedArchive, open_archive
from lantai.edges.intake.outbox import PackageSeen
from lantai.edges.intake.unpack import is_unpacked, unpack
from lantai.edges.registry.intake.findings import findings_of
from lantai.errors import DiskFullError, PackageError, UnitLimitError
from lantai.formats.bag import tag_file
from lantai.journey.custody.hold_room import hold_room, reserve_bytes
from lantai.journey.intake.checks.read_catalogue import found_in
from lantai.journey.intake.look_ahead import look_ahead
from lantai.records.intake.carrier import Packaging, ReceivedFile, decode_name, shown_name
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.package import quarantine_id_of
from lantai.records.intake.round import Round

_ARCHIVE_REFUSED, _NOT_REGULAR = "archive_refused", "file_not_regular"
_REFUSED = frozenset({_ARCHIVE_REFUSED, "not_picked_up", "marks_not_seen"})
"""Told of a package of whose content nothing is known."""


@dataclass(frozen=True, slots=True)
class Collected:
    """A package in the quarantine.

    Attributes:
        quarantine_id: Its folder there.
        files: Its files; of an archive, what was inside it; of a package that may not be picked up, what says whose it is.
        read: Opens one of them by its number.
        findings: What is wrong with the package as such.
        size_bytes: Bytes that came over the line.
        is_refused: Whether it may not be picked up, or is an archive that could not be taken apart: of what is in it
            nothing is known.
    """

    quarantine_id: str
    files: tuple[ReceivedFile, ...]
    read: Callable[[int], BinaryIO]
    findings: tuple[Finding, ...]
    size_bytes: int
    is_refused: bool = False


@dataclass(slots=True)
class Budget:
    """What one unit may still bring in while it is taken in.

    Attributes:
        left_bytes: Of `LANTAI_UNIT_GIB`.
    """

    left_bytes: int

    @classmethod
    def of(cls, centre: Centre) -> Budget:
        """Return what a unit may bring in at a time."""
        return cls(centre.settings.unit_gib * 1024**3)

    def take(self, wanted_bytes: int, what: str) -> None:
        """Count what is about to be fetched.

        Raises:
            UnitLimitError: It is more than is left.
        """
        if wanted_bytes > self.left_bytes:
            raise UnitLimitError(
                f"{what}: found {wanted_bytes / 1024**3:,.1f} GiB listed, expected at most {self.left_bytes / 1024**3:,.1f} GiB "
                "more at a time (LANTAI_UNIT_GIB); nothing of it was read"
            )
        self.left_bytes -= wanted_bytes


def collect(
    centre: Centre,
    line: UnitLine,
    unit_code: str,
    seen: PackageSeen,
    budget: Budget,
    on_bytes: Callable[[int], None] | None = None,
) -> Collected:
    """Bring a package in, going on where an earlier run stood; one with a state secret in it stays where it is.

    Source: R1-40.

    Args:
        centre: The centre.
        line: To the unit's server.
        unit_code: Whose package it is.
        seen: As a look saw it, with its files.
        budget: What the unit may still bring in.
        on_bytes: Told how many more bytes are here.

    Raises:
        ValidationUnavailableError: Its catalogue, or the archive, could not be read for a reason of ours.
        ReaderMisledError: What reads it said what nothing gives; nothing of that was taken over.
        RemoteChangedError: It is not as it was seen; it is looked at again when it has settled.
        ServerUnreachableError: The line broke; what came is kept.
        DiskFullError: What is listed would not fit, or there is no space left; what came is kept.
        UnitLimitError: It is more than the unit may bring in at a time; nothing of it was read.
    """
    quarantine_id = quarantine_id_of(unit_code, seen.package)
    forbidden = tuple(look_ahead(line, seen))
    only = frozenset(file.name for file in seen.files if _says_whose_it_is(file.name)) if forbidden else None
    _hold_room(centre, unit_code, seen, quarantine_id, only, budget)
    line.collect(
        seen,
        centre.quarantine.root,
        quarantine_id,
        only=only,
        reserve_bytes=reserve_bytes(centre),
        on_progress=on_bytes,
    )
    files = centre.quarantine.finish(quarantine_id)
    size_bytes = sum(file.size_bytes for file in files)
    if forbidden:
        reader = _reader(centre, quarantine_id)
        return Collected(quarantine_id, tuple(files), reader, forbidden, size_bytes, is_refused=True)
    if seen.package.packaging is Packaging.FOLDER:
        odd = tuple(map(_not_regular, sorted(seen.odd)))
        return Collected(quarantine_id, tuple(files), _reader(centre, quarantine_id), odd, size_bytes)
    inside = f"{quarantine_id}-inside"
    unpacked = centre.quarantine.finish(inside)
    try:
        with centre.quarantine.open(quarantine_id, files[0].file_no) as stream, open_archive(stream) as archive:
            if not is_unpacked(archive, unpacked):
                unpacked = _unpacked(centre, f"{unit_code} {seen.package.shown_name}", archive, inside)
    except PackageError as error:
        finding = Finding(_ARCHIVE_REFUSED, Severity.FAULT, "", found_in(error), "GD-3-8")
        return Collected(quarantine_id, (), _reader(centre, quarantine_id), (finding,), size_bytes, is_refused=True)
    return Collected(quarantine_id, tuple(unpacked), _reader(centre, inside), (), size_bytes)


def _hold_room(
    centre: Centre,
    unit_code: str,
    seen: PackageSeen,
    quarantine_id: str,
    only: frozenset[bytes] | None,
    budget: Budget,
) -> None:
    """Hold what is listed against the unit's budget and our disks, before the first byte is read (S5)."""
    files = [file for file in seen.files if only is None or file.name in only]
    missing_bytes = centre.quarantine.missing_bytes(quarantine_id, seen.files, files)
    if missing_bytes:
        what = f"{unit_code} {seen.package.shown_name}"
        budget.take(missing_bytes, what)
        sealed_bytes = 0 if only is not None else seen.total_bytes
        hold_room(centre, what, arriving_bytes=missing_bytes, sealed_bytes=sealed_bytes)


def _unpacked(centre: Centre, what: str, archive: OpenedArchive, inside: str) -> list[ReceivedFile]:
    """Take an archive apart, when there is room for all that is in it; a half unpacked one does not stay in the way."""
    unpacked_bytes = sum(member.size_bytes for member in archive.members)
    hold_room(centre, what, arriving_bytes=unpacked_bytes, sealed_bytes=unpacked_bytes)
    try:
        return unpack(archive, centre.quarantine, inside, reserve_bytes(centre))
    except DiskFullError:
        centre.quarantine.purge(inside)
        raise


def collected_before(centre: Centre, this: Round) -> Collected | None:
    """Return a round's package from the quarantine alone, for a unit that has taken it out of its outbox since.

    A round is there only after its package was brought in whole, and what was wrong with the package as such is kept with it: a
    link among its files, or an archive that cannot be taken apart, is not to be seen in the quarantine. None when it was purged.
    """
    with centre.database.read() as connection:
        kept = findings_of(connection, this.carrier_id)
    is_refused = any(finding.rule in _REFUSED for finding in kept)
    told = tuple(finding for finding in kept if is_refused or finding.rule == _NOT_REGULAR)
    is_whole = this.package.packaging is Packaging.FOLDER or is_refused
    folder = this.quarantine_id if is_whole else f"{this.quarantine_id}-inside"
    files = tuple(centre.quarantine.finish(folder))
    if not files:
        return None
    is_archive = any(finding.rule == _ARCHIVE_REFUSED for finding in told)
    shown = () if is_archive else files
    return Collected(this.quarantine_id, shown, _reader(centre, folder), told, this.size_bytes, is_refused=is_refused)


def purge(centre: Centre, quarantine_id: str) -> None:
    """Remove a package, and what was taken out of it, from the quarantine."""
    centre.quarantine.purge(quarantine_id)
    centre.quarantine.purge(f"{quarantine_id}-inside")


def _says_whose_it_is(raw_name: bytes) -> bool:
    *folders, name = (decode_name(raw_name) or "").split("/")
    return "data" not in folders and (name == tag_file.DECLARATION or name in tag_file.BAG_INFO)


def _not_regular(raw_name: bytes) -> Finding:
    shown = shown_name(raw_name)
    return Finding(_NOT_REGULAR, Severity.FAULT, shown, {"found": shown}, "GD-4-3")


def _reader(centre: Centre, folder: str) -> Callable[[int], BinaryIO]:
    return lambda file_no: centre.quarantine.open(folder, file_no)
