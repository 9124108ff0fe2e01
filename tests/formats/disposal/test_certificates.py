"""Signed papers about a list: whoever kept one reads it by its keys, so that none may be missing or called otherwise."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

from lantai.formats.disposal.certificates import DestructionBody, LedgerProof, TransferBody, sign_offs_body
from lantai.formats.ledger import canonical
from lantai.records.disposal.carried_out import LiveTwin, PlaceErasure
from lantai.records.disposal.kept_sign_off import KeptSignOff
from lantai.records.disposal.lists import ListDuty, SigningStage, SignOff

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
LIST, DIGEST = "D-2026-JY-001", "d" * 64
SIGNED = KeptSignOff(
    SignOff(LIST, ListDuty.LEADER, SigningStage.APPROVE, "L01", DIGEST, AT, "-----BEGIN SSH SIGNATURE-----", "L02"),
    "SHA256:abc",
    "ssh-ed25519 AAAA",
    "list_signed",
    LIST,
    "L01",
    b"{}",
    7,
)
ASSERTED = replace(SIGNED, sign_off=replace(SIGNED.sign_off, signature=None, on_behalf_of=None), fingerprint=None)
DESTRUCTION = DestructionBody(
    certificate_id=f"{LIST}-XH",
    list_id=LIST,
    unit_code="JY",
    list_digest=DIGEST,
    appraisal_report_no="教档鉴〔2026〕1号",
    record_ids=("r1", "r2"),
    destroyed_at=AT,
    made_at=AT,
    today_is_set=False,
    custodian="C01",
    places=(PlaceErasure("c1", "local", "overwritten", 2, "e" * 64, AT, ("pack-0001.g1.tar",)),),
    twins=(LiveTwin("r1", "r9", "c9"),),
    sign_offs=(SIGNED,),
    checkpoint="centre.example/lantai\n8\nroot=\n",
    proof=LedgerProof(7, 8, b'{"kind":"destroyed"}', (b"\x01" * 32,), b"\x02" * 32),
)
TRANSFER = TransferBody(
    certificate_id="T-2026-JY-001-YJ",
    list_id="T-2026-JY-001",
    unit_code="JY",
    list_digest=DIGEST,
    package_name="T-2026-JY-001.tar",
    package_bytes=20480,
    package_sha256="a" * 64,
    inventory_sha256="b" * 64,
    record_count=2,
    file_count=3,
    payload_bytes=100,
    sign_offs=(ASSERTED,),
    delivered_at=AT,
    sender_keeps_until=date(2031, 3, 2),
    today_is_set=True,
)


def read(body: DestructionBody | TransferBody) -> dict[str, object]:
    """Return a body as a stranger reads it."""
    return json.loads(canonical.dumps(body.as_mapping()))


def test_certificate_of_a_destruction_says_what_was_looked_at_where_when_and_by_whom() -> None:
    """N3."""
    assert read(DESTRUCTION) == {
        "format": 1,
        "certificate_id": "D-2026-JY-001-XH",
        "list_id": LIST,
        "unit_code": "JY",
        "list_digest": {"algorithm": "SHA-256", "value": DIGEST},
        "appraisal_report_no": "教档鉴〔2026〕1号",
        "record_ids": ["r1", "r2"],
        "destroyed_at": "2026-03-02T08:00:00+00:00",
        "made_at": "2026-03-02T08:00:00+00:00",
        "today_is_set": False,
        "custodian": "C01",
        "places": [
            {
                "carrier_id": "c1",
                "place": "local",
                "erasure_class": "overwritten",
                "generation": 2,
                "manifest_sha256": "e" * 64,
                "looked_at": "2026-03-02T08:00:00+00:00",
                "looked_by": "C01",
                "remaining": ["pack-0001.g1.tar"],
            }
        ],
        "header_backups": [],
        "twins": [["r1", "r9", "c9"]],
        "sign_offs": sign_offs_body([SIGNED]),
        "checkpoint": "centre.example/lantai\n8\nroot=\n",
        "proof": {
            "leaf_index": 7,
            "tree_size": 8,
            "leaf": '{"kind":"destroyed"}',
            "hashes": ["01" * 32],
            "root": "02" * 32,
        },
    }


def test_certificate_of_a_transfer_names_the_package_and_what_is_in_it() -> None:
    """N7."""
    assert read(TRANSFER) == {
        "format": 1,
        "certificate_id": "T-2026-JY-001-YJ",
        "list_id": "T-2026-JY-001",
        "unit_code": "JY",
        "list_digest": {"algorithm": "SHA-256", "value": DIGEST},
        "package": {
            "name": "T-2026-JY-001.tar",
            "bytes": 20480,
            "sha256": "a" * 64,
            "inventory_sha256": "b" * 64,
        },
        "record_count": 2,
        "file_count": 3,
        "payload_bytes": 100,
        "sign_offs": sign_offs_body([ASSERTED]),
        "delivered_at": "2026-03-02T08:00:00+00:00",
        "sender_keeps_until": "2031-03-02",
        "today_is_set": True,
    }


def test_signature_on_a_paper_names_who_signed_for_whom_and_says_where_it_is_only_asserted() -> None:
    """P3, R10-08."""
    with_key, asserted = sign_offs_body([SIGNED, ASSERTED])

    assert with_key == {
        "duty": "leader",
        "stage": "approve",
        "person_id": "L01",
        "on_behalf_of": "L02",
        "signed_at": "2026-03-02T08:00:00+00:00",
        "fingerprint": "SHA256:abc",
        "signature": "-----BEGIN SSH SIGNATURE-----",
    }
    assert asserted == {**with_key, "on_behalf_of": None, "fingerprint": None, "signature": None}
