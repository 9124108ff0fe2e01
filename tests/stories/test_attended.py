"""How a take-in ended is remembered for whoever asks the next morning.

Covers: journey.intake.attend.
"""

from __future__ import annotations

import pytest

from filing_house import FilingHouse
from lantai.edges.database.lease import leased
from lantai.edges.registry.intake.visits import end_take_in, last_visits
from lantai.errors import LantaiError, LeaseLostError
from lantai.journey.intake.attend import attend
from lantai.journey.intake.look import look
from lantai.records.intake.reason import Reason
from lantai.records.intake.visit import TakeInState, Visit, VisitStage

pytestmark = [pytest.mark.server("sshd"), pytest.mark.both_databases]


def visit(house: FilingHouse) -> Visit:
    with house.centre.database.read() as connection:
        return last_visits(connection)["JY"]


def test_reason_of_a_failure_is_kept_until_the_unit_was_taken_in(house: FilingHouse) -> None:
    """I8."""
    house.add_unit()
    house.open_year()
    house.file()
    inbox = house.sshd.files / "JY" / "inbox"
    inbox.write_text("no folder")
    look(house.centre)

    with pytest.raises(LantaiError) as failure:
        attend(house.centre, "JY")
    failed = visit(house)
    inbox.unlink()
    taken = attend(house.centre, "JY")

    assert failed.take_in_state is TakeInState.FAILED
    assert failed.trouble is not None
    assert failed.trouble.stage is VisitStage.TAKE_IN
    assert (failed.trouble.reason.error_class, failed.trouble.reason.message) == (
        type(failure.value).__name__,
        str(failure.value),
    )
    assert taken.answered == 1
    assert visit(house).trouble is None
    assert visit(house).is_taken_in


def test_take_in_that_was_ended_in_the_middle_is_under_way_to_whoever_asks(house: FilingHouse) -> None:
    """I8, K3: nothing says how it ended, and nobody takes that for done."""
    house.add_unit()
    house.open_year()
    house.file()
    look(house.centre)

    def end(_what: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attend(house.centre, "JY", progress=end)

    assert visit(house).take_in_state is TakeInState.UNDER_WAY


def test_whoever_finds_another_at_work_says_nothing_of_how_that_ends(house: FilingHouse) -> None:
    """K3."""
    house.add_unit()
    house.open_year()
    with house.centre.database.begin() as connection:
        end_take_in(connection, "JY", house.centre.clock.now_at(), Reason("ServerUnreachableError", "yesterday"))

    with (
        leased(house.centre.database, "unit:JY", "other:1:aaaa", house.centre.clock.now_at),
        pytest.raises(LeaseLostError),
    ):
        attend(house.centre, "JY")

    assert visit(house).take_in_state is TakeInState.FAILED
    assert visit(house).failed_for == Reason("ServerUnreachableError", "yesterday")
