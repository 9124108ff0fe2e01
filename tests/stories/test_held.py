"""Stories of rounds that are held: nothing is guessed, nothing is refused silently, somebody at the centre decides.

Covers: journey.intake.decide_held.
"""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from filing_house import FilingHouse
from lantai.cli.commands import app
from lantai.edges import tables
from lantai.edges.registry.centre import people
from lantai.edges.registry.intake.findings import findings_of
from lantai.edges.registry.intake.rounds import rounds
from lantai.errors import NotFoundError, NotPermittedError, UsageError
from lantai.formats.ledger import canonical
from lantai.journey.intake.decide_held import MOST_REASON, decide_held
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.locales import describe
from lantai.records.centre.person import Appointment, Person, Role
from lantai.records.centre.unit import DataForm
from lantai.records.intake.ruling import RulingChoice
from lantai.records.intake.submission import RoundState

pytestmark = pytest.mark.server("sshd")


def test_other_bytes_after_an_acceptance_are_held_for_somebody_to_look_at(house: FilingHouse) -> None:
    """R1-51: interfaces: `already_accepted`; nothing is overwritten, nothing is refused silently."""
    house.add_unit()
    house.open_year()
    house.file()
    look(house.centre)
    take_in(house.centre, "JY")

    house.file(rows=[house.row("JY", number) for number in (4, 5)])
    look(house.centre)
    again = take_in(house.centre, "JY")

    assert again.held == 1
    assert house.states() == [(1, RoundState.ACCEPTED), (2, RoundState.HELD)]
    assert house.told("SL2025-JY-E001-R2") >= {"already_accepted"}
    assert house.board_state() == "held"


def test_mended_filing_after_an_acceptance_is_held_whatever_it_repeats(house: FilingHouse) -> None:
    """R1-51: interfaces: `already_accepted` alone; that its archival codes stand in the accepted round is no fault of its own."""
    house.add_unit()
    house.open_year()
    house.file()
    look(house.centre)
    take_in(house.centre, "JY")

    house.file(rows=[house.row("JY", number, title="更正后的题名") for number in (1, 2, 3)])
    look(house.centre)
    again = take_in(house.centre, "JY")

    assert (again.held, again.returned) == (1, 0)
    assert house.told("SL2025-JY-E001-R2") == {"already_accepted"}
    receipt, notice = (
        (
            "001.SL2025-JY-E001-R1.receipt.json",
            "001.SL2025-JY-E001-R1.receipt.pdf",
            "001.SL2025-JY-E001-R1.receipt.sig",
        ),
        ("json", "pdf"),
    )
    assert set(house.inbox()) == {*receipt, *(f"001.SL2025-JY-E001-R2.notice.{ending}" for ending in notice)}


def test_held_round_is_gone_on_with_when_its_package_lies_in_another_years_folder_since(house: FilingHouse) -> None:
    """I2: a package of the same name and state in another year's folder is another package."""
    house.add_unit(with_agreement=False)
    house.open_year(2024)
    house.open_year(2025)
    filed = house.file()
    take_in(house.centre, "JY")
    held = house.states()
    moved = filed.parents[1] / "2024" / filed.name
    moved.parent.mkdir()
    filed.rename(moved)
    house.agree("JY")

    take_in(house.centre, "JY")

    with house.centre.database.read() as connection:
        states = {this.carrier_id: this.state for this in rounds(connection, unit_code="JY")}
    assert held == [(1, RoundState.HELD)]
    assert states == {"SL2025-JY-E001-R1": RoundState.ACCEPTED, "SL2024-JY-E001-R1": RoundState.RETURNED}


def test_zero_report_after_a_filing_contradicts_it_and_is_held(house: FilingHouse) -> None:
    """R1-22: a unit cannot have filed and have nothing to file."""
    house.add_unit()
    house.open_year()
    house.file()
    look(house.centre)
    take_in(house.centre, "JY")

    house.file(name="nothing", carrier_number="nothing", zero_signed_by="王强")
    look(house.centre)
    done = take_in(house.centre, "JY")

    assert (done.held, done.accepted) == (1, 0)
    assert house.told("SL2025-JY-E002-R1") == {"zero_report_contradicts"}
    assert house.board_state() == "accepted"


