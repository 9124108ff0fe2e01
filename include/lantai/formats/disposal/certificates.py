"""The bodies of signed papers about a list: the certificate of a destruction, the certificate of a transfer.

What is signed are the canonical bytes of `as_mapping`; keys are never renamed
and none is left out, as whoever kept a paper reads it by them. Who signs, and
the PDF for people beside it, are the journey's.

Source: vault.md, destruction 5 to 7; 电子档案移交与接收办法 (2012); 机关档案管理规定 (2018).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from lantai.formats.ledger.canonical import Json
from lantai.records.disposal.carried_out import LiveTwin, PlaceErasure
from lantai.records.disposal.kept_sign_off import KeptSignOff

ALGORITHM = "SHA-256"
"""Of every digest in these papers."""

FORMAT = 1


@dataclass(frozen=True, slots=True)
class LedgerProof:
    """That an event lies in the ledger: RFC 6962 audit path, hashes in hex, lowest first; `leaf` is the event's own bytes."""

    leaf_index: int
    tree_size: int
    leaf: bytes
    hashes: tuple[bytes, ...]
    root: bytes

    def as_mapping(self) -> dict[str, Json]:
        """Return the proof as papers write it."""
        return {
            "leaf_index": self.leaf_index,
            "tree_size": self.tree_size,
            "leaf": self.leaf.decode(),
            "hashes": [each.hex() for each in self.hashes],
            "root": self.root.hex(),
        }


@dataclass(frozen=True, slots=True)
class DestructionBody:
    """What the certificate of a destruction says: what was looked at, where, when and by whom, and never more than that.

    Attributes:
        list_digest: What the signatures are under, in hex.
        appraisal_report_no: Number of the appraisal report; empty when none is noted.
        record_ids: What was destroyed, in order of the list.
        custodian: Staff id of who carried it out and looked at the places.
        places: What was found at every place, none left out.
        twins: Records that stay and have a file with the same bytes.
        sign_offs: The signatures that count.
        checkpoint: The newest signed note of the ledger; None where there is none.
        proof: That the ledger tells of the destruction.
    """

    certificate_id: str
    list_id: str
    unit_code: str
    list_digest: str
    appraisal_report_no: str
    record_ids: tuple[str, ...]
    destroyed_at: datetime
    made_at: datetime
    today_is_set: bool
    custodian: str
    places: tuple[PlaceErasure, ...]
    twins: tuple[LiveTwin, ...]
    sign_offs: tuple[KeptSignOff, ...]
    checkpoint: str | None
    proof: LedgerProof

    def as_mapping(self) -> dict[str, Json]:
        """Return the body as it is signed."""
        return {
            "format": FORMAT,
            "certificate_id": self.certificate_id,
            "list_id": self.list_id,
            "unit_code": self.unit_code,
            "list_digest": digest_body(self.list_digest),
            "appraisal_report_no": self.appraisal_report_no,
            "record_ids": list(self.record_ids),
            "destroyed_at": self.destroyed_at.isoformat(),
            "made_at": self.made_at.isoformat(),
            "today_is_set": self.today_is_set,
            "custodian": self.custodian,
            "places": [self._place(one) for one in self.places],
            # Nobody keeps book of backups of headers. The key is part of format 1 and says nothing; no paper prints it.
            "header_backups": [],
            "twins": [[twin.record_id, twin.twin_id, twin.carrier_id] for twin in self.twins],
            "sign_offs": sign_offs_body(self.sign_offs),
            "checkpoint": self.checkpoint,
            "proof": self.proof.as_mapping(),
        }

    def _place(self, one: PlaceErasure) -> Json:
        return {
            "carrier_id": one.carrier_id,
            "place": one.place,
            "erasure_class": one.erasure_class,
            "generation": one.generation,
            "manifest_sha256": one.manifest_sha256,
            "looked_at": one.looked_at.isoformat(),
            "looked_by": self.custodian,
            "remaining": list(one.remaining),
        }


@dataclass(frozen=True, slots=True)
class TransferBody:
    """What the certificate of a transfer says.

    Attributes:
        list_digest: What the signatures are under, in hex.
        package_name: Name of the tar.
        package_bytes: Its size.
        package_sha256: Its digest, in hex.
        inventory_sha256: Digest of the signed inventory in it.
        payload_bytes: Bytes of the files in it.
        sign_offs: The signatures that count.
        delivered_at: When it was read back at the archive.
        sender_keeps_until: Until when the centre keeps its sealed copy.
    """

    certificate_id: str
    list_id: str
    unit_code: str
    list_digest: str
    package_name: str
    package_bytes: int
    package_sha256: str
    inventory_sha256: str
    record_count: int
    file_count: int
    payload_bytes: int
    sign_offs: tuple[KeptSignOff, ...]
    delivered_at: datetime
    sender_keeps_until: date
    today_is_set: bool

    def as_mapping(self) -> dict[str, Json]:
        """Return the body as it is signed."""
        return {
            "format": FORMAT,
            "certificate_id": self.certificate_id,
            "list_id": self.list_id,
            "unit_code": self.unit_code,
            "list_digest": digest_body(self.list_digest),
            "package": {
                "name": self.package_name,
                "bytes": self.package_bytes,
                "sha256": self.package_sha256,
                "inventory_sha256": self.inventory_sha256,
            },
            "record_count": self.record_count,
            "file_count": self.file_count,
            "payload_bytes": self.payload_bytes,
            "sign_offs": sign_offs_body(self.sign_offs),
            "delivered_at": self.delivered_at.isoformat(),
            "sender_keeps_until": self.sender_keeps_until.isoformat(),
            "today_is_set": self.today_is_set,
        }


def digest_body(digest: str) -> dict[str, Json]:
    """Return a digest with the name of its algorithm, as signed papers write it."""
    return {"algorithm": ALGORITHM, "value": digest}


def sign_offs_body(sign_offs: Iterable[KeptSignOff]) -> list[Json]:
    """Return signatures as signed papers write them; moments with their zone."""
    return [
        {
            "duty": each.sign_off.duty.value,
            "stage": each.sign_off.stage.value,
            "person_id": each.sign_off.person_id,
            "on_behalf_of": each.sign_off.on_behalf_of,
            "signed_at": each.sign_off.signed_at.isoformat(),
            "fingerprint": each.fingerprint,
            "signature": each.sign_off.signature,
        }
        for each in sign_offs
    ]
