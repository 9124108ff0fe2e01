"""Many rows at once, and one row unless it is there: what a driver does best, for both databases.

COPY on PostgreSQL, executemany on SQLite; both in the caller's transaction and
in constant memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Executable, Table, text

from lantai.errors import RegistryUnavailableError

LOAD_BATCH_ROWS = 20_000
"""Rows handed to SQLite at a time: bounds memory, not transactions."""


def load(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert many rows at once: COPY into the table on PostgreSQL, executemany on SQLite.

    Args:
        connection: An open transaction.
        table: The table; every row has all its columns, in any order.
        rows: Read once, in constant memory.

    Returns:
        How many rows there were.

    Raises:
        RegistryConflictError: A row is there already, or breaks another rule; nothing of this transaction stays. Raised by the
            block of `Database.begin`.
    """
    if connection.dialect.name == "postgresql":
        return _copy(connection, table.name, table, rows)
    return sum(connection.execute(table.insert(), batch).rowcount for batch in _batches(rows))


def load_missing(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert many rows at once and leave alone those whose key is there already; return how many were new.

    PostgreSQL: COPY into a temporary table, then one INSERT. For arguments see `load`.
    """
    if connection.dialect.name == "postgresql":
        staging = f"load_{table.name}"
        connection.execute(
            text(f"CREATE TEMPORARY TABLE {staging} (LIKE {table.name} INCLUDING DEFAULTS) ON COMMIT DROP")
        )
        _copy(connection, staging, table, rows)
        columns = ", ".join(column.name for column in table.columns)
        added = connection.execute(
            text(f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {staging} ON CONFLICT DO NOTHING"),
        )
        connection.execute(text(f"DROP TABLE {staging}"))
        return added.rowcount
    statement = table.insert().prefix_with("OR IGNORE")
    return sum(connection.execute(statement, batch).rowcount for batch in _batches(rows))


def add_if_new(connection: Connection, table: Table, **values: Any) -> bool:  # noqa: ANN401 - any SQL value
    """Insert one row unless one of its key is there, also when somebody else puts it there at this moment; say whether it is new."""
    # One dialect is loaded with its engine, the other need not be.
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        statement: Executable = postgresql.insert(table).values(values).on_conflict_do_nothing()
    else:
        from sqlalchemy.dialects import sqlite

        statement = sqlite.insert(table).values(values).on_conflict_do_nothing()
    # Of an INSERT the count is kept only when it is asked for.
    return connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount == 1


def _copy(connection: Connection, target: str, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
    """Stream rows with the columns of a table into it, or into another one of its shape."""
    names = [column.name for column in table.columns]
    values_of = itemgetter(*names)
    driver = connection.connection.driver_connection
    if driver is None:
        raise RegistryUnavailableError("the connection was closed before the load")
    with driver.cursor() as cursor:
        with cursor.copy(f"COPY {target} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(values_of(row))
        return int(cursor.rowcount)


def _batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    left = iter(rows)
    while batch := list(islice(left, LOAD_BATCH_ROWS)):
        yield batch
