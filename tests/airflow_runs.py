"""Runs a DAG whole, in this process, and says what became of each task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Run:
    """What became of a run: its state, the state of each task by name, what it returned and how often it was tried."""

    state: str
    tasks: dict[str, str]
    tries: dict[str, int]


def run(dag_bag: Any, dag_id: str, **form: Any) -> Run:
    """Run a DAG with the fields of its form, read anew: Airflow keeps the last values in the DAG itself."""
    fresh = type(dag_bag)(dag_folder=dag_bag.dags[dag_id].fileloc)
    done = fresh.dags[dag_id].test(run_conf=form)
    tasks, tries = {}, {}
    for ti in done.get_task_instances():
        name = ti.task_id if ti.map_index < 0 else f"{ti.task_id}[{ti.rendered_map_index}]"
        tasks[name], tries[name] = str(ti.state), ti.try_number
    return Run(str(done.state), tasks, tries)
