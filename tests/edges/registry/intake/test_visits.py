"""What is kept of the last visit to a unit, on both databases, whatever its server said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from factories_disposal import make_unit
from lantai.edges.registry.intake.packages import note_look
from lantai.edges.registry.intake.visits import begin_take_in, end_take_in, last_visits
from lantai.errors import RemoteProtocolError, ServerUnreachableError
from lantai.records.intake.reason import Reason
from lantai.records.intake.visit import TakeInState, Visit, VisitStage

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def visit(centre) -> Visit:
    with centre.database.read() as connection:
        return last_visits(connection)["JY"]


def test_unit_that_was_never_visited_is_in_no_trouble(centre):
    make_unit(centre)

    assert visit(centre) == Visit("JY", "市教育局")


def test_take_in_is_under_way_until_it_has_ended_and_the_reason_stays_until_it_went_well(centre):
    """I8."""
    make_unit(centre)
    reason = Reason.of(ServerUnreachableError("10.0.0.9:22: timed out"))

    seen = []
    for change, values in (
        (begin_take_in, (NOW,)),
        (end_take_in, (LATER, reason)),
        (begin_take_in, (LATER,)),
        (end_take_in, (LATER, None)),
    ):
        with centre.database.begin() as connection:
            change(connection, "JY", *values)
        now = visit(centre)
        seen.append((now.take_in_state, now.ended_at, now.failed_for))

    assert seen == [
        (TakeInState.UNDER_WAY, None, None),
        (TakeInState.FAILED, LATER, reason),
        (TakeInState.UNDER_WAY, None, None),
        (TakeInState.DONE, LATER, None),
    ]


def test_a_later_look_says_nothing_of_the_take_in_before_it(centre):
    """I8."""
    make_unit(centre)

    with centre.database.begin() as connection:
        begin_take_in(connection, "JY", NOW)
        end_take_in(connection, "JY", NOW, None)
    ended = visit(centre).is_taken_in
    with centre.database.begin() as connection:
        note_look(connection, "JY", LATER, None)

    assert ended
    assert not visit(centre).is_taken_in


def test_look_that_failed_is_the_trouble_and_the_last_good_one_stays_known(centre):
    """I8."""
    make_unit(centre)

    with centre.database.begin() as connection:
        note_look(connection, "JY", NOW, None)
        note_look(connection, "JY", LATER, Reason("ServerUnreachableError", "10.0.0.9:22: timed out"))

    now = visit(centre)
    assert (now.looked_at, now.listed_at) == (LATER, NOW)
    assert now.trouble is not None
    assert now.trouble.stage is VisitStage.LOOK
    assert now.trouble.reason == Reason("ServerUnreachableError", "10.0.0.9:22: timed out")


@pytest.mark.parametrize("said", ["banner \0 zero", "half \ud800 a character", "two\nlines: \x1b[31mred"])
def test_whatever_a_server_said_can_be_kept(centre, said):
    """S3: PostgreSQL takes no zero byte, and neither takes half a character."""
    make_unit(centre)
    error = RemoteProtocolError(said)

    with centre.database.begin() as connection:
        note_look(connection, "JY", NOW, Reason.of(RemoteProtocolError(said)))
        begin_take_in(connection, "JY", NOW)
        end_take_in(connection, "JY", LATER, Reason.of(error))

    now = visit(centre)
    assert now.failed_for == now.unknown_for == Reason.of(error)
    assert now.failed_for.message
