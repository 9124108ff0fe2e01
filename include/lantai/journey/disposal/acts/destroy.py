"""Destroy the records of an approved list, in the order that leaves proof of every step.

What permits it are rows, looked up now: see `permit`. Then, all within state
*executing*, told apart by what is there and not by a flag, so that any run may
be killed anywhere and the next one goes on:

1. every place that is configured or that a row of a copy names answers and can be written, or nothing begins; records
   get status *destroying* with the `destroying` event, in one transaction; a checkpoint that covers it is put out at
   every place and read back, before any byte is touched;
2. each carrier is erased at every place, headers first (`erase`), and looked at again;
3. records get status *destroyed* with tombstones and the `destroyed` event, in one transaction;
4. the run ends and says that it waits for the witnesses to sign "after";
5. when both have, the next run looks at every place once more and issues the certificate (`certify`); only then is the list *done*.

A list whose every row the panel kept has nothing to erase: it is done at once, with its new periods.

Source: vault.md, "Destruction, in order"; 机关档案管理规定 (2018).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from lantai.edges.centre import Centre
from lantai.edges.custody.file_place import Place, read_small
from lantai.edges.database.fence import Fence
from lantai.edges.database.lease import Lease, leased, require
from lantai.edges.disposal.paper_files import put_paper
from lantai.edges.keys.tombstone_key import tombstone_key
from lantai.edges.ledger.events import append
from lantai.edges.ledger.files import note_path, publish
from lantai.edges.registry.custody import holdings
from lantai.edges.registry.disposal import dispositions
from lantai.edges.registry.disposal import lists as disposal
from lantai.errors import FixityError, LedgerError, NotPermittedError, RegistryBusyError
from lantai.formats.ledger import canonical
from lantai.journey.custody.find_copies import KnownCopies, known_copies, require_copies_at_hand
from lantai.journey.disposal.acts.certify import certify, close_list
from lantai.journey.disposal.acts.erase import erase
from lantai.journey.disposal.acts.prepare import Prepared
from lantai.journey.disposal.acts.prepare import prepare as prepare_lists
from lantai.journey.disposal.approval.permit import permit
from lantai.journey.disposal.approval.refuse import recorded
from lantai.journey.disposal.approval.take_duty import may_take_duty, take_duty
from lantai.journey.ledger.checkpoint import checkpointed_at, make_checkpoint, newest_note
from lantai.records.custody.record import RecordStatus
from lantai.records.disposal.carried_out import ListedFile, PlaceErasure
from lantai.records.disposal.listed_record import ListedRecord
from lantai.records.disposal.lists import DutyHeld, ListDuty, ListKind, ListState, SigningStage
from lantai.records.disposal.shortfall import Shortfall
from lantai.records.ledger.event import EventKind
from lantai.rules.disposal.appraisal import files_digest
from lantai.rules.disposal.approval import witness_shortfalls
from lantai.views.disposal.examined import examine

MOST_IDS_IN_LEAF = 100
"""Up to so many record ids stand in the leaf itself; of a longer list their digest, and the ids in a paper beside it."""


@dataclass(frozen=True, slots=True)
class Destroyed:
    """How far a destruction is.

    Attributes:
        list_id: The list.
        state: Its state now; *done* only when all is gone and on paper.
        record_count: Records destroyed by it so far.
        waiting_for: What is still needed, by name and values; empty when done.
        certificate_id: The certificate, None before it is issued.
    """

    list_id: str
    state: ListState
    record_count: int
    waiting_for: Sequence[Shortfall]
    certificate_id: str | None


def prepare(centre: Centre) -> Prepared:
    """Hand ripe destruction lists to the custodian; see `lantai.journey.disposal.acts.prepare`."""
    return prepare_lists(centre, ListKind.DESTRUCTION)


def destroy(centre: Centre, list_id: str, custodian: str, disposal_key: Path | None = None) -> Destroyed:
    """Carry a destruction list as far as its rows permit (R9-19); safe to run again at any moment (I4, K1).

    Args:
        centre: The centre.
        list_id: The list; it waits for the custodian, or is being carried out.
        custodian: Staff id of who carries it out.
        disposal_key: Key that signs certificates; None reads `keys/disposal.pem`.

    Raises:
        NotPermittedError: Something is missing; all of it is named, the refusal is recorded, nothing is erased.
        HeldError: A record is under a hold; recorded, nothing is erased.
        KeyMissingError: The certificate is due and its key is not here.
        PlaceUnavailableError: A place did not answer. Before the records are marked nothing has begun; after that it is half
            done, to be run again.
        RegistryBusyError: Copies were registered elsewhere while the places were looked at; nothing has begun.
        FixityError: A copy is not where its row says, or is not what was sealed.
        LeaseLostError: Another worker is at this list.
    """
    now_at = centre.clock.now_at
    with (
        recorded(centre, list_id, custodian, "destroy"),
        leased(centre.database, f"list:{list_id}", centre.holder, now_at) as lease,
    ):
        fence = Fence(centre.database, lease, now_at)
        _begin(centre, list_id, custodian, lease, fence)
        destroying = _told(centre, list_id, EventKind.DESTROYING)
        if destroying and _told(centre, list_id, EventKind.DESTROYED) is None:
            _announce(centre, list_id, destroying)
            looked = _erase(centre, list_id, fence)
            _write_down(centre, list_id, custodian, looked, lease)
        return _finish(centre, list_id, custodian, disposal_key, fence)


def _begin(centre: Centre, list_id: str, custodian: str, lease: Lease, fence: Fence) -> None:
    """Let the records go over to *destroying*, once, when everything permits it and every copy of them is at hand (I3, I8, K3).

    Places are looked at between two transactions, for as long as they take to answer; what permitted the act is looked up
    again afterwards.
    """
    known = _look_up(centre, list_id, custodian)
    require_copies_at_hand(centre, known, fence.keep_now_and_then)
    with centre.database.begin() as connection:
        require(connection, lease)
        examined = examine(connection, centre.settings, list_id, locks=True)
        if examined.chosen.state is ListState.DONE:
            return
        take_duty(connection, centre, list_id, DutyHeld(custodian, ListDuty.CUSTODIAN, None))
        if examined.chosen.state is ListState.EXECUTING:
            return
        examined = examine(connection, centre.settings, list_id)
        going = examined.going
        permit(connection, centre, examined)
        if known_copies(connection, _carriers_of(going)) != known:
            raise RegistryBusyError(
                f"list {list_id}: found copies at other places than those that were looked at just now; nothing has begun"
            )
        disposal.move(connection, list_id, ListState.EXECUTING)
        if not going:
            return
        panel_count = len(examined.dossier.panel)
        count = dispositions.begin_disposing(connection, list_id, panel_count, RecordStatus.DESTROYING)
        if count != len(going):
            raise NotPermittedError(f"list {list_id}: {count} records go over to destroying, expected {len(going)}")
        facts = _ids_facts(centre, list_id, [record.record_id for record in going])
        facts["list_digest"] = examined.dossier.decided_now
        append(connection, EventKind.DESTROYING, list_id, custodian, centre.clock.now_at(), facts)


def _look_up(centre: Centre, list_id: str, custodian: str) -> tuple[KnownCopies, ...]:
    """Return what rows say of the copies that an act has to reach, none of one that has begun; refuse what is not permitted (I3)."""
    with centre.database.read() as connection:
        examined = examine(connection, centre.settings, list_id)
        if examined.chosen.kind is not ListKind.DESTRUCTION:
            raise NotPermittedError(f"list {list_id}: found a {examined.chosen.kind.value} list, expected destruction")
        if examined.chosen.state in (ListState.EXECUTING, ListState.DONE):
            return ()
        may_take_duty(connection, centre, list_id, DutyHeld(custodian, ListDuty.CUSTODIAN, None))
        permit(connection, centre, examined)
        return known_copies(connection, _carriers_of(examined.going))


def _carriers_of(going: Iterable[ListedRecord]) -> list[str]:
    return sorted({record.carrier_id for record in going})


def _ids_facts(centre: Centre, list_id: str, record_ids: Sequence[str]) -> dict[str, int | str]:
    text = canonical.dumps({"list_id": list_id, "record_ids": list(record_ids)})
    put_paper(centre.settings.papers / list_id, "destroying.json", text)
    facts: dict[str, int | str] = {
        "record_count": len(record_ids),
        "record_ids_sha256": hashlib.sha256(text).hexdigest(),
    }
    if len(record_ids) <= MOST_IDS_IN_LEAF:
        facts["record_ids"] = ",".join(record_ids)
    return facts


def _announce(centre: Centre, list_id: str, destroying: str) -> None:
    """See that every place, those that only a row names included, tells of the `destroying` event before any byte is touched (I5).

    Raises:
        LedgerError: A place does not have the checkpoint as it was signed.
        PlaceUnavailableError: Too few places could take it.
    """
    checkpoint = make_checkpoint(centre)
    if checkpoint is None or checkpointed_at(centre, destroying) is None:
        raise LedgerError(f"list {list_id}: its destroying event lies in no checkpoint, expected one before the act")
    expected = newest_note(centre)
    places = _places_of(centre, list_id)
    for place in places[len(centre.vault.places) :]:
        # A place that only a row names gets no checkpoint of every day; it is erased as the others are.
        publish(centre.database, place, whole=False)
    for place in places:
        found = read_small(place, note_path(checkpoint.size)).decode("utf-8", "replace")
        if found != expected:
            raise LedgerError(
                f"{place.name}: checkpoint {checkpoint.size} is not the one that was signed; nothing was erased"
            )


def _places_of(centre: Centre, list_id: str) -> tuple[Place, ...]:
    """Return every place at which a copy of the list's carriers may lie, the configured ones first."""
    with centre.database.read() as connection:
        carriers = dispositions.records_by_carrier(
            connection, list_id, (RecordStatus.DESTROYING, RecordStatus.DESTROYED)
        )
        named = {copy.place for carrier_id in carriers for copy in holdings.copies_of(connection, carrier_id)}
    return centre.vault.places_with(named)


