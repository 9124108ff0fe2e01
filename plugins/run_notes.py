"""What a run is about, as a note on the run: the units, the year and what else its form says.

The id of a run cannot say it: Airflow makes the id of a run by hand from its
type and moment (`Timetable.generate_run_id` is given no form) before anybody
sees the form, and no hook may change it later. Tasks cannot write notes either.
A listener can: the scheduler calls it when a run begins, in the transaction in
which it marks the run as running. What a person wrote stays as it is.

Source: interfaces.md, "DAGs" (run ids, map index names and tags carry unit, form and year).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun

FIELDS = ("units", "year", "kind", "on", "carrier")
"""Fields of our forms, in the order of the note."""

MOST_CHARACTERS = 1000
"""Room for a note in Airflow's database."""

BETWEEN = "\n\n"
"""Parts paragraphs of a note."""

OUT_OF_TIME = "**未办完** 超过时限，已被终止；重跑会接着往下做 / **not done** ended by its time limit; a rerun goes on where it stopped"
LOOK_THERE = "**未办完** 原因和办法见左侧最下面一个红色任务的日志 / **not done** the log of the lowest red task at the left says why, and what to do"
"""Paragraphs that come when a run has failed and go when it runs again."""


class RunNotes:
    """Writes the notes, which a run's page shows below its head; called by the scheduler."""

    @hookimpl
    def on_dag_run_running(self, dag_run: DagRun, msg: str) -> None:
        """Note what the form says, unless there is a note."""
        del msg
        _put(dag_run, _kept(dag_run) or said_by(dag_run.conf))

    @hookimpl
    def on_dag_run_success(self, dag_run: DagRun, msg: str) -> None:
        """Take away what an earlier failure left: a cleared task may have mended it."""
        del msg
        _put(dag_run, _kept(dag_run))

    @hookimpl
    def on_dag_run_failed(self, dag_run: DagRun, msg: str) -> None:
        """Note where the reason is; of a run that its time limit ended no task is red, so this is the reason."""
        _put(dag_run, _kept(dag_run), OUT_OF_TIME if msg == "timed_out" else LOOK_THERE)


def _kept(dag_run: DagRun) -> str:
    paragraphs = (dag_run.note or "").split(BETWEEN)
    return BETWEEN.join(one for one in paragraphs if one not in (OUT_OF_TIME, LOOK_THERE))


def _put(dag_run: DagRun, kept: str, ours: str = "") -> None:
    # Ours stays whole, or it would not be known again when it has to go.
    room = MOST_CHARACTERS - (len(ours) + len(BETWEEN) if ours else 0)
    note = BETWEEN.join(filter(None, (kept[:room].rstrip("\n"), ours)))
    if note != (dag_run.note or ""):
        dag_run.note = note


def said_by(form: object) -> str:
    """Return what a form says, on one line; empty for a run without one."""
    if not isinstance(form, dict):
        return ""
    given = [form[name] for name in FIELDS if form.get(name)]
    texts = [", ".join(map(str, one)) if isinstance(one, list | tuple) else str(one) for one in given]
    return " · ".join(" ".join(text.split()) for text in texts)


class RunNotesPlugin(AirflowPlugin):
    """Registers the listener with the scheduler."""

    name = "lantai_run_notes"
    listeners = [RunNotes()]  # noqa: RUF012 - Airflow declares it as a list of the instance
