"""Erase records of a carrier at every place, those that only a row names included: headers first, then payloads.

The next generation is built without them from what lies at the places, which
gives the same bytes however often it is built; so a killed run is gone on with
by running it again. The old generation is erased where the new one was read
back, and every place is looked at again afterwards. Whether the records may be
erased at all is permitted by their rows (`destroying`), never by a caller.

The carrier's sealed `catalogue` and `papers` stay while any of its records is
kept, and go with the last one: the register of destruction, which is kept for
good, names the same titles.

Source: vault.md, "Destruction, in order", 3 to 5; reliability.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

from lantai.edges.centre import Centre
from lantai.edges.custody.file_place import FilePlace, Place
from lantai.edges.custody.successor import write_headers_without, write_packs_without
from lantai.edges.custody.vault import copy_missing, remove_unnamed, require_read_back
from lantai.edges.custody.vault_check import check_headers, check_whole
from lantai.edges.custody.vault_reader import Generation, all_files, header_files, read_newest, read_newest_headers
from lantai.edges.database.fence import Fence
from lantai.edges.database.lease import Lease, require
from lantai.edges.files.machine import make_new_folder
from lantai.edges.ledger.events import append
from lantai.edges.registry.custody import sealings
from lantai.errors import FixityError, NotPermittedError
from lantai.formats.vault.manifest import HeadersManifest
from lantai.journey.custody.find_copies import find_copies, known_copies
from lantai.journey.custody.restore import require_known
from lantai.journey.custody.seal import intake_verifier, work_folder
from lantai.journey.custody.store import discard_work
from lantai.records.disposal.carried_out import PlaceErasure
from lantai.records.ledger.event import EventKind

T = TypeVar("T")


def erase(centre: Centre, carrier_id: str, record_ids: Collection[str], lease: Lease) -> list[PlaceErasure]:
    """Erase records of a carrier at every place, when their rows permit it (I3); a rerun goes on where the last one stopped (K1, K3).

    Args:
        centre: The centre; its intake key signs the new generation.
        carrier_id: Their carrier.
        record_ids: Records whose rows say `destroying` (or `destroyed`, on a rerun).
        lease: Held by this worker.

    Returns:
        One finding for every place, none left out.

    Raises:
        NotPermittedError: A record is not being destroyed.
        PlaceUnavailableError: A place could not be reached: half done, to be run again.
        FixityError: No place has the carrier whole, a registered copy is not at its place, or a place holds a generation the ledger does not know.
        LeaseLostError: Another worker has taken over.
    """
    fence = Fence(centre.database, lease, centre.clock.now_at)
    fence.keep()
    with centre.database.read() as connection:
        known = sealings.known_generation(connection, carrier_id)
        (copies,) = known_copies(connection, [carrier_id])
        if kept := sealings.not_gone(connection, record_ids):
            raise NotPermittedError(
                f"carrier {carrier_id}: {len(kept)} records are not being destroyed, first {kept[0]}"
            )
    found = find_copies(centre, copies)
    discard_work(centre, carrier_id)
    erasing = _Erasing(centre, carrier_id, found.holding, frozenset(record_ids), fence)
    base = erasing.newest(known)
    # Told before another one is built on it: of two in a row that nobody told, the last would be unknown for good.
    known = _tell(centre, lease, base, known, ())
    target = erasing.spread_packs(base, erasing.spread_headers())
    _tell(centre, lease, target, known, erasing.places)
    # What was begun and never registered nobody relies on, and it may be of another sealing: nothing of it stays.
    staying = {place: () if place in found.begun else target.files for place in (*erasing.places, *found.begun)}
    for place, files in staying.items():
        fence.keep()
        remove_unnamed(place, carrier_id, files)
    discard_work(centre, carrier_id)
    return [_look_again(centre, place, target, erasing.gone) for place in found.places]


class _Erasing:
    """One erasure under way. Every place has to answer: one that cannot be reached would keep what it has."""

    def __init__(
        self, centre: Centre, carrier_id: str, places: Sequence[Place], gone: frozenset[str], fence: Fence
    ) -> None:
        self.places = places
        self.gone = gone
        self._carrier_id = carrier_id
        self._fence = fence
        self._sign = centre.intake_signer.sign
        self._verifier = intake_verifier(centre)
        self._work = FilePlace(work_folder(centre, carrier_id), is_marked=False)
        make_new_folder(self._work.root)

    def newest(self, known: sealings.KnownGeneration) -> Generation:
        """Return the newest generation that any place has, as the ledger knows it; the catalogue goes with the last record only (I2)."""
        base = max(
            self._at_every_place(lambda place: read_newest(place, self._carrier_id, self._verifier)),
            key=lambda generation: generation.manifest.generation,
        )
        require_known(self.places[0], base, known)
        records = {record.record_id for record in base.manifest.records}
        if not records - self.gone - {base.manifest.catalogue, base.manifest.papers}:
            self.gone |= records
        return base

    def spread_headers(self) -> HeadersManifest:
        """Bring the headers without these records to every place, then erase the former ones (R9-19, K1)."""
        headers = max(
            (
                found[0]
                for found in self._at_every_place(
                    lambda place: read_newest_headers(place, self._carrier_id, self._verifier)
                )
            ),
            key=lambda headers: headers.generation,
        )
        if any(header.record_id in self.gone for header in headers.headers):
            # Headers are never behind payloads, so theirs is the highest number so far.
            former, number = headers, headers.generation + 1
            headers = self._from_any(
                lambda place: write_headers_without(place, self._work, former, self.gone, number, self._sign)
            )
        names = header_files(self._carrier_id, headers.generation)
        self._spread(names)
        for place in self.places:
            check_headers(place, headers)
        for place in self.places:
            self._fence.keep()
            payloads = [name for name in all_files(place, self._carrier_id) if not name.startswith("headers/")]
            remove_unnamed(place, self._carrier_id, (*payloads, *names))
        return headers

    def spread_packs(self, base: Generation, headers: HeadersManifest) -> Generation:
        """Bring the generation whose payloads are those with a header to every place, its manifest last (R9-19, K1)."""
        kept = frozenset(header.record_id for header in headers.headers)
        target = base
        if any(record.record_id not in kept for record in base.manifest.records):
            # Headers that lack a record of the former payloads are newer than these, so their number is free.
            target = self._from_any(
                lambda place: write_packs_without(place, self._work, base, headers, headers.generation, self._sign)
            )
        self._spread(target.content)
        for place in self.places:
            check_whole(place, target)
        self._spread(target.commit)
        return target

    def _at_every_place(self, read: Callable[[Place], T | None]) -> list[T]:
        found: list[T] = []
        damage: FixityError | None = None
        for place in self.places:
            try:
                at_place = read(place)
            except FixityError as error:
                damage = error
            else:
                found += [] if at_place is None else [at_place]
        if not found:
            raise damage or FixityError(f"carrier {self._carrier_id}: found it at no place, expected copies")
        return found

    def _from_any(self, build: Callable[[Place], T]) -> T:
        damage: FixityError | None = None
        for place in self.places:
            try:
                return build(place)
            except FixityError as error:
                damage = error
        raise damage or FixityError(f"carrier {self._carrier_id}: found it at no place, expected copies")

    def _spread(self, names: Iterable[str]) -> None:
        wanted = list(names)
        for place in self.places:
            self._fence.keep()
            sources = [self._work, *(other for other in self.places if other is not place)]
            require_read_back(place, copy_missing(sources, place, wanted, self._fence.keep_now_and_then))


def _tell(
    centre: Centre,
    lease: Lease,
    target: Generation,
    known: sealings.KnownGeneration,
    places: Iterable[Place],
) -> sealings.KnownGeneration:
    """Tell the ledger of a generation that it does not know, once (I4, I5), and say in the rows where it lies; return it as known."""
    manifest, now_at = target.manifest, centre.clock.now_at()
    facts: dict[str, int | str] = {
        "generation": manifest.generation,
        "manifest_sha256": target.manifest_sha256,
        "previous_sha256": manifest.previous_sha256,
        "record_count": len(manifest.records),
    }
    with centre.database.begin() as connection:
        require(connection, lease)
        if known.manifest_sha256 != target.manifest_sha256:
            append(connection, EventKind.CARRIER_SEALED, manifest.carrier_id, "system", now_at, facts)
        sealings.move_to_generation(
            connection, manifest, target.manifest_sha256, [place.name for place in places], now_at
        )
    return sealings.KnownGeneration(manifest.generation, target.manifest_sha256)


def _look_again(centre: Centre, place: Place, target: Generation, gone: frozenset[str]) -> PlaceErasure:
    """Return what lies at a place now: every byte is read, and whatever is left of the erased records is named (R9-19, V1)."""
    carrier_id = target.manifest.carrier_id
    found = all_files(place, carrier_id)
    generation = read_newest(place, carrier_id, intake_verifier(centre))
    if generation is None:
        number, digest, remaining = 0, "", found
    else:
        # Every byte is read: the packs hold the members that the manifests name, and nothing else. A header without a record in
        # the manifest is refused where they are read.
        check_whole(place, generation)
        number, digest = generation.manifest.generation, generation.manifest_sha256
        remaining = [name for name in found if name not in generation.files]
        remaining += sorted(gone & {record.record_id for record in generation.manifest.records})
    return PlaceErasure(
        carrier_id, place.name, place.erasure_class, number, digest, centre.clock.now_at(), tuple(remaining)
    )