def _erase(centre: Centre, list_id: str, fence: Fence) -> list[PlaceErasure]:
    with centre.database.read() as connection:
        by_carrier = dispositions.records_by_carrier(
            connection, list_id, (RecordStatus.DESTROYING, RecordStatus.DESTROYED)
        )
    looked: list[PlaceErasure] = []
    for carrier_id, record_ids in by_carrier.items():
        fence.keep()
        with leased(centre.database, f"carrier:{carrier_id}", centre.holder, centre.clock.now_at) as lease:
            looked.extend(erase(centre, carrier_id, record_ids, lease))
    left = [f"{one.place}: {', '.join(one.remaining[:3])}" for one in looked if one.remaining]
    if left:
        raise FixityError(f"list {list_id}: still found after erasure at {'; '.join(left)}, expected nothing")
    return looked


def _write_down(centre: Centre, list_id: str, custodian: str, looked: Sequence[PlaceErasure], lease: Lease) -> None:
    """Say in one transaction, once, that the records are destroyed, with a tombstone for each (I4, K3)."""
    with centre.database.begin() as connection:
        require(connection, lease)
        examined = examine(connection, centre.settings, list_id, locks=True)
        now_at = centre.clock.now_at()
        key = tombstone_key(centre.settings.keys, may_be_made=not dispositions.has_tombstones(connection))
        digests = _digests(key, dispositions.files(connection, list_id, (RecordStatus.DESTROYING,)))
        dispositions.put_tombstones(connection, list_id, examined.chosen.unit_code, digests, now_at)
        count = dispositions.move_records(connection, list_id, RecordStatus.DESTROYING, RecordStatus.DESTROYED)
        facts: dict[str, int | str] = {
            "record_count": count,
            "places": len({one.place for one in looked}),
            "looks_sha256": hashlib.sha256(canonical.dumps([_look(one) for one in looked])).hexdigest(),
        }
        append(connection, EventKind.DESTROYED, list_id, custodian, now_at, facts)
    make_checkpoint(centre)


