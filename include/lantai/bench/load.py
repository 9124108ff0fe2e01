"""Loading records into the registry on PostgreSQL, constraints and indexes in force: ours against executemany.

Source: performance.md, "Registry", loading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from lantai.bench.measure import Comparison, Contender, Result, compare, find_program, without
from lantai.bench.samples import Bench
from lantai.bench.servers import postgres_server
from lantai.bench.stopwatch import Stopwatch
from lantai.records.text.progress import Progress

NAME = "load"
RECORD_COUNT = 1_000_000
_BATCH_ROWS = 10_000
"""Rows handed to a peer at a time, so that its memory is bounded as ours is."""


def results(bench: Bench, progress: Progress | None) -> Iterator[Result]:
    """Measure one load of all records in one transaction."""
    record_count = bench.count(RECORD_COUNT)
    size = f"{record_count:,} records"
    lacking = [program for program in ("initdb", "postgres") if find_program(program) is None]
    if lacking:
        yield without(NAME, size, lacking)
        return
    from lantai.bench import registry
    from lantai.edges.clock import Clock
    from lantai.settings import from_env

    with postgres_server(bench.folder / "postgres") as url:
        registry.lay(url, Clock.of(from_env({}))).close()
        common = {"url": url, "record_count": record_count}
        comparison = Comparison(
            NAME,
            size,
            Contender("ours", f"{__name__}:ours", common),
            (
                Contender("SQLAlchemy executemany", f"{__name__}:sqlalchemy", common),
                Contender("psycopg executemany", f"{__name__}:psycopg", common),
            ),
        )
        yield compare(comparison, bench.folder, bench.runs, progress)


def ours(watch: Stopwatch, folder: Path, url: str, record_count: int) -> Any:  # noqa: ANN401, ARG001 - JSON; a folder goes to every contender
    """Load as take-in does."""
    from lantai.edges import tables
    from lantai.edges.database.loading import load

    return _loaded(watch, url, record_count, lambda connection, rows: load(connection, tables.record, rows))


def sqlalchemy(watch: Stopwatch, folder: Path, url: str, record_count: int) -> Any:  # noqa: ANN401, ARG001 - the same
    """Insert with the executemany of SQLAlchemy's core."""
    from lantai.edges import tables

    def insert(connection: Any, rows: Iterable[dict[str, Any]]) -> None:  # noqa: ANN401 - SQLAlchemy is imported only here
        for batch in _batches(rows):
            connection.execute(tables.record.insert(), batch)

    return _loaded(watch, url, record_count, insert)


def psycopg(watch: Stopwatch, folder: Path, url: str, record_count: int) -> Any:  # noqa: ANN401, ARG001 - the same
    """Insert with the executemany of the driver."""
    from lantai.edges import tables

    names = [column.name for column in tables.record.columns]
    places = ", ".join(f"%({name})s" for name in names)
    statement = f"INSERT INTO record ({', '.join(names)}) VALUES ({places})"

    def insert(connection: Any, rows: Iterable[dict[str, Any]]) -> None:  # noqa: ANN401 - SQLAlchemy is imported only here
        with connection.connection.driver_connection.cursor() as cursor:
            for batch in _batches(rows):
                cursor.executemany(statement, batch)

    return _loaded(watch, url, record_count, insert)


def _loaded(watch: Stopwatch, url: str, record_count: int, insert: Any) -> dict[str, int]:  # noqa: ANN401 - a callable of a connection
    from sqlalchemy import text

    from lantai.bench import registry
    from lantai.edges.database.database import Database

    database = Database(url)
    with database.begin() as connection:
        connection.execute(text("TRUNCATE record CASCADE"))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
    with watch, database.begin() as connection:
        insert(connection, registry.rows(record_count))
    with database.read() as connection:
        found = registry.content(connection)
    database.close()
    return found


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    left = iter(rows)
    while batch := list(islice(left, _BATCH_ROWS)):
        yield batch
