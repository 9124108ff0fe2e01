"""What a unit owes for a year: one duty per data form and period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lantai.records.centre.unit import DataForm


class DutyState(StrEnum):
    """How far a duty is met. Overdue is not a state: it is `open` after the deadline."""

    OPEN = "open"
    ACCEPTED = "accepted"
    ZERO_REPORT = "zero_report"
    CARRIED_OVER = "carried_over"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing a unit has to hand in.

    Attributes:
        duty_id: `<unit>-<year>-<form letter>-<period>`.
        filing_year: The year the records were made in, not the year of the run.
        period: 1 for yearly forms; 1 to n within the year for business data.
        deadline_on: Last day that counts as on time.
    """

    duty_id: str
    unit_code: str
    filing_year: int
    data_form: DataForm
    period: int
    deadline_on: date
    state: DutyState = DutyState.OPEN


RUNNING = frozenset({DutyState.OPEN, DutyState.CARRIED_OVER})
"""States in which a duty is still owed: its days go on counting, whatever was handed in for it so far."""


def days_over(state: DutyState, deadline_on: date, today: date, met_days_late: int | None) -> int:
    """Return by how many days a duty missed its deadline, or has missed it until today; 0 is on time.

    Only acceptance ends a duty. What came back, or is held, was handed in and
    is owed all the same, so its days go on. What met the duty is as late as
    the day it was received on: the centre's own time is not the unit's.

    Args:
        state: How far the duty is met.
        deadline_on: Last day that counts as on time.
        today: The local calendar date.
        met_days_late: Days after the deadline when the first thing that was accepted for it came; None when nothing was.

    Source: R1-60, R2-05.
    """
    if state in RUNNING:
        return max(0, (today - deadline_on).days)
    return met_days_late or 0