def test_filing_without_an_agreement_is_held_and_goes_on_when_there_is_one(house: FilingHouse) -> None:
    """R1-37: held, never guessed."""
    house.add_unit(with_agreement=False)
    house.open_year()
    house.file()
    look(house.centre)
    first = take_in(house.centre, "JY")

    idle = look(house.centre)
    early = house.inbox()
    house.agree("JY")
    woken = look(house.centre)
    second = take_in(house.centre, "JY")

    assert (first.held, first.accepted) == (1, 0)
    assert set(early) == {"001.SL2025-JY-E001-R1.notice.json", "001.SL2025-JY-E001-R1.notice.pdf"}
    assert dict(idle.ready) == {}
    assert dict(woken.ready) == {"JY": 1}
    assert second.accepted == 1


def test_held_round_tells_its_unit_once_what_it_waits_for_and_is_answered_later(house: FilingHouse) -> None:
    """R1-37, R1-51: a unit whose package was held heard nothing until somebody at the centre had decided."""
    house.add_unit(with_agreement=False)
    house.open_year()
    house.file()
    look(house.centre)
    first = take_in(house.centre, "JY")
    notice = canonical.loads(house.inbox()["001.SL2025-JY-E001-R1.notice.json"])
    again = take_in(house.centre, "JY")

    house.agree("JY")
    look(house.centre)
    last = take_in(house.centre, "JY")

    assert (notice["kind"], notice["carrier_id"], notice["supplement_by"]) == ("notice", "SL2025-JY-E001-R1", "")
    assert [(f["rule"], f["severity"]) for f in notice["findings"]] == [("no_agreement", "hold")]
    assert (first.answered, again.answered, last.answered) == (1, 0, 1)
    assert {"001.SL2025-JY-E001-R1.notice.pdf", "001.SL2025-JY-E001-R1.receipt.json"} <= set(house.inbox())
    assert dict(look(house.centre).ready) == {}


def test_agreement_that_is_over_or_of_another_form_is_none(house: FilingHouse) -> None:
    """R1-37: in force on the day of intake, for this form; `--to` counts as the last day."""
    house.add_unit(with_agreement=False)
    house.open_year()
    house.agree("JY", to_on=date(2026, 3, 1))
    house.agree("JY", from_on=date(2026, 3, 3))
    house.agree("JY", DataForm.BUSINESS_DATA)
    house.file()
    look(house.centre)
    first = take_in(house.centre, "JY")

    house.agree("JY", to_on=date(2026, 3, 2))
    look(house.centre)
    second = take_in(house.centre, "JY")

    assert (first.held, second.accepted) == (1, 1)


def test_unit_that_agreed_to_encrypt_and_sends_in_the_open_is_held(house: FilingHouse) -> None:
    """R1-37: held, not guessed; a later agreement speaks louder, and the round goes on when a person asks for the unit."""
    house.add_unit(with_agreement=False)
    house.open_year()
    keys = {"algorithm": "age", "unit_key_custodian": "李强", "centre_key_custodian": "赵静"}
    house.agree("JY", encrypts_before_sending=True, **keys)
    house.file()
    look(house.centre)
    first = take_in(house.centre, "JY")
    held = house.told("SL2025-JY-E001-R1")

    house.agree("JY", from_on=date(2026, 3, 2))
    look(house.centre, units=["JY"])
    second = take_in(house.centre, "JY")

    assert (first.held, held, house.inbox().keys() >= {"001.SL2025-JY-E001-R1.receipt.json"}) == (
        1,
        {"not_encrypted_as_agreed"},
        True,
    )
    assert second.accepted == 1


def appoint(house: FilingHouse, person_id: str = "A01", role: Role = Role.OPERATOR) -> str:
    with house.centre.database.begin() as connection:
        people.add_person(connection, Person(person_id, "王芳"))
        people.appoint(connection, Appointment(person_id, role, date(2020, 1, 1)))
    return person_id


def hold_for_an_old_period(house: FilingHouse) -> None:
    """File a catalogue whose periods are 长期, 短期 and one of today, and take it in: it is held."""
    house.add_unit()
    house.open_year()
    periods = {1: ("长期", "C"), 2: ("短期", "D"), 3: ("30年", "D30")}
    code = f"{house.unit('JY').fonds_no}-WS·2025-{{}}-BGS-0001"
    rows = [
        house.row("JY", number, retention=period, item_no="1", archival_code=code.format(letter))
        for number, (period, letter) in periods.items()
    ]
    house.file(rows=rows)
    look(house.centre)
    done = take_in(house.centre, "JY")
    assert done.held == 1, house.opinions()


