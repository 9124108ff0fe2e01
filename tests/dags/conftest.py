"""An Airflow of its own for the tests of the DAGs: its home is set before airflow is first imported."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lantai.edges.airflow.home import checkout, prepare
from lantai.edges.centre import Centre
from lantai.settings import from_env

HOME = Path(tempfile.mkdtemp(prefix="lantai-dags-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

# Airflow reads its home at import; conftest files are read before any test module.
os.environ["AIRFLOW_HOME"] = str(prepare(from_env({"LANTAI_HOME": str(HOME)})).folder)
sys.path.append(str(checkout() / "dags"))


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Airflow's own tables, made once."""
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture(scope="session")
def dag_bag(airflow_database: None):
    """Every DAG of the project, as the dag-processor reads them."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(dag_folder=str(checkout() / "dags"))


@pytest.fixture
def centre_of_tasks(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    """A centre that tasks find through the environment, as they do in real life."""
    monkeypatch.setenv("LANTAI_HOME", str(centre.settings.home))
    monkeypatch.setenv("LANTAI_TODAY", "2026-03-02")
    monkeypatch.setenv("LANTAI_SETTLE_SECONDS", "0")
    monkeypatch.setenv("LANTAI_LOOK_AGAIN_SECONDS", "0")
    monkeypatch.setenv("LANTAI_COOLING_OFF_DAYS", "0")
    return centre
