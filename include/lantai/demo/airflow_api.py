"""What the demo and the tests ask of a running Airflow over its REST API."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lantai.demo.airflow_home import AirflowHome
from lantai.edges.airflow_client import AirflowClient
from lantai.errors import OrchestratorError

COMPONENTS = ("metadatabase", "scheduler", "dag_processor")
ENDED = ("success", "failed")
PAUSE_SECONDS = 0.5


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


class AirflowApi:
    """A client of one Airflow.

    Args:
        home: Says where it listens and how to log in.
    """

    def __init__(self, home: AirflowHome) -> None:
        self._ask = AirflowClient(home.login).ask

    def is_healthy(self) -> bool:
        """Return whether database, scheduler and dag-processor are all alive."""
        try:
            health = self._ask("GET", "/api/v2/monitor/health", needs_login=False)
        except OrchestratorError:
            return False
        return all(health.get(name, {}).get("status") == "healthy" for name in COMPONENTS)

    def wait_for_dag(self, dag_id: str, seconds: float = 120) -> None:
        """Wait until the dag-processor has read a DAG.

        Raises:
            OrchestratorError: It was not there in time; the message says which files could not be imported.
        """
        until = time.monotonic() + seconds
        while dag_id not in self.dag_ids():
            if time.monotonic() > until:
                errors = self._ask("GET", "/api/v2/importErrors")["import_errors"]
                raise OrchestratorError(f"DAG {dag_id}: not there after {seconds:.0f} s; import errors: {errors}")
            time.sleep(PAUSE_SECONDS)

    def dag_ids(self) -> set[str]:
        """Return the ids of the DAGs that Airflow knows."""
        return {dag["dag_id"] for dag in self._ask("GET", "/api/v2/dags")["dags"]}

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
        return DagRun(dag_id, run_id, state, {_task_name(one): str(one["state"]) for one in found})

    def wait(self, dag_id: str, run_id: str, seconds: float = 1800) -> DagRun:
        """Wait until a run has ended, well or not.

        Raises:
            OrchestratorError: It had not ended in time.
        """
        until = time.monotonic() + seconds
        while (run := self.run(dag_id, run_id)).state not in ENDED:
            if time.monotonic() > until:
                raise OrchestratorError(
                    f"DAG {dag_id}, run {run_id}: {run.state} after {seconds:.0f} s: {dict(run.tasks)}"
                )
            time.sleep(PAUSE_SECONDS)
        return run


def _task_name(instance: Mapping[str, Any]) -> str:
    if instance["map_index"] < 0:
        return str(instance["task_id"])
    return f"{instance['task_id']}[{instance.get('rendered_map_index') or instance['map_index']}]"
