"""What the demo and `lantai serve` ask of a running Airflow over its REST API; how long they wait is in `process`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from lantai.edges.airflow.client import AirflowClient
from lantai.edges.airflow.home import AirflowHome
from lantai.edges.airflow.limits import ANSWER_SECONDS
from lantai.errors import OrchestratorError

FAILED = "failed"
ENDED = ("success", FAILED)
HEALTHY = "healthy"
SERVER_FAULT = 500
"""From this status on the server says that it could not, for example because the database was busy; below, that it will not."""

Answered = TypeVar("Answered")


@dataclass(frozen=True, slots=True)
class DagRun:
    """One run of a DAG.

    Attributes:
        state: `success`, `failed`, or how far it is.
        tasks: State by task id; a mapped one as `take_in[JY 2025]`, by the name of its map index.
    """

    dag_id: str
    run_id: str
    state: str
    tasks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dag:
    """A DAG as Airflow knows it.

    Attributes:
        is_paused: Whether its timetable is switched off.
        read_at: When its file was read last, as Airflow writes it.
    """

    dag_id: str
    is_paused: bool
    read_at: str


class AirflowApi:
    """A client of one Airflow.

    Args:
        home: Says where it listens and how to log in.
    """

    def __init__(self, home: AirflowHome) -> None:
        self._ask = AirflowClient(home.login, ANSWER_SECONDS).ask

    def health(self) -> Mapping[str, str]:
        """Return what Airflow says of each of its components: `healthy`, `unhealthy`, or empty for one that never ran.

        Raises:
            OrchestratorError: No answer.
        """
        health = self._ask("GET", "/api/v2/monitor/health", needs_login=False)
        return {name: str(one.get("status") or "") for name, one in health.items()}

    def dags(self) -> Sequence[Dag]:
        """Return the DAGs that Airflow knows."""
        found = self._ask("GET", "/api/v2/dags?limit=100")["dags"]
        return [Dag(one["dag_id"], bool(one["is_paused"]), str(one["last_parsed_time"])) for one in found]

    def import_errors(self) -> Mapping[str, str]:
        """Return by file why it could not be read."""
        found = self._ask("GET", "/api/v2/importErrors")["import_errors"]
        return {str(one["filename"]): str(one["stack_trace"]) for one in found}

    def trigger(self, dag_id: str, form: Mapping[str, Any] | None = None) -> str:
        """Start a run by hand, as the trigger form does.

        Args:
            dag_id: The DAG.
            form: The fields of its form.

        Returns:
            The id of the run.

        Raises:
            OrchestratorError: Airflow refused, for example with 400 for a field that does not fit.
        """
        body = {"logical_date": None, "conf": dict(form or {})}
        return str(self._ask("POST", f"/api/v2/dags/{dag_id}/dagRuns", body)["dag_run_id"])

    def clear(self, dag_id: str, run_id: str, task_id: str, map_index: int) -> None:
        """Have one mapped task run again, and what comes after it."""
        body = {
            "dry_run": False,
            "dag_run_id": run_id,
            "task_ids": [[task_id, map_index]],
            "only_failed": False,
            "include_downstream": True,
        }
        self._ask("POST", f"/api/v2/dags/{dag_id}/clearTaskInstances", body)

    def woken_runs(self, dag_id: str) -> list[str]:
        """Return the ids of the runs of a DAG that an asset started, oldest first."""
        query = "order_by=run_after&limit=100&run_type=asset_triggered"
        runs = self._ask("GET", f"/api/v2/dags/{dag_id}/dagRuns?{query}")["dag_runs"]
        return [run["dag_run_id"] for run in runs]

    def run(self, dag_id: str, run_id: str) -> DagRun:
        """Return how far a run is."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}"
        state = str(self._ask("GET", path)["state"])
        found = self._ask("GET", path + "/taskInstances?limit=1000")["task_instances"]
        return DagRun(dag_id, run_id, state, {_task_name(one): str(one["state"] or "") for one in found})


def if_answered(ask: Callable[[], Answered]) -> Answered | None:
    """Return what Airflow answers, None when it gives no answer now: whoever waits for something asks again.

    Raises:
        OrchestratorError: Airflow refused, and would again.
    """
    try:
        return ask()
    except OrchestratorError as error:
        if error.answered is None or error.answered >= SERVER_FAULT:
            return None
        raise


def _task_name(instance: Mapping[str, Any]) -> str:
    if instance["map_index"] < 0:
        return str(instance["task_id"])
    return f"{instance['task_id']}[{instance.get('rendered_map_index') or instance['map_index']}]"
