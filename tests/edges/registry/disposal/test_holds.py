"""Rows of holds: what they cover on a list, and that the first lift counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from factories_disposal import draft_with_panel
from lantai.edges.centre import Centre
from lantai.edges.registry.disposal.holds import add_hold, held_on_list, holds, lift_hold, too_late_for
from lantai.errors import NotFoundError
from lantai.records.disposal.hold import HeldRow, Hold, HoldScope

pytestmark = pytest.mark.both_databases


def placed(centre: Centre, scope: HoldScope, target: str, hold_id: str = "H-2026-0001") -> Hold:
    """A hold of an audit, in the registry."""
    hold = Hold(hold_id, scope, target, "审计", "P01", centre.clock.now_at())
    with centre.database.begin() as connection:
        add_hold(connection, hold)
    return hold


@pytest.mark.parametrize(
    ("scope", "target", "rows"),
    [
        (HoldScope.RECORD, "SL2015-JY-E001-R1-0002", [2]),
        (HoldScope.CARRIER, "SL2015-JY-E001-R1", [1, 2, 3]),
        (HoldScope.UNIT, "JY", [1, 2, 3]),
        (HoldScope.FONDS, "Z109", [1, 2, 3]),
    ],
)
def test_hold_covers_the_rows_of_what_it_names(centre: Centre, scope: HoldScope, target: str, rows: list[int]) -> None:
    """I3."""
    list_id = draft_with_panel(centre)
    placed(centre, scope, target)

    with centre.database.read() as connection:
        found = held_on_list(connection, list_id)

    assert found == [HeldRow(row_no, f"SL2015-JY-E001-R1-{row_no:04d}", "H-2026-0001", scope) for row_no in rows]


def test_hold_that_was_lifted_covers_nothing_and_stays_to_be_read(centre: Centre) -> None:
    list_id = draft_with_panel(centre)
    hold = placed(centre, HoldScope.UNIT, "JY")
    later = hold.placed_at + timedelta(hours=1)

    with centre.database.begin() as connection:
        lifts = [lift_hold(connection, hold.hold_id, "P01", at) for at in (later, later + timedelta(hours=1))]

    with centre.database.read() as connection:
        assert held_on_list(connection, list_id) == []
        assert holds(connection) == []
        assert [(each.hold_id, each.lifted_at) for each in holds(connection, with_lifted=True)] == [
            (hold.hold_id, later)
        ]
    assert lifts == [True, False]


def test_hold_that_would_cover_nothing_is_refused(centre: Centre) -> None:
    draft_with_panel(centre)

    with pytest.raises(NotFoundError, match="record SL2015-JY-E001-R1-0009"):
        placed(centre, HoldScope.RECORD, "SL2015-JY-E001-R1-0009")
    with pytest.raises(NotFoundError, match="H-2026-0009"), centre.database.begin() as connection:
        lift_hold(connection, "H-2026-0009", "P01", centre.clock.now_at())


def test_records_that_are_still_kept_are_not_too_late_for_a_hold(centre: Centre) -> None:
    draft_with_panel(centre)
    hold = placed(centre, HoldScope.FONDS, "Z109")

    with centre.database.read() as connection:
        assert too_late_for(connection, hold) == 0
