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

from sqlalchemy import Connection

from lantai.edges.registry.year.duties import filed_duties
from lantai.records.intake.submission import RoundState
from lantai.records.year.duty import DutyState, days_over
from lantai.records.year.filed_duty import FiledDuty
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

    def as_mapping(self) -> dict[str, object]:
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
    return [_row(filed, today) for filed in filed_duties(connection, filing_year)]


def one_per_duty(rows: Iterable[BoardRow]) -> list[BoardRow]:
    """Return one row for each duty, in order: of several that on which somebody has to act, the centre before the unit."""
    first: dict[str, BoardRow] = {}
    for row in rows:
        known = first.setdefault(row.duty_id, row)
        if _URGENCY.index(row.turn) < _URGENCY.index(known.turn):
            first[row.duty_id] = row
    return list(first.values())


def _row(filed: FiledDuty, today: date) -> BoardRow:
    """Return one line: how late the duty is (R1-60), and until when what came back is to be supplemented (R4-08)."""
    duty, newest = filed.duty, filed.newest
    known = KnownOfADuty(
        duty.state,
        duty.deadline_on,
        newest.state if newest else None,
        filed.is_outbox_unknown,
        filed.unfinished_count,
    )
    state = standing(known, today)
    by_on = newest.supplement_by_on if newest and newest.state is RoundState.RETURNED else None
    reason = newest if newest and newest.state in WITH_REASON else None
    return BoardRow(
        duty_id=duty.duty_id,
        unit_code=duty.unit_code,
        unit_name=filed.unit_name,
        responsible_person=filed.responsible_person,
        responsible_name=filed.responsible_name,
        data_form=duty.data_form.value,
        period=duty.period,
        deadline_on=duty.deadline_on,
        duty_state=duty.state,
        state=state,
        turn=TURNS[state],
        submission_id=newest.submission_id if newest else None,
        carrier_id=newest.carrier_id if newest else None,
        package_name=newest.package_name if newest else "",
        carrier_number=newest.carrier_number if newest else "",
        round_no=newest.round_no if newest else None,
        record_count=newest.record_count if newest else 0,
        file_count=newest.file_count if newest else 0,
        size_bytes=newest.size_bytes if newest else 0,
        fault_count=newest.fault_count if newest else 0,
        days_late=days_over(duty.state, duty.deadline_on, today, filed.met_days_late),
        supplement_by_on=by_on,
        supplement_days_over=max(0, (today - by_on).days) if by_on else 0,
        reason_rule=reason.reason_rule if reason else "",
        reason_count=reason.reason_count if reason else 0,
        look_error=filed.look_error,
        waits_until_at=filed.waits_until_at,
    )
