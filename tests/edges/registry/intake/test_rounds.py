"""Rows of rounds: what was put in comes out, and what waits for something is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lantai.edges.registry.intake.answers import mark_delivered, put_answer
from lantai.edges.registry.intake.rounds import (
    mark_purged,
    move_round,
    round_of,
    rounds,
    unanswered,
    unfinished_rounds,
    unpurged,
)
from lantai.errors import NotFoundError
from lantai.records.centre.unit import DataForm
from lantai.records.intake.round import Round, RoundAnswer
from lantai.records.intake.submission import ANSWERS, AnswerKind, RoundState
from rounds_of import CAME_AT, PACKAGE, register_round

pytestmark = pytest.mark.both_databases

TODAY = date(2026, 3, 2)
ANOTHER = replace(PACKAGE, raw_name=b"\xff.tar", fingerprint="2" * 64)


def answered(centre, this: Round, kind: AnswerKind, *, delivered: bool = False) -> None:
    answer = RoundAnswer(this.carrier_id, kind, "{}", "sig", "2025/JY/a.pdf", "f" * 64, CAME_AT)
    with centre.database.begin() as connection:
        put_answer(connection, answer)
        if delivered:
            mark_delivered(connection, answer, CAME_AT)


def test_round_comes_back_as_it_was_registered(centre):
    """R1-43, R1-49: whose it is, which package in which state, when it came and how late."""
    this = register_round(centre)

    assert this == Round(
        carrier_id="SL2025-JY-E001-R1",
        submission_id="SL2025-JY-E001",
        unit_code="JY",
        package=PACKAGE,
        data_form=DataForm.E_DOCUMENT,
        carrier_number="001",
        round_no=1,
        state=RoundState.COLLECTED,
        received_at=CAME_AT,
        days_late=3,
        is_zero_report=False,
        strategy=None,
        file_count=6,
        size_bytes=70_000,
        record_count=0,
        generation=0,
        manifest_sha256=None,
        supplement_by_on=None,
        duty_id=None,
        is_stalled=False,
    )


def test_what_is_learnt_of_a_round_later_stays_when_it_moves_on(centre):
    """K1: a move sets what it knows and leaves the rest as it is."""
    carrier = register_round(centre).carrier_id
    with centre.database.begin() as connection:
        move_round(connection, carrier, RoundState.SEALED, generation=2, manifest_sha256="ab" * 32)
        move_round(connection, carrier, RoundState.ACCEPTED, record_count=5)

    with centre.database.read() as connection:
        this = round_of(connection, carrier)

    assert (this.state, this.generation, this.manifest_sha256, this.record_count) == (
        RoundState.ACCEPTED,
        2,
        "ab" * 32,
        5,
    )


def test_rounds_are_found_by_unit_submission_state_and_id_in_their_order(centre):
    """R1-51: all rounds stay."""
    first = register_round(centre, RoundState.RETURNED, RoundState.SUPERSEDED)
    second = register_round(centre, package=ANOTHER, submission=first.submission_id)
    other = register_round(centre, number="002")

    with centre.database.read() as connection:
        assert rounds(connection) == [first, second, other]
        assert rounds(connection, submission=first.submission_id) == [first, second]
        assert rounds(connection, states=[RoundState.COLLECTED]) == [second, other]
        assert rounds(connection, carrier=second.carrier_id) == [second]
        assert rounds(connection, unit_code="XX") == []
        with pytest.raises(NotFoundError, match="SL2025-JY-E009-R1"):
            round_of(connection, "SL2025-JY-E009-R1")


@pytest.mark.parametrize("state", [RoundState.RETURNED, RoundState.HELD])
def test_round_waits_for_its_answer_until_that_is_delivered(centre, state):
    """R1-48, I4."""
    this = register_round(centre, state)

    def waiting() -> list[str]:
        with centre.database.read() as connection:
            return [each.carrier_id for each in unanswered(connection, "JY")]

    seen = [waiting()]
    answered(centre, this, ANSWERS[state])
    seen.append(waiting())
    answered(centre, this, ANSWERS[state], delivered=True)
    seen.append(waiting())

    assert seen == [[this.carrier_id], [this.carrier_id], []]


def test_answer_of_a_replaced_round_is_still_to_be_delivered_when_it_was_made(centre):
    """I4: and nothing waits for an answer that nobody made."""
    made = register_round(centre, RoundState.RETURNED)
    unmade = register_round(centre, RoundState.RETURNED, number="002")
    answered(centre, made, AnswerKind.OPINIONS)

    with centre.database.begin() as connection:
        for this in (made, unmade):
            move_round(connection, this.carrier_id, RoundState.SUPERSEDED)
        waiting = unanswered(connection, "JY")

    assert [this.carrier_id for this in waiting] == [made.carrier_id]


def test_units_have_rounds_to_go_on_with_by_their_count(centre):
    """R1-37: a held round is one only when a person asks, or its reason is gone."""
    register_round(centre)
    held = register_round(centre, RoundState.HELD, number="002")
    answered(centre, held, AnswerKind.NOTICE, delivered=True)

    with centre.database.read() as connection:
        assert unfinished_rounds(connection, TODAY, by_hand=False) == {"JY": 1}
        assert unfinished_rounds(connection, TODAY, by_hand=True) == {"JY": 2}


def test_round_that_ended_lies_in_the_quarantine_until_that_is_said_to_be_empty(centre):
    """I6."""
    returned = register_round(centre, RoundState.RETURNED)
    register_round(centre, RoundState.HELD, number="002")

    with centre.database.begin() as connection:
        before = [this.carrier_id for this in unpurged(connection)]
        mark_purged(connection, returned.carrier_id, CAME_AT)
        after = unpurged(connection)

    assert (before, after) == ([returned.carrier_id], [])
