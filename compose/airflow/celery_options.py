"""Celery's configuration of a worker: Airflow's own, and a file that says that the worker is alive.

Celery sends a heartbeat every two seconds from the loop that fetches tasks, and none while that loop stands still or the broker
is away. Each touches a file; `healthy worker` looks at its age. Asking the worker itself (`celery inspect ping`) imports all of
Airflow, for seven seconds of CPU each time.
"""

from __future__ import annotations

from pathlib import Path

from airflow.providers.celery.executors.default_celery import DEFAULT_CELERY_CONFIG
from celery.signals import heartbeat_sent

HEARTBEAT = Path("/opt/airflow/run/heartbeat")
"""On the worker's own tmpfs: a new container has none."""

CELERY_CONFIG = DEFAULT_CELERY_CONFIG


@heartbeat_sent.connect(weak=False)
def note_heartbeat(**_: object) -> None:
    """Bring the age of the file to nothing."""
    HEARTBEAT.touch()
