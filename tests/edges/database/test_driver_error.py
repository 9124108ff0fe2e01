"""Whatever a database server does to us, it has a name of ours, a hint, and says whether trying again helps."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import Connection, insert, select, text, update

from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.database.database import Database, translated
from lantai.edges.database.driver_error import meaning_of
from lantai.edges.database.loading import load
from lantai.edges.registry.centre.units import put_unit
from lantai.errors import (
    DiskFullError,
    LantaiError,
    RegistryBusyError,
    RegistryConflictError,
    RegistryUnavailableError,
    SchemaOutdatedError,
)
from lantai.records.centre.unit import DataForm, Unit
from servers.postgres import Postgres

NOW = datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC)
LEASES = tables.lease.c


@pytest.fixture
def server(postgres_registry: str) -> Iterator[Database]:
    """A registry with two rows to fight over."""
    database = Database(postgres_registry, lock_wait_seconds=1)
    with database.begin() as connection:
        rows = [{"name": name, "holder": "", "fence": 0, "expires_at": NOW} for name in ("one", "two")]
        connection.execute(insert(tables.lease), rows)
    yield database
    database.close()


def touch(connection: Connection, name: str) -> None:
    connection.execute(update(tables.lease).where(LEASES.name == name).values(fence=LEASES.fence + 1))


def fence(database: Database, name: str) -> int:
    with database.read() as connection:
        return connection.execute(select(LEASES.fence).where(LEASES.name == name)).scalar_one()


class OddError(psycopg.errors.ConnectionTimeout):
    """What another version of the driver may raise."""


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (psycopg.errors.UndefinedTable("relation lease"), SchemaOutdatedError),
        (psycopg.errors.DiskFull("no space"), DiskFullError),
        (psycopg.errors.ReadOnlySqlTransaction("read-only"), RegistryUnavailableError),
        (psycopg.errors.AdminShutdown("terminating"), RegistryUnavailableError),
        (psycopg.errors.DeadlockDetected("deadlock"), RegistryBusyError),
        (psycopg.errors.UniqueViolation("twice"), RegistryConflictError),
        (psycopg.errors.SyntaxError("at or near"), None),
        (OddError("timed out"), RegistryUnavailableError),
        (psycopg.OperationalError("refused"), RegistryUnavailableError),
        (psycopg.DataError("out of range"), RegistryConflictError),
        (psycopg.ProgrammingError("the query has 0 placeholders"), None),
        (ValueError("a fault of ours"), None),
    ],
)
def test_error_of_the_driver_is_told_by_its_state_or_by_its_class_where_no_server_answered(
    error: Exception, expected: type[LantaiError] | None
) -> None:
    """B1: what is none of them is a mistake in our statement, and somebody has to look."""
    found = meaning_of(error)

    assert (type(found) if found is not None else None) is expected
    assert found is None or str(error) in str(found)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT * FROM none", SchemaOutdatedError),
        ("SELECT none FROM one", SchemaOutdatedError),
        ("INSERT INTO one VALUES (1), (1)", RegistryConflictError),
        ("SELEC", None),
        ("ATTACH '/nowhere/at/all' AS other", RegistryUnavailableError),
    ],
)
def test_error_of_sqlite_is_told_by_the_name_of_its_code(statement: str, expected: type[LantaiError] | None) -> None:
    """B1."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE one (number INTEGER PRIMARY KEY)")
        with pytest.raises(sqlite3.Error) as raised:
            connection.execute(statement)

    found = meaning_of(raised.value)

    assert (type(found) if found is not None else None) is expected


@pytest.mark.both_databases
def test_writer_who_waits_too_long_for_another_is_told_that_the_registry_is_busy(centre: Centre) -> None:
    """B1: SQLite busy, a lock that is not given back."""
    impatient = Database(centre.settings.registry_url, lock_wait_seconds=1)
    with centre.database.begin() as connection:
        put_unit(connection, Unit("JY", "教育局", "Z109", (DataForm.E_DOCUMENT,)))
        with pytest.raises(RegistryBusyError) as caught, impatient.begin() as other:
            put_unit(other, Unit("JY", "教育局", "Z109", (DataForm.E_DOCUMENT,)))
    impatient.close()

    assert caught.value.retryable
    assert "retried" in caught.value.hint


@pytest.mark.both_databases
def test_column_that_is_not_there_points_to_lantai_init(centre: Centre) -> None:
    with pytest.raises(SchemaOutdatedError) as caught, centre.database.read() as connection:
        connection.execute(text("SELECT colour FROM unit"))

    assert "`lantai init`" in caught.value.hint


@pytest.mark.both_databases
def test_all_statements_of_a_read_see_one_state(centre: Centre) -> None:
    """What is printed about a list is as it stood at one moment, whoever goes on working meanwhile."""
    with centre.database.begin() as connection:
        put_unit(connection, Unit("JY", "教育局", "Z109", (DataForm.E_DOCUMENT,)))
    other = Database(centre.settings.registry_url)

    with ThreadPoolExecutor(1) as pool, centre.database.read() as connection:
        before = connection.execute(select(tables.unit.c.unit_code)).scalars().all()
        adding = pool.submit(add_second_unit, other)
        if not centre.database.is_sqlite:
            adding.result(30)
        after = connection.execute(select(tables.unit.c.unit_code)).scalars().all()
    adding.result(30)
    other.close()

    assert before == after == ["JY"]


def add_second_unit(database: Database) -> None:
    with database.begin() as connection:
        put_unit(connection, Unit("WS", "卫生局", "Z110", (DataForm.E_DOCUMENT,)))


