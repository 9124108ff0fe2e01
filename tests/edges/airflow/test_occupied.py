"""One home is served once; a demo empties no home that is in use, and what was left by a killed one is not in the way."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from lantai.demo.county.home import make_home
from lantai.edges.airflow.components import outlived_by_none
from lantai.edges.airflow.occupied import occupied, require_free
from lantai.edges.airflow.process import end_jobs_of_the_dead
from lantai.errors import HomeInUseError

TODAY = date(2026, 6, 30)

HOLDS = """
import subprocess, sys, time
from pathlib import Path
from lantai.edges.airflow.components import outlived_by_none
from lantai.edges.airflow.occupied import occupied
with occupied(Path(sys.argv[1])) as lock:
    child = subprocess.Popen(outlived_by_none(["sleep", "600"]), pass_fds=(lock,), start_new_session=True)
    print(child.pid, flush=True)
    time.sleep(600)
"""
"""A process that serves a home as `lantai serve` does, with one component in a session of its own."""


def test_second_one_over_the_same_home_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    with (
        occupied(tmp_path),
        pytest.raises(HomeInUseError, match=rf"{tmp_path}: found .*process {os.getpid()}$"),
        occupied(tmp_path),
    ):
        pass

    require_free(tmp_path)


def test_demo_leaves_a_home_alone_that_is_in_use(tmp_path: Path) -> None:
    made = make_home(tmp_path / "home", TODAY, "zh")
    (made.folder / "registry.db").write_bytes(b"in use")

    with occupied(made.folder), pytest.raises(HomeInUseError):
        make_home(made.folder, TODAY, "zh")

    assert (made.folder / "registry.db").read_bytes() == b"in use"
    make_home(made.folder, TODAY, "zh")
    assert not (made.folder / "registry.db").exists()


@pytest.mark.server("setpriv")
def test_home_is_in_use_until_the_last_component_of_a_killed_one_has_ended(tmp_path: Path) -> None:
    """A component that was cut off still gives tasks away; it is told to end when its parent is killed outright."""
    holder = subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    component = int(holder.stdout.readline())
    # What tells it of its parent's end has then given way to the command itself.
    while Path("/proc", str(component), "comm").read_text() != "sleep\n":
        time.sleep(0.05)
    os.kill(component, signal.SIGSTOP)
    # Of two signals that are waiting the lower number is taken first, and that is the one to end.
    while Path("/proc", str(component), "stat").read_text().rpartition(")")[2].split()[0] != "T":
        time.sleep(0.05)
    holder.kill()
    holder.wait()

    with pytest.raises(HomeInUseError, match=f"what process {holder.pid} left, which is still ending"):
        require_free(tmp_path)
    os.kill(component, signal.SIGCONT)
    while Path("/proc", str(component), "exe").exists():
        time.sleep(0.05)

    require_free(tmp_path)


def test_command_is_unchanged_where_no_program_can_tell_it_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    assert outlived_by_none(["airflow", "scheduler"]) == ["airflow", "scheduler"]


def test_component_that_was_killed_is_not_shown_as_running_by_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "airflow.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE job (id INTEGER, state TEXT, end_date TEXT)")
        database.executemany("INSERT INTO job VALUES (?, ?, ?)", [(1, "success", "then"), (2, "running", None)])

    end_jobs_of_the_dead(path)

    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT id, state, end_date IS NOT NULL FROM job ORDER BY id").fetchall()
    assert rows == [(1, "success", 1), (2, "failed", 1)]
