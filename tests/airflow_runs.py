"""Runs a DAG whole, in this process, and says what became of each task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Run:
    """What became of a run: its state, and by name of each task its state, how often it was tried, and what ended it."""

    state: str
    tasks: dict[str, str]
    tries: dict[str, int]
    errors: dict[str, BaseException] = field(default_factory=dict)


def run(dag_bag: Any, dag_id: str, before: Mapping[str, Callable[[], None]] | None = None, **form: Any) -> Run:
    """Run a DAG with the fields of its form, read anew: Airflow keeps the last values in the DAG itself.

    Args:
        dag_bag: Where the DAG is.
        dag_id: Its id.
        before: By task id, what happens in the world before that task begins.
        form: The fields of the form.
    """
    fresh = type(dag_bag)(dag_folder=dag_bag.dags[dag_id].fileloc)
    dag = fresh.dags[dag_id]
    errors: dict[str, BaseException] = {}

    def keep(context: Mapping[str, Any]) -> None:
        errors[_name(context["task_instance"])] = context["exception"]

    for task in dag.tasks:
        _add_callback(task, "on_failure_callback", keep)
        if task.task_id in (before or {}):
            _add_callback(task, "on_execute_callback", lambda _context, change=before[task.task_id]: change())
    done = dag.test(run_conf=form)
    tasks, tries = {}, {}
    for ti in done.get_task_instances():
        tasks[_name(ti)], tries[_name(ti)] = str(ti.state), ti.try_number
    return Run(str(done.state), tasks, tries, errors)


def _add_callback(task: Any, name: str, callback: Callable[..., None]) -> None:
    """Give a task one more callback; of a mapped task they are among the arguments that its instances share."""
    if hasattr(task, "partial_kwargs"):
        had = task.partial_kwargs.get(name) or []
        task.partial_kwargs[name] = [*(had if isinstance(had, list) else [had]), callback]
    else:
        had = getattr(task, name) or []
        setattr(task, name, [*(had if isinstance(had, list) else [had]), callback])


def _name(ti: Any) -> str:
    return ti.task_id if ti.map_index is None or ti.map_index < 0 else f"{ti.task_id}[{ti.rendered_map_index}]"
