"""A machine on which a component stands still: the wait goes on, says for what, and a run is told of task by task.

Covers: edges.airflow.process.
"""

from __future__ import annotations

import os
import re
import signal
import time

import pytest

from lantai.edges.airflow import components as airflow_components
from lantai.edges.airflow import waiting as airflow_waiting
from lantai.edges.airflow.components import DAG_PROCESSOR, SCHEDULER
from lantai.edges.airflow.home import prepare
from lantai.edges.airflow.occupied import occupied
from lantai.edges.airflow.process import AirflowProcess
from lantai.edges.airflow.sessions import session_members
from lantai.edges.airflow.waiting import Patience
from lantai.edges.centre import open_centre
from lantai.edges.clock import DEMO_MARK
from lantai.errors import OrchestratorError
from lantai.journey.centre.set_up import set_up
from lantai.locales import put
from lantai.records.text.words import Words
from lantai.settings import Settings


class Slow:
    """Is told of the progress, and holds one component back: stopped as soon as it is waited for, going on some words later."""

    def __init__(self, component: str, words: int) -> None:
        self.component, self._left = component, words
        self.airflow: AirflowProcess | None = None
        self.lines: list[str] = []

    def tell(self, words: Words) -> None:
        """Note the line, and stop or continue."""
        en = put(words, "en")
        self.lines.append(f"{put(words, 'zh')} · {en}")
        assert self.airflow
        session = self.airflow.components.sessions.get(self.component)
        if session is None or self._left < 0:
            return
        if f"not ready yet: {self.component}" in en:
            self._left -= 1
        for pid in session_members(session):
            os.kill(pid, signal.SIGSTOP if self._left >= 0 else signal.SIGCONT)


@pytest.mark.slow
def test_component_that_comes_up_late_is_waited_for_by_name_and_a_run_is_told_of_task_by_task(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stopped, which is as slow as a machine can be; no deadline ends the wait, and what stands still is told with its log."""
    monkeypatch.setattr(airflow_components, "FORGOTTEN_SECONDS", 3600)
    with open_centre(settings, checks_schema=False) as centre:
        set_up(centre, has_custody=True)
    (settings.home / DEMO_MARK).touch()
    slow = Slow(DAG_PROCESSOR, words=4)
    # Whatever changes is seen and told at once: a task runs for about a second.
    monkeypatch.setattr(airflow_waiting, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(airflow_waiting, "PAUSE_SHARE", 0)
    patience = Patience(slow.tell, first_seconds=0, every_seconds=1, still_seconds=2)
    variables = {"LANTAI_HOME": str(settings.home), "LANTAI_TODAY": "2026-03-02"}
    with occupied(settings.home) as lock:
        airflow = slow.airflow = AirflowProcess(prepare(settings), variables, lock, patience)
        try:
            airflow.migrate()
            airflow.start()
            started = list(slow.lines)
            airflow.wait_for_dag("open_filing_year")
            run = airflow.wait("open_filing_year", airflow.api.trigger("open_filing_year", {"year": "2025"}))
            with pytest.raises(OrchestratorError, match=r"404"):
                airflow.wait("open_filing_year", "no-such-run")
            sessions = airflow.sessions
        finally:
            airflow.stop()

    assert any("the api-server does not answer yet" in line for line in started)
    alone = [line for line in started if f"not ready yet: {DAG_PROCESSOR}, for" in line]
    assert len(alone) >= 4
    assert any("没有动静" in line and line.endswith("logs/dag-processor.log") for line in alone)
    assert run.state == "success"
    assert any(re.search(r"running (check_form|open_year); [01] of 2 tasks done", line) for line in slow.lines)
    assert [pid for session in sessions for pid in session_members(session)] == []


@pytest.mark.slow
def test_process_that_was_stopped_and_forgotten_goes_on_and_is_told(settings: Settings) -> None:
    """A limiter that loses sight of a process with a space in its name leaves it stopped; whoever waits has it go on."""
    told: list[str] = []
    with occupied(settings.home) as lock:
        airflow = AirflowProcess(prepare(settings), {}, lock, Patience(lambda words: told.append(put(words, "en"))))
        airflow.components.spawn(SCHEDULER, "version")
        session = airflow.components.sessions[SCHEDULER]
        os.kill(session, signal.SIGSTOP)
        try:
            while not airflow.components.has_ended(SCHEDULER):
                airflow._require_going_on()
                time.sleep(0.5)
        finally:
            airflow.stop()

    assert any(f"process {session} was stopped" in line for line in told)
