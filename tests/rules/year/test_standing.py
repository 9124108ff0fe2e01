"""One word for where a duty stands: every case of what may be known of it."""

from __future__ import annotations

from datetime import date

import pytest

from lantai.records.intake.submission import RoundState
from lantai.records.year.duty import DutyState
from lantai.records.year.standing import TURNS, Standing, Turn
from lantai.rules.year.standing import KnownOfADuty, standing

DEADLINE = date(2026, 6, 30)
AFTER = date(2026, 7, 1)


def known(**changed: object) -> KnownOfADuty:
    """Return a duty for which nothing was handed in; a keyword changes one thing."""
    usual = {"duty_state": DutyState.OPEN, "deadline_on": DEADLINE, "round_state": None}
    return KnownOfADuty(**(usual | {"is_outbox_unknown": False, "unfinished_count": 0} | changed))


@pytest.mark.parametrize(
    ("changed", "today", "expected"),
    [
        ({}, DEADLINE, Standing.OPEN),
        ({}, AFTER, Standing.OVERDUE),
        ({"unfinished_count": 1}, AFTER, Standing.UNFINISHED),
        ({"is_outbox_unknown": True, "unfinished_count": 1}, AFTER, Standing.UNKNOWN),
    ],
)
def test_duty_with_nothing_handed_in_is_open_on_the_last_day_and_never_guessed(
    changed: dict[str, object], today: date, expected: Standing
) -> None:
    """R2-05, I8: what could not be looked at is not empty."""
    assert standing(known(**changed), today) is expected


@pytest.mark.parametrize("duty_state", [DutyState.OPEN, DutyState.ACCEPTED])
@pytest.mark.parametrize("round_state", [RoundState.RETURNED, RoundState.HELD])
def test_what_came_back_or_is_held_is_shown_although_another_has_met_the_duty(
    duty_state: DutyState, round_state: RoundState
) -> None:
    """R1-60."""
    found = standing(known(duty_state=duty_state, round_state=round_state), AFTER)

    assert found.value == round_state.value


@pytest.mark.parametrize("round_state", [RoundState.SEEN, RoundState.COLLECTED, RoundState.SEALED])
def test_what_is_with_the_centre_is_under_way_whatever_the_day(round_state: RoundState) -> None:
    """R1-60."""
    assert standing(known(round_state=round_state), AFTER) is Standing.UNDER_WAY
    assert TURNS[Standing.UNDER_WAY] is Turn.CENTRE


@pytest.mark.parametrize("duty_state", [each for each in DutyState if each is not DutyState.OPEN])
@pytest.mark.parametrize("round_state", [None, RoundState.ACCEPTED, RoundState.SUPERSEDED])
def test_duty_that_is_met_or_closed_stands_as_its_row_says(
    duty_state: DutyState, round_state: RoundState | None
) -> None:
    assert standing(known(duty_state=duty_state, round_state=round_state), AFTER).value == duty_state.value


def test_round_that_is_over_while_the_duty_is_open_is_still_the_centres() -> None:
    assert standing(known(round_state=RoundState.SUPERSEDED), AFTER) is Standing.UNDER_WAY


def test_every_standing_says_whose_turn_it_is() -> None:
    assert set(TURNS) == set(Standing)
    assert TURNS[Standing.UNKNOWN] is Turn.CENTRE, "the unit may have filed long ago"
