"""The registry's database: connections, transactions, query files. Bulk loads are in `loading`, leases in `lease`.

SQLite is the embedded default (journal_mode=DELETE, synchronous=FULL, BEGIN
IMMEDIATE for every writer), PostgreSQL the same through psycopg. Errors of the
driver leave this module as classes of `lantai.errors`. Tables stand in
`lantai.edges.tables`, queries in sql/queries, schema changes in sql/migrations.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Row, bindparam, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from lantai.edges.database.driver_error import meaning_of
from lantai.edges.database.query_file import QueryFile, load_query
from lantai.errors import RegistryMissingError, RegistryUnavailableError, SchemaOutdatedError, SettingsError

LOCK_WAIT_SECONDS = 60
"""How long a writer waits for another one; the longest transaction is one bulk load."""

IDLE_SECONDS = 600
"""A PostgreSQL session that is silent inside a transaction for as long as a lease lasts is ended: what it holds is freed."""

LINE: Mapping[str, str | int] = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""When a line to PostgreSQL counts as dead, in libpq's words: seconds, and milliseconds for the last. What the address says goes before."""

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
"""Settings of a PostgreSQL server that have to be on: a receipt says that a filing is kept."""

STREAM_ROWS = 5_000
"""Rows fetched at a time by a query: bounds memory."""


def sql_folder() -> Path:
    """Return the folder of migrations, queries and checks: beside `include` in a checkout, inside the package when installed."""
    here = Path(__file__).resolve()
    for folder in (here.parents[4] / "sql", here.parents[2] / "sql"):
        if (folder / "migrations").is_dir():
            return folder
    raise SchemaOutdatedError("the folder sql/ is not beside include/ and not in the package")


class Database:
    """The registry's database.

    Args:
        url: SQLAlchemy address; `sqlite:///file` or `postgresql+psycopg://...`.
        lock_wait_seconds: How long a transaction waits for another one, 1 or more.

    Raises:
        SettingsError: It is neither.
    """

    def __init__(self, url: str, lock_wait_seconds: int = LOCK_WAIT_SECONDS) -> None:
        self.url = _url(url)
        if self.is_sqlite:
            self.engine = create_engine(self.url, poolclass=NullPool, connect_args={"timeout": lock_wait_seconds})
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            self._reads: dict[str, Any] = {"lantai_reads": True}
        else:
            line = {name: value for name, value in LINE.items() if name not in self.url.query}
            self.engine = create_engine(self.url, pool_pre_ping=True, pool_size=4, max_overflow=8, connect_args=line)
            event.listen(self.engine, "connect", partial(_prepare_postgresql, lock_wait_seconds))
            # Several statements see one state, as on SQLite.
            self._reads = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """The file that this is; None for a server, whose disk is its own concern."""
        return Path(self.url.database).absolute() if self.is_sqlite and self.url.database else None

    @property
    def folder(self) -> Path | None:
        """The folder of the file that this is; None for a server."""
        return self.file.parent if self.file else None

    def require_there(self) -> None:
        """Refuse a registry whose file is not there, before SQLite makes an empty one in its place.

        Raises:
            RegistryMissingError: There is no file.
        """
        if self.is_sqlite and not Path(self.url.database or "").is_file():
            raise RegistryMissingError(f"{self.url.database}: found nothing there, expected the registry")

    def make_private_file(self) -> None:
        """Make the empty file of a new registry, which nobody but this user may open: SQLite would ask the umask only.

        Raises:
            RegistryUnavailableError: It cannot be made.
        """
        path = Path(self.url.database or "")
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        except OSError as error:
            raise RegistryUnavailableError(
                f"{path}: found {error.strerror}, expected a file to be made there"
            ) from error

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction that may write; it is committed when the block ends well.

        Raises:
            RegistryUnavailableError: The database did not answer; a RegistryBusyError, another transaction was in the way.
            RegistryConflictError: A named rule of the registry was broken; the message names it.
        """
        with self._translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads: it takes no write lock, all its statements see the same state, and the database refuses a write."""
        with self._translated(), self.engine.connect().execution_options(**self._reads) as connection:
            yield connection

    def _translated(self) -> AbstractContextManager[None]:
        driver = self.engine.dialect.dbapi
        return translated(DBAPIError if driver is None else driver.Error)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def server_version(connection: Connection) -> str:
    """Return the version of a PostgreSQL server."""
    return str(connection.execute(text("SHOW server_version")).scalar_one())


def careless_settings(connection: Connection) -> list[str]:
    """Return the settings of a PostgreSQL server that let a power cut take back what was committed; none is as it should be."""
    asked = text("SELECT name FROM pg_settings WHERE setting = 'off' AND name IN :names ORDER BY name")
    return list(connection.execute(asked.bindparams(bindparam("names", DURABLE, expanding=True))).scalars())


def query(connection: Connection, name: str, **parameters: Any) -> Sequence[Row[Any]]:  # noqa: ANN401 - any SQL value
    """Run the query file sql/queries/<name>.sql and return all its rows.

    Raises:
        ValueError: A parameter is missing or not in the file's header.
    """
    return list(stream(connection, name, **parameters))


def stream(connection: Connection, name: str, **parameters: Any) -> Iterator[Row[Any]]:  # noqa: ANN401 - any SQL value
    """Run a query file and return its rows as they come, in constant memory."""
    file: QueryFile = load_query(sql_folder() / "queries" / f"{name}.sql")
    # On the statement, not on the connection: there it would stay, and make a cursor of the next INSERT.
    statement = file.statement(parameters).execution_options(yield_per=STREAM_ROWS)
    return iter(connection.execute(statement, parameters))


def _url(text: str) -> URL:
    try:
        url = make_url(text)
        known = url.get_backend_name()
    except (ArgumentError, ValueError):
        known = ""
    if known == "postgresql" and "@" in (url.host or ""):
        # The rest of a password whose at sign was not escaped: as the name of a host, the driver would tell it.
        known = ""
    # What was found is not shown: an address may hold a password.
    if known not in ("sqlite", "postgresql") or (known == "sqlite" and not url.database):
        raise SettingsError(
            "LANTAI_REGISTRY_URL: expected sqlite:////absolute/file or postgresql+psycopg://user@host/database"
        )
    return url.set(drivername="postgresql+psycopg") if known == "postgresql" else url


@contextmanager
def translated(driver_error: type[Exception] = DBAPIError) -> Iterator[None]:
    """Turn the driver's errors into ours.

    Args:
        driver_error: What the driver raises where SQLAlchemy does not stand between, as in COPY.
    """
    try:
        yield
    except (DBAPIError, driver_error) as error:
        meaning = meaning_of(error)
        if meaning is None:
            raise
        raise meaning from error


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own class
    connection.isolation_level = None
    for pragma in ("foreign_keys = ON", "journal_mode = DELETE", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(lock_wait_seconds: int, connection: Any, _record: object) -> None:  # noqa: ANN401 - the same
    connection.autocommit = True
    connection.execute(
        f"SET lock_timeout = '{lock_wait_seconds}s'; SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'"
    )
    connection.autocommit = False


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("lantai_reads", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def engine_of(database: Database) -> Engine:
    """Return the engine, for migrations only."""
    return database.engine


def run_checks(connection: Connection) -> dict[str, list[str]]:
    """Run every file of sql/checks, "rows that must not exist"; return the rows found, as text, by the file's name."""
    found = {}
    for path in sorted((sql_folder() / "checks").glob("*.sql")):
        rows = connection.execute(load_query(path).statement({}))
        found[path.stem] = [", ".join(map(str, row)) for row in rows]
    return found
