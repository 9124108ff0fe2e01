"""Stories of answers that wait: for an inbox that takes nothing, or for a run that was cut off; each is given in the end.

Covers: journey.intake.answers.answer, edges.sftp.deliver.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from filing_house import FilingHouse
from lantai.edges.bulkhead.line import UnitLine
from lantai.errors import LantaiError, UnexpectedError
from lantai.formats.ledger import canonical
from lantai.journey.intake import take_in as verbs
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.records.intake.submission import RoundState

pytestmark = pytest.mark.server("sshd")


def blocked_inbox(house: FilingHouse) -> Path:
    """Put a file where the inbox of JY would be, so that nothing can be delivered; return it."""
    path = house.sshd.files / "JY" / "inbox"
    path.write_bytes(b"")
    return path


def cut_lines(house: FilingHouse) -> None:
    """End every session of the server, as a switch that loses its power does."""
    server = house.sshd._process
    assert server is not None
    for child in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)


def answered(house: FilingHouse) -> dict[str, int]:
    """Return kind and round of every machine-readable answer in the inbox of JY, by the round's id."""
    bodies = [canonical.loads(content) for name, content in house.inbox().items() if name.endswith(".json")]
    return {f"{body['kind']} {body['carrier_id'][-2:]}": body["round"] for body in bodies}


def test_answer_that_could_not_be_delivered_is_given_also_when_its_successor_came_in_the_same_run(
    house: FilingHouse,
) -> None:
    """I4, R1-49, R1-50: two packages of one number, an inbox that takes nothing: the first was never answered."""
    house.add_unit()
    house.open_year()
    house.file(name="甲", rows=[house.row("JY", 1, title="")])
    house.file(name="乙", rows=[house.row("JY", 1, retention="五年")])
    inbox = blocked_inbox(house)
    look(house.centre)
    with pytest.raises(LantaiError):
        take_in(house.centre, "JY")
    states = [state for _, state in house.states()]
    papers = {path: path.read_bytes() for path in house.centre.settings.papers.rglob("*.*")}

    inbox.unlink()
    waiting = look(house.centre)
    done = take_in(house.centre, "JY")

    assert states == [RoundState.SUPERSEDED, RoundState.RETURNED]
    assert (waiting.ready, done.answered) == ({"JY": 2}, 2)
    assert answered(house) == {"opinions R1": 1, "opinions R2": 2}
    assert len(papers) == 4
    assert {path: path.read_bytes() for path in papers} == papers
    assert not look(house.centre).ready


def test_answer_that_could_not_be_delivered_is_given_also_when_its_successor_came_in_the_next_run(
    house: FilingHouse,
) -> None:
    """I4, R1-49, R1-50: the unit mends what it was told by telephone before the inbox is free again."""
    house.add_unit()
    house.open_year()
    house.file(rows=[house.row("JY", 1, title="")])
    inbox = blocked_inbox(house)
    for rows in (None, [house.row("JY", 1)]):
        if rows:
            house.file(rows=rows)
        look(house.centre)
        with pytest.raises(LantaiError):
            take_in(house.centre, "JY")

    inbox.unlink()
    done = take_in(house.centre, "JY")

    assert house.states() == [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED)]
    assert (done.answered, answered(house)) == (2, {"opinions R1": 1, "receipt R2": 2})
    assert take_in(house.centre, "JY").answered == 0


