"""What people put their names to is bound to the list, to every decision on it and to the moment each was made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lantai.formats.disposal.list_digest import decided_digest, message_to_sign
from lantai.records.disposal.lists import Decision, ListDuty, RowDecision, SigningStage

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
LIST, CONTENT = "D-2026-JY-001", "c" * 64
KEPT = RowDecision(LIST, 2, "M01", Decision.KEEP, "还在用", 10, AT)
DISPOSED = RowDecision(LIST, 1, "M01", Decision.DISPOSE, "", None, AT)


def test_digest_of_a_list_that_people_have_signed_stays_what_it_was() -> None:
    """R9-19: an open list whose signatures a newer program no longer found would have to be signed again."""
    digest = decided_digest(LIST, CONTENT, [KEPT, DISPOSED])

    assert digest == "8bf247bca6903eafc706b2954563a4ea92135230bea2db7b9d280e510a23225e"
    assert decided_digest(LIST, CONTENT, [DISPOSED, KEPT]) == digest


@pytest.mark.parametrize(
    "changed",
    [
        {"row_no": 3},
        {"person_id": "M02"},
        {"decision": Decision.DISPOSE},
        {"extend_years": 20},
        {"reason": "不用了"},
        {"decided_at": AT + timedelta(microseconds=1)},
    ],
)
def test_decision_that_is_another_one_in_any_way_asks_for_new_signatures(changed: dict[str, object]) -> None:
    """R9-19."""
    before = decided_digest(LIST, CONTENT, [KEPT, DISPOSED])

    assert decided_digest(LIST, CONTENT, [replace(KEPT, **changed), DISPOSED]) != before


def test_signature_says_which_list_it_is_for_in_which_duty_and_at_which_stage() -> None:
    """P3."""
    message = message_to_sign(LIST, ListDuty.WITNESS, SigningStage.AFTER, "d" * 64)

    assert message == (
        b'{"duty":"witness","list_digest":"' + b"d" * 64 + b'","list_id":"D-2026-JY-001","stage":"after"}'
    )
