"""A run or a task that cannot tell of itself, because Airflow or the machine ended it, is noted like any failure."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import select

from lantai.edges import tables
from lantai.edges.airflow.home import checkout, prepare
from lantai.edges.airflow.process import started

DAGS = """
import os
import signal
import time
from datetime import timedelta

from _shape import shape
from airflow.sdk import dag, task


@dag(schedule=None, **shape("到时 run_out_of_time", task_hours=1, run_hours=3 / 3600))
def run_out_of_time():
    @task
    def waits():
        time.sleep(60)

    waits()


@dag(schedule=None, **shape("到时 task_out_of_time", task_hours=2 / 3600, run_hours=1))
def task_out_of_time():
    @task(retries=0)
    def waits():
        time.sleep(60)

    waits()


@dag(schedule=None, **shape("终止 killed", task_hours=1, run_hours=1))
def killed():
    @task(retries=0)
    def dies():
        os.kill(os.getpid(), signal.SIGKILL)

    dies()


run_out_of_time()
task_out_of_time()
killed()
"""
NOTICE_SECONDS = 120
"""The dag-processor tells of a run in its own time, after the run has ended."""


def notices_once_there(centre, count: int) -> list[tuple[str, str]]:
    until = time.monotonic() + NOTICE_SECONDS
    while True:
        with centre.database.read() as connection:
            rows = connection.execute(select(tables.notice.c.subject, tables.notice.c.kind)).all()
        if len(rows) >= count or time.monotonic() > until:
            return sorted((row.subject, row.kind) for row in rows)
        time.sleep(1)


@pytest.mark.slow
def test_what_a_limit_or_a_kill_has_ended_is_noted_once(centre_of_tasks, tmp_path: Path):
    """Airflow skips the tasks of a run that is out of time, and asks nothing of a process that was killed. Covers K3."""
    folder = tmp_path / "dags"
    folder.mkdir()
    shutil.copy(checkout() / "dags" / "_shape.py", folder)
    (folder / "ends.py").write_text(DAGS, encoding="utf-8")
    settings = centre_of_tasks.settings
    variables = {"LANTAI_HOME": str(settings.home), "AIRFLOW__CORE__DAGS_FOLDER": str(folder)}

    with started(prepare(settings), variables) as airflow:
        api = airflow.api
        ids = ("killed", "run_out_of_time", "task_out_of_time")
        for dag_id in ids:
            airflow.wait_for_dag(dag_id)
        runs = {dag_id: api.trigger(dag_id) for dag_id in ids}
        ended = {dag_id: airflow.wait(dag_id, run_id) for dag_id, run_id in runs.items()}
        notices = notices_once_there(centre_of_tasks, len(ids))
        path = f"/api/v2/dags/run_out_of_time/dagRuns/{quote(runs['run_out_of_time'], safe='')}"
        note = api._ask("GET", path)["note"]

    assert {run.state for run in ended.values()} == {"failed"}
    assert ended["run_out_of_time"].tasks == {"waits": "skipped"}
    assert notices == [
        ("killed", "run_failed"),
        ("run_out_of_time", "run_failed"),
        ("task_out_of_time", "task_failed"),
    ]
    assert note.startswith("**未办完** 超过时限")
