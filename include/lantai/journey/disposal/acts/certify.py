"""Certify a destruction: the certificate, the register as approved, and only then the list is done.

The certificate says what was looked at, where, when and by whom, and never
more than that. Its signed JSON is what counts; the PDF beside it is for people.
It is issued once per list, in the transaction that closes the list and gives
what the panel kept its new period.

Source: vault.md, destruction 5 to 7; 档案法实施条例 (2024) art. 24 (重新划定保管期限); 机关档案管理规定 (2018).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.disposal.paper_files import put_paper
from lantai.edges.keys.files import DISPOSAL, key_files, load_signer
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre import people
from lantai.edges.registry.disposal import dispositions
from lantai.edges.registry.disposal import lists as disposal
from lantai.errors import NotPermittedError
from lantai.formats.disposal.certificates import DestructionBody, LedgerProof
from lantai.formats.ledger import canonical
from lantai.formats.ledger.signed_note import Checkpoint
from lantai.formats.papers import form, form_content
from lantai.journey.custody.name_place import name_place
from lantai.journey.disposal.print_list import print_list, printed_checkpoint, printed_digest, printed_signers
from lantai.journey.ledger.checkpoint import make_checkpoint, newest_note, proof
from lantai.locales import say
from lantai.records.custody.record import RecordStatus
from lantai.records.disposal.carried_out import Certificate, PlaceErasure
from lantai.records.disposal.lists import Decision, ListKind, ListState
from lantai.records.ledger.event import EventKind
from lantai.rules.disposal.appraisal import extended_due_on
from lantai.views.disposal.examined import Examined, examine

CERTIFICATE, REGISTER = (
    say(f"file_names.{name}", "zh") for name in ("destruction_certificate", "destruction_register")
)


def certify(
    centre: Centre, list_id: str, custodian: str, looked: Sequence[PlaceErasure], disposal_key: Path | None = None
) -> str:
    """Issue the certificate of a destruction and close its list; return the certificate's id (N3).

    Args:
        centre: The centre.
        list_id: The list; its records are destroyed, its witnesses have signed "after".
        custodian: Staff id of who carries it out.
        looked: What was found at every place just now.
        disposal_key: Key that signs certificates; None reads `keys/disposal.pem`.

    Raises:
        KeyMissingError: The key is not here; the list stays as it is, a rerun with the key issues the certificate.
        NotPermittedError: A record of the list is not destroyed.
    """
    signer = load_signer(DISPOSAL, disposal_key or key_files(centre.settings)[DISPOSAL])
    checkpoint = make_checkpoint(centre)
    with centre.database.read() as connection:
        examined = examine(connection, centre.settings, list_id)
        destroyed = dispositions.newest_event(connection, list_id, EventKind.DESTROYED)
        left, _ = disposal.counted(connection, list_id, [RecordStatus.DESTROYING.value])
        twins = dispositions.twins(connection, list_id)
        acting = {custodian, *(each.person_id for each in examined.dossier.acting)}
        names = {each: people.person(connection, each).name for each in acting}
    if destroyed is None or checkpoint is None or left:
        raise NotPermittedError(f"list {list_id}: {left} records are not destroyed yet, expected none")
    inclusion = proof(centre.database, destroyed.event_id, checkpoint.size)
    now_at = centre.clock.now_at()
    certificate_id = f"{list_id}-XH"
    body = DestructionBody(
        certificate_id=certificate_id,
        list_id=list_id,
        unit_code=examined.chosen.unit_code,
        list_digest=examined.dossier.decided_now,
        appraisal_report_no=examined.chosen.appraisal_report_no or "",
        record_ids=tuple(r.record_id for r in examined.records if r.status is RecordStatus.DESTROYED),
        destroyed_at=destroyed.occurred_at,
        made_at=now_at,
        today_is_set=centre.clock.is_set_by_hand,
        custodian=custodian,
        places=tuple(looked),
        twins=tuple(twins),
        sign_offs=tuple(examined.counting),
        checkpoint=newest_note(centre),
        proof=LedgerProof(inclusion.leaf_index, inclusion.tree_size, inclusion.leaf, inclusion.hashes, inclusion.root),
    )
    text = canonical.dumps(body.as_mapping())
    signature = signer.sign(text)
    folder = centre.settings.papers / list_id
    put_paper(folder, f"{CERTIFICATE}.json", text)
    put_paper(folder, f"{CERTIFICATE}.json.sig", signature)
    put_paper(folder, f"{REGISTER}.pdf", print_list(centre, examined, names, checkpoint, destroyed.occurred_at))
    paper = _certificate_paper(centre, examined, body, names, checkpoint)
    certificate = Certificate(
        certificate_id=certificate_id,
        list_id=list_id,
        kind=ListKind.DESTRUCTION,
        body_json=text.decode(),
        signature=base64.b64encode(signature).decode("ascii"),
        paper_path=f"{list_id}/{CERTIFICATE}.pdf",
        paper_sha256=put_paper(folder, f"{CERTIFICATE}.pdf", paper),
        made_at=now_at,
    )
    close_list(centre, list_id, custodian, certificate)
    return certificate_id


def close_list(centre: Centre, list_id: str, actor: str, certificate: Certificate | None) -> None:
    """Close a list in one transaction, once (I4): its certificate, new periods for what the panel kept, state *done*.

    Args:
        centre: The centre.
        list_id: The list; nothing is under way on it any more.
        actor: Staff id of who closes it.
        certificate: Its certificate; None when nothing was disposed of, or it was issued before.
    """
    with centre.database.begin() as connection:
        examined = examine(connection, centre.settings, list_id, locks=True)
        if examined.chosen.state is not ListState.DONE:
            if certificate is not None:
                dispositions.add_certificate(connection, certificate)
            if examined.chosen.kind is ListKind.DESTRUCTION:
                _extend(connection, centre, examined, actor)
            disposal.note_done(connection, list_id, centre.clock.now_at())
    # Also of a list that was done before: the run that closed it may have been killed before its checkpoint was out.
    make_checkpoint(centre)


def _extend(connection: Connection, centre: Centre, examined: Examined, actor: str) -> None:
    """Give what the panel kept its new period (N2)."""
    reset = []
    for record in examined.records:
        outcome, was_due_on = examined.outcomes[record.row_no], record.destroy_due_on
        if outcome is None or outcome.decision is not Decision.KEEP or outcome.extend_years is None:
            continue
        if was_due_on is None:
            # Without a day it was on no list of what is due: its period is the permanent one by now, which nothing extends.
            continue
        due_on = extended_due_on(was_due_on, examined.chosen.due_on, outcome.extend_years)
        dispositions.extend(connection, record.record_id, due_on)
        reset.append([record.record_id, was_due_on.isoformat(), due_on.isoformat()])
    if reset:
        facts: dict[str, int | str] = {
            "record_count": len(reset),
            "periods_sha256": hashlib.sha256(canonical.dumps(reset)).hexdigest(),
        }
        now_at = centre.clock.now_at()
        append(connection, EventKind.RETENTION_RESET, examined.chosen.list_id, actor, now_at, facts)


def _certificate_paper(
    centre: Centre, examined: Examined, body: DestructionBody, names: Mapping[str, str], checkpoint: Checkpoint
) -> bytes:
    zone, gone = centre.settings.zone, frozenset(body.record_ids)
    content: form_content.DestructionCertificate = {
        "paper_no": body.certificate_id,
        "centre": centre.settings.centre_name,
        "printed_at": body.made_at.astimezone(zone),
        "today_is_set": centre.clock.is_set_by_hand,
        "list_id": examined.chosen.list_id,
        "units": examined.unit.name,
        "fonds_no": examined.unit.fonds_no,
        "record_count": len(body.record_ids),
        "page_count": sum(row.page_count or 0 for row in examined.records if row.record_id in gone),
        "list_digest": printed_digest(body.list_digest),
        "destroyed_at": body.destroyed_at.astimezone(zone),
        "places": [
            {
                "place": name_place(centre.settings, one.place),
                "address": one.place,
                "carrier_id": one.carrier_id,
                "erasure_class": one.erasure_class,
                "looked_at": one.looked_at.astimezone(zone),
                "looked_by": names[body.custodian],
                "result": "residue" if one.remaining else "absent",
            }
            for one in body.places
        ],
        "twins": [{"record_id": twin.twin_id, "where": twin.carrier_id} for twin in body.twins],
        "signers": printed_signers(centre, examined, names),
        "checkpoint": printed_checkpoint(checkpoint),
        "proof": {"leaf_index": body.proof.leaf_index, "hashes": [each.hex() for each in body.proof.hashes]},
    }
    return form.render("destruction_certificate", content, locale=centre.settings.locale)
