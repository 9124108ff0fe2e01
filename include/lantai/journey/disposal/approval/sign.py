"""Sign a list: panel and leader to approve, witnesses before and after.

A signature is bound to the list's digest and, where the signer has a key
enrolled, made with that key over canonical JSON of list, duty, stage and digest
(purpose `lantai-list`); `ssh-keygen -Y sign` makes the same. Without a key it
is asserted by the system, and the papers say so. With the leader's signature,
after the whole panel's, the list is approved, and the DAG of its kind is woken.

Source: 机关档案管理规定 (2018): witnesses recount before, sign after; vault.md, "The ledger".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.files.folder import read_bytes
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre import people
from lantai.edges.registry.disposal import lists as disposal
from lantai.edges.registry.disposal.holds import held_on_list
from lantai.edges.registry.disposal.sign_offs import add_sign_off
from lantai.errors import (
    KeyMissingError,
    LantaiError,
    NotPermittedError,
    PlaceUnavailableError,
    SignatureInvalidError,
    UsageError,
)
from lantai.formats.disposal.list_digest import SIGNATURE_NAMESPACE, message_to_sign
from lantai.formats.ledger import ssh_signature
from lantai.journey.disposal.acts.wake import wake
from lantai.journey.disposal.approval.refuse import recorded, refuse_if, refuse_if_held
from lantai.journey.disposal.approval.take_duty import take_duty
from lantai.records.custody.record import RecordStatus
from lantai.records.disposal.lists import DutyHeld, ListDuty, ListKind, ListState, SigningStage, SignOff
from lantai.records.ledger.event import EventKind
from lantai.rules.disposal.approval import approval_shortfalls, content_shortfalls, panel_shortfalls
from lantai.rules.disposal.carrying_out import state_shortfalls
from lantai.views.disposal.examined import Examined, examine

KEY_FILE_BYTES = 16 * 1024
"""The largest private key file that is read; an Ed25519 key has about 400 bytes."""


@dataclass(frozen=True, slots=True)
class SignedList:
    """What a signature did.

    Attributes:
        list_digest: What was signed.
        state: Of the list, after the signature.
        is_new: False when the same signature was there already.
        fingerprint: Of the key it was made with; None when it is asserted by the system.
        unheard: Why Airflow was not woken by an approval; None when it was, or when there was nothing to wake.
    """

    list_id: str
    duty: ListDuty
    stage: SigningStage
    list_digest: str
    state: ListState
    is_new: bool
    fingerprint: str | None
    unheard: LantaiError | None = None


def sign(
    centre: Centre,
    list_id: str,
    duty: ListDuty,
    person_id: str,
    key_file: Path | None = None,
    *,
    armored: str | None = None,
    on_behalf_of: str | None = None,
    counted: tuple[int, int] | None = None,
) -> SignedList:
    """Sign a list in one's duty (R9-19, P3); the signature that approves it wakes Airflow, once it is in the registry.

    Args:
        centre: The centre.
        list_id: The list.
        duty: Panel member, leader or witness.
        person_id: Staff id of who signs.
        key_file: The signer's OpenSSH private key; None when none is enrolled or `armored` is given.
        armored: A signature made elsewhere with `ssh-keygen -Y sign -n lantai-list`.
        on_behalf_of: Staff id of who delegated the duty, None for one's own.
        counted: Records and pages that a witness counted before the act; None leaves the recount to the registry.

    Raises:
        NotPermittedError: Somebody has to sign before, the person may not, or an enrolled key was not used; recorded.
        HeldError: A witness would sign while a record is under a hold; recorded.
        SignatureInvalidError: The signature does not verify against the enrolled key.
        KeyMissingError: The key file cannot be read.
    """
    with recorded(centre, list_id, person_id, "sign"), centre.database.begin() as connection:
        before = examine(connection, centre.settings, list_id, locks=True)
        held = DutyHeld(person_id, duty, on_behalf_of)
        signed = _sign(connection, centre, before, held, key_file, armored, counted)
    if duty is ListDuty.LEADER:
        return replace(signed, unheard=wake(centre, list_id))
    return signed


def _sign(
    connection: Connection,
    centre: Centre,
    before: Examined,
    held: DutyHeld,
    key_file: Path | None,
    armored: str | None,
    counted: tuple[int, int] | None,
) -> SignedList:
    list_id, duty = before.chosen.list_id, held.duty
    stage = _stage(before, duty)
    facts = _recount(before, stage, counted)
    take_duty(connection, centre, list_id, held)
    examined = examine(connection, centre.settings, list_id)
    _refuse_early(connection, examined, stage)
    digest = examined.dossier.decided_now
    armored, fingerprint = _signature(connection, centre, examined, (duty, stage, held.person_id), key_file, armored)
    known = {(each.sign_off.person_id, each.sign_off.stage, each.sign_off.list_digest) for each in examined.sign_offs}
    if (held.person_id, stage, digest) in known:
        return SignedList(list_id, duty, stage, digest, examined.chosen.state, False, fingerprint)
    now_at = centre.clock.now_at()
    facts |= {
        "duty": duty.value,
        "stage": stage.value,
        "list_digest": digest,
        "on_behalf_of": held.on_behalf_of or "",
        "fingerprint": fingerprint or "",
    }
    event_id = append(connection, EventKind.LIST_SIGNED, list_id, held.person_id, now_at, facts)
    sign_off = SignOff(list_id, duty, stage, held.person_id, digest, now_at, armored, held.on_behalf_of)
    add_sign_off(connection, sign_off, fingerprint, event_id)
    state = _approve(connection, centre, list_id) if duty is ListDuty.LEADER else examined.chosen.state
    return SignedList(list_id, duty, stage, digest, state, True, fingerprint)


def _stage(examined: Examined, duty: ListDuty) -> SigningStage:
    state, kind = examined.chosen.state, examined.chosen.kind
    if duty in (ListDuty.PANEL_MEMBER, ListDuty.LEADER):
        return SigningStage.APPROVE
    if duty is ListDuty.WITNESS and kind is ListKind.DESTRUCTION:
        if state in (ListState.APPROVED, ListState.AWAITING_CUSTODIAN):
            return SigningStage.BEFORE
        if state is ListState.EXECUTING:
            return SigningStage.AFTER
        raise NotPermittedError(f"list {examined.chosen.list_id}: found state {state.value}, expected an approved list")
    raise UsageError(f"duty {duty.value}: signs nothing on a {kind.value} list")


def _refuse_early(connection: Connection, examined: Examined, stage: SigningStage) -> None:
    """Refuse who signs out of turn: approvers before the panel is through, witnesses before the approval (R9-19); none over a hold (I3)."""
    chosen, dossier = examined.chosen, examined.dossier
    if stage is SigningStage.APPROVE:
        if chosen.state is not ListState.REVIEWED:
            reasons = panel_shortfalls(dossier) or state_shortfalls(chosen.state, ListState.REVIEWED)
            refuse_if(chosen.list_id, reasons)
        refuse_if(chosen.list_id, [*panel_shortfalls(dossier), *content_shortfalls(dossier)])
        return
    refuse_if(chosen.list_id, approval_shortfalls(dossier))
    if stage is SigningStage.BEFORE:
        refuse_if_held(chosen.list_id, [(row.row_no, row.hold_id) for row in held_on_list(connection, chosen.list_id)])


def _recount(examined: Examined, stage: SigningStage, counted: tuple[int, int] | None) -> dict[str, int | str]:
    """Count what is to go, or has gone, against the registry; a witness's own count has to agree (R9-15, N3)."""
    if stage is SigningStage.APPROVE:
        return {}
    status = RecordStatus.KEPT if stage is SigningStage.BEFORE else RecordStatus.DESTROYED
    going = examined.going
    found = (len(going), sum(r.page_count for r in going))
    other = [r.row_no for r in going if r.status != status.value]
    if other:
        raise NotPermittedError(
            f"list {examined.chosen.list_id}: {len(other)} of {len(going)} records are not {status.value} (row {other[0]})"
        )
    if counted is not None and counted != found:
        raise NotPermittedError(
            f"list {examined.chosen.list_id}: recount found {counted[0]} records and {counted[1]} pages, "
            f"the registry has {found[0]} and {found[1]}"
        )
    return {"record_count": found[0], "page_count": found[1]}


