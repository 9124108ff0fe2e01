"""A receipt can be verified by whoever has the public keys."""

import base64
import json

import pytest

from lantai.edges.keys import INTAKE, LOG, load_verifier
from lantai.edges.ledger import append, proof_for
from lantai.formats import canonical
from lantai.journey.checkpoint import make_checkpoint, newest_note
from lantai.journey.verify_receipt import verify_receipt
from lantai.records.event import EventKind

CARRIER = "JY-2025-E-001-R1"


@pytest.fixture
def receipt(centre):
    """A receipt with the evidence that its event is in the ledger."""
    with centre.database.begin() as connection:
        for number in range(3):
            append(connection, EventKind.YEAR_OPENED, str(2020 + number), "system", centre.clock.now_at(), {})
        facts = {"generation": 1, "manifest_sha256": "a" * 64}
        event_id = append(connection, EventKind.CARRIER_ACCEPTED, CARRIER, "system", centre.clock.now_at(), facts)
    found = proof_for(centre.database, event_id, make_checkpoint(centre).size)
    return {
        "format": 1,
        "carrier_id": CARRIER,
        "manifest_sha256": "a" * 64,
        "ledger": {
            "leaf": base64.b64encode(found.leaf).decode(),
            "leaf_index": found.leaf_index,
            "tree_size": found.tree_size,
            "hashes": [base64.b64encode(digest).decode() for digest in found.hashes],
            "checkpoint": newest_note(centre),
        },
    }


def look(centre, body, signed=None):
    text = canonical.dumps(body)
    signature = centre.intake_signer.sign(text if signed is None else canonical.dumps(signed))
    keys = (load_verifier(INTAKE, centre.settings.intake_key_file), load_verifier(LOG, centre.settings.log_key_file))
    return verify_receipt(text, signature, *keys)


def test_sound_receipt_verifies(centre, receipt):
    verdict = look(centre, receipt)

    assert (verdict.carrier_id, verdict.tree_size, verdict.problems) == (CARRIER, 4, ())


def test_changed_receipt_is_found_by_its_signature(centre, receipt):
    verdict = look(centre, receipt | {"records": 12}, signed=receipt)

    assert "signature" in verdict.problems[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"manifest_sha256": "b" * 64}, "manifest_sha256"),
        ({"carrier_id": "JY-2025-E-002-R1"}, "carrier_id"),
        ({"ledger": {}}, "cannot be read"),
        ({"ledger": "none"}, "no receipt"),
    ],
)
def test_receipt_that_says_other_than_its_event_is_found(centre, receipt, change, told):
    assert told in look(centre, receipt | change).problems[0]


@pytest.mark.parametrize("part", ["leaf", "leaf_index", "hashes", "checkpoint"])
def test_changed_evidence_is_found(centre, receipt, part):
    changed = json.loads(json.dumps(receipt))
    evidence = changed["ledger"]
    evidence[part] = {
        "leaf": base64.b64encode(b"{}").decode(),
        "leaf_index": evidence["leaf_index"] - 1,
        "hashes": evidence["hashes"][::-1],
        "checkpoint": evidence["checkpoint"].replace("\n4\n", "\n5\n"),
    }[part]

    assert len(look(centre, changed).problems) == 1
