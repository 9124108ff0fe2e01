"""What has to be so before a list is carried out; that all of it is asked in one transaction is in journey's `test_permit`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from lantai.records.custody.record import RecordStatus, Retention
from lantai.records.disposal.listed_record import ListedRecord
from lantai.records.disposal.lists import ListState
from lantai.records.disposal.shortfall import Shortfall
from lantai.rules.disposal.carrying_out import (
    chain_shortfalls,
    cooling_shortfalls,
    paper_shortfalls,
    period_shortfalls,
    record_shortfalls,
    state_shortfalls,
)

SIGNED_AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
TODAY = date(2026, 3, 2)
RECORD = ListedRecord(
    1, "r1", "c1", "Z109-WS·2015-D10-BGS-0001", "题名", "责任者", "", date(2015, 5, 4), 2015, Retention.D10, 2, None, date(2026, 1, 1), 1, 10, "",
    RecordStatus.KEPT,
)  # fmt: skip


@pytest.mark.parametrize(
    ("state", "expected", "rule"),
    [
        (ListState.AWAITING_CUSTODIAN, ListState.AWAITING_CUSTODIAN, None),
        (ListState.APPROVED, ListState.AWAITING_CUSTODIAN, "not_handed_over"),
        (ListState.DRAFT, ListState.REVIEWED, "other_state"),
        (ListState.REVIEWED, ListState.REVIEWED, None),
    ],
)
def test_list_that_stands_elsewhere_says_where(state: ListState, expected: ListState, rule: str | None) -> None:
    found = state_shortfalls(state, expected)

    assert found == ([Shortfall.of(rule, state=state.value, expected_state=expected.value)] if rule else [])


def test_waiting_time_runs_from_the_later_of_signature_and_checkpoint_and_is_over_at_that_very_moment() -> None:
    """N3."""
    later = SIGNED_AT + timedelta(hours=6)
    over_at = later + timedelta(days=7)

    for signed_at, covered_at in ((SIGNED_AT, later), (later, SIGNED_AT)):
        assert cooling_shortfalls(signed_at, covered_at, 7, over_at) == []
        assert cooling_shortfalls(signed_at, covered_at, 7, over_at - timedelta(seconds=1)) == [
            Shortfall.of("waiting_time", days=7, until="2026-03-09 14:00 UTC")
        ]


@pytest.mark.parametrize(("signed_at", "covered_at"), [(None, SIGNED_AT), (SIGNED_AT, None), (None, None)])
def test_signature_that_no_checkpoint_covers_starts_no_waiting_time(
    signed_at: datetime | None, covered_at: datetime | None
) -> None:
    """N3."""
    found = cooling_shortfalls(signed_at, covered_at, 0, SIGNED_AT + timedelta(days=99))

    assert found == [Shortfall.of("signatures_in_no_checkpoint")]


@pytest.mark.parametrize("status", [each for each in RecordStatus if each is not RecordStatus.KEPT])
def test_record_that_is_no_longer_kept_is_named(status: RecordStatus) -> None:
    """I3."""
    found = record_shortfalls([RECORD, replace(RECORD, row_no=2, status=status)])

    assert found == [Shortfall.of("record_not_kept", row_no=2, status=status.value)]


@pytest.mark.parametrize(
    "changed",
    [
        {"retention": Retention.D30},
        {"retention": Retention.Y},
        {"retention": Retention.SHORT},
        {"formed_on": date(2016, 1, 1)},
        {"destroy_due_on": None},
        {"destroy_due_on": TODAY + timedelta(days=1)},
    ],
)
def test_record_whose_period_runs_is_named_whatever_its_row_or_its_papers_say(changed: dict[str, object]) -> None:
    """N3."""
    assert period_shortfalls([RECORD, replace(RECORD, destroy_due_on=TODAY)], TODAY) == []
    assert period_shortfalls([replace(RECORD, **changed)], TODAY) == [
        Shortfall.of("period_not_over", row_no=1, today="2026-03-02")
    ]


def test_base_of_a_kept_backup_is_named_where_it_is_disposed_of() -> None:
    """R1-15."""
    found = chain_shortfalls({1: "c7", 3: "c9"}, {1, 2})

    assert found == [Shortfall.of("base_of_a_chain", row_no=1, carrier_id="c7")]


@pytest.mark.parametrize(
    ("report_no", "receipt_no", "region", "missing"),
    [
        ("鉴〔2026〕1号", None, "", []),
        (None, None, "", ["no_appraisal_report"]),
        ("鉴〔2026〕1号", None, "浙江", ["register_not_filed"]),
        ("鉴〔2026〕1号", "备1", "浙江省", []),
        (None, None, "Zhejiang", ["no_appraisal_report", "register_not_filed"]),
    ],
)
def test_papers_of_a_destruction_are_asked_for_as_the_region_asks(
    report_no: str | None, receipt_no: str | None, region: str, missing: list[str]
) -> None:
    """N2."""
    assert [each.rule for each in paper_shortfalls(report_no, receipt_no, region)] == missing
