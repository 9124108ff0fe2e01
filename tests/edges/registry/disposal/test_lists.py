"""Rows of lists: what is due, what is on a list, and that it moves only as it may."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from factories_disposal import ON, PANEL, decide_all, draft, draft_with_panel, lay_down_carrier, make_people, make_unit
from factories_disposal import record as due_record
from lantai.edges.centre import Centre
from lantai.edges.registry.disposal import lists
from lantai.errors import RegistryConflictError
from lantai.records.custody.record import RecordStatus
from lantai.records.disposal.lists import ListKind, ListState

pytestmark = pytest.mark.both_databases


def test_what_is_due_is_told_by_unit_and_what_lies_on_an_open_list_is_not_due_again(centre: Centre) -> None:
    """R9-20."""
    make_people(centre)
    make_unit(centre)
    lay_down_carrier(centre, [due_record(1), due_record(2, destroy_due_on=ON + timedelta(days=1))])
    with centre.database.read() as connection:
        before = lists.due(connection, ListKind.DESTRUCTION, ON, None)
        of_others = lists.due(connection, ListKind.DESTRUCTION, ON, ["MZ"])
        for_transfer = lists.due(connection, ListKind.TRANSFER, ON, None)

    draft(centre)

    with centre.database.read() as connection:
        after = lists.due(connection, ListKind.DESTRUCTION, ON, None)
    assert before == {"JY": ["SL2015-JY-E001-R1-0001"]}
    assert (of_others, for_transfer, after) == ({}, {}, {})


def test_list_is_found_by_its_kind_its_state_and_its_day(centre: Centre) -> None:
    list_id = draft_with_panel(centre)

    with centre.database.read() as connection:
        found = [
            [each.list_id for each in lists.lists(connection, states, kind, due_on)]
            for states, kind, due_on in (
                ((ListState.DRAFT,), ListKind.DESTRUCTION, ON),
                ((ListState.DRAFT,), None, None),
                ((ListState.REVIEWED,), None, None),
                ((ListState.DRAFT,), ListKind.TRANSFER, None),
                ((ListState.DRAFT,), None, date(2026, 3, 3)),
            )
        ]

    assert found == [[list_id], [list_id], [], [], []]


def test_rows_of_a_list_say_what_the_registry_says_of_their_records_now(centre: Centre) -> None:
    list_id = draft_with_panel(centre)

    with centre.database.read() as connection:
        rows = lists.content(connection, list_id)
        counted = lists.counted(connection, list_id, [RecordStatus.KEPT.value])
        destroyed = lists.counted(connection, list_id, [RecordStatus.DESTROYED.value])

    assert [(row.row_no, row.record_id, row.status) for row in rows] == [
        (number, f"SL2015-JY-E001-R1-{number:04d}", RecordStatus.KEPT) for number in (1, 2, 3)
    ]
    assert (counted, destroyed) == ((3, 1 + 2 + 3), (0, 0))


def test_list_among_others_tells_how_far_its_panel_is(centre: Centre) -> None:
    list_id = draft_with_panel(centre)
    decide_all(centre, list_id, [1, 2], PANEL[:2])

    with centre.database.read() as connection:
        (one,) = lists.overview(connection)
        none = lists.overview(connection, [ListState.DONE])

    assert (one.list_id, one.kind, one.state) == (list_id, ListKind.DESTRUCTION, ListState.DRAFT)
    assert (one.row_count, one.decision_count, one.panel_count) == (3, 4, 3)
    assert none == []


def test_list_that_the_panel_is_through_with_has_a_digest_and_loses_it_with_a_change(centre: Centre) -> None:
    """R9-19: approvers sign a digest; without one there is nothing to sign."""
    list_id = draft_with_panel(centre)
    with centre.database.begin() as connection:
        lists.note_decided(connection, list_id, "d" * 64)
    with centre.database.read() as connection:
        reviewed = lists.disposal_list(connection, list_id)

    with centre.database.begin() as connection:
        lists.note_decided(connection, list_id, None)

    with centre.database.read() as connection:
        back = lists.disposal_list(connection, list_id)
    assert (reviewed.state, reviewed.decided_sha256) == (ListState.REVIEWED, "d" * 64)
    assert (back.state, back.decided_sha256) == (ListState.DRAFT, None)


def test_list_cannot_be_done_before_it_was_approved_and_carried_out(centre: Centre) -> None:
    """I3."""
    list_id = draft_with_panel(centre)
    now_at = centre.clock.now_at()

    for skip in (lists.note_approved, lists.note_done):
        with pytest.raises(RegistryConflictError), centre.database.begin() as connection:
            skip(connection, list_id, now_at)

    with centre.database.read() as connection:
        found = lists.disposal_list(connection, list_id)
    assert (found.state, found.approved_at, found.finished_at) == (ListState.DRAFT, None, None)
