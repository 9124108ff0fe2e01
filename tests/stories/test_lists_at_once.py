"""Two people, or two workers, at one list in the same moment: one effect, and never one that somebody did not agree to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from at_once import at_once, crew
from factories_disposal import (
    ON,
    PANEL,
    approve,
    decide_all,
    draft,
    events,
    lay_down_carrier,
    make_people,
    make_unit,
    record,
    say,
    state_of,
    statuses,
    witness,
)
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre import people
from lantai.edges.registry.disposal import holds
from lantai.errors import HeldError, LantaiError, LeaseLostError, NotPermittedError
from lantai.journey.disposal.acts.destroy import destroy, prepare
from lantai.journey.disposal.appraise import appraise
from lantai.journey.disposal.approval.decide import decide
from lantai.journey.disposal.approval.note_documents import note_report
from lantai.journey.disposal.approval.sign import sign
from lantai.journey.disposal.approval.withdraw import withdraw
from lantai.journey.ledger.checkpoint import make_checkpoint
from lantai.journey.ledger.verify_ledger import verify
from lantai.records.centre.person import Appointment, Person, Role
from lantai.records.disposal.hold import Hold, HoldScope
from lantai.records.disposal.lists import Decision, ListDuty, ListKind, ListState
from lantai.records.ledger.event import EventKind

pytestmark = pytest.mark.both_databases

TIMES = 3
"""A race is run so often; what can only happen between two statements does not happen every time."""


@pytest.fixture
def workers(centre: Centre) -> Iterator[list[Centre]]:
    make_people(centre)
    make_unit(centre)
    lay_down_carrier(centre, [record(1), record(2)])
    with crew(centre, 4) as found:
        yield found


@pytest.fixture
def drafted(workers: list[Centre]) -> str:
    return draft(workers[0])


@pytest.fixture
def signed_by_panel(workers: list[Centre], drafted: str) -> str:
    decide_all(workers[0], drafted, [1, 2])
    for person_id in PANEL:
        sign(workers[0], drafted, ListDuty.PANEL_MEMBER, person_id)
    return drafted


@pytest.fixture
def ready(workers: list[Centre], signed_by_panel: str) -> str:
    """A list that waits for the custodian, witnessed."""
    note_report(workers[0], signed_by_panel, "教档鉴〔2026〕1号", "P01")
    sign(workers[0], signed_by_panel, ListDuty.LEADER, "L01")
    assert prepare(workers[0]).ready == [signed_by_panel]
    witness(workers[0], signed_by_panel)
    return signed_by_panel


def kinds(found: list[object]) -> list[type]:
    """Classes of the errors among what several came to."""
    return sorted((type(each) for each in found if isinstance(each, LantaiError)), key=lambda kind: kind.__name__)


def sign_offs(centre: Centre) -> list[tuple[str, str]]:
    with centre.database.read() as connection:
        return sorted((row.person_id, row.stage) for row in connection.execute(tables.sign_off.select()))


def test_four_runs_of_appraisal_draft_one_list(workers: list[Centre]) -> None:
    """R1."""
    found = at_once([partial(appraise, worker, ListKind.DESTRUCTION, ON) for worker in workers])

    assert set(kinds(found)) <= {LeaseLostError}
    assert {tuple(each) for each in found if not isinstance(each, LantaiError)} == {("D-2026-JY-001",)}
    assert events(workers[0], "list_drafted") == ["D-2026-JY-001"]


def test_panel_that_decides_in_the_same_moment_ends_reviewed(workers: list[Centre], drafted: str) -> None:
    """R2: whoever comes last sees what the others said."""
    found = at_once(
        [partial(decide, worker, drafted, member, say([1, 2])) for worker, member in zip(workers, PANEL, strict=False)]
    )

    assert kinds(found) == []
    assert state_of(workers[0], drafted) == "reviewed"
    assert len({each.list_digest for each in found if each.list_digest}) == 1
    assert approve(workers[0], drafted).state is ListState.APPROVED


def test_one_persons_signature_given_four_times_at_once_is_one(workers: list[Centre], drafted: str) -> None:
    """R1."""
    decide_all(workers[0], drafted, [1, 2])

    found = at_once([partial(sign, worker, drafted, ListDuty.PANEL_MEMBER, "M01") for worker in workers])

    assert kinds(found) == []
    assert sorted(each.is_new for each in found) == [False, False, False, True]
    assert sign_offs(workers[0]) == [("M01", "approve")]
    assert events(workers[0], "list_signed") == [drafted]


def test_of_two_leaders_in_the_same_moment_one_approves(workers: list[Centre], signed_by_panel: str) -> None:
    """R2: two approvers within 10 ms."""
    with workers[0].database.begin() as connection:
        people.add_person(connection, Person("L02", "副职"))
        people.appoint(connection, Appointment("L02", Role.LEADER, ON))

    found = at_once(
        [
            partial(sign, worker, signed_by_panel, ListDuty.LEADER, leader)
            for worker, leader in zip(workers, ("L01", "L02"), strict=False)
        ]
    )

    assert kinds(found) == [NotPermittedError]
    assert events(workers[0], "list_refused") == [signed_by_panel]
    assert [stage for person_id, stage in sign_offs(workers[0]) if person_id.startswith("L")] == ["approve"]
    assert state_of(workers[0], signed_by_panel) == "approved"


@pytest.mark.parametrize("time", range(TIMES))
def test_approval_never_covers_a_decision_that_changed_in_the_same_moment(
    workers: list[Centre], signed_by_panel: str, time: int
) -> None:
    """R2: list edited after the first signature."""
    one, other = workers[:2]

    found = at_once(
        [
            partial(sign, one, signed_by_panel, ListDuty.LEADER, "L01"),
            partial(decide, other, signed_by_panel, "M01", say([2], Decision.KEEP, 3)),
        ]
    )

    assert kinds(found) == [NotPermittedError]
    with one.database.read() as connection:
        kept = [row for row in connection.execute(tables.row_decision.select()) if row.decision == "keep"]
    is_approved = state_of(one, signed_by_panel) == "approved"
    assert is_approved == (not kept)
    assert isinstance(found[0], NotPermittedError) == bool(kept)


@pytest.mark.parametrize("time", range(TIMES))
def test_list_withdrawn_while_it_is_approved_is_withdrawn(
    workers: list[Centre], signed_by_panel: str, time: int
) -> None:
    """R2: approve against refuse; who stops a disposal needs nobody's consent."""
    one, other = workers[:2]

    found = at_once(
        [partial(sign, one, signed_by_panel, ListDuty.LEADER, "L01"), partial(withdraw, other, signed_by_panel, "P01")]
    )

    assert set(kinds(found)) <= {NotPermittedError}
    assert found[1] is True
    assert state_of(one, signed_by_panel) == "withdrawn"
    assert events(one, "list_withdrawn") == [signed_by_panel]
    assert appraise(one, ListKind.DESTRUCTION, ON) == ["D-2026-JY-002"]