def _digests(key: bytes, listed: Iterable[ListedFile]) -> list[tuple[str, str]]:
    return [
        (record_id, files_digest(key, [file.digest.sha256 for file in files]))
        for record_id, files in groupby(listed, key=attrgetter("record_id"))
    ]


def _look(one: PlaceErasure) -> list[object]:
    return [one.carrier_id, one.place, one.erasure_class, one.generation, one.manifest_sha256]


def _finish(centre: Centre, list_id: str, custodian: str, disposal_key: Path | None, fence: Fence) -> Destroyed:
    """Wait for both witnesses (N3), then look at every place once more, certify and close the list, once (I4)."""
    with centre.database.read() as connection:
        examined = examine(connection, centre.settings, list_id)
        destroyed = dispositions.newest_event(connection, list_id, EventKind.DESTROYED)
        issued = dispositions.certificate_of(connection, list_id)
        count, _ = disposal.counted(connection, list_id, [RecordStatus.DESTROYED.value])
    if examined.chosen.state is ListState.DONE:
        # A run that was killed between signing the last checkpoint and putting it out has left that to this one.
        make_checkpoint(centre)
        return Destroyed(list_id, ListState.DONE, count, (), issued.certificate_id if issued else None)
    if destroyed is None:
        close_list(centre, list_id, custodian, None)
        return Destroyed(list_id, ListState.DONE, 0, (), None)
    missing = witness_shortfalls(examined.dossier, SigningStage.AFTER, destroyed.occurred_at)
    if missing:
        return Destroyed(list_id, ListState.EXECUTING, count, missing, None)
    certificate_id = certify(centre, list_id, custodian, _erase(centre, list_id, fence), disposal_key)
    return Destroyed(list_id, ListState.DONE, count, (), certificate_id)


def _told(centre: Centre, list_id: str, kind: EventKind) -> str | None:
    with centre.database.read() as connection:
        found = dispositions.newest_event(connection, list_id, kind)
    return None if found is None else found.event_id