@pytest.mark.server("postgres", "initdb")
def test_of_two_who_wait_for_each_other_one_is_undone_and_may_try_again(server: Database) -> None:
    """B1: deadlock. The server finds it after a second, so both are patient for longer than that."""
    patient = Database(server.url.render_as_string(hide_password=False))
    barrier = threading.Barrier(2)

    def cross(first: str, second: str) -> LantaiError | None:
        try:
            with patient.begin() as connection:
                touch(connection, first)
                barrier.wait(30)
                touch(connection, second)
        except LantaiError as error:
            return error
        return None

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(cross, ("one", "two"), ("two", "one")))

    (undone,) = [error for error in found if error is not None]
    assert isinstance(undone, RegistryBusyError)
    assert undone.retryable
    assert (fence(patient, "one"), fence(patient, "two")) == (1, 1)
    patient.close()


@pytest.mark.server("postgres", "initdb")
def test_transactions_that_cannot_both_be_true_end_with_one_undone(server: Database) -> None:
    """B1: serialization failure."""

    def read_then_write() -> None:
        with translated(), server.engine.connect().execution_options(isolation_level="REPEATABLE READ") as late:
            late.execute(select(tables.lease)).all()
            with server.begin() as connection:
                touch(connection, "one")
            touch(late, "one")

    with pytest.raises(RegistryBusyError, match="could not serialize") as caught:
        read_then_write()

    assert caught.value.retryable
    assert fence(server, "one") == 1


@pytest.mark.server("postgres", "initdb")
def test_session_ended_by_the_administrator_is_named_and_the_next_one_works(server: Database) -> None:
    """B1."""

    def be_ended() -> None:
        with server.begin() as connection:
            touch(connection, "one")
            own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with server.begin() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": own})
            touch(connection, "two")

    with pytest.raises(RegistryUnavailableError) as caught:
        be_ended()

    assert caught.value.retryable
    assert (fence(server, "one"), fence(server, "two")) == (0, 0)


@pytest.mark.server("postgres", "initdb")
def test_worker_that_falls_silent_inside_a_transaction_loses_it_and_others_go_on(server: Database) -> None:
    """K3: stopped while it held a row; the limit is a quarter of an hour, and a tenth of a second here."""

    def fall_silent() -> None:
        with server.begin() as stopped:
            assert stopped.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "10min"
            stopped.execute(text("SET LOCAL idle_in_transaction_session_timeout = '100ms'"))
            touch(stopped, "one")
            threading.Event().wait(0.3)
            with server.begin() as connection:
                touch(connection, "one")
            touch(stopped, "two")

    with pytest.raises(RegistryUnavailableError) as caught:
        fall_silent()

    assert caught.value.retryable
    assert (fence(server, "one"), fence(server, "two")) == (1, 0)


@pytest.mark.server("postgres", "initdb")
def test_server_that_is_down_is_named_and_the_same_centre_works_when_it_is_back(
    server: Database, postgres_server: Postgres
) -> None:
    """B1: PostgreSQL restarted."""
    postgres_server.stop()
    with pytest.raises(RegistryUnavailableError) as caught, server.begin():
        pass
    postgres_server.start()

    assert caught.value.retryable
    assert fence(server, "one") == 0


@pytest.mark.server("postgres", "initdb")
def test_server_lost_in_the_middle_of_a_load_is_named_too(server: Database, postgres_server: Postgres) -> None:
    """B1: a COPY speaks to the driver past SQLAlchemy."""
    units = [
        {
            "notice_key": str(number),
            "kind": "x",
            "unit_code": None,
            "subject": "x" * 60,
            "made_at": NOW,
            "sent_at": None,
        }
        for number in range(20_000)
    ]

    def cut():
        yield from units[:10_000]
        postgres_server.restart()
        yield from units[10_000:]

    with pytest.raises(RegistryUnavailableError) as caught, server.begin() as connection:
        load(connection, tables.notice, cut())

    assert caught.value.retryable
    with server.begin() as connection:
        assert load(connection, tables.notice, units) == len(units)


@pytest.mark.parametrize("value", ["x" * 65, "\0"], ids=["too long", "no text"])
@pytest.mark.server("postgres", "initdb")
def test_value_that_a_column_cannot_hold_is_a_refusal_and_no_fault_of_the_server(server: Database, value: str) -> None:
    """B1."""
    row = {"notice_key": "k", "kind": "x", "unit_code": None, "subject": value, "made_at": NOW, "sent_at": None}

    with pytest.raises(RegistryConflictError) as one_by_one, server.begin() as connection:
        connection.execute(insert(tables.notice).values(row))
    with pytest.raises(RegistryConflictError) as at_once, server.begin() as connection:
        load(connection, tables.notice, [row])

    assert not one_by_one.value.retryable
    assert not at_once.value.retryable


@pytest.mark.server("postgres", "initdb")
def test_account_that_may_not_change_the_ledger_is_refused_by_the_server(server: Database) -> None:
    """P10: grants beside the triggers."""
    become_clerk = "CREATE ROLE clerk; GRANT SELECT ON event TO clerk; SET LOCAL ROLE clerk"

    with server.begin() as connection:
        connection.exec_driver_sql(become_clerk)
        with pytest.raises(RegistryConflictError, match="permission denied for table event"), translated():
            connection.execute(text("DELETE FROM event"))
        connection.rollback()


@pytest.mark.server("postgres", "initdb")
def test_registry_on_a_standby_is_unavailable_for_writing(server: Database) -> None:
    """B1."""
    with server.begin() as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        with pytest.raises(RegistryUnavailableError, match="read-only") as caught, translated():
            touch(connection, "one")
        connection.rollback()

    assert caught.value.retryable
