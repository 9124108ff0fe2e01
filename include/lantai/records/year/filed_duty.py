"""A duty with what was handed in for it: what a board, a letter or a page is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lantai.records.intake.submission import RoundState
from lantai.records.year.duty import Duty


@dataclass(frozen=True, slots=True)
class NewestRound:
    """The newest round of one submission for a duty.

    Attributes:
        carrier_number: The unit's own number of the carrier.
        package_name: The unit's own name for the package, as people read it.
        supplement_by_on: Until when what came back is to be handed in again; None when nothing came back.
        fault_count: Findings that are no mere remarks.
        reason_rule: Rule of the first of them; empty when there is none.
        reason_count: How many rules there are among them.
    """

    submission_id: str
    carrier_id: str
    carrier_number: str
    package_name: str
    round_no: int
    state: RoundState
    supplement_by_on: date | None
    record_count: int
    file_count: int
    size_bytes: int
    fault_count: int
    reason_rule: str
    reason_count: int


@dataclass(frozen=True, slots=True)
class FiledDuty:
    """A duty with one of the submissions for it; one that has several stands several times.

    Attributes:
        duty: What is owed.
        unit_name: What the unit is called.
        responsible_person: Staff id of the unit's named person; empty when none is named.
        responsible_name: The name under which that person is registered; empty when not registered.
        newest: Of the submission; None when nothing was handed in.
        met_days_late: Days after the deadline when the first thing that was accepted for the duty came; None when nothing was.
        is_outbox_unknown: Whether the last look at the unit's outbox failed.
        look_error: Why it did, as `Class: message`; empty when it did not.
        unfinished_count: Uploads of that year in the outbox that are no round yet.
        waits_until_at: When the first of them is returned as it is, unless it changes; None when none waits so.
    """

    duty: Duty
    unit_name: str
    responsible_person: str
    responsible_name: str
    newest: NewestRound | None
    met_days_late: int | None
    is_outbox_unknown: bool
    look_error: str
    unfinished_count: int
    waits_until_at: datetime | None
