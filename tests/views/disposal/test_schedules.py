"""Schedules as they are shown, and what a version changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lantai.edges.centre import Centre
from lantai.edges.registry.disposal.schedules import add_schedule
from lantai.errors import NotFoundError
from lantai.records.custody.record import Retention
from lantai.records.disposal.schedule import Schedule, ScheduleRule
from lantai.views.disposal.schedules import show, show_changes

pytestmark = pytest.mark.both_databases

TODAY = date(2026, 3, 2)
NOTICES = ScheduleRule("1.1", "通知", Retention.D10, ("通知", "通报"))
PLANS = ScheduleRule("2", "规划", Retention.Y, ("规划",))
OLD = Schedule("市局", "2024", "局务会", date(2024, 1, 5), date(2024, 2, 1), (NOTICES, PLANS))
NEW = Schedule(
    "市局", "2026", "局务会", date(2026, 1, 5), date(2026, 2, 1), (replace(NOTICES, retention=Retention.D30),)
)


@pytest.fixture
def scheduled(centre: Centre) -> Centre:
    """A centre with two versions of its schedule."""
    with centre.database.begin() as connection:
        add_schedule(connection, OLD)
        add_schedule(connection, NEW)
    return centre


def test_versions_are_shown_in_the_order_in_which_they_came_into_force(scheduled: Centre) -> None:
    """N4."""
    with scheduled.database.read() as connection:
        found = show(connection, "市局", TODAY)
        everything = show(connection, None, TODAY)

    assert [each.schedule for each in found] == [OLD, NEW] == [each.schedule for each in everything]
    assert found[1].as_mapping() == {
        "name": "市局",
        "version": "2026",
        "approved_by": "局务会",
        "approved_on": "2026-01-05",
        "effective_from": "2026-02-01",
        "rules": [{"clause": "1.1", "description": "通知", "retention": "D30", "keywords": ["通知", "通报"]}],
    }


def test_clause_that_was_changed_or_removed_is_shown_as_it_was_and_as_it_is(scheduled: Centre) -> None:
    """N4."""
    with scheduled.database.read() as connection:
        changed, removed = [each.as_mapping() for each in show_changes(connection, "市局", "2024", "2026", TODAY)]

    assert (changed["clause"], changed["change"]) == ("1.1", "changed")
    assert (changed["before"]["retention"], changed["after"]["retention"]) == ("D10", "D30")
    assert (removed["clause"], removed["change"], removed["after"]) == ("2", "removed", None)


def test_schedule_that_is_not_there_is_no_empty_one(scheduled: Centre) -> None:
    with scheduled.database.read() as connection:
        with pytest.raises(NotFoundError, match="县局"):
            show(connection, "县局", TODAY)
        with pytest.raises(NotFoundError, match="2025"):
            show_changes(connection, "市局", "2025", "2026", TODAY)
