"""What runs in a session of processes, and how much of the processor each has had: from /proc, without a library.

A component of Airflow leads a session of its own; whatever it starts stays in
it. A count of ticks that grows is the surest sign that something still moves,
also where a busy machine grants a hundredth of a second now and then.

Source: proc_pid_stat(5).
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

GONE = "Z"
"""State of a process that has ended and waits to be noticed."""

STOPPED = "T"
"""State of a process that was sent SIGSTOP and not yet SIGCONT."""


@dataclass(frozen=True, slots=True)
class Member:
    """A process of a session.

    Attributes:
        group: Process group; Airflow gives every running task one of its own.
        ticks: Hundredths of a second of the processor that it has had.
        is_stopped: Whether somebody has stopped it; says nothing about what it has done, so two that differ in it are equal.
    """

    pid: int
    group: int
    ticks: int
    is_stopped: bool = field(default=False, compare=False)


def members(session: int) -> list[Member]:
    """Return the processes that still live in a session; empty where /proc is not to be had."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name of a program is in brackets and may hold anything; after it come numbers.
            fields = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        if int(fields[3]) == session and fields[0] != GONE:
            ticks = int(fields[11]) + int(fields[12])
            found.append(Member(int(entry.parent.name), int(fields[2]), ticks, fields[0] == STOPPED))
    return found


def session_members(session: int) -> list[int]:
    """Return the ids of the processes that still live in a session."""
    return [member.pid for member in members(session)]


def work_of(session: int) -> frozenset[Member]:
    """Return every process of a session with its ticks: two that differ say that something was done in between."""
    return frozenset(members(session))


def task_work_of(session: int) -> frozenset[Member]:
    """Return the same of the tasks in a scheduler's session alone; the scheduler itself is busy also when it does nothing."""
    return frozenset(member for member in members(session) if member.group != session)


def child_work_of(session: int) -> frozenset[Member]:
    """Return the same of all but the leader, which in a dag-processor is what reads the DAG files."""
    return frozenset(member for member in members(session) if member.pid != session)


def end_server(server: subprocess.Popen[bytes], seconds: float) -> None:
    """Ask a server that we started to end, and end it when it has not after so many seconds."""
    server.terminate()
    try:
        server.wait(seconds)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
