"""What is due is drafted, once, and nothing else changes."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from factories_disposal import ON, events, lay_down_carrier, make_people, make_unit, record, state_of, statuses
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.registry.disposal.lists import content
from lantai.errors import NotPermittedError
from lantai.journey.disposal.appraise import appraise
from lantai.journey.disposal.approval.withdraw import withdraw
from lantai.journey.disposal.hold import hold, lift
from lantai.records.custody.record import Retention
from lantai.records.disposal.hold import HoldScope
from lantai.records.disposal.lists import ListKind

pytestmark = pytest.mark.both_databases


@pytest.fixture
def due_centre(centre: Centre) -> Centre:
    """Three records due for destruction, one permanent and due for transfer, one not due."""
    make_people(centre)
    make_unit(centre)
    permanent = record(
        4, retention=Retention.Y, formed_on=date(2015, 1, 5), transfer_due_on=date(2025, 1, 5), destroy_due_on=None
    )
    later = record(5, destroy_due_on=date(2027, 1, 1))
    lay_down_carrier(centre, [record(1), record(2), record(3), permanent, later])
    return centre


def listed(centre: Centre, list_id: str) -> list[str]:
    with centre.database.read() as connection:
        return [row.record_id.rsplit("-", 1)[1] for row in content(connection, list_id)]


def test_what_is_due_for_destruction_is_drafted_and_nothing_else_changes(due_centre: Centre) -> None:
    """R9-20."""
    before = statuses(due_centre)

    found = appraise(due_centre, ListKind.DESTRUCTION, ON, actor="P01")

    assert found == ["D-2026-JY-001"]
    assert listed(due_centre, found[0]) == ["0001", "0002", "0003"]
    assert state_of(due_centre, found[0]) == "draft"
    assert statuses(due_centre) == before
    assert events(due_centre, "list_drafted") == found


def test_permanent_record_is_drafted_for_transfer_only(due_centre: Centre) -> None:
    """R9-20, R9-24."""
    found = appraise(due_centre, ListKind.TRANSFER, ON, actor="P01")

    assert found == ["T-2026-JY-001"]
    assert listed(due_centre, found[0]) == ["0004"]


def test_record_due_on_the_day_itself_is_drafted_and_the_day_before_it_is_not(due_centre: Centre) -> None:
    """R9-20, N2."""
    day_before = appraise(due_centre, ListKind.DESTRUCTION, date(2025, 12, 31), actor="P01")
    on_the_day = appraise(due_centre, ListKind.DESTRUCTION, date(2026, 1, 1), actor="P01")

    assert day_before == []
    assert on_the_day == ["D-2026-JY-001"]


def test_second_run_on_a_day_answers_with_the_lists_of_the_first(due_centre: Centre) -> None:
    """R9-20."""
    first = appraise(due_centre, ListKind.DESTRUCTION, ON, actor="P01")

    second = appraise(due_centre, ListKind.DESTRUCTION, ON, actor="P01")

    assert second == first
    assert events(due_centre, "list_drafted") == first


@pytest.mark.parametrize(
    ("scope", "target", "left"),
    [
        (HoldScope.RECORD, "SL2015-JY-E001-R1-0002", ["0001", "0003"]),
        (HoldScope.CARRIER, "SL2015-JY-E001-R1", []),
        (HoldScope.UNIT, "JY", []),
        (HoldScope.FONDS, "Z109", []),
    ],
)
def test_held_record_is_never_proposed_for_destruction(
    due_centre: Centre, scope: HoldScope, target: str, left: list[str]
) -> None:
    """R9-20, I3."""
    hold(due_centre, scope, target, "审计", "X01")

    found = appraise(due_centre, ListKind.DESTRUCTION, ON, actor="P01")

    assert [listed(due_centre, list_id) for list_id in found] == ([left] if left else [])


def test_record_is_proposed_again_after_its_hold_is_lifted(due_centre: Centre) -> None:
    """R9-20."""
    placed = hold(due_centre, HoldScope.UNIT, "JY", "审计", "X01")
    lift(due_centre, placed.hold.hold_id, "X01")

    found = appraise(due_centre, ListKind.DESTRUCTION, ON, actor="P01")

    assert listed(due_centre, found[0]) == ["0001", "0002", "0003"]


def test_records_of_a_withdrawn_list_may_be_proposed_again(due_centre: Centre) -> None:
    """R9-19."""
    (first,) = appraise(due_centre, ListKind.DESTRUCTION, ON, actor="P01")
    withdraw(due_centre, first, "P01")

    found = appraise(due_centre, ListKind.DESTRUCTION, ON, actor="P01")

    assert found == ["D-2026-JY-002"]


def test_record_that_is_not_kept_any_more_is_not_proposed(due_centre: Centre) -> None:
    """R9-20."""
    with due_centre.database.begin() as connection:
        connection.execute(update(tables.record).where(tables.record.c.item_no == "0001").values(status="transferring"))

    found = appraise(due_centre, ListKind.DESTRUCTION, ON, actor="P01")

    assert listed(due_centre, found[0]) == ["0002", "0003"]


def test_only_the_units_asked_for_are_appraised(due_centre: Centre) -> None:
    """R9-20, R13-01."""
    make_unit(due_centre, "WS", "市卫生局", "Z110")
    lay_down_carrier(due_centre, [record(1, "SL2015-WS-E001-R1", unit_code="WS")])

    found = appraise(due_centre, ListKind.DESTRUCTION, ON, units=["WS"], actor="P01")

    assert found == ["D-2026-WS-001"]
    assert appraise(due_centre, ListKind.DESTRUCTION, ON, actor="P01") == ["D-2026-JY-001", "D-2026-WS-001"]
    assert appraise(due_centre, ListKind.DESTRUCTION, ON, units=["WS"], actor="P01") == found


def test_run_that_nobody_started_drafts_in_the_name_of_the_appointed_preparer(due_centre: Centre) -> None:
    """R9-20."""
    (list_id,) = appraise(due_centre, ListKind.DESTRUCTION, ON)

    with due_centre.database.read() as connection:
        row = connection.execute(tables.disposal_list.select()).one()
    assert (row.list_id, row.drafted_by) == (list_id, "P01")


def test_run_that_nobody_started_drafts_nothing_while_no_preparer_is_appointed(due_centre: Centre) -> None:
    """R9-20, R9-21."""
    with due_centre.database.begin() as connection:
        table = tables.appointment
        connection.execute(update(table).where(table.c.person_id == "P01").values(to_on=date(2026, 3, 1)))

    with pytest.raises(NotPermittedError, match="found nobody appointed on 2026-03-02"):
        appraise(due_centre, ListKind.DESTRUCTION, ON)

    assert events(due_centre, "list_drafted") == []


def test_somebody_who_is_no_preparer_drafts_nothing(due_centre: Centre) -> None:
    """R9-20, R9-21."""
    with pytest.raises(NotPermittedError, match="M01: does not hold the role preparer"):
        appraise(due_centre, ListKind.DESTRUCTION, ON, actor="M01")

    assert events(due_centre, "list_drafted") == []
