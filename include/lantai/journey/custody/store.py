"""Store a sealed carrier: the same bytes at the vault and every copy place, each read back.

Packs and headers first, manifests last: a place has the carrier when its
manifest has its name. What a killed run left without a manifest is garbage and
is cleared before it is in the way.

Source: vault.md, "Where things lie" and "Copies"; reliability.md, "Faults".
"""

from __future__ import annotations

from collections.abc import Callable

from lantai.edges.centre import Centre
from lantai.edges.custody.apart import require_apart
from lantai.edges.custody.file_place import Place, sha256_of
from lantai.edges.custody.vault import copy_files, remove_unnamed, require_read_back
from lantai.edges.custody.vault_check import check_whole
from lantai.edges.custody.vault_reader import Generation, read_newest
from lantai.edges.database.fence import Fence
from lantai.edges.database.lease import Lease
from lantai.edges.files.machine import discard_folder
from lantai.errors import DiskFullError, FixityError, PlaceUnavailableError
from lantai.journey.custody.seal import Sealed, intake_verifier, work_folder
from lantai.records.custody.copy import Copy, CopyState
from lantai.records.text.progress import Progress


def store(centre: Centre, sealed: Sealed, lease: Lease, progress: Progress | None = None) -> list[Copy]:
    """Lay a sealed carrier down at every place, at as many as the policy asks for at least (R1-53, D1).

    Args:
        centre: The centre.
        sealed: From `seal`.
        lease: Held by this worker.
        progress: Told the place, files done and files in all.

    Returns:
        One row for each place that has it and was read back; at least as many as the policy asks for, the vault
        among them. The caller writes them, with the event, in one transaction.

    Raises:
        SettingsError: Two places are one folder, or one lies inside the other.
        PlaceUnavailableError: Fewer places than the policy asks for have it; a rerun goes on.
        DiskFullError: The same, for want of space.
        FixityError: A place has another generation of this carrier, or read back other bytes.
        LeaseLostError: Another worker has taken over.
    """
    require_apart(centre.vault.places)
    fence = Fence(centre.database, lease, centre.clock.now_at)
    copies: list[Copy] = []
    missed: list[PlaceUnavailableError] = []
    for place in centre.vault.places:
        try:
            lay_down(centre, sealed, place, fence, progress)
        except PlaceUnavailableError as error:
            if place is centre.vault.first:
                raise
            missed.append(error)
        else:
            copies.append(_row(centre, sealed, place))
    if len(copies) < centre.settings.min_copies:
        kind = DiskFullError if any(isinstance(error, DiskFullError) for error in missed) else PlaceUnavailableError
        told = "; ".join(str(error) for error in missed) or "no further place is configured"
        raise kind(
            f"{sealed.manifest.carrier_id}: stored at {len(copies)} places, "
            f"expected {centre.settings.min_copies}: {told}"
        )
    discard_work(centre, sealed.manifest.carrier_id)
    return copies


def lay_down(centre: Centre, sealed: Sealed, place: Place, fence: Fence, progress: Progress | None = None) -> None:
    """Bring one place to a generation: write what it lacks, read everything back, commit, read that back (I7, K3).

    Raises:
        FixityError: The place has another generation of this carrier, or read back other bytes.
        PlaceUnavailableError: The place could not be reached, or is full.
        LeaseLostError: Another worker has taken over.
    """
    generation = sealed.generation
    there = read_newest(place, generation.manifest.carrier_id, intake_verifier(centre))
    if there is not None:
        if there.manifest_sha256 != generation.manifest_sha256:
            raise FixityError(
                f"{place.name}: {generation.manifest.carrier_id} is there as generation {there.manifest.generation} "
                f"with manifest {there.manifest_sha256}, expected {generation.manifest_sha256}"
            )
        check_whole(place, there)
        return
    _clear_garbage(sealed.source, place, generation)
    tick = _ticker(fence, place, len(generation.files), progress)
    require_read_back(place, copy_files(sealed.source, place, generation.content, tick))
    fence.keep()
    require_read_back(place, copy_files(sealed.source, place, generation.commit, tick))


def discard_work(centre: Centre, carrier_id: str) -> None:
    """Take away the work folder of a carrier (I6).

    Raises:
        PlaceUnavailableError: It could not be removed.
    """
    discard_folder(work_folder(centre, carrier_id))


def _clear_garbage(source: Place, place: Place, generation: Generation) -> None:
    """Erase what a killed run has left of a carrier (K1); called where no manifest stands: it was never part of a copy."""
    same = [
        name
        for name in generation.content
        if place.size(name) == source.size(name) and sha256_of(place, name) == sha256_of(source, name)
    ]
    remove_unnamed(place, generation.manifest.carrier_id, same)


def _ticker(fence: Fence, place: Place, total: int, progress: Progress | None) -> Callable[[], None]:
    done = 0

    def tick() -> None:
        nonlocal done
        fence.keep_now_and_then()
        done += 1
        if progress is not None:
            progress(place.name, done, total)

    return tick


def _row(centre: Centre, sealed: Sealed, place: Place) -> Copy:
    return Copy(
        carrier_id=sealed.manifest.carrier_id,
        place=place.name,
        generation=sealed.manifest.generation,
        state=CopyState.VERIFIED,
        manifest_sha256=sealed.manifest_sha256,
        verified_at=centre.clock.now_at(),
    )
