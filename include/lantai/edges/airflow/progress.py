"""How far runs of a DAG are, in one line: what is at work, what waits, how much is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from lantai.edges.airflow.api import DagRun
from lantai.records.text.words import Words

AT_WORK = ("running", "queued", "up_for_retry", "scheduled", "deferred")
"""States in which a task goes on by itself, in the order in which they are told; in words under `task_state` of locales."""

NOT_YET = ("", "None", "none")
"""What Airflow calls a task whose turn has not come: it waits for another one."""

MOST_NAMES = 4
"""Names of tasks that are told of one state; the rest is counted."""


def progress(runs: Sequence[DagRun]) -> Words:
    """Return the line."""
    if not runs:
        return Words.of("waiting.no_run")
    states: defaultdict[str, list[str]] = defaultdict(list)
    for run in runs:
        for name, state in run.tasks.items():
            states[state].append(name)
    every = sum(map(len, states.values()))
    done = len(states.pop("success", []))
    told = [state for state in states if state not in NOT_YET]
    told.sort(key=lambda state: AT_WORK.index(state) if state in AT_WORK else len(AT_WORK))
    line = Words.of("waiting.tasks_done", done=done, count=every)
    for state in reversed(told):
        line = Words.of("waiting.tasks_in_a_state", state=_state(state), names=_names(states[state]), rest=line)
    return line


def _state(state: str) -> Words | str:
    return Words.of(f"task_state.{state}") if state in AT_WORK else state


def _names(names: Sequence[str]) -> Words | str:
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else Words.of("waiting.and_others", names=shown, count=len(names))
