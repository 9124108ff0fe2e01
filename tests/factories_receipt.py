"""Receipts with their evidence, as the centre gives them."""

from __future__ import annotations

import base64

from lantai.edges.ledger.events import append
from lantai.edges.ledger.tree import proof_for
from lantai.journey.ledger.checkpoint import make_checkpoint, newest_note
from lantai.records.ledger.event import EventKind

CARRIER = "SL2025-JY-E001-R1"


ROUND = {"submission_id": "SL2025-JY-E001", "round": 1}
FILED = {"manifest_sha256": "a" * 64, "records": 3}
NOTHING = {"is_zero_report": True, "records": 0, "files": 0, "bytes": 0}


def receipt_over(centre, kind, facts, **body):
    """A receipt with the evidence that an event about its carrier is in the ledger."""
    facts = ROUND | facts
    with centre.database.begin() as connection:
        for number in range(3):
            append(connection, EventKind.YEAR_OPENED, str(2020 + number), "system", centre.clock.now_at(), {})
        event_id = append(connection, kind, CARRIER, "system", centre.clock.now_at(), facts)
    found = proof_for(centre.database, event_id, make_checkpoint(centre).size)
    return {
        "format": 1,
        "kind": "receipt",
        "is_zero_report": False,
        "carrier_id": CARRIER,
        "unit_code": "JY",
        "filing_year": 2025,
        "data_form": "e_document",
        "files": 3,
        "bytes": 3000,
        **ROUND,
        "records": facts.get("records", 3),
        "manifest_sha256": facts.get("manifest_sha256", ""),
        "ledger": {
            "leaf": base64.b64encode(found.leaf).decode(),
            "leaf_index": found.leaf_index,
            "tree_size": found.tree_size,
            "hashes": [base64.b64encode(digest).decode() for digest in found.hashes],
            "checkpoint": newest_note(centre),
        },
        **body,
    }
