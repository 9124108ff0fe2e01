"""A receipt can be verified by whoever has the public keys."""

import base64
import json

import pytest

from factories_receipt import CARRIER, FILED, NOTHING, receipt_over
from lantai.edges.keys.files import INTAKE, LOG, load_verifier
from lantai.formats.ledger import canonical, signed_note
from lantai.formats.ledger.signed_note import Checkpoint
from lantai.journey.ledger.verify_receipt import verify_receipt
from lantai.records.ledger.event import EventKind


@pytest.fixture
def receipt(centre):
    return receipt_over(centre, EventKind.CARRIER_ACCEPTED, FILED)


def look(centre, body, signed=None):
    text = canonical.dumps(body)
    signature = centre.intake_signer.sign(text if signed is None else canonical.dumps(signed))
    keys = (load_verifier(INTAKE, centre.settings.intake_key_file), load_verifier(LOG, centre.settings.log_key_file))
    return verify_receipt(text, signature, *keys)


def test_sound_receipt_verifies(centre, receipt):
    """R4-12."""
    verdict = look(centre, receipt)

    assert (verdict.carrier_id, verdict.tree_size, verdict.problems) == (CARRIER, 4, ())


def test_changed_receipt_is_found_by_its_signature(centre, receipt):
    """R4-12."""
    verdict = look(centre, receipt | {"records": 12}, signed=receipt)

    assert "signature" in verdict.problems[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"manifest_sha256": "b" * 64}, "manifest_sha256"),
        ({"carrier_id": "SL2025-JY-E002-R1"}, "carrier_id"),
        ({"submission_id": "SL2025-JY-E002"}, "submission_id"),
        ({"round": 2}, "round"),
        ({"round": True}, "round"),
        ({"round": "1"}, "round"),
        ({"records": 4}, "records"),
        ({"records": "3"}, "records"),
        ({"unit_code": "GA"}, "unit_code"),
        ({"unit_code": ""}, "unit_code"),
        ({"filing_year": 2024}, "filing_year"),
        ({"data_form": "business_data"}, "data_form"),
        ({"format": True}, "in format 'True', expected"),
        ({"format": "1"}, "in format '1', expected"),
        ({"is_zero_report": "no"}, "expected true or false"),
        ({"is_zero_report": 0}, "expected true or false"),
        ({"is_zero_report": None}, "expected true or false"),
        ({"ledger": {}}, "cannot be read"),
        ({"ledger": "none"}, "no receipt"),
    ],
)
def test_receipt_that_says_other_than_its_event_is_found(centre, receipt, change, told):
    """R4-12."""
    assert told in look(centre, receipt | change).problems[0]


@pytest.mark.parametrize("part", ["leaf", "leaf_index", "hashes", "checkpoint"])
def test_changed_evidence_is_found(centre, receipt, part):
    """R4-12."""
    changed = json.loads(json.dumps(receipt))
    evidence = changed["ledger"]
    evidence[part] = {
        "leaf": base64.b64encode(b"{}").decode(),
        "leaf_index": evidence["leaf_index"] - 1,
        "hashes": evidence["hashes"][::-1],
        "checkpoint": evidence["checkpoint"].replace("\n4\n", "\n5\n"),
    }[part]

    assert len(look(centre, changed).problems) == 1


@pytest.mark.parametrize(
    "change", [{"kind": "opinions"}, {"kind": ""}, {"format": 2}, {"format": True, "kind": None}], ids=str
)
def test_paper_of_another_kind_under_our_signature_is_no_receipt(centre, receipt, change):
    """R4-12: the intake key signs opinions and manifests too."""
    (problem,) = look(centre, receipt | change).problems

    assert "expected a receipt in format 1" in problem


@pytest.mark.parametrize(
    "kind",
    [
        EventKind.CARRIER_RECEIVED,
        EventKind.CARRIER_RETURNED,
        EventKind.CARRIER_HELD,
        EventKind.CARRIER_SEALED,
        EventKind.ZERO_REPORT_ACCEPTED,
    ],
)
def test_event_that_is_no_acceptance_makes_no_receipt(centre, kind):
    """R4-12: A carrier that was returned stands in the ledger too."""
    body = receipt_over(centre, kind, FILED)

    assert f"its event is '{kind.value}', expected 'carrier_accepted'" in look(centre, body).problems[0]


def test_receipt_of_a_zero_report_wants_the_acceptance_of_one(centre):
    """R4-12."""
    sound = receipt_over(centre, EventKind.ZERO_REPORT_ACCEPTED, {}, **NOTHING)
    of_a_carrier = receipt_over(centre, EventKind.CARRIER_ACCEPTED, {}, **NOTHING)

    assert look(centre, sound).problems == ()
    assert "expected 'zero_report_accepted'" in look(centre, of_a_carrier).problems[0]


def test_checkpoint_of_another_ledger_under_our_key_is_refused(centre, receipt):
    """R4-12."""
    checkpoint = Checkpoint.parse(receipt["ledger"]["checkpoint"].partition("\n\n")[0] + "\n")
    other = Checkpoint("other/ledger", checkpoint.size, checkpoint.root).encode()
    note = signed_note.sign(other, LOG, centre.log_signer.private_key)

    problems = look(centre, receipt | {"ledger": receipt["ledger"] | {"checkpoint": note}}).problems

    assert "the checkpoint is of 'other/ledger'" in problems[0]


def test_receipt_that_says_another_size_of_the_tree_is_found(centre, receipt):
    """R4-12."""
    problems = look(centre, receipt | {"ledger": receipt["ledger"] | {"tree_size": 9}}).problems

    assert "a tree of 9, its checkpoint 4" in problems[0]


@pytest.mark.parametrize(
    "facts", [{"records": 3}, {"manifest_sha256": "", "records": 3}, {"manifest_sha256": "a" * 64}]
)
def test_what_neither_the_receipt_nor_its_event_says_is_not_the_same(centre, facts):
    """R4-12: a receipt of a carrier without a manifest is a receipt of nothing."""
    body = receipt_over(centre, EventKind.CARRIER_ACCEPTED, facts)
    lacking = {name: text for name, text in body.items() if name in facts or name not in FILED}

    assert "its event" in look(centre, lacking).problems[0]


@pytest.mark.parametrize(
    "change", [{"records": 12}, {"files": 1}, {"bytes": True}, {"manifest_sha256": "a" * 64}], ids=str
)
def test_receipt_of_a_zero_report_names_nothing_that_was_filed(centre, change):
    """R4-12, R1-22."""
    body = receipt_over(centre, EventKind.ZERO_REPORT_ACCEPTED, {}, **NOTHING)

    assert "nothing was filed" in look(centre, body | change).problems[0]


@pytest.mark.parametrize(("part", "text"), [("leaf_index", "3"), ("leaf_index", True), ("tree_size", "4")])
def test_numbers_of_the_evidence_are_numbers(centre, receipt, part, text):
    """R4-12."""
    assert "expected whole numbers" in look(centre, receipt | {"ledger": receipt["ledger"] | {part: text}}).problems[0]
