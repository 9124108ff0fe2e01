"""Finding what is due among all records of a registry, against a bare count of them.

Two days are asked: one by which some 90,000 of ten million are due, and one
with a thousand, for the cost has to follow what is due.

Source: performance.md, "Registry".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from lantai.bench.measure import Comparison, Contender, Result, compare, find_program, without
from lantai.bench.samples import Bench
from lantai.bench.servers import postgres_server
from lantai.bench.stopwatch import Stopwatch
from lantai.records.text.progress import Progress

NAME = "scan"
RECORD_COUNT = 10_000_000
_MANY_DAYS, _ONE_DAY = 82, 1
"""Of ten million over twenty years, about 1,100 to be destroyed and 270 to be transferred fall due a day."""

_ASKED = (
    ("destruction", _MANY_DAYS, "counted"),
    ("destruction", _MANY_DAYS, "fetched"),
    ("destruction", _ONE_DAY, "fetched"),
    ("transfer", _MANY_DAYS, "fetched"),
)
_QUERIES = {"destruction": "due_for_destruction", "transfer": "due_for_transfer"}


def results(bench: Bench, progress: Progress | None) -> Iterator[Result]:
    """Measure destruction on both days, transfer on the later one; what is due is counted once, and else fetched."""
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
        database = registry.lay(url, Clock.of(from_env({})))
        if progress is not None:
            progress(f"{NAME} makes {size}", 0, 1)
        registry.fill(database, record_count)
        database.close()
        for what, days, run in _ASKED:
            due_on = registry.FIRST_DUE_ON + timedelta(days=days - 1)
            common = {"url": url, "query": _QUERIES[what], "due_on": due_on.isoformat()}
            comparison = Comparison(
                NAME,
                f"{size}, due for {what} within {days} days, {run}",
                Contender("ours", f"{__name__}:{run}", common),
                (Contender("count(*)", f"{__name__}:count", common),),
            )
            yield compare(comparison, bench.folder, bench.runs, progress)


def fetched(watch: Stopwatch, folder: Path, url: str, query: str, due_on: str) -> Any:  # noqa: ANN401, ARG001 - JSON; a folder goes to every contender
    """Ask as the appraisal does, and fetch every row that is due."""
    from lantai.edges.database.database import Database
    from lantai.edges.database.database import query as run_query

    with Database(url).read() as connection:
        _warm(connection)
        with watch:
            found = run_query(connection, query, due_on=date.fromisoformat(due_on), every_unit=True, units=[])
        return {"records": _record_count(connection), "due": len({row.record_id for row in found})}


def counted(watch: Stopwatch, folder: Path, url: str, query: str, due_on: str) -> Any:  # noqa: ANN401, ARG001 - the same
    """Ask the same, and have the database count the rows: the answer has the peer's size."""
    from sqlalchemy import func, select
    from sqlalchemy.sql.selectable import TextualSelect

    from lantai.edges.database.database import Database, sql_folder
    from lantai.edges.database.query_file import load_query

    values = {"due_on": date.fromisoformat(due_on), "every_unit": True, "units": []}
    statement = load_query(sql_folder() / "queries" / f"{query}.sql").statement(values)
    if not isinstance(statement, TextualSelect):
        raise TypeError(f"query {query}: found no columns in its header")
    with Database(url).read() as connection:
        _warm(connection)
        with watch:
            due = connection.execute(select(func.count()).select_from(statement.subquery()), values).scalar_one()
        return {"records": _record_count(connection), "due": int(due)}


def count(watch: Stopwatch, folder: Path, url: str, query: str, due_on: str) -> Any:  # noqa: ANN401, ARG001 - JSON; a folder goes to every contender
    """Count all records; afterwards, how many of them are due by the plainest condition."""
    from sqlalchemy import text

    from lantai.edges.database.database import Database

    column = {"due_for_destruction": "destroy_due_on", "due_for_transfer": "transfer_due_on"}[query]
    with Database(url).read() as connection:
        _warm(connection)
        with watch:
            records = int(connection.execute(text("SELECT count(*) FROM record")).scalar_one())
        due = text(f"SELECT count(*) FROM record WHERE {column} <= :due_on")
        return {
            "records": records,
            "due": int(connection.execute(due, {"due_on": date.fromisoformat(due_on)}).scalar_one()),
        }


def _warm(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy is imported only in the contenders
    """Connect, and have the driver ask what it asks of every new server."""
    _record_count(connection)


def _record_count(connection: Any) -> int:  # noqa: ANN401 - SQLAlchemy is imported only in the contenders
    from sqlalchemy import text

    return int(connection.execute(text("SELECT count(*) FROM record")).scalar_one())
