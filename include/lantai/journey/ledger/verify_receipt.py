"""Verify a receipt: that it is one, who signed it, that the ledger holds its acceptance, and that both say the same.

Needs the public keys only, no registry and no vault: a department can do it.

Source: vault.md, "The ledger"; interfaces.md, "A department's folder".
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lantai.edges.keys.files import Verifier
from lantai.errors import LantaiError, MalformedError, SignatureInvalidError
from lantai.formats.ledger import canonical, merkle, signed_note
from lantai.formats.ledger.signed_note import ORIGIN, Checkpoint
from lantai.records.centre.unit import NUMBER_PREFIX, DataForm
from lantai.records.ledger.event import EventKind
from lantai.records.text.shown import on_one_line

_OF_EVERY_ROUND = {"carrier_id": "subject", "submission_id": "submission_id", "round": "round"}
_OF_A_CARRIER = {"manifest_sha256": "manifest_sha256", "records": "records"}
_EMPTY_IN_A_ZERO_REPORT: Mapping[str, int | str] = {"manifest_sha256": "", "records": 0, "files": 0, "bytes": 0}
"""Its event says that nothing was filed."""

_FORM_LETTERS = {form.value: form.letter for form in DataForm}


@dataclass(frozen=True, slots=True)
class ReceiptVerdict:
    """What a receipt says, and what is wrong with it.

    Attributes:
        carrier_id: Which carrier; empty when the receipt cannot be read.
        tree_size: Leaves of the checkpoint it carries, 0 when that cannot be read.
        problems: One sentence each; empty when the receipt verifies.
        package_name: The department's own name for the package, as people read it; empty when the receipt has none.
    """

    carrier_id: str
    tree_size: int
    problems: tuple[str, ...]
    package_name: str = ""


def verify_receipt(receipt: bytes, signature: bytes, intake: Verifier, log: Verifier) -> ReceiptVerdict:
    """Verify a receipt (R4-12); all problems are told.

    Args:
        receipt: The `.receipt.json` as delivered.
        signature: The `.receipt.sig` beside it, raw Ed25519.
        intake: Public key that signs receipts.
        log: Public key that signs checkpoints.
    """
    problems: list[str] = []
    try:
        intake.verify(receipt, signature)
    except SignatureInvalidError as error:
        problems.append(f"the receipt's signature: {error}")
    try:
        body = canonical.loads(receipt)
        evidence = body.get("ledger") if isinstance(body, dict) else None
        if not isinstance(body, dict) or not isinstance(evidence, dict):
            problems.append("found no receipt with a part `ledger`, expected one")
            return ReceiptVerdict("", 0, tuple(problems))
        if type(body.get("format")) is not int or (body["format"], body.get("kind")) != (1, "receipt"):
            problems.append(
                f"found a paper of kind {str(body.get('kind'))[:40]!r} in format {str(body.get('format'))[:40]!r}, "
                "expected a receipt in format 1"
            )
        checkpoint = _verify_inclusion(body, evidence, log)
    except LantaiError as error:
        return ReceiptVerdict("", 0, (*problems, str(error)))
    named = on_one_line(str(body.get("package_name", "")))
    return ReceiptVerdict(str(body.get("carrier_id")), checkpoint.size, tuple(problems), named)


def _verify_inclusion(body: Mapping[str, object], ledger: Mapping[str, Any], log: Verifier) -> Checkpoint:
    """Return the checkpoint that the receipt carries: signed, of this ledger, with the event in its tree (R4-12)."""
    try:
        leaf = base64.b64decode(str(ledger["leaf"]), validate=True)
        hashes = [base64.b64decode(str(text), validate=True) for text in ledger["hashes"]]
        index, note = ledger["leaf_index"], str(ledger["checkpoint"])
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise MalformedError(f"the receipt's evidence from the ledger cannot be read: {error!r}") from error
    if type(index) is not int or type(ledger.get("tree_size")) is not int:
        raise MalformedError("the receipt's evidence from the ledger cannot be read: expected whole numbers in it")
    text, _ = signed_note.verify(note, {log.name: log.public_key})
    checkpoint = Checkpoint.parse(text)
    if checkpoint.origin != ORIGIN:
        raise MalformedError(f"the checkpoint is of {checkpoint.origin[:80]!r}, expected {ORIGIN!r}")
    if ledger.get("tree_size") != checkpoint.size:
        raise MalformedError(
            f"the receipt says a tree of {str(ledger.get('tree_size'))[:20]}, its checkpoint {checkpoint.size}"
        )
    merkle.verify_inclusion(merkle.leaf_hash(leaf), index, checkpoint.size, hashes, checkpoint.root)
    told = canonical.loads(leaf)
    if not isinstance(told, dict):
        raise MalformedError("the leaf is no event")
    _require_same(body, told)
    return checkpoint


def _require_same(body: Mapping[str, object], told: Mapping[str, object]) -> None:
    """Compare a receipt with its event, value and type (R4-12): `true` is no 1, and what is on neither side is not the same.

    Files and bytes of a carrier stand in no event; there the signature is all that vouches for them.
    """
    is_zero_report = body.get("is_zero_report")
    if type(is_zero_report) is not bool:
        raise MalformedError(f"the receipt says is_zero_report {str(is_zero_report)[:20]!r}, expected true or false")
    accepted = EventKind.ZERO_REPORT_ACCEPTED if is_zero_report else EventKind.CARRIER_ACCEPTED
    if told.get("kind") != accepted.value:
        raise MalformedError(f"its event is {str(told.get('kind'))[:40]!r}, expected {accepted.value!r}")
    for ours, theirs in (_OF_EVERY_ROUND | ({} if is_zero_report else _OF_A_CARRIER)).items():
        said, known = body.get(ours), told.get(theirs)
        if known in (None, "") or type(said) is not type(known) or said != known:
            raise MalformedError(f"the receipt says {ours} {said!r}, its event {known!r}")
    for name, empty in _EMPTY_IN_A_ZERO_REPORT.items() if is_zero_report else ():
        if type(body.get(name)) is not type(empty) or body[name] != empty:
            raise MalformedError(f"the receipt says {name} {body.get(name)!r}, its event that nothing was filed")
    _require_unit(body, str(told["submission_id"]))


def _require_unit(body: Mapping[str, object], submission: str) -> None:
    """Compare unit, year and data form with the acceptance number, which is made of them (R4-12)."""
    letter = _FORM_LETTERS.get(str(body.get("data_form")), "?")
    own = f"{NUMBER_PREFIX}{body.get('filing_year')}-{body.get('unit_code')}-{letter}"
    if not re.fullmatch(re.escape(own) + "[0-9]+", submission):
        raise MalformedError(
            f"the receipt says unit_code {body.get('unit_code')!r}, filing_year {body.get('filing_year')!r} and data_form "
            f"{body.get('data_form')!r}, its event the number {submission!r}, which is not made of them"
        )
