"""Transfer the records of an approved list to the archive, and go on when its receipt is there.

Steps are told apart by what is there, so that any run may be killed anywhere
and the next one goes on:

1. once everything permits it, the package is written and every file in it judged by its bytes: one that is encrypted or
   compressed ends the run with nothing begun;
2. records get status *transferring*, in one transaction with the state, when everything still permits it;
3. the package is delivered under a temporary name, read back, renamed; the plaintext is taken away, whatever happened;
4. the delivery's row, its signed certificate and the `transferred` event, in one transaction;
5. a later run, with or without keys, finds the archive's receipt: records *transferred*, the list *done* (`receive_receipt`).

The centre keeps its sealed copy: five years at least after the transfer.

Source: 电子档案移交与接收办法 (2012); reliability.md.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lantai.edges.centre import Centre
from lantai.edges.database.fence import Fence
from lantai.edges.database.lease import Lease, leased, require
from lantai.edges.disposal.paper_files import put_paper
from lantai.edges.disposal.transfer_package import open_package, remove_work
from lantai.edges.keys.files import DISPOSAL, Signer, key_files, load_identities, load_signer
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre import people
from lantai.edges.registry.disposal import dispositions
from lantai.edges.registry.disposal import lists as disposal
from lantai.edges.sftp.connect import connect
from lantai.errors import DeliveryError, NotPermittedError
from lantai.formats.disposal.certificates import TransferBody
from lantai.formats.ledger import canonical
from lantai.journey.disposal.acts.certify import close_list
from lantai.journey.disposal.acts.package import Packaged, package, work_folder
from lantai.journey.disposal.acts.prepare import Prepared
from lantai.journey.disposal.acts.prepare import prepare as prepare_lists
from lantai.journey.disposal.acts.receive_receipt import archive_connection, receive_receipt
from lantai.journey.disposal.approval.permit import permit
from lantai.journey.disposal.approval.refuse import recorded
from lantai.journey.disposal.approval.take_duty import take_duty
from lantai.journey.disposal.print_list import print_list, print_transfer_register
from lantai.journey.ledger.checkpoint import make_checkpoint
from lantai.locales import say
from lantai.records.custody.record import RecordStatus
from lantai.records.disposal.carried_out import Certificate, Delivery
from lantai.records.disposal.lists import DutyHeld, ListDuty, ListKind, ListState
from lantai.records.disposal.shortfall import Shortfall
from lantai.records.ledger.event import EventKind
from lantai.rules.disposal.appraisal import sender_keeps_until
from lantai.rules.disposal.next_step import receipt_shortfall
from lantai.views.disposal.examined import Examined, examine

CERTIFICATE = say("file_names.transfer_certificate", "zh")
REGISTER = say("titles.transfer_register", "zh")
INVENTORY = say("file_names.transfer_inventory", "zh")


@dataclass(frozen=True, slots=True)
class Transferred:
    """How far a transfer is.

    Attributes:
        list_id: The list.
        state: Its state now; *done* only when the archive's receipt agrees.
        record_count: Records handed over.
        package_sha256: Digest of the package, None when nothing was to hand over.
        waiting_for: What is still needed, by name and values; empty when done.
    """

    list_id: str
    state: ListState
    record_count: int
    package_sha256: str | None
    waiting_for: Sequence[Shortfall]


def prepare(centre: Centre) -> Prepared:
    """Hand ripe transfer lists to the custodian, and close those whose receipt has come; see `lantai.journey.disposal.acts.prepare`."""
    return prepare_lists(centre, ListKind.TRANSFER)


def transfer(
    centre: Centre, list_id: str, custodian: str, identity_file: Path, disposal_key: Path | None = None
) -> Transferred:
    """Carry a transfer list as far as its rows permit; safe to run again at any moment (I4, K1).

    Args:
        centre: The centre.
        list_id: The list; it waits for the custodian, or is being carried out.
        custodian: Staff id of who carries it out.
        identity_file: Private age keys that open the records.
        disposal_key: Key that signs inventory and certificate; None reads `keys/disposal.pem`.

    Raises:
        NotPermittedError: Something is missing; all of it is named, the refusal is recorded, nothing is handed over.
        HeldError: A record is under a hold; the same.
        KeyMissingError: A key is not here.
        DeliveryError: The archive's server has other bytes under this name, or read back others.
        LeaseLostError: Another worker is at this list.
    """
    now_at = centre.clock.now_at
    with (
        recorded(centre, list_id, custodian, "transfer"),
        leased(centre.database, f"list:{list_id}", centre.holder, now_at) as lease,
    ):
        if not _may_begin(centre, list_id, custodian, lease):
            _begin(centre, list_id, custodian, lease)
            close_list(centre, list_id, custodian, None)
            return Transferred(list_id, ListState.DONE, 0, None, ())
        with centre.database.read() as connection:
            is_delivered = dispositions.delivery_of(connection, list_id) is not None
        if not is_delivered:
            signer = load_signer(DISPOSAL, disposal_key or key_files(centre.settings)[DISPOSAL])
            _hand_over(centre, list_id, custodian, (identity_file, signer), lease)
        is_done = receive_receipt(centre, list_id)
        if is_done:
            # A run that was killed between signing the last checkpoint and putting it out has left that to this one.
            make_checkpoint(centre)
        return _answer(centre, list_id, is_done)


def _may_begin(centre: Centre, list_id: str, custodian: str, lease: Lease) -> bool:
    """See that the list may be carried out, or is being, by this custodian; return whether there are records to hand over (I3)."""
    with centre.database.begin() as connection:
        require(connection, lease)
        examined = examine(connection, centre.settings, list_id, locks=True)
        if examined.chosen.kind is not ListKind.TRANSFER:
            raise NotPermittedError(f"list {list_id}: found a {examined.chosen.kind.value} list, expected transfer")
        going = examined.going
        if examined.chosen.state is ListState.DONE:
            return bool(going)
        take_duty(connection, centre, list_id, DutyHeld(custodian, ListDuty.CUSTODIAN, None))
        if examined.chosen.state is not ListState.EXECUTING:
            permit(connection, centre, examine(connection, centre.settings, list_id))
        return bool(going)


def _begin(centre: Centre, list_id: str, custodian: str, lease: Lease) -> None:
    """Let the records go over to *transferring*, once, when everything permits it (I3)."""
    with centre.database.begin() as connection:
        require(connection, lease)
        examined = examine(connection, centre.settings, list_id, locks=True)
        if examined.chosen.state in (ListState.EXECUTING, ListState.DONE):
            return
        take_duty(connection, centre, list_id, DutyHeld(custodian, ListDuty.CUSTODIAN, None))
        examined = examine(connection, centre.settings, list_id)
        permit(connection, centre, examined)
        disposal.move(connection, list_id, ListState.EXECUTING)
        going = examined.going
        panel_count = len(examined.dossier.panel)
        count = dispositions.begin_disposing(connection, list_id, panel_count, RecordStatus.TRANSFERRING)
        if count != len(going):
            raise NotPermittedError(f"list {list_id}: {count} records go over to transferring, expected {len(going)}")


def _hand_over(centre: Centre, list_id: str, custodian: str, keys: tuple[Path, Signer], lease: Lease) -> None:
    """Package, deliver, take the plaintext away whatever happened (I6), and write it down unless somebody else has taken over (K3)."""
    identity_file, signer = keys
    fence = Fence(centre.database, lease, centre.clock.now_at)
    identities = load_identities(identity_file)
    remove_work(work_folder(centre, list_id))
    try:
        with centre.database.begin() as connection:
            facts: dict[str, int | str] = {"purpose": "transfer", "identities": len(identities)}
            append(connection, EventKind.IDENTITY_OPENED, list_id, custodian, centre.clock.now_at(), facts)
        packaged = package(centre, list_id, identities, signer)
        fence.keep()
        _begin(centre, list_id, custodian, lease)
        _deliver(centre, list_id, packaged)
    finally:
        remove_work(work_folder(centre, list_id))
    fence.keep()
    _write_down(centre, list_id, custodian, packaged, signer, fence)


def _deliver(centre: Centre, list_id: str, packaged: Packaged) -> None:
    """Lay the package down at the archive and read it back (I7)."""
    with connect(archive_connection(centre)) as session, open_package(packaged.path) as content:
        session.mkdirs(b"incoming")
        read_back = session.deliver(f"incoming/{list_id}.tar".encode(), content)
    if read_back != packaged.sha256:
        raise DeliveryError(f"list {list_id}: read back sha256 {read_back}, expected {packaged.sha256}")


def _write_down(centre: Centre, list_id: str, custodian: str, packaged: Packaged, signer: Signer, fence: Fence) -> None:
    """Write down what was handed over: row, signed certificate and event, in one transaction (N7)."""
    with centre.database.read() as connection:
        examined = examine(connection, centre.settings, list_id)
        rows = examined.going
        names = {each.person_id: people.person(connection, each.person_id).name for each in examined.dossier.acting}
    now_at = centre.clock.now_at()
    certificate_id = f"{list_id}-YJ"
    body = _body(centre, examined, packaged, certificate_id, now_at)
    text = canonical.dumps(body.as_mapping())
    signature = signer.sign(text)
    folder = centre.settings.papers / list_id
    put_paper(folder, f"{CERTIFICATE}.json", text)
    put_paper(folder, f"{CERTIFICATE}.json.sig", signature)
    # The same bytes as in the package: one for either side.
    put_paper(folder, f"{INVENTORY}.pdf", print_list(centre, examined, names, None, None))
    paper = print_transfer_register(centre, examined, rows, body)
    paper_sha256 = put_paper(folder, f"{REGISTER}.pdf", paper)
    with centre.database.begin() as connection:
        fence.require(connection)
        delivery = Delivery(list_id, f"incoming/{list_id}.tar", packaged.sha256, packaged.size_bytes, now_at)
        dispositions.add_delivery(connection, delivery)
        certificate = Certificate(
            certificate_id=certificate_id,
            list_id=list_id,
            kind=ListKind.TRANSFER,
            body_json=text.decode(),
            signature=base64.b64encode(signature).decode("ascii"),
            paper_path=f"{list_id}/{REGISTER}.pdf",
            paper_sha256=paper_sha256,
            made_at=now_at,
        )
        dispositions.add_certificate(connection, certificate)
        facts: dict[str, int | str] = {
            "record_count": packaged.record_count,
            "file_count": packaged.file_count,
            "package_sha256": packaged.sha256,
            "list_digest": examined.dossier.decided_now,
        }
        append(connection, EventKind.TRANSFERRED, list_id, custodian, now_at, facts)


def _body(
    centre: Centre, examined: Examined, packaged: Packaged, certificate_id: str, now_at: datetime
) -> TransferBody:
    return TransferBody(
        certificate_id=certificate_id,
        list_id=examined.chosen.list_id,
        unit_code=examined.chosen.unit_code,
        list_digest=examined.dossier.decided_now,
        package_name=packaged.path.name,
        package_bytes=packaged.size_bytes,
        package_sha256=packaged.sha256,
        inventory_sha256=packaged.inventory_sha256,
        record_count=packaged.record_count,
        file_count=packaged.file_count,
        payload_bytes=packaged.payload_bytes,
        sign_offs=tuple(examined.counting),
        delivered_at=now_at,
        sender_keeps_until=sender_keeps_until(now_at.astimezone(centre.settings.zone).date()),
        today_is_set=centre.clock.is_set_by_hand,
    )


def _answer(centre: Centre, list_id: str, is_done: bool) -> Transferred:
    """Return how far a transfer is: until the archive's receipt is there, it is waited for (R9-16)."""
    with centre.database.read() as connection:
        delivery = dispositions.delivery_of(connection, list_id)
        statuses = [RecordStatus.TRANSFERRING.value, RecordStatus.TRANSFERRED.value]
        count, _ = disposal.counted(connection, list_id, statuses)
    waiting = () if is_done else (receipt_shortfall(list_id),)
    state = ListState.DONE if is_done else ListState.EXECUTING
    return Transferred(list_id, state, count, delivery.package_sha256 if delivery else None, waiting)
