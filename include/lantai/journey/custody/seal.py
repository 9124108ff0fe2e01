"""Seal a carrier: every record, its catalogue and its papers, into packs in the work folder.

The signed manifest comes last, after every payload was read back and opened.
A rerun adopts a complete signed generation, at a place or in the work folder,
and seals nothing twice; anything less is discarded and sealed anew, because
the file keys of a half sealing exist nowhere.

Source: vault.md, "Sealed records" and "Where things lie"; reliability.md, "Faults".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lantai.edges.centre import Centre
from lantai.edges.custody.apart import require_apart
from lantai.edges.custody.file_place import FilePlace, Place, sha256_of
from lantai.edges.custody.generated_lines import GeneratedLines
from lantai.edges.custody.one_pass import SealingPass
from lantai.edges.custody.plaintext import PlainFile, PlainRecord
from lantai.edges.custody.vault import write_headers, write_manifest
from lantai.edges.custody.vault_check import check_whole
from lantai.edges.custody.vault_reader import Generation, read_newest
from lantai.edges.database.fence import Fence
from lantai.edges.database.lease import Lease
from lantai.edges.files.machine import discard_folder, is_there, make_new_folder
from lantai.edges.keys.files import INTAKE, Verifier, load_verifier
from lantai.errors import FixityError, PlaceUnavailableError
from lantai.formats.age.file import recipient_id
from lantai.formats.vault import sealed_catalogue
from lantai.formats.vault.manifest import carrier_folder
from lantai.journey.custody.hold_room import hold_room
from lantai.records.custody.manifest import Manifest
from lantai.records.custody.record import Record
from lantai.records.intake.carrier import ReceivedFile
from lantai.records.text.progress import Progress

FIRST_GENERATION = 1


@dataclass(frozen=True, slots=True)
class CarrierFacts:
    """What the manifest says of the carrier."""

    carrier_id: str
    unit_code: str
    filing_year: int
    data_form: str
    round_no: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """A carrier that is sealed, and where its sealed bytes lie now.

    Attributes:
        generation: The signed manifests.
        source: The work folder, or a place where a former run had finished.
        is_adopted: Whether a former run had sealed it.
    """

    generation: Generation
    source: Place
    is_adopted: bool

    @property
    def manifest(self) -> Manifest:
        """The payload manifest, digests of the headers with it: one row of `sealed_record` each."""
        return self.generation.manifest

    @property
    def manifest_sha256(self) -> str:
        """What the ledger, the receipt and the rows of the copies carry."""
        return self.generation.manifest_sha256


def catalogue_id(carrier_id: str) -> str:
    """Return the record id of a carrier's sealed catalogue."""
    return f"{carrier_id}-catalogue"


def papers_id(carrier_id: str) -> str:
    """Return the record id of the other files of a carrier's bag."""
    return f"{carrier_id}-papers"


def seal(
    centre: Centre,
    carrier: CarrierFacts,
    records: Sequence[Record],
    papers: Sequence[ReceivedFile],
    open_file: Callable[[int], BinaryIO],
    file_of_path: Mapping[str, int],
    lease: Lease,
    progress: Progress | None = None,
) -> Sealed:
    """Seal a carrier, or take over what a former run has sealed of it (K1, K3, R1-53, D1).

    Args:
        centre: The centre; its recipients and its intake key are used.
        carrier: What the manifest says of it.
        records: In the order of the catalogue, at least one.
        papers: All other files of the bag, as received.
        open_file: Opens a received file by its number.
        file_of_path: Number of a received file by the path that `records` call it.
        lease: Held by this worker.
        progress: Told what is worked on, bytes done, bytes in all.

    Raises:
        SettingsError: Two places are one folder, or one lies inside the other: refused before the work.
        FixityError: A file is not what arrived; or a place holds a sealing of other records.
        DiskFullError: There is no space in the work folder.
        KeyMissingError: No recipients, or no intake key.
        LeaseLostError: Another worker has taken over.
    """
    require_apart(centre.vault.places)
    fence = Fence(centre.database, lease, centre.clock.now_at)
    fence.keep()
    wanted = [
        *(record.record_id for record in records),
        catalogue_id(carrier.carrier_id),
        papers_id(carrier.carrier_id),
    ]
    if adopted := _adopt(centre, carrier.carrier_id, wanted):
        return adopted
    folder = work_folder(centre, carrier.carrier_id)
    discard_folder(folder)
    make_new_folder(folder / carrier_folder(carrier.carrier_id))
    plain = [
        *(_plain_record(record, open_file, file_of_path) for record in records),
        _plain_catalogue(carrier.carrier_id, records),
        _plain_papers(carrier.carrier_id, papers, open_file),
    ]
    total_bytes, done_bytes = sum(record.size_bytes for record in plain), 0
    # Held once more: others have written to the same disks since the package came in.
    hold_room(centre, carrier.carrier_id, arriving_bytes=0, sealed_bytes=total_bytes)
    with SealingPass(folder / carrier_folder(carrier.carrier_id), centre.recipients, FIRST_GENERATION) as sealing_pass:
        for record in plain:
            fence.keep_now_and_then()
            sealing_pass.seal(record)
            done_bytes += record.size_bytes
            if progress is not None:
                progress(carrier.carrier_id, done_bytes, total_bytes)
    fence.keep()
    return Sealed(_sign(centre, carrier, folder, sealing_pass), _work(folder), is_adopted=False)