def test_old_periods_are_read_by_a_person_and_the_round_is_accepted(house: FilingHouse) -> None:
    """R1-51: requirements, slips: 长期 -> 30年 and 短期 -> 10年 is a decision of a person, recorded, never silent."""
    hold_for_an_old_period(house)
    operator = appoint(house)
    idle = look(house.centre)

    decided = decide_held(house.centre, "SL2025-JY-E001", RulingChoice.ACCEPT, "  已与单位\n核实 ", operator)
    woken = look(house.centre)
    done = take_in(house.centre, "JY")

    assert (dict(idle.ready), dict(woken.ready)) == ({}, {"JY": 1})
    assert (decided.is_new, decided.settles, decided.remains) == (True, ("legacy_retention",), ())
    assert (done.accepted, house.states()) == (1, [(1, RoundState.ACCEPTED)])
    with house.centre.database.read() as connection:
        kept = connection.execute(select(tables.record.c.retention).order_by(tables.record.c.record_id)).scalars().all()
        event = connection.execute(select(tables.event).where(tables.event.c.kind == "carrier_decided")).one()
        remarks = findings_of(connection, "SL2025-JY-E001-R1")
    assert kept == ["D30", "D10", "D30"]
    assert (event.actor, event.subject, canonical.loads(event.leaf)["choice"]) == ("A01", "SL2025-JY-E001-R1", "accept")
    assert "核实".encode() not in event.leaf
    assert {remark.rule for remark in remarks} == {"legacy_retention", "ruled_accept"}
    assert describe(remarks[-1], "zh").message == "暂存事项已由中心核实，予以接收：已与单位 核实（王芳，2026-03-02）。"


def test_held_round_goes_back_with_the_reason_and_the_next_one_is_round_two(house: FilingHouse) -> None:
    """R1-49, R1-51: a held round is no dead end; what the unit reads is the reason, and when to supplement."""
    hold_for_an_old_period(house)
    operator = appoint(house)
    decide_held(house.centre, "SL2025-JY-E001-R1", RulingChoice.RETURN, "请按现行期限重新划定", operator)
    look(house.centre)
    first = take_in(house.centre, "JY")
    opinions = house.opinions()

    house.file()
    look(house.centre)
    second = take_in(house.centre, "JY")

    assert (first.returned, first.answered, second.accepted) == (1, 1, 1)
    assert {f["rule"]: f["severity"] for f in opinions["findings"]} == {
        "legacy_retention": "fault",
        "ruled_return": "fault",
    }
    assert "请按现行期限重新划定" in opinions["findings"][-1]["message"]
    assert opinions["supplement_by"] == "2026-03-12"
    assert house.states() == [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED)]


def test_what_only_a_change_can_cure_is_not_accepted_by_word_and_may_be_returned(house: FilingHouse) -> None:
    """R1-51, R1-40: interfaces: `already_accepted`; what was accepted stays as it is."""
    house.add_unit()
    house.open_year()
    house.file()
    look(house.centre)
    take_in(house.centre, "JY")
    house.file(rows=[house.row("JY", number) for number in (4, 5)])
    look(house.centre)
    take_in(house.centre, "JY")
    operator = appoint(house)

    with pytest.raises(UsageError, match="held for already_accepted, which no word can settle"):
        decide_held(house.centre, "SL2025-JY-E001", RulingChoice.ACCEPT, "可以", operator)
    decide_held(house.centre, "SL2025-JY-E001", RulingChoice.RETURN, "补充的请另编载体号", operator)
    done = take_in(house.centre, "JY")

    assert (done.returned, house.states()) == (1, [(1, RoundState.ACCEPTED), (2, RoundState.RETURNED)])
    assert {"001.SL2025-JY-E001-R1.receipt.json", "001.SL2025-JY-E001-R2.opinions.json"} <= set(house.inbox())


