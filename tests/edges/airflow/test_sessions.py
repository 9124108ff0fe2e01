"""What runs in a session of processes is found, told apart, and ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lantai.edges.airflow.sessions import Member, child_work_of, end_server, members, session_members, work_of
from nursery_watch import until

TWO = "import subprocess, sys; print(subprocess.Popen(['sleep', '600']).pid, flush=True); sys.stdin.read()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"


@pytest.fixture
def leader() -> Iterator[subprocess.Popen[str]]:
    """A process that leads a session and has a child in it, as a component of Airflow has."""
    words = [sys.executable, "-c", TWO]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    yield process
    for pid in session_members(process.pid):
        os.kill(pid, signal.SIGKILL)
    process.wait()


def child_of(process: subprocess.Popen[str]) -> int:
    return int(process.stdout.readline())


def test_session_holds_its_leader_and_what_it_started_and_nobody_else(leader: subprocess.Popen[str]) -> None:
    child = child_of(leader)

    found = session_members(leader.pid)

    assert sorted(found) == sorted([leader.pid, child])
    assert os.getpid() in session_members(os.getsid(0))


def test_work_of_a_leader_is_told_from_that_of_its_children(leader: subprocess.Popen[str]) -> None:
    """A dag-processor looks around for ever; only what it started reads a file."""
    child = child_of(leader)

    assert {member.pid for member in child_work_of(leader.pid)} == {child}
    assert {member.pid for member in work_of(leader.pid)} == {leader.pid, child}
    assert {member.group for member in work_of(leader.pid)} == {leader.pid}


def test_process_that_has_ended_and_was_not_fetched_is_none_of_the_living(leader: subprocess.Popen[str]) -> None:
    child = child_of(leader)

    os.kill(child, signal.SIGKILL)
    while Path("/proc", str(child), "stat").read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)

    assert session_members(leader.pid) == [leader.pid]


def test_stopped_process_is_seen_as_such_and_has_done_no_more_for_it(leader: subprocess.Popen[str]) -> None:
    child = child_of(leader)

    os.kill(child, signal.SIGSTOP)
    until(lambda: any(member.is_stopped for member in members(leader.pid)))

    assert [member.pid for member in members(leader.pid) if member.is_stopped] == [child]
    assert Member(child, leader.pid, 3, is_stopped=True) == Member(child, leader.pid, 3)


@pytest.mark.parametrize(("code", "ended_by"), [("print(flush=True); input()", signal.SIGTERM), (DEAF, signal.SIGKILL)])
def test_server_is_asked_to_end_and_killed_when_it_does_not(code: str, ended_by: signal.Signals) -> None:
    server = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    server.stdout.readline()

    end_server(server, 0.5 if ended_by is signal.SIGKILL else 60)

    assert server.returncode == -ended_by
