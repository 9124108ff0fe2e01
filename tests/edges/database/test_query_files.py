"""Every query and check file runs on both databases, and its header tells the truth.

Covers: edges.database.query_file.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lantai.edges.database.database import Database, run_checks, sql_folder
from lantai.edges.database.query_file import load_query

FILES = sorted([*(sql_folder() / "queries").glob("*.sql"), *(sql_folder() / "checks").glob("*.sql")])
SAMPLES = {
    "text": "x",
    "integer": 1,
    "date": date(2026, 3, 2),
    "moment": datetime(2026, 3, 2, tzinfo=UTC),
    "boolean": True,
    "bytes": b"x",
}


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('queries'))}")
    yield database
    database.close()


def run(database: Database, path: Path) -> tuple[list[str], list[str]]:
    file = load_query(path)
    given = {
        name: [SAMPLES[word.removesuffix("[]")]] if word.endswith("[]") else SAMPLES[word]
        for name, word in file.parameters.items()
    }
    with database.read() as connection:
        result = connection.execute(file.statement(given), given)
        return list(result.keys()), list(file.columns)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_query_runs_on_sqlite_and_returns_the_columns_of_its_header(sqlite: Database, path: Path) -> None:
    found, told = run(sqlite, path)

    assert found == told


@pytest.mark.server("postgres", "initdb")
def test_every_query_runs_on_postgresql_and_returns_the_columns_of_its_header(postgres_registry: str) -> None:
    database = Database(postgres_registry)

    results = {path.stem: run(database, path) for path in FILES}

    database.close()
    assert {name: found for name, (found, told) in results.items() if found != told} == {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_query_file_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    heading = [line for line in text.splitlines() if line.startswith("--")]

    assert any(line.startswith("-- reads:") for line in heading)
    assert any(line.startswith("-- source:") for line in heading)
    assert not heading[0].startswith(("-- reads", "-- source", "-- param", "-- returns"))
    assert "SELECT *" not in text.upper()
    assert load_query(path).sql.count(";") == 0


def test_empty_registry_has_no_row_that_must_not_exist(sqlite: Database) -> None:
    with sqlite.read() as connection:
        found = run_checks(connection)

    assert set(found) == {path.stem for path in (sql_folder() / "checks").glob("*.sql")}
    assert not any(found.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_header_names_the_module_that_reads_the_query(path: Path) -> None:
    """Whoever changes a query finds who relies on it."""
    (said,) = [
        line.removeprefix("-- reads:") for line in path.read_text("utf-8").splitlines() if line.startswith("-- reads:")
    ]
    package = sql_folder().parent / "include" / "lantai"

    modules = [package / word for word in re.findall(r"[a-z_/]+\.py", said)]

    assert path.parent.name == "checks" or modules, said
    assert [module for module in modules if f'"{path.stem}"' not in module.read_text("utf-8")] == []
