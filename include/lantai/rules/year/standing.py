"""Where a duty stands, from what is known of it: one word for board, letter and page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lantai.records.intake.submission import RoundState
from lantai.records.year.duty import DutyState
from lantai.records.year.standing import Standing

_WITH_CENTRE = frozenset({RoundState.SEEN, RoundState.COLLECTED, RoundState.SEALED})
WITH_REASON = frozenset({RoundState.RETURNED, RoundState.HELD})
"""States of a round that somebody has to be told the reason of."""


@dataclass(frozen=True, slots=True)
class KnownOfADuty:
    """What is known of a duty, or of one submission for it.

    Attributes:
        duty_state: How far the duty is met.
        deadline_on: Last day that counts as on time.
        round_state: Where the newest round stands; None where nothing was handed in.
        is_outbox_unknown: Whether the last look at the unit's outbox failed.
        unfinished_count: Uploads in the outbox that are not whole yet.
    """

    duty_state: DutyState
    deadline_on: date
    round_state: RoundState | None
    is_outbox_unknown: bool
    unfinished_count: int


def standing(known: KnownOfADuty, today: date) -> Standing:
    """Return where a duty stands on a day.

    An open round goes before the duty: what came back or is held has to be acted on although another submission has met the
    duty. An outbox that could not be looked at is unknown, never empty (I8).

    Args:
        known: What is known of it.
        today: The local calendar date.

    Source: R1-60, R2-05.
    """
    if known.round_state in WITH_REASON:
        return Standing(known.round_state.value)
    if known.round_state in _WITH_CENTRE:
        return Standing.UNDER_WAY
    if known.duty_state is not DutyState.OPEN:
        return Standing(known.duty_state.value)
    return Standing.UNDER_WAY if known.round_state is not None else _untouched(known, today)


def _untouched(known: KnownOfADuty, today: date) -> Standing:
    """Return where a duty stands for which nothing was handed in: not known (I8), on its way, overdue (R2-05) or open."""
    if known.is_outbox_unknown:
        return Standing.UNKNOWN
    if known.unfinished_count:
        return Standing.UNFINISHED
    return Standing.OVERDUE if today > known.deadline_on else Standing.OPEN
