"""Read the board of a year: one word for where each duty stands.

The word is derived from rows each time it is shown, never stored; "unknown"
says that the outbox could not be looked at, which is never "nothing filed".
Source: R2-05, R11-03; I8.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class BoardRow:
    """Where one duty stands.

    Attributes:
        state: accepted, zero_report, returned, held, under_way, unfinished (an upload that is not whole yet), unknown, overdue or open.
        days_late: Days after the deadline, of what came or until today; 0 is on time.
        waits_until_at: When an unfinished upload is returned as it is, unless it changes; None when none waits so.
    """

    unit_code: str
    unit_name: str
    data_form: str
    period: int
    deadline_on: date
    state: str
    submission_id: str | None
    carrier_id: str | None
    round_no: int | None
    record_count: int
    file_count: int
    size_bytes: int
    fault_count: int
    days_late: int
    look_error: str
    waits_until_at: datetime | None = None

    def as_mapping(self) -> dict[str, Any]:
        """Return the row for JSON."""
        until = self.waits_until_at.isoformat() if self.waits_until_at else None
        return {**asdict(self), "deadline_on": self.deadline_on.isoformat(), "waits_until_at": until}


def board_of(rows: Iterable[Any], today: date) -> list[BoardRow]:
    """Return the board.

    Args:
        rows: Rows of sql/queries/board.sql.
        today: The local calendar date.
    """
    return [
        BoardRow(
            unit_code=row.unit_code,
            unit_name=row.unit_name,
            data_form=row.data_form,
            period=row.period,
            deadline_on=row.deadline_on,
            state=_state(row, today),
            submission_id=row.submission_id,
            carrier_id=row.carrier_id,
            round_no=row.round_no,
            record_count=row.record_count or 0,
            file_count=row.file_count or 0,
            size_bytes=row.size_bytes or 0,
            fault_count=row.fault_count or 0,
            days_late=_days_late(row, today),
            look_error=row.look_error or "",
            waits_until_at=row.waits_until_at,
        )
        for row in rows
    ]


def _state(row: Any, today: date) -> str:  # noqa: ANN401 - a row of the query
    if row.duty_state != "open":
        return str(row.duty_state)
    if row.round_state in ("returned", "held"):
        return str(row.round_state)
    if row.round_state is not None:
        return "under_way"
    if row.look_state == "unknown":
        return "unknown"
    if row.unfinished_count:
        return "unfinished"
    return "overdue" if today > row.deadline_on else "open"


def _days_late(row: Any, today: date) -> int:  # noqa: ANN401 - a row of the query
    if row.days_late is not None:
        return int(row.days_late)
    return max(0, (today - row.deadline_on).days) if row.duty_state == "open" else 0
