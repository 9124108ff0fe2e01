"""What people sign about a list: the digest of its content with every decision, and the message that is signed.

The digest of the content alone is `lantai.formats.workbooks.worksheet.content_digest`.

Source: vault.md, "The ledger", sign-offs; reliability.md, "Two people" (list edited after the first signature).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from lantai.formats.ledger import canonical
from lantai.records.disposal.lists import ListDuty, RowDecision, SigningStage

SIGNATURE_NAMESPACE = "lantai-list"
"""Purpose that `ssh-keygen -Y sign -n` is given: a signature made for anything else is worth nothing here."""


def decided_digest(list_id: str, content_sha256: str, decisions: Iterable[RowDecision]) -> str:
    """Return the digest that approvers sign: the content and every member's decision, with the moment it was made (R9-19).

    The moments count, so that a decision changed and changed back asks for new signatures.

    Args:
        list_id: The list.
        content_sha256: Digest of its content, in hex.
        decisions: Every decision of every member, in any order.
    """
    said = sorted(
        (d.row_no, d.person_id, d.decision.value, d.extend_years, d.reason, d.decided_at.isoformat()) for d in decisions
    )
    body = {"list_id": list_id, "content_sha256": content_sha256, "decisions": said}
    return hashlib.sha256(canonical.dumps(body)).hexdigest()


def message_to_sign(list_id: str, duty: ListDuty, stage: SigningStage, list_digest: str) -> bytes:
    """Return the bytes that a person signs with `ssh-keygen -Y sign -n lantai-list`.

    Args:
        list_id: The list.
        duty: In which duty.
        stage: To approve, or as witness before or after the act.
        list_digest: The list as it stands, see `decided_digest`.
    """
    body = {"list_id": list_id, "duty": duty.value, "stage": stage.value, "list_digest": list_digest}
    return canonical.dumps(body)