def work_folder(centre: Centre, carrier_id: str) -> Path:
    """Return where a carrier's next generation is made."""
    return centre.settings.work / carrier_id


def intake_verifier(centre: Centre) -> Verifier:
    """Return the key that manifests are checked with; its private half need not be here."""
    return load_verifier(INTAKE, centre.settings.intake_key_file)


def _work(folder: Path) -> FilePlace:
    return FilePlace(folder, is_marked=False)


def _sign(centre: Centre, carrier: CarrierFacts, folder: Path, sealing_pass: SealingPass) -> Generation:
    """Lay down headers and manifest, signed: what a stranger opens the carrier by (L1), and tells it from a changed one (I1)."""
    work = _work(folder)
    sign = centre.intake_signer.sign
    sealings = sealing_pass.sealings
    headers = write_headers(
        work,
        carrier.carrier_id,
        FIRST_GENERATION,
        [recipient_id(recipient) for recipient in centre.recipients],
        [(sealing.sealed.record_id, sealing.sealed.seal_id, sealing.header) for sealing in sealings],
        sign,
    )
    manifest = Manifest(
        carrier_id=carrier.carrier_id,
        unit_code=carrier.unit_code,
        filing_year=carrier.filing_year,
        data_form=str(carrier.data_form),
        round_no=carrier.round_no,
        generation=FIRST_GENERATION,
        previous_sha256="",
        catalogue=catalogue_id(carrier.carrier_id),
        papers=papers_id(carrier.carrier_id),
        records=tuple(sealing.sealed for sealing in sealings),
    )
    packs = dict.fromkeys(f"{carrier_folder(carrier.carrier_id)}/{record.pack}" for record in manifest.records)
    return write_manifest(work, manifest, headers, {path: sha256_of(work, path) for path in packs}, sign)


def _adopt(centre: Centre, carrier_id: str, wanted: list[str]) -> Sealed | None:
    """Return a whole sealing that a former run has left, at a place or in the work folder (K1, I4); None when there is none."""
    verifier = intake_verifier(centre)
    folder = work_folder(centre, carrier_id)
    candidates: list[Place] = list(centre.vault.places)
    if is_there(folder):
        candidates.append(_work(folder))
    for place in candidates:
        try:
            generation = read_newest(place, carrier_id, verifier)
            if generation is None:
                continue
            check_whole(place, generation)
        except (FixityError, PlaceUnavailableError):
            # Not complete here: another place may have it whole; if none has, nothing was ever receipted.
            continue
        found = [record.record_id for record in generation.manifest.records]
        if found != wanted:
            raise FixityError(
                f"{place.name}: {carrier_id} is sealed there with {len(found)} records, expected these {len(wanted)}"
            )
        return Sealed(generation, place, is_adopted=True)
    return None


def _plain_record(record: Record, open_file: Callable[[int], BinaryIO], file_of_path: Mapping[str, int]) -> PlainRecord:
    files = []
    for file in record.files:
        if file.path not in file_of_path:
            raise FixityError(f"{record.record_id}: found no received file {file.path!r}, expected it")
        opener = _opener(open_file, file_of_path[file.path])
        files.append(PlainFile(file, opener))
    return PlainRecord(record.record_id, tuple(files), is_tar=len(files) > 1)


def _plain_papers(carrier_id: str, papers: Sequence[ReceivedFile], open_file: Callable[[int], BinaryIO]) -> PlainRecord:
    files = tuple(PlainFile(file.digest, _opener(open_file, file.file_no)) for file in papers)
    return PlainRecord(papers_id(carrier_id), files, is_tar=True)


def _opener(open_file: Callable[[int], BinaryIO], file_no: int) -> Callable[[], BinaryIO]:
    return lambda: open_file(file_no)


def _plain_catalogue(carrier_id: str, records: Sequence[Record]) -> PlainRecord:
    """Return the sealed catalogue, by which a stranger finds a record (L1)."""
    lines = GeneratedLines(sealed_catalogue.NAME, lambda: map(sealed_catalogue.dump_record, records))
    return PlainRecord(catalogue_id(carrier_id), (PlainFile(lines.digest, lines.open),), is_tar=False)
