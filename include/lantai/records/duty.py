"""What a unit owes for a year: one duty per data form and period.

Source: R1-18 to R1-24.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lantai.records.unit import DataForm


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

    def is_overdue(self, today: date) -> bool:
        """Return whether nothing acceptable had come by the deadline."""
        return self.state is DutyState.OPEN and today > self.deadline_on
