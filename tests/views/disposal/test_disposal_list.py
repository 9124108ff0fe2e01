"""What a list looks like to somebody, from its draft to where only the custodian is missing; `cli/disposal/test_list` shows it typed."""

from __future__ import annotations

from datetime import date

import pytest

from factories_disposal import PANEL, WITNESSES, decide_all, draft_with_panel, lay_ready_list
from lantai.edges.centre import Centre
from lantai.errors import NotFoundError
from lantai.journey.disposal.hold import hold
from lantai.records.disposal.hold import HoldScope
from lantai.records.disposal.lists import ListKind, ListState
from lantai.views.disposal import disposal_list
from lantai.views.disposal.disposal_list import ListShown

pytestmark = pytest.mark.both_databases


def shown(centre: Centre, list_id: str) -> ListShown:
    with centre.database.read() as connection:
        return disposal_list.show(connection, centre.settings, list_id, centre.clock.now_at(), centre.clock.today_on())


def test_draft_shows_what_is_on_it_and_that_nobody_has_looked_at_it(centre: Centre) -> None:
    """R9-19."""
    list_id = draft_with_panel(centre)

    found = shown(centre, list_id)

    assert (found.kind, found.unit_code, found.due_on) == (ListKind.DESTRUCTION, "JY", date(2026, 3, 2))
    assert (found.state, found.row_count, found.undecided_count) == (ListState.DRAFT, 3, 3)
    assert (found.signed, found.held, found.appraisal_report_no) == ((), (), None)
    assert [each.rule for each in found.missing[:3]] == ["rows_undecided"] * len(PANEL)


def test_row_that_one_member_has_left_blank_is_undecided_for_all(centre: Centre) -> None:
    """R9-19, R10-06."""
    list_id = draft_with_panel(centre)
    decide_all(centre, list_id, [1, 2, 3], PANEL[:2])
    decide_all(centre, list_id, [1, 3], PANEL[2:])

    found = shown(centre, list_id)

    assert (found.state, found.undecided_count) == (ListState.DRAFT, 1)


def test_list_that_only_the_custodian_has_still_to_carry_out_lacks_nothing_and_names_who_signed(centre: Centre) -> None:
    """R9-19, I3."""
    list_id = lay_ready_list(centre)

    found = shown(centre, list_id)

    assert (found.state, found.missing, found.undecided_count) == (ListState.AWAITING_CUSTODIAN, (), 0)
    assert {each.person_id for each in found.signed} == {*PANEL, "L01", *WITNESSES}
    assert {each.list_digest for each in found.signed} == {found.list_digest}


def test_hold_is_shown_beside_what_is_missing(centre: Centre) -> None:
    """I3."""
    list_id = lay_ready_list(centre)
    placed = hold(centre, HoldScope.RECORD, "SL2015-JY-E001-R1-0002", "审计", "P01").hold

    found = shown(centre, list_id)

    assert [(row.row_no, row.record_id, row.hold_id) for row in found.held] == [
        (2, "SL2015-JY-E001-R1-0002", placed.hold_id)
    ]
    assert found.missing == ()


def test_waiting_time_is_counted_to_the_moment_that_is_asked_about(centre: Centre) -> None:
    """N3: the same rows are asked about later, or on another day, and the answer is another one."""
    list_id = lay_ready_list(centre)
    with centre.database.read() as connection:
        found = disposal_list.show(connection, centre.settings, list_id, centre.clock.now_at(), date(2025, 12, 31))

    assert [each.rule for each in found.missing] == ["period_not_over", "period_not_over"]


def test_list_in_json_has_numbers_for_what_is_listed_and_english_for_what_is_missing(centre: Centre) -> None:
    list_id = draft_with_panel(centre)

    told = shown(centre, list_id).as_mapping()

    digest = told.pop("list_digest")
    assert len(digest) == 64
    assert told.pop("missing")[0] == "panel member M01: 3 rows undecided (row 1, 2, 3)"
    assert told == {
        "list_id": list_id,
        "kind": "destruction",
        "unit_code": "JY",
        "due_on": "2026-03-02",
        "state": "draft",
        "rows": 3,
        "undecided": 3,
        "held": 0,
        "appraisal_report_no": None,
        "signed": [],
    }


def test_list_that_is_not_there_is_no_empty_one(centre: Centre) -> None:
    with pytest.raises(NotFoundError, match="D-2026-JY-009"):
        shown(centre, "D-2026-JY-009")


def test_lists_beside_each_other_show_how_far_their_panels_are(centre: Centre) -> None:
    list_id = draft_with_panel(centre)
    decide_all(centre, list_id, [1, 2], PANEL[:1])

    with centre.database.read() as connection:
        found = disposal_list.show_all(connection)

    (one,) = found.lists
    assert (one.list_id, one.state, one.row_count, one.decision_count, one.panel_count) == (
        list_id,
        ListState.DRAFT,
        3,
        2,
        len(PANEL),
    )
    assert list(found.as_mapping()[0]) == [
        "list_id",
        "kind",
        "unit_code",
        "due_on",
        "state",
        "row_count",
        "decision_count",
        "panel_count",
        "drafted_at",
        "approved_at",
    ]
