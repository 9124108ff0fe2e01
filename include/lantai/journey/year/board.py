"""Read the board of a year: one word for where each thing stands, how late its duty is, and whose turn it is.

A duty may have several submissions, and then a row for each: what is open of one
stays open, although another has met the duty. What is counted by duty is counted by `duty_id`.

All of it is derived from rows each time it is shown, never stored; "unknown"
says that the outbox could not be looked at, which is never "nothing filed".
Lateness follows the duty and not the last package: see `records.duty.days_over`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from lantai.records.intake.carrier import package_name
from lantai.records.year.duty import DutyState, days_over


class Standing(StrEnum):
    """Where a duty stands."""

    OPEN = "open"
    UNFINISHED = "unfinished"
    UNKNOWN = "unknown"
    OVERDUE = "overdue"
    UNDER_WAY = "under_way"
    RETURNED = "returned"
    HELD = "held"
    ACCEPTED = "accepted"
    ZERO_REPORT = "zero_report"
    CARRIED_OVER = "carried_over"
    WITHDRAWN = "withdrawn"


class Turn(StrEnum):
    """Who has to act next."""

    UNIT = "unit"
    CENTRE = "centre"
    NOBODY = "nobody"


_TURNS = MappingProxyType(
    {
        Standing.OPEN: Turn.UNIT,
        Standing.UNFINISHED: Turn.UNIT,
        Standing.UNKNOWN: Turn.CENTRE,
        Standing.OVERDUE: Turn.UNIT,
        Standing.UNDER_WAY: Turn.CENTRE,
        Standing.RETURNED: Turn.UNIT,
        Standing.HELD: Turn.CENTRE,
        Standing.ACCEPTED: Turn.NOBODY,
        Standing.ZERO_REPORT: Turn.NOBODY,
        Standing.CARRIED_OVER: Turn.UNIT,
        Standing.WITHDRAWN: Turn.NOBODY,
    }
)
"""An outbox that could not be looked at is the centre's to look at again: the unit may have filed long ago."""

_WITH_CENTRE = frozenset({"seen", "collected", "held", "sealed"})
_WITH_REASON = frozenset({"returned", "held"})
_URGENCY = (Turn.CENTRE, Turn.UNIT, Turn.NOBODY)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """Where one duty stands, or one of several submissions for it.

    Attributes:
        duty_id: The duty; rows of several submissions share it.
        duty_state: How far the duty is met.
        state: Where the submission stands while its newest round is open, else the duty; unfinished is an upload that is not whole yet.
        turn: Who has to act next.
        responsible_person: Staff id of the unit's named person; empty when none is named.
        responsible_name: The name under which that person is registered; empty when not registered.
        days_late: Days of the duty after its deadline: until today while the duty is owed, else of what met it; 0 is on time.
        package_name: The unit's own name for the package of the newest round; empty when there is none.
        carrier_number: The unit's own number of it.
        supplement_by_on: Until when what came back is to be handed in again; None when nothing came back.
        supplement_days_over: Days after that; 0 when it is not over.
        reason_rule: First rule for which the newest round came back or is held; empty when neither.
        reason_count: How many rules there are for it.
        waits_until_at: When an unfinished upload is returned as it is, unless it changes; None when none waits so.
    """

    duty_id: str
    unit_code: str
    unit_name: str
    responsible_person: str
    responsible_name: str
    data_form: str
    period: int
    deadline_on: date
    duty_state: DutyState
    state: Standing
    turn: Turn
    submission_id: str | None
    carrier_id: str | None
    package_name: str
    carrier_number: str
    round_no: int | None
    record_count: int
    file_count: int
    size_bytes: int
    fault_count: int
    days_late: int
    supplement_by_on: date | None
    supplement_days_over: int
    reason_rule: str
    reason_count: int
    look_error: str
    waits_until_at: datetime | None = None

    def as_mapping(self) -> dict[str, Any]:
        """Return the row for JSON."""
        until = self.waits_until_at.isoformat() if self.waits_until_at else None
        supplement_by_on = self.supplement_by_on.isoformat() if self.supplement_by_on else None
        return {
            **asdict(self),
            "deadline_on": self.deadline_on.isoformat(),
            "supplement_by_on": supplement_by_on,
            "waits_until_at": until,
        }


def board_of(rows: Iterable[Any], today: date) -> list[BoardRow]:
    """Return the board as the rows have it at this moment (R11-03).

    Args:
        rows: Rows of sql/queries/board.sql.
        today: The local calendar date.
    """
    return [_row(row, today) for row in rows]


def one_per_duty(rows: Iterable[BoardRow]) -> list[BoardRow]:
    """Return one row for each duty, in order: of several that on which somebody has to act, the centre before the unit."""
    first: dict[str, BoardRow] = {}
    for row in rows:
        known = first.setdefault(row.duty_id, row)
        if _URGENCY.index(row.turn) < _URGENCY.index(known.turn):
            first[row.duty_id] = row
    return list(first.values())


def _row(row: Any, today: date) -> BoardRow:  # noqa: ANN401 - a row of the query
    """Return one line: how late the duty is (R1-60), and until when what came back is to be supplemented (R4-08)."""
    duty_state, came_back = DutyState(row.duty_state), row.round_state == "returned"
    state = _state(row, duty_state, today)
    has_reason = row.round_state in _WITH_REASON
    by_on = row.supplement_by_on if came_back else None
    return BoardRow(
        duty_id=row.duty_id,
        unit_code=row.unit_code,
        unit_name=row.unit_name,
        responsible_person=row.responsible_person,
        responsible_name=row.responsible_name,
        data_form=row.data_form,
        period=row.period,
        deadline_on=row.deadline_on,
        duty_state=duty_state,
        state=state,
        turn=_TURNS[state],
        submission_id=row.submission_id,
        carrier_id=row.carrier_id,
        package_name=package_name(bytes.fromhex(row.raw_name_hex), row.kind) if row.raw_name_hex else "",
        carrier_number=row.carrier_number,
        round_no=row.round_no,
        record_count=row.record_count,
        file_count=row.file_count,
        size_bytes=row.size_bytes,
        fault_count=row.fault_count,
        days_late=days_over(duty_state, row.deadline_on, today, row.met_days_late),
        supplement_by_on=by_on,
        supplement_days_over=max(0, (today - by_on).days) if by_on else 0,
        reason_rule=row.reason_rule if has_reason else "",
        reason_count=row.reason_count if has_reason else 0,
        look_error=row.look_error,
        waits_until_at=row.waits_until_at,
    )


def _state(row: Any, duty_state: DutyState, today: date) -> Standing:  # noqa: ANN401 - a row of the query
    if row.round_state in _WITH_REASON:
        return Standing(row.round_state)
    if row.round_state in _WITH_CENTRE:
        return Standing.UNDER_WAY
    if duty_state is not DutyState.OPEN:
        return Standing(duty_state.value)
    return Standing.UNDER_WAY if row.round_state is not None else _untouched(row, today)


def _untouched(row: Any, today: date) -> Standing:  # noqa: ANN401 - a row of the query
    """Return where a duty stands for which nothing was handed in: not known (I8), on its way, overdue (R2-05) or open."""
    if row.look_state == "unknown":
        return Standing.UNKNOWN
    if row.unfinished_count:
        return Standing.UNFINISHED
    return Standing.OVERDUE if today > row.deadline_on else Standing.OPEN
