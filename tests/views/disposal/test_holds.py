"""Holds as they are shown: what is in force, on which day it was placed, and on request what was lifted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from factories_disposal import make_people, make_unit
from lantai.edges.centre import Centre
from lantai.edges.registry.disposal.holds import add_hold, lift_hold
from lantai.records.disposal.hold import Hold, HoldScope
from lantai.views.disposal.holds import show

pytestmark = pytest.mark.both_databases

LATE_AT = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
"""Half past one at night on 3 March, where the centre is."""


def test_hold_is_shown_under_the_local_day_and_gone_once_it_is_lifted(centre: Centre) -> None:
    make_people(centre)
    make_unit(centre)
    hold = Hold("H-2026-0001", HoldScope.UNIT, "JY", "审计", "P01", LATE_AT)
    with centre.database.begin() as connection:
        add_hold(connection, hold)
    with centre.database.read() as connection:
        (in_force,) = show(connection, centre.settings.zone)

    with centre.database.begin() as connection:
        lift_hold(connection, hold.hold_id, "P01", LATE_AT)

    with centre.database.read() as connection:
        assert show(connection, centre.settings.zone) == []
        (lifted,) = show(connection, centre.settings.zone, with_lifted=True)
    assert (in_force.hold, in_force.placed_on.isoformat()) == (hold, "2026-03-03")
    assert lifted.as_mapping() == {
        "hold_id": "H-2026-0001",
        "scope": "unit",
        "target": "JY",
        "reason": "审计",
        "placed_by": "P01",
        "placed_at": "2026-03-02T17:30:00+00:00",
        "lifted_by": "P01",
        "lifted_at": "2026-03-02T17:30:00+00:00",
    }
