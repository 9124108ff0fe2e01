"""How late a duty is: it counts until something is accepted."""

from __future__ import annotations

from datetime import date

import pytest

from lantai.records.year.duty import DutyState, days_over

DEADLINE = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("today", "days"), [(date(2026, 6, 30), 0), (date(2026, 7, 1), 1), (date(2026, 11, 28), 151), (date(2026, 1, 1), 0)]
)
def test_duty_that_is_owed_counts_its_days_whatever_came(today: date, days: int) -> None:
    """R2-05, R1-60: a package that came in time and went back makes the duty no less late."""
    assert days_over(DutyState.OPEN, DEADLINE, today, None) == days


def test_duty_that_was_carried_over_stays_owed() -> None:
    """R2-05, R1-60: carrying over moves a duty to another sheet and forgives nothing."""
    assert days_over(DutyState.CARRIED_OVER, DEADLINE, date(2026, 11, 28), None) == 151


def test_duty_that_is_met_is_as_late_as_what_met_it() -> None:
    """R2-05, R1-60: the days of the centre's own review, and those since, are not the unit's."""
    today = date(2026, 11, 28)

    assert days_over(DutyState.ACCEPTED, DEADLINE, today, 0) == 0
    assert days_over(DutyState.ACCEPTED, DEADLINE, today, 4) == 4
    assert days_over(DutyState.WITHDRAWN, DEADLINE, today, None) == 0
