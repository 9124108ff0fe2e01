"""The command as a whole: what interfaces.md lists is there, explains itself in either language, and answers at once."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, get_args, get_type_hints

import pytest
from typer.main import get_command

from desks import INCLUDE, Desk
from lantai.cli.commands import app
from lantai.cli.terminal.exit import speak

CHINESE = re.compile(r"[\u4e00-\u9fff]")

PROMISED = (
    "init doctor demo serve bench",
    "pack forms check inspect receipt:verify",
    "units:import units:list people:add people:enrol-key people:delegate people:list agreement:add agreement:list",
    "year:open year:status collect submissions findings",
    "hold:add hold:lift hold:list schedule:load schedule:show schedule:diff schedule:simulate",
    "list:draft list:show list:export list:import list:sign list:prepare list:run",
    "restore ledger:verify keys:new age:decrypt",
)
"""What interfaces.md lists and is not of a later stage."""

WITHOUT_JSON = {"serve", "age:decrypt", "list:message"}
"""One goes on until it is stopped, the others write bytes."""


def commands(at: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every command with its name, groups joined by a colon."""
    if not hasattr(at, "commands"):
        yield name, at
        return
    for word, below in at.commands.items():
        yield from commands(below, f"{name}:{word}" if name else word)


ALL = dict(commands(get_command(app)))


def test_every_promised_command_is_there() -> None:
    assert set(" ".join(PROMISED).split()) - set(ALL) == set()


def test_every_command_that_answers_something_answers_in_json() -> None:
    without = {name for name, command in ALL.items() if not any("--json" in param.opts for param in command.params)}

    assert without == WITHOUT_JSON


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_text_of_the_help_is_in_the_language_of_the_screen(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANTAI_LOCALE", language)
    root = get_command(app)
    speak(root)

    texts = {}
    for name, command in commands(root):
        texts[name] = command.help
        texts |= {f"{name} {param.name}": param.help for param in command.params}

    assert len(texts) > 150
    assert [name for name, text in texts.items() if not text] == []
    assert [name for name, text in texts.items() if re.search(r"\b(help|given|panel)\.[a-z]", text)] == []
    # A line that ends inside a paragraph would be cut there on every screen, however wide.
    assert [name for name, text in texts.items() if "\n" in text.replace("\n\n", "")] == []
    if language == "en":
        assert {name: text for name, text in texts.items() if CHINESE.search(text.replace("中文", ""))} == {}
    else:
        silent = {name: text for name, text in texts.items() if not CHINESE.search(text)}
        assert silent == {}


NOT_OFFERED = {
    # The two periods of old are for a person to map, and a snapshot has none of them.
    "pack retention": {"LONG", "SHORT"},
    # Whoever prepares a list or carries it out has a duty, and signs nothing.
    "list:sign role": {"preparer", "custodian"},
    "list:message role": {"preparer", "custodian"},
}


def choices_of(command: Any) -> Iterator[tuple[str, set[str]]]:
    """Yield the parameters of a command that take one of a few words, with the words."""
    for param, kind in get_type_hints(command.callback).items():
        for each in (kind, *get_args(kind)):
            if isinstance(each, type) and issubclass(each, StrEnum):
                yield param, {word.value for word in each}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_names_everything_that_can_be_chosen(language: str, onlooker: Desk) -> None:
    untold, seen = {}, 0

    for name, command in ALL.items():
        for param, choices in choices_of(command):
            # As wide as no word is broken in two.
            told = onlooker.ok(*name.split(":"), "--help", LANTAI_LOCALE=language, COLUMNS="250").out
            offered = choices - NOT_OFFERED.get(f"{name} {param}", set())
            untold[f"{name} {param}"] = offered - set(re.findall(r"\w+", told))
            seen += 1

    assert seen > 15
    assert {param: words for param, words in untold.items() if words} == {}


def test_help_is_there_at_every_level(onlooker: Desk) -> None:
    for name in ALL:
        words = name.split(":")
        told = onlooker.run(*words, "--help")

        assert told.code == 0, name
        assert f"Usage: lantai {' '.join(words)}" in told.out
        assert told.err == ""


def test_help_of_all_is_in_groups_for_whom_it_is(onlooker: Desk) -> None:
    shown = onlooker.ok("--help").out

    titles = re.findall(r"╭─ ([^─]+) ─", shown)
    assert titles == [
        "Options", "For departments", "The year", "Appraisal and disposal", "Custody", "Set-up", "To try it",
    ]  # fmt: skip
    assert "0 done, 1 findings, 2 usage, 3 fault" in re.sub(r"\s+", " ", shown)


def test_version_is_told(onlooker: Desk) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*\n", onlooker.ok("--version").out)


def test_help_imports_no_database_and_no_server() -> None:
    """Half a second of imports before a word is said is what makes people think that it hangs."""
    code = (
        "import sys; from lantai.cli.commands import app; "
        "print([name for name in ('sqlalchemy', 'paramiko', 'great_expectations', 'airflow', 'cryptography', 'typst') "
        "if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(INCLUDE)}, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