def test_list_carried_out_by_four_workers_at_once_is_carried_out_once(workers: list[Centre], ready: str) -> None:
    """R1, I4: the same run four times; those who were not first go on, or say that somebody is at it."""
    first = at_once([partial(destroy, worker, ready, "C01") for worker in workers])
    witness(workers[0], ready)
    second = at_once([partial(destroy, worker, ready, "C01") for worker in workers])

    assert set(kinds(first + second)) <= {LeaseLostError}
    done = [each for each in second if not isinstance(each, LantaiError)]
    assert {(each.state, each.record_count, each.certificate_id) for each in done} == {
        (ListState.DONE, 2, f"{ready}-XH")
    }
    for kind in ("destroying", "destroyed"):
        assert events(workers[0], kind) == [ready]
    with workers[0].database.read() as connection:
        assert len(connection.execute(tables.certificate.select()).all()) == 1
        assert len(connection.execute(tables.tombstone.select()).all()) == 2
    assert verify(workers[0]).problems == ()


def test_of_two_custodians_at_once_one_carries_the_list_out(workers: list[Centre], ready: str) -> None:
    """R2, R12-04."""
    with workers[0].database.begin() as connection:
        people.add_person(connection, Person("C02", "另一保管人"))
        people.appoint(connection, Appointment("C02", Role.CUSTODIAN, ON))

    found = at_once(
        [partial(destroy, worker, ready, custodian) for worker, custodian in zip(workers, ("C01", "C02"), strict=False)]
    )

    assert kinds(found) in ([LeaseLostError], [NotPermittedError])
    assert events(workers[0], "destroying") == events(workers[0], "destroyed") == [ready]
    with workers[0].database.read() as connection:
        duties = connection.execute(tables.list_duty.select().where(tables.list_duty.c.duty == "custodian")).all()
    assert len(duties) == 1


def test_hold_that_is_being_placed_when_the_act_begins_stops_it(workers: list[Centre], ready: str) -> None:
    """I3; vault.md, destruction 1: holds looked at again now. The act waits for whoever is placing one."""
    auditor, custodian = workers[:2]
    placed = Hold("H-2026-1", HoldScope.RECORD, "SL2015-JY-E001-R1-0001", "诉讼", "X01", auditor.clock.now_at())

    with ThreadPoolExecutor(1) as pool:
        with auditor.database.begin() as connection:
            holds.add_hold(connection, placed)
            acting = pool.submit(destroy, custodian, ready, "C01")
            threading.Event().wait(1)
            assert not acting.done()
        with pytest.raises(HeldError, match="row 1 by hold H-2026-1"):
            acting.result(60)

    assert set(statuses(auditor).values()) == {"kept"}
    assert state_of(auditor, ready) == "awaiting_custodian"


def test_checkpoints_made_by_four_at_once_only_grow(workers: list[Centre], tmp_path: Path) -> None:
    """I5: what lies at the places is cut where checkpoints were made, whoever made them, and verifies."""

    def work(worker: Centre) -> None:
        for number in range(TIMES):
            with worker.database.begin() as connection:
                append(connection, EventKind.YEAR_OPENED, str(number), "system", worker.clock.now_at(), {})
            make_checkpoint(worker)

    found = at_once([partial(work, worker) for worker in workers])

    assert kinds(found) == []
    with workers[0].database.read() as connection:
        made = connection.execute(tables.checkpoint.select().order_by(tables.checkpoint.c.made_at)).all()
    assert [row.tree_size for row in made] == sorted(row.tree_size for row in made)
    verdict = verify(workers[0])
    assert (verdict.problems, verdict.unknown, verdict.waiting_count) == ((), (), 0)
    assert verdict.tree_size >= TIMES * len(workers)
