"""Restore a record or a carrier: open what was sealed, for whoever brings an identity.

What lies at a place is compared with the registry and the ledger before it is
opened; where it is damaged the next place is asked, and the answer says so.
Records that are being destroyed do not come back.

Source: vault.md, "Where things lie" and "Destruction", 3 and 6; 数据恢复.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lantai.edges.centre import Centre
from lantai.edges.custody.file_place import FilePlace, Place
from lantai.edges.custody.opening import OpenedFile, check_record, open_files
from lantai.edges.custody.vault_reader import Generation, read_newest
from lantai.edges.files.machine import make_folder
from lantai.edges.keys.files import Verifier
from lantai.edges.ledger.events import append
from lantai.edges.registry.custody import sealings
from lantai.errors import FixityError, NotPermittedError, PlaceUnavailableError, UnsafeNameError
from lantai.formats.age.file import Identity
from lantai.formats.vault import sealed_catalogue
from lantai.journey.custody.find_copies import places_of
from lantai.journey.custody.seal import catalogue_id, intake_verifier, papers_id
from lantai.records.custody.file_digest import FileDigest
from lantai.records.ledger.event import EventKind
from lantai.records.text.progress import Progress

_MOST_NAME_BYTES = 255
"""Longest name of one file or folder on the file systems in use."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored.

    Attributes:
        record_ids: In the order of the manifest.
        refused: Records of the carrier that are being destroyed, or are.
        file_count: Files written.
        size_bytes: Bytes written.
        detours: One sentence for every place that was passed over, and why.
    """

    record_ids: tuple[str, ...]
    refused: tuple[str, ...]
    file_count: int
    size_bytes: int
    detours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Expected:
    """What registry and ledger say of a carrier."""

    carrier_id: str
    seals: Mapping[str, tuple[str, str, str]]
    gone: frozenset[str]
    known: sealings.KnownGeneration
    places: tuple[Place, ...]


def restore(
    centre: Centre,
    target: str,
    out: Path,
    identities: Sequence[Identity],
    actor: str = "system",
    progress: Progress | None = None,
) -> Restored:
    """Write the files of a record, or of every record of a carrier, to a folder (R1-57).

    Args:
        centre: The centre.
        target: A record id or a carrier id.
        out: Folder for `<record_id>/<path>`; made when it is missing. Files in it are never overwritten.
        identities: Private keys of a custodian.
        actor: Staff id of who asks.
        progress: Told the record, records done and records in all.

    Raises:
        NotFoundError: Nothing of that name was sealed.
        NotPermittedError: The record is being destroyed, or is.
        FixityError: No place has it as it was sealed.
        PlaceUnavailableError: No place could be read.
        NoIdentityMatchError: None of the identities opens it.
    """
    expected, wanted = _look_up(centre, target)
    with centre.database.begin() as connection:
        facts: dict[str, int | str] = {"carrier_id": expected.carrier_id, "record_count": len(wanted)}
        append(connection, EventKind.RESTORED, target, actor, centre.clock.now_at(), facts)
    make_folder(out)
    folder = FilePlace(out, is_marked=False)
    detours: list[str] = []
    file_count = size_bytes = 0
    for done, record_id in enumerate(wanted, start=1):
        for opened in _open_checked(centre, expected, record_id, identities, detours):
            folder.write_new(f"{record_id}/{_safe_path(opened.path)}", opened.chunks)
            file_count, size_bytes = file_count + 1, size_bytes + opened.size_bytes
        if progress is not None:
            progress(record_id, done, len(wanted))
    refused = tuple(sorted(expected.gone)) if target == expected.carrier_id else ()
    return Restored(tuple(wanted), refused, file_count, size_bytes, tuple(dict.fromkeys(detours)))


def open_record(centre: Centre, record_id: str, identities: Sequence[Identity]) -> Iterator[OpenedFile]:
    """Yield the files of one record, for a transfer package; each is compared with its digests on arrival.

    The caller writes the event. The chunks of a file have to be taken before the next file is asked for.

    Raises:
        NotFoundError: No such sealed record.
        NotPermittedError: The record is being destroyed, or is.
        FixityError: No place has it as it was sealed; from the chunks: a file is not what arrived.
        PlaceUnavailableError: No place could be read.
        NoIdentityMatchError: None of the identities opens it.
    """
    expected, wanted = _look_up(centre, record_id)
    return _open_checked(centre, expected, wanted[0], identities, [])


def _look_up(centre: Centre, target: str) -> tuple[_Expected, list[str]]:
    """Return what is known of a carrier, and which of its records may be opened; refuse one that is being destroyed (I3)."""
    with centre.database.read() as connection:
        carrier_id = sealings.carrier_of(connection, target) or target
        sealed = sealings.sealed_of_carrier(connection, carrier_id)
        gone = sealings.gone_of_carrier(connection, carrier_id)
        known = sealings.known_generation(connection, carrier_id)
        places = places_of(connection, centre, carrier_id)
    if target in gone:
        raise NotPermittedError(f"record {target}: it is destroyed, or being destroyed; nothing of it is opened")
    seals = {record_id: (seal.seal_id, seal.payload_sha256, seal.header_sha256) for record_id, seal in sealed.items()}
    wanted = [target] if target in seals else [record_id for record_id in seals if record_id not in gone]
    return _Expected(carrier_id, seals, gone, known, places), wanted


def _open_checked(
    centre: Centre, expected: _Expected, record_id: str, identities: Sequence[Identity], detours: list[str]
) -> Iterator[OpenedFile]:
    place, generation = _good_place(centre, expected, record_id, detours)
    with centre.database.read() as connection:
        files = {file.path: file for file in sealings.files_of_record(connection, record_id)}
    single_name = None if record_id == papers_id(expected.carrier_id) or len(files) > 1 else next(iter(files), None)
    if record_id == catalogue_id(expected.carrier_id):
        single_name = sealed_catalogue.NAME
    for opened in open_files(place, generation, record_id, single_name, identities):
        arrived = files.pop(opened.path, None)
        yield opened if arrived is None else _compared(record_id, opened, arrived)
    if files:
        raise FixityError(f"{record_id}: opened without {', '.join(sorted(files))}")


def _good_place(centre: Centre, expected: _Expected, record_id: str, detours: list[str]) -> tuple[Place, Generation]:
    """Return the first place that has a record as it was sealed; damage (V1) and a place that does not answer (I8) are passed over and told."""
    verifier = intake_verifier(centre)
    met: list[FixityError | PlaceUnavailableError] = []
    for place in expected.places:
        try:
            generation = _read(place, expected.carrier_id, verifier)
            require_known(place, generation, expected.known)
            _require_registered(place, generation, record_id, expected.seals[record_id])
            check_record(place, generation, record_id)
        except (FixityError, PlaceUnavailableError) as error:
            detours.append(str(error))
            met.append(error)
        else:
            return place, generation
    # Damage is told rather than an absence, when both are met.
    raise max(met, key=lambda error: isinstance(error, FixityError))


def _read(place: Place, carrier_id: str, verifier: Verifier) -> Generation:
    generation = read_newest(place, carrier_id, verifier)
    if generation is None:
        raise FixityError(f"{place.name}: found nothing of {carrier_id}, expected a copy")
    return generation


def require_known(place: Place, generation: Generation, known: sealings.KnownGeneration) -> None:
    """Refuse a generation that the ledger does not tell of: an older one replayed, or one made up (I1, V1).

    The next one after the newest told is accepted when it says so itself: it was committed, and the worker was
    killed before it could tell.

    Raises:
        FixityError: It is another.
    """
    manifest = generation.manifest
    if known.manifest_sha256 not in (generation.manifest_sha256, manifest.previous_sha256):
        raise FixityError(
            f"{place.name}: {manifest.carrier_id} has generation {manifest.generation} with manifest "
            f"{generation.manifest_sha256}, expected generation {known.generation} with {known.manifest_sha256}"
        )


def _require_registered(place: Place, generation: Generation, record_id: str, seal: tuple[str, str, str]) -> None:
    found = generation.record(record_id)
    if (found.seal_id, found.payload_sha256, found.header_sha256) != seal:
        raise FixityError(
            f"{place.name}: {record_id} has seal {found.seal_id}, payload {found.payload_sha256}, "
            f"header {found.header_sha256}, expected {', '.join(seal)} as registered"
        )


def _compared(record_id: str, opened: OpenedFile, arrived: FileDigest) -> OpenedFile:
    return OpenedFile(opened.path, opened.size_bytes, _compare(record_id, opened.chunks, arrived))


def _compare(record_id: str, chunks: Iterator[bytes], arrived: FileDigest) -> Iterator[bytes]:
    """Yield the bytes of a file, then refuse them when they are not what arrived (I1)."""
    sha256, sm3 = hashlib.sha256(), hashlib.new("sm3")
    for chunk in chunks:
        sha256.update(chunk)
        sm3.update(chunk)
        yield chunk
    if (sha256.hexdigest(), sm3.hexdigest()) != (arrived.sha256, arrived.sm3):
        raise FixityError(
            f"{record_id}, {arrived.path}: opened with sha256 {sha256.hexdigest()}, sm3 {sm3.hexdigest()}"
        )


def _safe_path(path: str) -> str:
    parts = path.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise UnsafeNameError(f"found the name {path!r} in a sealed record, expected one below its folder")
    if all(len(part.encode("utf-8")) <= _MOST_NAME_BYTES for part in parts):
        return path
    # A longer name cannot be given by the file system; the catalogue still says what it was.
    return f"long-name-{hashlib.sha256(path.encode('utf-8')).hexdigest()[:16]}"
