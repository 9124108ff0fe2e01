"""Where a duty, or a submission for it, stands on the board; and who has to act next."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


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


TURNS = MappingProxyType(
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
