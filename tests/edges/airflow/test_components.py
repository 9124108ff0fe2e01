"""Commands of the real Airflow as processes of ours: one that ends well, one that does not, and what is stopped with all it started."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from lantai.edges.airflow import components as module
from lantai.edges.airflow.components import Components
from lantai.edges.airflow.home import AirflowHome
from lantai.edges.airflow.sessions import members, session_members
from lantai.errors import OrchestratorError
from nursery_watch import until

PACKAGE = Path(module.__file__).parents[3]


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[int]:
    """An open file that is locked, as `occupied` hands it over."""
    with (tmp_path / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


@pytest.fixture
def running(tmp_path: Path, lock: int) -> Iterator[Components]:
    """Components of an Airflow of one's own."""
    variables = {"AIRFLOW_HOME": str(tmp_path / "airflow"), "PYTHONPATH": str(PACKAGE)}
    components = Components(AirflowHome(tmp_path / "airflow", 1, ""), variables, lock)
    yield components
    components.stop()


def wait_for(components: Components, name: str) -> None:
    until(lambda: components.has_ended(name), most_seconds=120)


def test_command_that_ends_well_is_forgotten_and_what_it_printed_is_kept(running: Components, tmp_path: Path) -> None:
    running.spawn("version", "version")
    session = running.sessions["version"]

    wait_for(running, "version")

    assert running.log("version") == tmp_path / "airflow" / "logs" / "version.log"
    assert running.log("version").read_text().strip().startswith("3.")
    assert running.sessions == {}
    assert session_members(session) == []
    running.require_alive()


def test_component_that_fails_is_named_with_its_log(running: Components) -> None:
    running.spawn("scheduler", "no-such-command")

    with pytest.raises(OrchestratorError, match=r"airflow scheduler ended with 2; see .*/logs/scheduler\.log$"):
        wait_for(running, "scheduler")
    with pytest.raises(OrchestratorError, match="airflow scheduler ended with 2"):
        running.require_alive()

    assert "no-such-command" in running.log("scheduler").read_text()


def test_stopping_ends_the_whole_session_and_gives_the_lock_back(
    running: Components, lock: int, tmp_path: Path
) -> None:
    """Each leads a session and holds the lock, which nobody has when they are gone."""
    running.spawn("one", "version")
    running.spawn("two", "version")
    sessions = list(running.sessions.values())
    fcntl.flock(lock, fcntl.LOCK_EX)
    leads = [os.getsid(session) for session in sessions]

    running.stop()

    assert leads == sessions
    assert [session_members(session) for session in sessions] == [[], []]
    assert running.sessions == {}
    fcntl.flock(lock, fcntl.LOCK_UN)
    with (tmp_path / "lock").open("w") as another:
        fcntl.flock(another, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_process_that_was_stopped_and_forgotten_goes_on(running: Components, monkeypatch: pytest.MonkeyPatch) -> None:
    running.spawn("version", "version")
    session = running.sessions["version"]
    os.kill(session, signal.SIGSTOP)
    until(lambda: members(session)[0].is_stopped)

    at_first = running.continue_forgotten()
    monkeypatch.setattr(module, "FORGOTTEN_SECONDS", 0)
    later = running.continue_forgotten()

    wait_for(running, "version")
    assert (at_first, later) == ([], [session])
