"""What is known of a unit from the last visit to its server: the look at its outbox, and how taking in ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lantai.records.intake.reason import Reason


class TakeInState(StrEnum):
    """How far the last take-in of a unit came."""

    UNDER_WAY = "under_way"
    DONE = "done"
    FAILED = "failed"


class VisitStage(StrEnum):
    """Where a visit came to grief."""

    LOOK = "look"
    TAKE_IN = "take_in"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why one unit was not seen to.

    Attributes:
        unit_code: The unit.
        unit_name: What it is called.
        stage: Whether its outbox could not be looked at, or what lies there not be taken in.
        reason: Why.
    """

    unit_code: str
    unit_name: str
    stage: VisitStage
    reason: Reason


@dataclass(frozen=True, slots=True)
class Visit:
    """The last visit to one unit.

    Attributes:
        unit_code: The unit.
        unit_name: What it is called.
        looked_at: When its outbox was last looked at; None when never.
        listed_at: When that last succeeded.
        unknown_for: Why the last look failed; None when it did not, or never was.
        began_at: When taking in last began; None when never.
        ended_at: When it ended; None while it goes on, or when its process ended without a word.
        take_in_state: How far it came; None when it never began.
        failed_for: Why it failed; None when it did not.
    """

    unit_code: str
    unit_name: str
    looked_at: datetime | None = None
    listed_at: datetime | None = None
    unknown_for: Reason | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    take_in_state: TakeInState | None = None
    failed_for: Reason | None = None

    @property
    def is_taken_in(self) -> bool:
        """Whether the last take-in ended well, and no look came after it."""
        is_done = self.take_in_state is TakeInState.DONE
        return is_done and self.ended_at is not None and (self.looked_at is None or self.ended_at >= self.looked_at)

    @property
    def trouble(self) -> Trouble | None:
        """What kept the unit from being seen to, as far as is known; None when nothing did. A take-in under way has not ended yet."""
        if self.unknown_for is not None:
            return Trouble(self.unit_code, self.unit_name, VisitStage.LOOK, self.unknown_for)
        if self.failed_for is not None:
            return Trouble(self.unit_code, self.unit_name, VisitStage.TAKE_IN, self.failed_for)
        return None
