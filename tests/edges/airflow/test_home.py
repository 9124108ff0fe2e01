"""The home that the demo writes gives Airflow the patience of a slow machine, and nobody else a door.

What is asserted is what Airflow itself reads in that home, not what we wrote.

Covers: edges.airflow.limits.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from lantai.edges.airflow.home import checkout, dag_ids, prepare
from lantai.edges.airflow.limits import LIMITS
from lantai.settings import from_env

SLOWER = 10
"""A fifth of one CPU is a tenth of what the limits of Airflow were chosen for."""

A_LIMIT = re.compile(
    r"timeout|threshold|expiration_time|retries|failed_heartbeats|overtime|cleanup_time|_ttl|leeway|wait_"
)
"""Names under which Airflow has something that ends, fails or hides what takes too long."""

HARMLESS = {
    "core/default_task_retries": "our DAGs say how often a task is tried",
    "core/default_task_execution_timeout": "our DAGs say how long a task may take",
    "core/team_name_cache_ttl": "a cache",
    "database/max_db_retries": "each try waits for its turn as long as the database allows",
    "traces/task_runner_flush_timeout_milliseconds": "no traces are sent",
    "secrets/cache_ttl_seconds": "a cache, switched off",
    "api/dag_cache_ttl": "a cache",
    "api/log_fetch_timeout_sec": "nobody serves logs here: the api-server reads the files",
    "api/worker_timeout": "one worker, in the same process: how long an idle line is kept, and the end",
    "workers/execution_api_retries": "each waits for its answer as long as the next limit says",
    "workers/execution_api_retry_wait_min": "a pause, which ends nothing",
    "workers/execution_api_retry_wait_max": "a pause, which ends nothing",
    "workers/missing_dag_retries": "a task that does not find its DAG is tried again a minute later",
    "api_auth/jwt_expiration_time": "a day already",
    "api_auth/jwt_cli_expiration_time": "an hour, for the command of Airflow, which nobody uses here",
    "api_auth/jwt_leeway": "one clock",
    "smtp/smtp_timeout": "Airflow sends no mail here",
    "scheduler/task_instance_heartbeat_timeout_detection_interval": "how often is looked",
    "scheduler/trigger_timeout_check_interval": "how often is looked",
    "scheduler/task_queued_timeout_check_interval": "how often is looked",
    "connection_test/timeout": "nobody tests a connection through a worker",
    "triggerer/blocked_main_thread_warning_threshold": "a warning in a log",
    "triggerer/on_kill_timeout": "no DAG of ours has a trigger",
    "triggerer/shared_stream_ack_timeout": "no DAG of ours has a trigger",
    "sensors/default_timeout": "no DAG of ours has a sensor",
    "dag_processor/stale_bundle_cleanup_age_threshold": "our folder has no versions",
    "callbacks/callback_execution_timeout": "none by default",
}
"""Limits that are left as they are, and why none of them ends what is slow."""


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Airflow reads in a home of the demo, by section/option."""
    home = prepare(from_env({"LANTAI_HOME": str(tmp_path_factory.mktemp("home"))}))
    code = (
        "import json; from airflow.configuration import conf; "
        "print(json.dumps({f'{s}/{o}': v for s, found in conf.as_dict(display_sensitive=True).items()"
        " for o, v in found.items() if isinstance(v, str)}))"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, "AIRFLOW_HOME": str(home.folder)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def of_airflow() -> dict[str, float]:
    """Airflow's own limits: section/option and default, 0 where there is none."""
    import airflow

    path = Path(airflow.__file__).parent / "config_templates" / "config.yml"
    return {
        f"{section}/{option}": float(described["default"] or 0)
        for section, found in yaml.safe_load(path.read_text(encoding="utf-8")).items()
        for option, described in found["options"].items()
        if A_LIMIT.search(option) and re.fullmatch(r"[\d.]*", str(described["default"] or ""))
    }


def test_every_limit_of_airflow_is_either_widened_or_known_to_end_nothing() -> None:
    """A new version of Airflow that brings another limit fails here, not on somebody's slow machine."""
    ours = {f"{section}/{option}" for section, found in LIMITS.items() for option in found}
    theirs = of_airflow()

    assert len(theirs) > 30
    assert sorted(set(theirs) - ours - set(HARMLESS)) == []
    assert sorted(set(HARMLESS) & ours) == []
    assert sorted((ours | set(HARMLESS)) - set(theirs)) == []


def test_airflow_reads_limits_that_a_machine_ten_times_slower_keeps(read) -> None:
    theirs = of_airflow()

    found = {f"{section}/{option}": float(read[f"{section}/{option}"]) for section, o in LIMITS.items() for option in o}

    # A sign of life is written every 5 s: a quarter of an hour without one is 180 times as long.
    tight = {name: value for name, value in found.items() if value < SLOWER * theirs[name]}
    assert tight == {"scheduler/task_instance_heartbeat_timeout": 900.0}
    # What is read may not be thrown away while it is being read, nor taken for gone between two readings.
    assert found["core/dagbag_import_timeout"] < found["dag_processor/dag_file_processor_timeout"]
    assert found["dag_processor/dag_file_processor_timeout"] < found["dag_processor/stale_dag_threshold"]
    assert float(read["dag_processor/min_file_process_interval"]) < found["dag_processor/stale_dag_threshold"]
    assert re.search(r"\?timeout=(\d+)$", read["database/sql_alchemy_conn"])[1] == "300"


def test_nothing_of_it_listens_but_on_loopback_and_no_dag_starts_paused(read) -> None:
    assert read["api/host"] == "127.0.0.1"
    assert read["api/base_url"].startswith("http://127.0.0.1:")
    assert read["core/dags_are_paused_at_creation"] == "False"


def test_every_file_of_dags_is_a_dag_of_its_name() -> None:
    texts = {name: (checkout() / "dags" / f"{name}.py").read_text(encoding="utf-8") for name in dag_ids()}

    assert len(texts) >= 5
    assert [name for name, text in texts.items() if f"\n{name}()\n" not in text] == []
