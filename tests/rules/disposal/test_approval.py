"""What an approval lacks is named, all of it; one KEEP keeps; silence decides nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from factories_dossier import AT, PANEL, decision, dossier, signed, told
from lantai.records.custody.record import Retention
from lantai.records.disposal.lists import (
    Decision,
    DutyHeld,
    ListDuty,
    ListKind,
    SigningStage,
)
from lantai.rules.disposal.appraisal import (
    elapsed_years,
    electronic_transfer_due_on,
    extended_due_on,
    files_digest,
    is_expired,
    printed_period,
    sender_keeps_until,
)
from lantai.rules.disposal.approval import (
    approval_shortfalls,
    consolidate,
    last_approved_at,
    panel_shortfalls,
    people_shortfalls,
    witness_shortfalls,
)


def test_list_with_every_approval_lacks_nothing() -> None:
    """R9-19, I3."""
    assert approval_shortfalls(dossier()) == []


def test_one_keep_keeps_a_row_for_the_longest_period_asked_for() -> None:
    """R9-19, rules N3 从长."""
    said = [decision(1, "M01"), decision(1, "M02", Decision.KEEP, 2), decision(1, "M03", Decision.KEEP, 5)]

    outcome = consolidate([1], PANEL, said)[1]

    assert outcome is not None
    assert (outcome.decision, outcome.extend_years, outcome.is_unanimous) == (Decision.KEEP, 5, False)


def test_member_who_keeps_a_row_without_a_period_leaves_it_to_the_others() -> None:
    """R9-19, N3."""
    kept = [decision(1, "M01", Decision.KEEP), decision(1, "M02", Decision.KEEP, 5), decision(1, "M03", Decision.KEEP)]

    named, unnamed = consolidate([1], PANEL, kept)[1], consolidate([1], ("M01",), kept)[1]

    assert named is not None
    assert unnamed is not None
    assert (named.extend_years, unnamed.extend_years, unnamed.decision) == (5, None, Decision.KEEP)


def test_row_that_one_member_has_not_looked_at_is_undecided() -> None:
    """R9-19, R10-06."""
    said = [decision(1, "M01"), decision(1, "M02"), decision(2, "M03")]

    outcomes = consolidate([1, 2], PANEL, said)

    assert outcomes == {1: None, 2: None}


def test_decision_of_somebody_outside_the_panel_counts_for_nothing() -> None:
    """R9-19, R9-21."""
    said = [decision(1, "M01"), decision(1, "M02"), decision(1, "X01")]

    assert consolidate([1], PANEL, said)[1] is None


def test_decision_on_a_row_that_is_not_on_the_list_decides_nothing() -> None:
    """R9-21, R10-06."""
    said = [decision(row_no, member) for row_no in (1, 9) for member in PANEL]

    assert list(consolidate([1], PANEL, said)) == [1]


def test_nothing_is_decided_without_a_panel() -> None:
    """R9-19, R9-21."""
    assert consolidate([1], (), [])[1] is None


def test_undecided_rows_are_counted_and_named_per_member() -> None:
    """R10-06, R9-19."""
    found = told(panel_shortfalls(dossier(decisions=tuple(decision(1, member) for member in PANEL))))

    assert found == [f"panel member {member}: 1 rows undecided (row 2)" for member in PANEL]


@pytest.mark.parametrize(("row_count", "shown"), [(5, "1, 2, 3, 4, 5"), (6, "1, 2, 3, 4, 5 ...")])
def test_first_five_undecided_rows_are_named_and_an_ellipsis_stands_for_more(row_count: int, shown: str) -> None:
    """R10-06, R9-21."""
    left_open = dossier(rows=tuple(range(1, row_count + 1)), decisions=())

    found = told(panel_shortfalls(left_open))

    assert found[0] == f"panel member M01: {row_count} rows undecided (row {shown})"


def test_list_without_rows_is_never_decided() -> None:
    """R10-06."""
    assert told(panel_shortfalls(dossier(rows=(), decisions=()))) == ["rows: found none, expected at least one"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"content_now": "e" * 64}, "content: digest"),
        ({"decided_now": "e" * 64}, "decisions: digest"),
        ({"decided_stored": None}, "not reviewed as a whole"),
        ({"panel_size": 4}, "panel members: found 3, expected 4"),
        ({"signed": ()}, "leader, approve: found 0 valid signatures, expected 1"),
    ],
)
def test_missing_part_of_an_approval_is_named(changed: dict[str, object], reason: str) -> None:
    """R9-19, R9-21, I3."""
    assert any(reason in found for found in told(approval_shortfalls(dossier(**changed))))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"held_role": False}, "role leader not held on the day of signing"),
        ({"is_signature_good": False, "has_key": True}, "signature does not verify"),
        ({"has_key": True}, "a key is enrolled but the signature was not made with it"),
        ({"is_in_ledger": False}, "the ledger does not tell of this signature"),
    ],
)
def test_signature_that_does_not_count_says_why(changed: dict[str, object], reason: str) -> None:
    """P3: expired appointment, forged row."""
    approved = dossier()
    leader = signed("L01", ListDuty.LEADER, 5, **changed)

    found = told(approval_shortfalls(replace(approved, signed=(*approved.signed[:3], leader))))

    assert any(reason in each for each in found)


def test_signature_for_another_list_counts_for_nothing() -> None:
    """P3: replay on another list."""
    approved = dossier()
    other = replace(approved.signed[3], sign_off=replace(approved.signed[3].sign_off, list_id="D-2026-JY-002"))

    found = told(approval_shortfalls(replace(approved, signed=(*approved.signed[:3], other))))

    assert any("another list" in each for each in found)


def test_leader_who_signed_before_the_panel_has_approved_nothing() -> None:
    """R9-19, I3."""
    approved = dossier()
    early = signed("L01", ListDuty.LEADER, -5)

    found = told(approval_shortfalls(replace(approved, signed=(*approved.signed[:3], early))))

    assert found == ["leader: signed at 2026-03-02 07:55:00 UTC, expected after the panel"]


def test_leader_who_signed_at_the_moment_of_the_panel_has_approved() -> None:
    """R9-19: only an earlier moment tells of something else."""
    approved = dossier()

    assert approval_shortfalls(replace(approved, signed=(*approved.signed[:3], signed("L01", ListDuty.LEADER)))) == []


def test_member_who_has_not_signed_is_named_with_the_digest_that_waits_for_it() -> None:
    """R9-19, I3."""
    approved = dossier()

    found = told(approval_shortfalls(replace(approved, signed=approved.signed[1:])))

    assert found == [
        f"panel_member M01, approve: no signature under digest {'d' * 16}",
        "panel_member, approve: found 2 valid signatures, expected 3",
    ]


@pytest.mark.parametrize("panel_size", [2, 3])
def test_every_member_of_the_panel_has_to_sign_however_many_are_asked_for(panel_size: int) -> None:
    """R9-19, I3: a panel may be larger than it has to be."""
    approved = dossier(panel_size=panel_size)

    found = told(approval_shortfalls(replace(approved, signed=approved.signed[1:])))

    assert found[-1] == "panel_member, approve: found 2 valid signatures, expected 3"


def test_signature_of_another_stage_or_under_another_digest_counts_for_nothing() -> None:
    """P3: what was signed is this content at this stage."""
    approved = dossier()
    leader = approved.signed[3]
    after = replace(leader, sign_off=replace(leader.sign_off, stage=SigningStage.AFTER))
    former = replace(leader, sign_off=replace(leader.sign_off, list_digest="e" * 64))

    found = [
        told(approval_shortfalls(replace(approved, signed=(*approved.signed[:3], each)))) for each in (after, former)
    ]

    assert (
        found
        == [
            [
                f"leader L01, approve: no signature under digest {'d' * 16}",
                "leader, approve: found 0 valid signatures, expected 1",
            ]
        ]
        * 2
    )


def test_delegate_and_who_delegated_are_one_person_for_incompatible_duties() -> None:
    """R10-08, R12-04, P3."""
    found = told(
        people_shortfalls(
            [
                DutyHeld("D01", ListDuty.PANEL_MEMBER, on_behalf_of="L01"),
                DutyHeld("L01", ListDuty.LEADER),
                DutyHeld("M02", ListDuty.PANEL_MEMBER),
            ]
        )
    )

    assert found == ["L01: stands behind leader and panel_member, expected one duty per person"]


def test_two_witnesses_have_to_sign_before_and_not_earlier_than_the_approval() -> None:
    """N3, I3."""
    approved = dossier()
    acting = (*approved.acting, DutyHeld("W01", ListDuty.WITNESS), DutyHeld("W02", ListDuty.WITNESS))
    both = tuple(signed(w, ListDuty.WITNESS, 10, SigningStage.BEFORE) for w in ("W01", "W02"))
    with_both = replace(approved, acting=acting, signed=(*approved.signed, *both))
    with_one = replace(approved, acting=acting, signed=(*approved.signed, both[0]))
    approved_at = last_approved_at(with_both)
    assert approved_at is not None

    assert witness_shortfalls(with_both, SigningStage.BEFORE, approved_at) == []
    assert witness_shortfalls(with_both, SigningStage.BEFORE, AT + timedelta(minutes=10)) == [], "at that very moment"
    assert any("found 1 valid" in each for each in told(witness_shortfalls(with_one, SigningStage.BEFORE, approved_at)))
    assert any(
        "too early" in each
        for each in told(witness_shortfalls(with_both, SigningStage.BEFORE, AT + timedelta(hours=1)))
    )


def test_witnesses_who_signed_while_nothing_was_approved_signed_too_early() -> None:
    """N3, I3."""
    approved = dossier()
    acting = (*approved.acting, DutyHeld("W01", ListDuty.WITNESS), DutyHeld("W02", ListDuty.WITNESS))
    both = tuple(signed(w, ListDuty.WITNESS, 10, SigningStage.BEFORE) for w in ("W01", "W02"))
    with_both = replace(approved, acting=acting, signed=(*approved.signed, *both))

    found = told(witness_shortfalls(with_both, SigningStage.BEFORE, None))

    assert found == [f"witness {w}, before: signed too early" for w in ("W01", "W02")]


def test_transfer_needs_no_witnesses() -> None:
    """N3: they watch a destruction."""
    assert witness_shortfalls(dossier(kind=ListKind.TRANSFER), SigningStage.BEFORE, AT) == []


def test_elapsed_years_count_from_the_january_after_the_record_was_formed() -> None:
    """R9-19, N3."""
    assert [elapsed_years(date(2015, 5, 4), date(year, 1, 1)) for year in (2015, 2016, 2017, 2026)] == [0, 0, 1, 10]


def test_ten_year_record_has_expired_on_the_first_january_after_ten_full_years() -> None:
    """R9-19, N3, R9-20."""
    assert not is_expired(Retention.D10, date(2015, 5, 4), date(2025, 12, 31))
    assert is_expired(Retention.D10, date(2015, 5, 4), date(2026, 1, 1))
    assert not is_expired(Retention.Y, date(1950, 1, 1), date(2026, 1, 1))


@pytest.mark.parametrize("old", [Retention.LONG, Retention.SHORT])
def test_record_with_a_period_of_old_never_expires_by_itself(old: Retention) -> None:
    """N3, R9-20: a person decides what the period means."""
    assert not is_expired(old, date(1950, 1, 1), date(2026, 1, 1))


def test_extended_record_is_not_due_again_on_the_day_it_was_extended() -> None:
    """R9-19, N3."""
    assert extended_due_on(date(2026, 1, 1), date(2026, 3, 2), 2) == date(2028, 1, 1)
    assert extended_due_on(date(2020, 1, 1), date(2026, 3, 2), 1) == date(2027, 1, 1)
    with pytest.raises(ValueError, match="1 or more"):
        extended_due_on(date(2026, 1, 1), date(2026, 3, 2), 0)


def test_electronic_record_should_be_with_the_archive_five_years_after_it_was_formed() -> None:
    """N7."""
    assert electronic_transfer_due_on(date(2020, 5, 31)) == date(2025, 5, 31)
    assert electronic_transfer_due_on(date(2024, 2, 29)) == date(2029, 3, 1)


def test_period_is_printed_in_the_words_of_registers() -> None:
    """R9-19, N3."""
    assert [printed_period(each) for each in (Retention.Y, Retention.D30, Retention.D10)] == ["永久", "30年", "10年"]
    assert [printed_period(each) for each in (Retention.LONG, Retention.SHORT)] == ["长期", "短期"]


def test_sender_keeps_a_copy_for_five_full_years() -> None:
    """N7."""
    assert sender_keeps_until(date(2026, 3, 31)) == date(2031, 3, 31)
    assert sender_keeps_until(date(2024, 2, 29)) == date(2029, 3, 1)


def test_digest_of_a_file_set_needs_its_key_and_not_its_order() -> None:
    """N3."""
    key = b"k" * 32
    assert files_digest(key, ["a", "b"]) == files_digest(key, ["b", "a"])
    assert files_digest(key, ["a", "b"]) != files_digest(b"x" * 32, ["a", "b"])
    assert files_digest(key, ["a", "b"]) != files_digest(key, ["a"])
