"""Whoever waits for a slow machine goes on as long as anything moves, says for what, and gives up when nothing does."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lantai.edges.airflow import waiting
from lantai.edges.airflow.sessions import members, session_members, task_work_of, work_of
from lantai.edges.airflow.waiting import Patience, Seen
from lantai.errors import OrchestratorError
from lantai.locales import put
from lantai.records.text.words import Words

DATABASE = Words.of("waiting.airflow_database")
BUSY = "while True: pass"
IDLE = "import signal; signal.pause()"


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that a test started, each leading a session; they are gone afterwards."""
    running: list[subprocess.Popen[bytes]] = []
    yield running
    for process in running:
        for pid in session_members(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.wait()


def start(running: list[subprocess.Popen[bytes]], code: str) -> int:
    running.append(subprocess.Popen([sys.executable, "-c", code], start_new_session=True))
    return running[-1].pid


class Heard:
    """What was told, and a patience that is short."""

    def __init__(self, give_up: float) -> None:
        self.lines: list[str] = []
        self.patience = Patience(
            lambda words: self.lines.append(f"{put(words, 'zh')} · {put(words, 'en')}"),
            first_seconds=0.5,
            every_seconds=0.5,
            still_seconds=0.5,
            give_up_seconds=give_up,
        )


def test_what_moves_is_waited_for_however_long_it_takes(tmp_path: Path) -> None:
    """Every look sees something else; the patience with what stands still is shorter than one pause."""
    heard = Heard(give_up=0.1)
    looks: list[int] = []

    def look() -> Seen:
        looks.append(len(looks))
        return Seen(len(looks) > 6, len(looks), DATABASE, (tmp_path / "log",))

    heard.patience.until(look)

    assert len(looks) == 7
    assert heard.lines
    assert all(
        "等待：Airflow 建立数据库，已" in line and "waiting: Airflow makes its database, for" in line
        for line in heard.lines
    )
    assert not any("nothing has moved" in line for line in heard.lines)


def test_what_stands_still_is_told_with_its_log_and_given_up(started, tmp_path: Path) -> None:
    idle, heard = start(started, IDLE), Heard(give_up=3)
    time.sleep(1)

    with pytest.raises(OrchestratorError, match=r"Airflow makes its database: nothing has moved for \d+ s; see .*log$"):
        heard.patience.until(lambda: Seen(False, work_of(idle), DATABASE, (tmp_path / "log",)))

    assert f"没有动静，请看 {tmp_path / 'log'}" in heard.lines[-1]
    assert re.search(rf"nothing has moved for \d+ s, see {tmp_path / 'log'}", heard.lines[-1])


def test_process_that_was_stopped_and_goes_on_is_waited_for(started, tmp_path: Path) -> None:
    busy, heard = start(started, BUSY), Heard(give_up=30)
    os.kill(busy, signal.SIGSTOP)
    began = time.monotonic()

    def look() -> Seen:
        waited = time.monotonic() - began
        if waited > 2:
            os.kill(busy, signal.SIGCONT)
        return Seen(waited > 4, work_of(busy), DATABASE)

    heard.patience.until(look)

    told = ["nothing has moved" in line for line in heard.lines]
    assert any(told)
    assert told[-1] is False


def test_pause_of_the_whole_machine_is_no_stillness(monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop that was closed, or Ctrl-Z: we were stopped as well, so it counts for no more than one look."""
    monkeypatch.setattr(waiting, "LONGEST_SECONDS", 0.5)
    looks: list[int] = []

    def look() -> Seen:
        looks.append(len(looks))
        if len(looks) == 2:
            time.sleep(3)
        return Seen(len(looks) == 3)

    Patience(give_up_seconds=2).until(look)

    assert len(looks) == 3


def test_work_of_tasks_is_told_from_that_of_the_scheduler(started) -> None:
    """Airflow gives every task a group of its own; a scheduler that only looks around is no progress of a run."""
    code = (
        "import os, time, subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'while True: pass'], process_group=0)\n"
        "while True: pass"
    )
    scheduler = start(started, code)
    while len(task := task_work_of(scheduler)) < 1:
        time.sleep(0.1)

    both = members(scheduler)
    while (later := task_work_of(scheduler)) == task:
        time.sleep(0.1)

    assert [member.pid for member in later] == [member.pid for member in task]
    assert {scheduler} == {member.pid for member in both} - {member.pid for member in task}
