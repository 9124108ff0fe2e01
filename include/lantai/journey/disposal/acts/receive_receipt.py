"""Receive the archive's receipt for a transfer: only when its digest and counts agree is the transfer over.

The archive lays `receipts/<list_id>.receipt.json` beside `incoming/`: an object
with `list_id`, `receipt_no`, `package_sha256`, `record_count`, `file_count`.
Until then the records stay what they are, and stay in the vault.

Source: 电子档案移交与接收办法 (2012).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from lantai.edges.centre import Centre
from lantai.edges.connections import Connection, load_connections
from lantai.edges.disposal.paper_files import put_paper
from lantai.edges.ledger.events import append
from lantai.edges.registry.disposal import dispositions
from lantai.edges.registry.disposal import lists as disposal
from lantai.edges.sftp.connect import connect
from lantai.errors import ConnectionConfigError, MalformedError, RemoteMissingError
from lantai.formats.ledger import canonical
from lantai.journey.ledger.checkpoint import make_checkpoint
from lantai.records.custody.record import RecordStatus
from lantai.records.disposal.lists import ListState
from lantai.records.ledger.event import EventKind

RECEIPT_BYTES = 64 * 1024
RECEIPT_NAME = "archive-receipt.json"


@dataclass(frozen=True, slots=True)
class _Receipt:
    receipt_no: str
    sha256: str
    text: bytes


def receive_receipt(centre: Centre, list_id: str) -> bool:
    """Look for the archive's receipt and, when it agrees, close the transfer, once (R9-16, I4, I7); return whether the list is done now.

    Raises:
        MalformedError: The receipt is for another package or other counts; nothing is taken over.
        ServerUnreachableError: The archive's server did not answer: unknown, never "no receipt".
    """
    with centre.database.read() as connection:
        chosen = disposal.disposal_list(connection, list_id)
        delivery = dispositions.delivery_of(connection, list_id)
        by_carrier = dispositions.records_by_carrier(
            connection, list_id, (RecordStatus.TRANSFERRING, RecordStatus.TRANSFERRED)
        )
        files = dispositions.files(connection, list_id, (RecordStatus.TRANSFERRING, RecordStatus.TRANSFERRED))
    if chosen.state is ListState.DONE:
        return True
    if delivery is None:
        # Not handed over yet: a run may have been killed between the mark and the delivery.
        return False
    expected: dict[str, str | int] = {
        "list_id": list_id,
        "package_sha256": delivery.package_sha256,
        "record_count": sum(map(len, by_carrier.values())),
        "file_count": len(files),
    }
    receipt = _fetch(centre, list_id, expected)
    if receipt is None:
        return False
    put_paper(centre.settings.papers / list_id, RECEIPT_NAME, receipt.text)
    now_at = centre.clock.now_at()
    with centre.database.begin() as connection:
        if disposal.disposal_list(connection, list_id, locks=True).state is ListState.DONE:
            return True
        dispositions.note_receipt(connection, list_id, receipt.receipt_no, receipt.sha256, now_at)
        count = dispositions.move_records(connection, list_id, RecordStatus.TRANSFERRING, RecordStatus.TRANSFERRED)
        facts: dict[str, int | str] = {
            "record_count": count,
            "package_sha256": delivery.package_sha256,
            "receipt_sha256": receipt.sha256,
        }
        append(connection, EventKind.TRANSFER_RECEIPTED, list_id, "system", now_at, facts)
        disposal.note_done(connection, list_id, now_at)
    make_checkpoint(centre)
    return True


def archive_connection(centre: Centre) -> Connection:
    """Return where transfers go.

    Raises:
        ConnectionConfigError: No such connection is configured.
    """
    name = centre.settings.archive_connection
    found = load_connections(centre.settings.connections_file).get(name)
    if found is None:
        raise ConnectionConfigError(f"connection {name}: not in {centre.settings.connections_file.name}")
    return found


def _fetch(centre: Centre, list_id: str, expected: dict[str, str | int]) -> _Receipt | None:
    """Return the archive's receipt, None while there is none; refuse one that counts otherwise (R9-15)."""
    with connect(archive_connection(centre)) as session:
        try:
            text = session.read_small(f"receipts/{list_id}.receipt.json".encode(), RECEIPT_BYTES)
        except RemoteMissingError:
            return None
    body = canonical.loads(text, strict=False)
    found = {name: body.get(name) for name in expected} if isinstance(body, dict) else {}
    receipt_no = body.get("receipt_no") if isinstance(body, dict) else None
    if found != expected or not isinstance(receipt_no, str) or not receipt_no.strip():
        raise MalformedError(
            f"receipt for {list_id}: found {json.dumps({**found, 'receipt_no': receipt_no}, ensure_ascii=False)}, "
            f"expected {json.dumps(expected)} and a receipt_no"
        )
    return _Receipt(receipt_no.strip(), hashlib.sha256(text).hexdigest(), text)
