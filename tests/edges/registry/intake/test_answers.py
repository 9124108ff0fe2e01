"""Rows of answers: made once, delivered once, whatever a later run makes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from lantai.edges.registry.intake.answers import answer_of, mark_delivered, put_answer
from lantai.edges.registry.intake.rounds import move_round, round_of
from lantai.records.intake.round import RoundAnswer
from lantai.records.intake.submission import AnswerKind, RoundState
from rounds_of import CAME_AT, register_round

pytestmark = pytest.mark.both_databases

LATER = CAME_AT + timedelta(hours=1)
NOTICE = RoundAnswer(
    "SL2025-JY-E001-R1", AnswerKind.NOTICE, '{"kind":"notice"}', "c2ln", "2025/JY/n.pdf", "a" * 64, CAME_AT
)
OPINIONS = replace(NOTICE, kind=AnswerKind.OPINIONS, body_json='{"kind":"opinions"}', made_at=LATER)


def test_round_gets_the_answer_of_its_state_and_keeps_the_earlier_one(centre):
    """I4: the notice that it was held is no answer to one that was returned since."""
    held = register_round(centre, RoundState.HELD)
    with centre.database.begin() as connection:
        none = answer_of(connection, held)
        put_answer(connection, NOTICE)
        notice = answer_of(connection, held)
        move_round(connection, held.carrier_id, RoundState.RETURNED)
        returned = round_of(connection, held.carrier_id)
        not_yet = answer_of(connection, returned)
        put_answer(connection, OPINIONS)

        assert (none, notice, not_yet) == (None, NOTICE, None)
        assert answer_of(connection, returned) == OPINIONS


def test_second_answer_of_a_kind_is_left_out(centre):
    """I4: a signature is made once."""
    held = register_round(centre, RoundState.HELD)

    with centre.database.begin() as connection:
        put_answer(connection, NOTICE)
        put_answer(connection, replace(NOTICE, body_json="{}", made_at=LATER))

        assert answer_of(connection, held) == NOTICE


def test_replaced_round_has_the_last_answer_that_was_made(centre):
    """I4."""
    held = register_round(centre, RoundState.HELD)

    with centre.database.begin() as connection:
        put_answer(connection, NOTICE)
        put_answer(connection, OPINIONS)
        move_round(connection, held.carrier_id, RoundState.SUPERSEDED)

        assert answer_of(connection, round_of(connection, held.carrier_id)) == OPINIONS


def test_answer_keeps_the_moment_in_which_it_was_first_delivered(centre):
    """R1-48."""
    held = register_round(centre, RoundState.HELD)

    with centre.database.begin() as connection:
        put_answer(connection, NOTICE)
        mark_delivered(connection, OPINIONS, CAME_AT)
        before = answer_of(connection, held)
        mark_delivered(connection, NOTICE, CAME_AT)
        mark_delivered(connection, NOTICE, LATER)
        after = answer_of(connection, held)

    assert (before, after) == (NOTICE, replace(NOTICE, delivered_at=CAME_AT))
