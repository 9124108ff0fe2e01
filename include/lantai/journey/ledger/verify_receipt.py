"""Verify a receipt: that it is one, who signed it, that the ledger holds its acceptance, and that both say the same.

Needs the public keys only, no registry and no vault: a department can do it.

Source: vault.md, "The ledger"; interfaces.md, "A department's folder"; R4-12.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lantai.edges.keys.files import Verifier
from lantai.errors import LantaiError, MalformedError, SignatureInvalidError
from lantai.formats.ledger import canonical, merkle, signed_note
from lantai.formats.ledger.signed_note import Checkpoint
from lantai.journey.ledger.checkpoint import ORIGIN
from lantai.records.ledger.event import EventKind
from lantai.records.text.shown import on_one_line

_SAME_IN_LEAF = {"carrier_id": "subject", "manifest_sha256": "manifest_sha256"}


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
    """Verify a receipt; all problems are told.

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
        if (body.get("format"), body.get("kind")) != (1, "receipt"):
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
    try:
        leaf = base64.b64decode(str(ledger["leaf"]), validate=True)
        hashes = [base64.b64decode(str(text), validate=True) for text in ledger["hashes"]]
        index, note = int(ledger["leaf_index"]), str(ledger["checkpoint"])
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise MalformedError(f"the receipt's evidence from the ledger cannot be read: {error!r}") from error
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
    accepted = EventKind.ZERO_REPORT_ACCEPTED if body.get("is_zero_report") else EventKind.CARRIER_ACCEPTED
    if told.get("kind") != accepted.value:
        raise MalformedError(f"its event is {str(told.get('kind'))[:40]!r}, expected {accepted.value!r}")
    for ours, theirs in _SAME_IN_LEAF.items():
        if body.get(ours, "") != told.get(theirs, ""):
            raise MalformedError(f"the receipt says {ours} {body.get(ours)!r}, its event {told.get(theirs)!r}")
    return checkpoint