def _signature(
    connection: Connection,
    centre: Centre,
    examined: Examined,
    who: tuple[ListDuty, SigningStage, str],
    key_file: Path | None,
    armored: str | None,
) -> tuple[str | None, str | None]:
    """Return signature and fingerprint: who has a key enrolled signs with it, and with no other (P3)."""
    duty, stage, person_id = who
    keys = people.keys_on(connection, person_id, centre.clock.today_on())
    if not keys:
        if key_file is not None or armored is not None:
            raise NotPermittedError(f"person {person_id}: no key is enrolled; enrol it first, or sign without one")
        return None, None
    message = message_to_sign(examined.chosen.list_id, duty, stage, examined.dossier.decided_now)
    if armored is None:
        if key_file is None:
            raise NotPermittedError(f"person {person_id}: a key is enrolled ({keys[0].fingerprint}); sign with it")
        armored = ssh_signature.sign(message, ssh_signature.load_private_key(_key(key_file)), SIGNATURE_NAMESPACE)
    reasons = []
    for key in keys:
        try:
            ssh_signature.verify(message, armored, key.public_key, SIGNATURE_NAMESPACE)
        except SignatureInvalidError as error:
            reasons.append(str(error))
        else:
            return armored, key.fingerprint
    raise SignatureInvalidError(f"person {person_id}: {'; '.join(reasons)}")


def _key(path: Path) -> bytes:
    try:
        return read_bytes(path, KEY_FILE_BYTES)
    except PlaceUnavailableError as error:
        raise KeyMissingError(str(error)) from error


def _approve(connection: Connection, centre: Centre, list_id: str) -> ListState:
    """Approve a list that the leader has signed now, and refuse it when it lacks anything, a member's signature among it (R9-19)."""
    examined = examine(connection, centre.settings, list_id)
    refuse_if(list_id, approval_shortfalls(examined.dossier))
    disposal.note_approved(connection, list_id, centre.clock.now_at())
    return ListState.APPROVED
