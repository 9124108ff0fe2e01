"""The time limits of Airflow on one machine, which may be a slow or a busy one.

Airflow's own limits are for clusters, where a server that is silent for half a
minute has a neighbour that takes over. Here nobody takes over: whatever a limit
ends has to be done again on the same slow machine, and is ended again. What
hangs is ended by the limits of each DAG (`dags/_shape.py`), which are hours.

Measured: with a quota of a fifth of one CPU the demo took ten times as long as
on two idle cores, 995 s for 99 s, and its Airflow 263 s to come up for 24 s.

Source: Airflow 3.3, airflow/config_templates/config.yml, and what reads it.
"""

from __future__ import annotations

from collections.abc import Mapping

ANSWER_SECONDS = 300
"""How long one component waits for the answer of another, or for its turn to write into the database."""

SILENT_SECONDS = 300
"""After so long without a sign of life a component is shown as ill; it writes one every 5 s when it gets any CPU."""

STEP_SECONDS = 900
"""How long one step may take that is a second or a few on an idle machine: to read a DAG file, to end a process."""

DAY_SECONDS = 24 * 60 * 60

LIMITS: Mapping[str, Mapping[str, int]] = {
    "core": {
        "dagbag_import_timeout": STEP_SECONDS,
        "task_success_overtime": STEP_SECONDS,
        "killed_task_cleanup_time": STEP_SECONDS,
    },
    "workers": {
        "execution_api_timeout": ANSWER_SECONDS,
        # One is sent every 5 s. A task whose heartbeats fail is killed; the next limit but one ends it anyway.
        "max_failed_heartbeats": 100,
        "socket_cleanup_timeout": STEP_SECONDS,
    },
    # The token of a task that has started is renewed by its heartbeats, that of one that waits for its turn is not.
    "execution_api": {"jwt_expiration_time": DAY_SECONDS},
    "scheduler": {
        "scheduler_health_check_threshold": SILENT_SECONDS,
        "task_instance_heartbeat_timeout": STEP_SECONDS,
        # A queue of many batches, four at a time, is work and no fault.
        "task_queued_timeout": DAY_SECONDS,
    },
    "triggerer": {
        "triggerer_health_check_threshold": SILENT_SECONDS,
        "runner_health_check_threshold": SILENT_SECONDS,
    },
    "dag_processor": {
        "dag_file_processor_timeout": 2 * STEP_SECONDS,
        # A DAG that was read longer ago than its file is taken for removed, and its runs stand still.
        "stale_dag_threshold": 3 * STEP_SECONDS,
        "health_check_threshold": SILENT_SECONDS,
    },
}
"""By section and option of airflow.cfg, seconds unless the option counts something."""