def test_round_that_is_held_for_more_stays_held_until_all_is_settled(house: FilingHouse) -> None:
    """R1-37, R1-51: a ruling is no agreement; it is asked about once, not every night."""
    house.add_unit(with_agreement=False)
    house.open_year()
    house.file(rows=[house.row("JY", number, classification="待定") for number in (1, 2, 3)])
    look(house.centre)
    take_in(house.centre, "JY")
    decided = decide_held(house.centre, "SL2025-JY-E001", RulingChoice.ACCEPT, "经核实均不涉密", appoint(house))
    woken = look(house.centre)
    still = take_in(house.centre, "JY")
    idle = look(house.centre)
    again = decide_held(house.centre, "SL2025-JY-E001", RulingChoice.ACCEPT, "经核实均不涉密", "A01")

    house.agree("JY")
    look(house.centre)
    done = take_in(house.centre, "JY")

    assert (decided.settles, decided.remains) == (("classification_unclear",), ("no_agreement",))
    assert again.is_new is False
    assert (dict(woken.ready), still.accepted, dict(idle.ready)) == ({"JY": 1}, 0, {})
    assert (done.accepted, done.records) == (1, 3)


def test_ruling_may_be_changed_until_it_has_its_effect_and_both_stay_in_the_ledger(house: FilingHouse) -> None:
    """R1-51, I5."""
    hold_for_an_old_period(house)
    operator = appoint(house)
    first = decide_held(house.centre, "SL2025-JY-E001", RulingChoice.ACCEPT, "可", operator)
    again = decide_held(house.centre, "SL2025-JY-E001", RulingChoice.ACCEPT, "可", operator)
    changed = decide_held(
        house.centre, "SL2025-JY-E001", RulingChoice.RETURN, "单位要求撤回".ljust(MOST_REASON, "。"), operator
    )
    take_in(house.centre, "JY")

    with pytest.raises(UsageError, match="found state returned, expected held"):
        decide_held(house.centre, "SL2025-JY-E001", RulingChoice.ACCEPT, "又改主意", operator)
    assert (first.is_new, again.is_new, changed.is_new) == (True, False, True)
    with house.centre.database.read() as connection:
        kinds = connection.execute(select(tables.event.c.kind)).scalars().all()
    assert kinds.count("carrier_decided") == 2


@pytest.mark.parametrize(
    ("held", "reason", "role", "error"),
    [
        ("SL2025-JY-E009", "已核实", Role.OPERATOR, NotFoundError),
        ("SL2025-JY-E001", " \n", Role.OPERATOR, UsageError),
        ("SL2025-JY-E001", "核" * 501, Role.OPERATOR, UsageError),
        ("SL2025-JY-E001", "已核实", Role.PART_TIME_ARCHIVIST, NotPermittedError),
        ("SL2025-JY-E001", "已核实", None, NotFoundError),
    ],
)
def test_ruling_that_may_not_be_made_changes_nothing(
    house: FilingHouse, held: str, reason: str, role: Role | None, error: type[Exception]
) -> None:
    """R9-01, R1-51: only who was appointed at the centre decides, on a round that is held, with a reason."""
    hold_for_an_old_period(house)
    somebody = appoint(house, "B07", role) if role else "B07"

    with pytest.raises(error):
        decide_held(house.centre, held, RulingChoice.ACCEPT, reason, somebody)

    assert dict(look(house.centre).ready) == {}
    assert house.states() == [(1, RoundState.HELD)]


def test_command_decides_and_says_what_comes_next(house: FilingHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """R1-51."""
    hold_for_an_old_period(house)
    appoint(house)
    monkeypatch.setenv("LANTAI_HOME", str(house.centre.settings.home))
    monkeypatch.setenv("LANTAI_TODAY", "2026-03-02")
    runner = CliRunner()

    asked = runner.invoke(app, ["findings", "SL2025-JY-E001"])
    decided = runner.invoke(app, ["decide", "SL2025-JY-E001", "accept", "--reason", "已核实", "--as", "A01"])
    collected = runner.invoke(app, ["collect", "--json"])

    assert "lantai decide SL2025-JY-E001-R1 accept|return" in asked.stdout
    assert (decided.exit_code, "旧保管期限待定" in decided.stdout, "lantai collect --unit JY" in decided.stdout) == (
        0,
        True,
        True,
    )
    assert json.loads(collected.stdout)["units"][0]["accepted"] == 1
