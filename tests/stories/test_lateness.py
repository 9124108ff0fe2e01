"""Stories of duties that are late: what came back or is held is owed until something is accepted."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from typer.testing import CliRunner

from filing_house import FilingHouse
from lantai.cli.commands import app
from lantai.demo.telling.summary import summarise
from lantai.edges.clock import Clock
from lantai.edges.registry.centre import people
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.records.centre.person import Person

pytestmark = pytest.mark.server("sshd")

DECEMBER = date(2026, 12, 1)


def turn_to(house: FilingHouse, day: date) -> None:
    """Let it be another day."""
    house.centre.clock = Clock(house.centre.settings.zone, day)


def take_all_in(house: FilingHouse, *codes: str) -> None:
    look(house.centre)
    for code in codes:
        take_in(house.centre, code)


def status(house: FilingHouse, *words: str, locale: str = "en") -> str:
    """Return what `lantai year status 2025` says on the house's day."""
    env = {
        "LANTAI_HOME": str(house.centre.settings.home),
        "LANTAI_REGISTRY_URL": house.centre.settings.registry_url,
        "LANTAI_TODAY": house.centre.clock.today_on().isoformat(),
        "LANTAI_LOCALE": locale,
    }
    told = CliRunner(env=env).invoke(app, ["year", "status", "2025", *words])
    assert told.exit_code == 0, told.output
    return told.stdout


def rows(house: FilingHouse, *words: str) -> dict[str, dict[str, Any]]:
    """Return the rows of the board by unit."""
    return {row["unit_code"]: row for row in json.loads(status(house, *words, "--json"))}


@pytest.fixture
def december(house: FilingHouse) -> FilingHouse:
    """On 1 December: JY came back in March, GA is held since, CZ is accepted, WH sent nothing."""
    for code, with_agreement in {"JY": True, "GA": False, "CZ": True, "WH": True}.items():
        house.add_unit(code, with_agreement=with_agreement)
    with house.centre.database.begin() as connection:
        people.add_person(connection, Person("p1", "王强"))
    house.open_year()
    house.file(rows=[house.row("JY", 1, title="")])
    house.file("GA")
    house.file("CZ")
    take_all_in(house, "JY", "GA", "CZ")
    turn_to(house, DECEMBER)
    return house


def test_returned_and_held_filings_grow_late_like_one_that_never_came(december: FilingHouse) -> None:
    """R1-51, R1-60, R2-05: the duty is owed until something is accepted for it, 154 days after 30 June."""
    found = rows(december)

    assert {code: (row["state"], row["days_late"], row["turn"]) for code, row in found.items()} == {
        "JY": ("returned", 154, "unit"),
        "GA": ("held", 154, "centre"),
        "CZ": ("accepted", 0, "nobody"),
        "WH": ("overdue", 154, "unit"),
    }


def test_board_says_until_when_to_supplement_why_and_who_answers_for_it(december: FilingHouse) -> None:
    """R2-05, R4-08."""
    found = rows(december)
    shown = "".join(status(december, "--unit", "JY", locale="zh").split())
    of_all = "".join(status(december, locale="zh").split())

    assert (found["JY"]["supplement_by_on"], found["JY"]["supplement_days_over"]) == ("2026-03-12", 264)
    assert (found["JY"]["reason_rule"], found["JY"]["responsible_name"]) == ("field_missing", "王强")
    assert found["GA"]["supplement_by_on"] is None
    assert found["GA"]["reason"]
    assert found["CZ"]["reason"] == ""
    for words in ("退回补正", "154", "2026-03-12（过264天）", found["JY"]["submission_id"], "王强p1"):
        assert words in shown
    assert "2026-03-12（过264天）" in of_all
    assert {code: (row["record_count"], row["fault_count"], row["file_count"] > 0) for code, row in found.items()} == {
        "JY": (0, 1, True),
        "GA": (0, 1, True),
        "CZ": (3, 0, True),
        "WH": (0, 0, False),
    }


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (["--late"], {"JY", "GA", "WH"}),
        (["--turn", "centre"], {"GA"}),
        (["--late", "--turn", "unit"], {"JY", "WH"}),
        (["--state", "overdue"], {"WH"}),
        (["--unit", "CZ", "--unit", "WH"], {"CZ", "WH"}),
        (["--form", "business_data"], set()),
    ],
)
def test_board_shows_only_what_is_asked_for(december: FilingHouse, words: list[str], codes: set[str]) -> None:
    """R2-05."""
    assert set(rows(december, *words)) == codes


def test_another_package_long_after_acceptance_makes_nothing_late(december: FilingHouse) -> None:
    """R1-51, R1-23, R2-05: what met the duty says how late it was; the mended package that came in December waits for the centre."""
    december.file("CZ", rows=[december.row("CZ", number) for number in (4, 5)])
    take_all_in(december, "CZ")

    found = rows(december)["CZ"]

    assert (found["state"], found["days_late"], found["turn"], found["round_no"]) == ("held", 0, "centre", 2)
    assert found["duty_state"] == "accepted"


@pytest.mark.parametrize(("state", "turn", "by_on"), [("returned", "unit", "2026-07-22"), ("held", "centre", None)])
def test_second_package_for_a_duty_that_is_met_stays_open_on_the_board(
    house: FilingHouse, state: str, turn: str, by_on: str | None
) -> None:
    """R2-05, R4-08: the duty is met, late, by 002; 001 still has to be mended, or decided on, by its own day."""
    house.add_unit()
    house.open_year()
    turn_to(house, date(2026, 7, 12))
    house.file(name="002", carrier_number="002")
    take_all_in(house, "JY")
    faulty, contradiction = {"rows": [house.row("JY", 4, title="")]}, {"zero_signed_by": "王强"}
    house.file(name="001", carrier_number="001", **(faulty if state == "returned" else contradiction))
    take_all_in(house, "JY")

    every = {row["package_name"]: row for row in json.loads(status(house, "--json"))}
    late = json.loads(status(house, "--late", "--json"))
    chosen = json.loads(status(house, "--state", state, "--json"))
    shown = "".join(status(house, locale="zh").split())

    assert {name: (row["state"], row["duty_state"], row["turn"], row["days_late"]) for name, row in every.items()} == {
        "002": ("accepted", "accepted", "nobody", 12),
        "001": (state, "accepted", turn, 12),
    }
    assert every["001"]["supplement_by_on"] == by_on
    assert [row["package_name"] for row in late] == ["001"]
    assert [row["package_name"] for row in chosen] == ["001"]
    assert "任务" in shown
    assert summarise(house.centre, {})["duties"] == 1
