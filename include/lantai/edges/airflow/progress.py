"""How far runs of a DAG are, in one line: what is at work, what waits, how much is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from lantai.edges.airflow.api import DagRun

AT_WORK = {"running": "运行中", "queued": "排队", "up_for_retry": "等待重试", "scheduled": "待排队", "deferred": "延后"}
"""States in which a task goes on by itself, in the order in which they are told, and what they are called in Chinese."""

NOT_YET = ("", "None", "none")
"""What Airflow calls a task whose turn has not come: it waits for another one."""

MOST_NAMES = 4
"""Names of tasks that are told of one state; the rest is counted."""


def progress(runs: Sequence[DagRun]) -> tuple[str, str]:
    """Return the line in Chinese and in English."""
    if not runs:
        return "尚无运行", "no run yet"
    states: defaultdict[str, list[str]] = defaultdict(list)
    for run in runs:
        for name, state in run.tasks.items():
            states[state].append(name)
    every = sum(map(len, states.values()))
    done = len(states.pop("success", []))
    told = [state for state in states if state not in NOT_YET]
    told.sort(key=lambda state: list(AT_WORK).index(state) if state in AT_WORK else len(AT_WORK))
    zh = [f"{AT_WORK.get(state, state)} {_names(states[state], '等')}" for state in told]
    en = [f"{state} {_names(states[state], 'and others')}" for state in told]
    return "；".join([*zh, f"已完成 {done}/{every} 个任务"]), "; ".join([*en, f"{done} of {every} tasks done"])


def _names(names: Sequence[str], more: str) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} {more} ({len(names)})"
