"""The board of a year: one word for where each thing stands, how late its duty is, and whose turn it is.

A duty may have several submissions, and then a row for each: what is open of one
stays open, although another has met the duty. What is counted by duty is counted by `duty_id`.

All of it is derived from rows each time it is shown, never stored. Lateness
follows the duty and not the last package: see `records.year.duty.days_over`;
what the words mean is in `rules.year.standing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from lantai.edges.registry.year.duties import board
from lantai.records.intake.carrier import package_name
from lantai.records.intake.submission import RoundState
from lantai.records.year.duty import DutyState, days_over
from lantai.records.year.standing import TURNS, Standing, Turn
from lantai.rules.year.standing import WITH_REASON, KnownOfADuty, standing

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


def show(connection: Connection, filing_year: int, today: date) -> list[BoardRow]:
    """Return the board as the rows have it at this moment (R11-03).

    Args:
        connection: An open transaction.
        filing_year: Which year's; one that is not open has no rows.
        today: The local calendar date.
    """
    return [_row(row, today) for row in board(connection, filing_year)]


def one_per_duty(rows: Iterable[BoardRow]) -> list[BoardRow]:
    """Return one row for each duty, in order: of several that on which somebody has to act, the centre before the unit."""
    first: dict[str, BoardRow] = {}
    for row in rows:
        known = first.setdefault(row.duty_id, row)
        if _URGENCY.index(row.turn) < _URGENCY.index(known.turn):
            first[row.duty_id] = row
    return list(first.values())


def _row(row: Row[Any], today: date) -> BoardRow:
    """Return one line: how late the duty is (R1-60), and until when what came back is to be supplemented (R4-08)."""
    duty_state = DutyState(row.duty_state)
    round_state = RoundState(row.round_state) if row.round_state else None
    state = standing(
        KnownOfADuty(duty_state, row.deadline_on, round_state, row.look_state == "unknown", row.unfinished_count), today
    )
    came_back, has_reason = round_state is RoundState.RETURNED, round_state in WITH_REASON
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
        turn=TURNS[state],
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
