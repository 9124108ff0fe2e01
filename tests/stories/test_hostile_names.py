"""Stories of names that want to act on whoever reads them: on the screen, in the log of a task, in an answer in JSON."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest
from typer.testing import CliRunner, Result

from filing_house import FilingHouse
from lantai.cli.commands import app
from lantai.edges.registry.centre.units import put_unit
from lantai.edges.sftp.pipe import refusal
from lantai.formats.sftp import wire
from lantai.journey.intake.look import look
from lantai.records.intake.reason import Reason
from lantai.records.intake.visit import Trouble, VisitStage
from lantai.tasks.unit_report import line_of_trouble, lines_of_look, report, visits_of

pytestmark = pytest.mark.server("sshd")

ATTACK = "\x1b]0;gotcha\x07\x1b[2J\u202e\x9b31m\nERROR: 全部销毁"
"""Renames the window, empties it, turns around what follows, reddens it, begins a line."""


def acting(text: str) -> set[str]:
    """Return the characters of a text that act."""
    return {character for character in text if not character.isprintable()} - {"\n", "\u3000", "\u00a0"}


@pytest.fixture
def attacked(house: FilingHouse) -> FilingHouse:
    """A unit with a hostile name, one hostile package that is not whole, one hostile stray."""
    folder = house.add_unit() / "outbox" / "2025"
    with house.centre.database.begin() as connection:
        put_unit(connection, replace(house.unit("JY"), name=f"教育局{ATTACK}"))
    house.open_year()
    (folder / f"包{ATTACK}").mkdir(parents=True)
    (folder / f"包{ATTACK}" / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (folder / f"散{ATTACK}").write_text("x")
    return house


def run(house: FilingHouse, *words: str) -> Result:
    env = {
        "LANTAI_HOME": str(house.centre.settings.home),
        "LANTAI_REGISTRY_URL": house.centre.settings.registry_url,
        "LANTAI_TODAY": "2026-03-02",
        "LANTAI_LOOK_AGAIN_SECONDS": "0",
        "LANTAI_LOCALE": "zh",
    }
    return CliRunner(env=env).invoke(app, list(words))


@pytest.mark.parametrize(
    "words", [["collect"], ["units", "list"], ["year", "status", "2025"], ["collect", "--carrier", "x\x1b[2J"]]
)
def test_screen_shows_a_hostile_name_and_is_not_moved_by_it(attacked: FilingHouse, words: list[str]) -> None:
    told = run(attacked, *words)

    assert acting(told.output) == set()
    assert not any(line.startswith("ERROR") for line in told.output.splitlines())
    assert "␛" in told.output


def test_json_escapes_a_hostile_name_and_loses_nothing_of_it(attacked: FilingHouse) -> None:
    told = run(attacked, "units", "list", "--json")

    assert acting(told.stdout) == set()
    assert [unit["name"] for unit in json.loads(told.stdout)] == [f"教育局{ATTACK}"]


def test_log_of_a_task_has_one_line_for_a_unit_whatever_it_calls_its_packages(attacked: FilingHouse) -> None:
    looked = look(attacked.centre)

    lines = list(lines_of_look(looked, visits_of(attacked.centre)))

    assert [level for level, _ in lines] == [logging.WARNING]
    assert acting(lines[0][1]) == set()
    assert "\n" not in lines[0][1]
    assert "␊ERROR: 全部销毁" in lines[0][1]


def test_words_of_a_server_begin_no_line_in_error_log_or_table() -> None:
    error = refusal(wire.PERMISSION_DENIED, ATTACK, "listing of 'outbox'")
    trouble = Trouble("JY", f"教育局{ATTACK}", VisitStage.LOOK, Reason(type(error).__name__, f"x: {ATTACK}"))

    line, table = line_of_trouble(trouble), report([trouble], 0)

    assert str(error).isprintable()
    assert "\n" not in line
    assert acting(line + table) == set()
    assert not any(each.startswith("ERROR") for each in table.splitlines())
