"""A registry of either kind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lantai.edges.database.database import Database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server("postgres", "initdb"))])
def database(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_registry")
    else:
        url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path)}"
    database = Database(url)
    yield database
    database.close()
