"""How commands end: exit codes, errors in words and as JSON, streams of every kind. Source: interfaces.md, "The command".

Covers: edges.files.streams.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from desks import Desk
from lantai.cli.terminal.exit import Lantai, what_happened
from lantai.cli.terminal.screen import kept_when_interrupted
from lantai.errors import NotFoundError
from lantai.locales import words
from lantai.manual.runbook import classes

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def on_a_terminal(desk: Desk, *words: str, columns: int = 80, **variables: str) -> str:
    """Run a command on a terminal of its own and return all that appears on it."""
    ours, theirs = pty.openpty()
    subprocess.run(["stty", "cols", str(columns)], stdin=theirs, check=True)
    process = desk.spawn(
        *words, stdin=theirs, stdout=theirs, stderr=theirs, variables={"TERM": "xterm", "COLUMNS": ""} | variables
    )
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            block = os.read(ours, 65536)
        except OSError:
            break
        if not block:
            break
        shown += block
    process.wait()
    os.close(ours)
    return shown.decode()


def test_error_is_told_in_three_lines_on_standard_error(onlooker: Desk) -> None:
    told = onlooker.run("hold", "lift", "H-1", "--as", "A01")

    assert (told.code, told.out) == (2, "")
    assert told.err.splitlines() == [
        "Error: Nothing in the registry has that name. (NotFoundError)",
        "  hold H-1: not in the registry",
        f"  → {NotFoundError.hint}",
    ]


def test_error_speaks_the_language_of_the_screen(onlooker: Desk) -> None:
    told = onlooker.run("hold", "lift", "H-1", "--as", "A01", LANTAI_LOCALE="zh")

    first, _, last = told.err.splitlines()
    assert first == "错误：登记库中没有这个名称。 (NotFoundError)"
    assert last.startswith("  → 请查询正确的名称")


def test_error_in_json_is_one_object_on_standard_output(onlooker: Desk) -> None:
    told = onlooker.run("hold", "lift", "H-1", "--as", "A01", "--json")

    assert told.code == 2
    assert told.error == {
        "class": "NotFoundError",
        "what": "Nothing in the registry has that name.",
        "message": "hold H-1: not in the registry",
        "hint": NotFoundError.hint,
        "retryable": False,
    }


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "year",
        "year open",
        "year open abc",
        "people list --quickly",
        "people add A02 王 --role king",
        "list show a b",
    ],
)
def test_what_was_typed_wrongly_ends_with_2(onlooker: Desk, line: str) -> None:
    told = onlooker.run(*line.split())

    assert told.code == 2
    assert told.err.startswith("Error: ") or "Usage: lantai year" in told.out


def test_typing_error_in_json_is_an_object_too(onlooker: Desk) -> None:
    told = onlooker.run("year", "open", "--json")

    assert told.code == 2
    assert told.error["class"] == "UsageError"
    assert "Missing argument 'year'" in told.error["message"]


def test_near_miss_is_offered(onlooker: Desk) -> None:
    assert "Did you mean 'collect'?" in onlooker.run("colect").err


def test_missing_home_says_what_to_do_and_makes_nothing(bare: Desk) -> None:
    told = bare.run("people", "list")

    assert told.code == 3
    assert "There is no registry where the settings say." in told.err
    assert "lantai init" in told.err
    assert not bare.home.exists()


def test_setting_that_cannot_be_meant_is_named(onlooker: Desk) -> None:
    for name, value in (("LANTAI_LOCALE", "fr"), ("LANTAI_TODAY", "soon"), ("LANTAI_REGISTRY_URL", "nonsense")):
        told = onlooker.run("people", "list", **{name: value})

        assert (told.code, name in told.err) == (2, True)


def broken(error: BaseException | Callable[[], None]) -> typer.Typer:
    app = typer.Typer(cls=Lantai, add_completion=False)

    # Under the name of a real one, since a command without words is refused.
    @app.command("collect")
    def collect() -> None:
        if isinstance(error, BaseException):
            raise error
        error()

    @app.callback()
    def about() -> None:
        """Two commands, so that this is a group."""

    return app


def test_fault_of_the_program_is_told_without_a_trace_and_leaves_one_in_a_file() -> None:
    told = CliRunner(env={"LANTAI_LOCALE": "en"}).invoke(broken(RuntimeError("the impossible")), ["collect"])

    assert told.exit_code == 3
    assert "UnexpectedError" in told.stderr
    assert "Traceback" not in told.output
    path = Path(re.search(r"\((/.*\.trace)\)", told.stderr)[1])
    assert "RuntimeError: the impossible" in path.read_text()
    path.unlink()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(28, "No space left on device", "/vault/x"), "DiskFullError"),
        (PermissionError(13, "Permission denied", "/vault/x"), "PlaceUnavailableError"),
    ],
)
def test_what_the_disk_says_is_told_by_its_name(error: OSError, kind: str) -> None:
    told = CliRunner(env={"LANTAI_LOCALE": "en"}).invoke(broken(error), ["collect"])

    assert told.exit_code == 3
    assert kind in told.stderr
    assert "/vault/x" in told.stderr


def test_interruption_ends_with_130_and_promises_nothing() -> None:
    """`pack` promised to go on where it stopped, and began at zero."""
    told = CliRunner(env={"LANTAI_LOCALE": "en"}).invoke(broken(KeyboardInterrupt()), ["collect"])

    assert (told.exit_code, told.stderr) == (130, "Interrupted; it can be run again.\n")


def test_interruption_of_what_is_kept_in_rows_says_that_it_goes_on() -> None:
    def stopped() -> None:
        with kept_when_interrupted():
            raise KeyboardInterrupt

    told = CliRunner(env={"LANTAI_LOCALE": "en"}).invoke(broken(stopped), ["collect"])

    assert told.exit_code == 130
    assert "goes on where it stopped" in told.stderr


def test_every_error_says_what_happened_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {kind.__name__ for kind in classes()}

    for kind in classes():
        for language in ("zh", "en"):
            monkeypatch.setenv("LANTAI_LOCALE", language)
            assert bool(CHINESE.search(what_happened(kind("x")))) == (language == "zh"), kind

    assert set(words("zh")["errors"]) == known
    assert len(known) > 40


def test_reader_that_goes_away_ends_the_command_quietly(onlooker: Desk) -> None:
    done = onlooker.shell(
        "lantai people list | true; echo ${PIPESTATUS[0]}; lantai --help | true; echo ${PIPESTATUS[0]}"
    )

    assert done.stdout.split() == ["141", "141"]
    assert done.stderr == ""


def test_streams_may_be_closed_and_full(onlooker: Desk) -> None:
    done = onlooker.shell(
        "lantai people list >&-; echo $?; lantai hold lift H-1 --as A01 2>&-; echo $?; "
        "lantai people list > /dev/full; echo $?; lantai people list --json > /dev/full; echo $?; "
        "lantai age decrypt -i $LANTAI_HOME/keys/identity.txt <&-; echo $?"
    )

    assert done.stdout.split() == ["0", "2", "3", "3", "3"]
    assert done.stderr.count("No space left on device") == 2
    assert "HeaderError" in done.stderr


@pytest.mark.parametrize("variables", [{"LC_ALL": "C"}, {"LANG": "C", "LC_ALL": ""}, {"LC_ALL": "POSIX"}])
def test_chinese_prints_without_a_locale(onlooker: Desk, variables: dict[str, str]) -> None:
    done = onlooker.shell("lantai units list", LANTAI_LOCALE="zh", **variables)

    assert "示例市教育局" in done.stdout
    assert done.stderr == ""


def test_terminal_without_chinese_gets_english_and_loses_no_letter(onlooker: Desk) -> None:
    shown = onlooker.shell("lantai units list", LANTAI_LOCALE="zh", PYTHONIOENCODING="ascii").stdout
    listed = onlooker.shell("lantai units list --json", LANTAI_LOCALE="zh", PYTHONIOENCODING="ascii").stdout

    assert "Data forms" in shown
    assert "\\u793a" in shown
    assert json.loads(listed)[1]["name"] == "示例市教育局"


def test_gbk_terminal_shows_chinese(onlooker: Desk) -> None:
    done = onlooker.spawn("units", "list", variables={"LANTAI_LOCALE": "zh", "PYTHONIOENCODING": "gbk"})
    shown, troubles = done.communicate()

    assert "示例市教育局" in shown.decode("gbk")
    assert troubles == b""


def test_narrow_terminal_cuts_nothing_off(onlooker: Desk) -> None:
    shown = on_a_terminal(onlooker, "year", "status", "2025", columns=60, NO_COLOR="1")

    assert "GA 示例市公安局" in shown
    assert shown.count("2026-06-30") == 3
    assert "…" not in shown
    assert all(len(line) <= 60 for line in shown.splitlines())


def test_no_colour_where_none_is_wanted(onlooker: Desk) -> None:
    assert "31m" in on_a_terminal(onlooker, "hold", "lift", "H-1", "--as", "A01")
    assert "31m" not in on_a_terminal(onlooker, "hold", "lift", "H-1", "--as", "A01", NO_COLOR="1")


def test_progress_is_shown_on_a_terminal_and_nowhere_else(onlooker: Desk, tmp_path: Path) -> None:
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "a.txt").write_text("a")

    shown = on_a_terminal(onlooker, "check", str(tmp_path / "bag"))
    in_json = on_a_terminal(onlooker, "check", str(tmp_path / "bag"), "--json")
    piped = onlooker.run("check", tmp_path / "bag")

    assert "\x1b[?25l" in shown
    assert "check" in shown
    assert "\x1b" not in in_json
    assert json.loads(in_json)["acceptable"] is False
    assert piped.err == ""
    assert "\x1b" not in piped.out


def test_choices_of_an_argument_are_named_in_one_line(onlooker: Desk) -> None:
    told = onlooker.run("hold", "add")

    assert told.code == 2
    assert "Choose from: record, carrier" in told.err
    assert "␉" not in told.err
