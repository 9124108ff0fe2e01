"""What keeps a list from its next step, whichever that is; what each shortfall means is in `test_approval` and `test_carrying_out`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from factories_dossier import AT, LIST, dossier, signed
from lantai.records.custody.record import RecordStatus, Retention
from lantai.records.disposal.listed_record import ListedRecord
from lantai.records.disposal.lists import DutyHeld, ListDuty, ListKind, ListState, SigningStage
from lantai.rules.disposal.approval import Dossier
from lantai.rules.disposal.next_step import Circumstances, act_shortfalls, next_shortfalls, receipt_shortfall

RECORD = ListedRecord(
    1, "r1", "c1", "Z109-WS·2015-D10-BGS-0001", "题名", "责任者", "", date(2015, 5, 4), 2015, Retention.D10, 2, None, date(2026, 1, 1), 1, 10, "",
    RecordStatus.KEPT,
)  # fmt: skip
RIPE = Circumstances(
    going=(RECORD, replace(RECORD, row_no=2)),
    built_on={},
    covered_at=AT + timedelta(hours=1),
    destroyed_at=None,
    appraisal_report_no="教档鉴〔2026〕1号",
    filing_receipt_no=None,
    region="安徽",
    cooling_off_days=7,
    now_at=AT + timedelta(days=8),
    today=date(2026, 3, 10),
)
WITNESSES = ("W01", "W02")


def handed_over(
    state: ListState = ListState.AWAITING_CUSTODIAN, *, stages: tuple[SigningStage, ...] = (SigningStage.BEFORE,)
) -> Dossier:
    """The approved list in the custodian's hands, signed by both witnesses."""
    approved = dossier(state=state)
    return replace(
        approved,
        acting=(*approved.acting, *(DutyHeld(each, ListDuty.WITNESS) for each in WITNESSES)),
        signed=(
            *approved.signed,
            *(signed(each, ListDuty.WITNESS, 10, stage) for each in WITNESSES for stage in stages),
        ),
    )


def rules(found) -> list[str]:
    return [each.rule for each in found]


def test_list_that_lacks_nothing_may_be_carried_out() -> None:
    """I3, N3."""
    assert act_shortfalls(handed_over(), RIPE) == []
    assert next_shortfalls(handed_over(), RIPE) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"covered_at": None}, "signatures_in_no_checkpoint"),
        ({"cooling_off_days": 30}, "waiting_time"),
        ({"going": (replace(RECORD, status=RecordStatus.TRANSFERRED),)}, "record_not_kept"),
        ({"going": (replace(RECORD, destroy_due_on=date(2027, 1, 1)),)}, "period_not_over"),
        ({"built_on": {2: "SL2016-JY-E001-R1"}}, "base_of_a_chain"),
        ({"appraisal_report_no": None}, "no_appraisal_report"),
        ({"region": "浙江"}, "register_not_filed"),
    ],
)
def test_one_thing_that_is_missing_keeps_a_list_from_the_act_and_is_named(
    changed: dict[str, object], rule: str
) -> None:
    """I3, N3, N2."""
    found = act_shortfalls(handed_over(), replace(RIPE, **changed))

    assert rules(found) == [rule]


def test_everything_that_is_missing_is_named_and_never_the_first_only() -> None:
    """I3."""
    bare = replace(RIPE, covered_at=None, appraisal_report_no=None)

    found = act_shortfalls(dossier(), bare)

    assert rules(found) == [
        "not_handed_over",
        "signatures_in_no_checkpoint",
        "signatures_too_few",
        "no_appraisal_report",
    ]


def test_list_whose_rows_are_all_kept_needs_neither_witnesses_nor_papers() -> None:
    approved = dossier(state=ListState.AWAITING_CUSTODIAN)

    assert act_shortfalls(approved, replace(RIPE, going=(), appraisal_report_no=None)) == []


def test_list_that_is_not_approved_lacks_its_approval_and_nothing_of_the_act_yet() -> None:
    """R9-19."""
    reviewed = dossier(state=ListState.REVIEWED, signed=())

    found = next_shortfalls(reviewed, replace(RIPE, covered_at=None, appraisal_report_no=None))

    assert found
    assert not {"not_handed_over", "signatures_in_no_checkpoint", "no_appraisal_report"} & set(rules(found))


def test_destruction_under_way_waits_for_witnesses_who_sign_after_it() -> None:
    """N3: whoever signed before it was over has not seen that it is."""
    both = (SigningStage.BEFORE, SigningStage.AFTER)
    under_way = handed_over(ListState.EXECUTING, stages=both)

    assert next_shortfalls(under_way, replace(RIPE, destroyed_at=AT)) == []
    assert (
        rules(next_shortfalls(under_way, replace(RIPE, destroyed_at=AT + timedelta(days=1))))
        == ["witness_too_early"] * 2
    )
    assert "signatures_too_few" in rules(
        next_shortfalls(handed_over(ListState.EXECUTING), replace(RIPE, destroyed_at=AT))
    )


def test_transfer_under_way_waits_for_the_receipt_of_the_archive() -> None:
    under_way = dossier(kind=ListKind.TRANSFER, state=ListState.EXECUTING)

    assert next_shortfalls(under_way, RIPE) == [receipt_shortfall(LIST)]
    assert dict(receipt_shortfall(LIST).values) == {"path": f"receipts/{LIST}.receipt.json"}


@pytest.mark.parametrize("state", [ListState.DONE, ListState.WITHDRAWN])
def test_list_that_is_over_lacks_nothing_any_more(state: ListState) -> None:
    assert next_shortfalls(dossier(state=state, signed=()), replace(RIPE, covered_at=None)) == []