def test_inbox_that_takes_nothing_is_tried_once_and_again_at_the_end_for_each_answer(
    house: FilingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I4, R1-49: three packages came to six deliveries, one and two and three of them."""
    house.add_unit()
    house.open_year()
    for number in (1, 2, 3):
        house.file(name=f"00{number}", carrier_number=f"00{number}", rows=[house.row("JY", number, title="")])
    inbox = blocked_inbox(house)
    look(house.centre)
    mkdirs, tried = UnitLine.mkdirs, []

    def counting(line: UnitLine, path: bytes) -> None:
        tried.append(path)
        mkdirs(line, path)

    monkeypatch.setattr(UnitLine, "mkdirs", counting)
    with pytest.raises(LantaiError):
        take_in(house.centre, "JY")
    blocked = len(tried)
    inbox.unlink()
    done = take_in(house.centre, "JY")

    assert (blocked, done.answered) == (4, 3)
    assert sorted(answered(house)) == ["opinions R1"]
    assert len([name for name in house.inbox() if name.endswith(".json")]) == 3


def test_answer_whose_delivery_was_cut_off_twice_is_given_before_its_successor_is_taken_in(
    house: FilingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I4, R1-49, R1-50: the paper is on its way when the line breaks, so nothing else comes over that line either."""
    house.add_unit()
    house.open_year()
    house.file(name="甲", rows=[house.row("JY", 1, title="")])
    look(house.centre)
    deliver, cuts = UnitLine.deliver, iter((True, True))

    def breaking(line: UnitLine, *arguments: Any, **named: Any) -> str:
        if next(cuts, False):
            cut_lines(house)
        return deliver(line, *arguments, **named)

    monkeypatch.setattr(UnitLine, "deliver", breaking)
    with pytest.raises(LantaiError):
        take_in(house.centre, "JY")
    house.file(name="乙", rows=[house.row("JY", 1, retention="五年")])
    look(house.centre)
    with pytest.raises(LantaiError):
        take_in(house.centre, "JY")
    early = house.states(), answered(house)
    look(house.centre)
    done = take_in(house.centre, "JY")

    assert early == ([(1, RoundState.RETURNED)], {})
    assert done.answered == 2
    assert house.states() == [(1, RoundState.SUPERSEDED), (2, RoundState.RETURNED)]
    assert answered(house) == {"opinions R1": 1, "opinions R2": 2}


def test_notice_that_came_too_late_is_not_given_after_the_opinions(house: FilingHouse) -> None:
    """I4, R1-37: a round that was held and then returned is answered by its opinions alone, also once it was replaced."""
    house.add_unit(with_agreement=False)
    house.open_year()
    house.file()
    inbox = blocked_inbox(house)
    look(house.centre)
    with pytest.raises(LantaiError):
        take_in(house.centre, "JY")
    house.file(rows=[house.row("JY", 1, title="")])
    look(house.centre)
    with pytest.raises(LantaiError):
        take_in(house.centre, "JY")

    inbox.unlink()
    done = take_in(house.centre, "JY")

    assert (done.answered, answered(house)) == (2, {"notice R1": 1, "opinions R2": 2})


def test_package_that_was_brought_in_and_not_decided_is_answered_before_another_takes_its_place(
    house: FilingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K1, R1-50: the run died between the two; the next package of that number came first in the order of names."""
    house.add_unit()
    house.open_year()
    house.file(name="b", rows=[house.row("JY", 1, title="")])
    look(house.centre)

    def dies(*_arguments: Any) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(verbs, "accept_or_return", dies)
    with pytest.raises(UnexpectedError):
        take_in(house.centre, "JY")
    monkeypatch.undo()
    house.file(name="a", rows=[house.row("JY", 1, retention="五年")])
    look(house.centre)
    done = take_in(house.centre, "JY")

    assert (done.returned, done.answered) == (2, 2)
    assert answered(house) == {"opinions R1": 1, "opinions R2": 2}


def test_answer_that_cannot_be_made_keeps_its_round_from_being_replaced(
    house: FilingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1-50: a round that is replaced before its answer is made would never be answered."""
    house.add_unit()
    house.open_year()
    house.file(rows=[house.row("JY", 1, title="")])
    look(house.centre)

    def no_printer(*_arguments: Any, **_named: Any) -> bytes:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("lantai.formats.papers.form.render", no_printer)
    with pytest.raises(UnexpectedError):
        take_in(house.centre, "JY")
    house.file()
    look(house.centre)
    with pytest.raises(UnexpectedError):
        take_in(house.centre, "JY")
    early = house.states()
    monkeypatch.undo()
    done = take_in(house.centre, "JY")

    assert early == [(1, RoundState.RETURNED)]
    assert (done.accepted, answered(house)) == (1, {"opinions R1": 1, "receipt R2": 2})
