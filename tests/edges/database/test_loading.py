"""Many rows at once, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, func, insert, select, text

from lantai.edges import tables
from lantai.edges.database.database import Database
from lantai.edges.database.loading import add_if_new, load, load_missing
from lantai.edges.database.migrations import upgrade
from lantai.errors import RegistryConflictError, RegistryUnavailableError
from registry_rows import NOW, UNIT, add_carrier, first_record, record_row


def test_missing_rows_are_added_and_those_that_are_there_stay_as_they_are(database: Database) -> None:
    add_carrier(database)
    rows = [record_row(number) for number in range(1, 1001)]

    with database.begin() as connection:
        first = load_missing(connection, tables.record, rows[:900])
    with database.begin() as connection:
        second = load_missing(connection, tables.record, ({**row, "title": "另一个题名"} for row in rows))

    assert (first, second) == (900, 100)
    assert first_record(database) == rows[0]


def test_record_that_is_registered_twice_is_refused_and_nothing_of_the_second_load_stays(database: Database) -> None:
    """I4: a rerun that would register again is a fault of ours, to be seen and not to be passed over."""
    add_carrier(database)
    rows = [record_row(number) for number in range(1, 1001)]
    with database.begin() as connection:
        assert load(connection, tables.record, rows[:1]) == 1

    with pytest.raises(RegistryConflictError), database.begin() as connection:
        load(connection, tables.record, reversed(rows))

    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(tables.record)).scalar_one() == 1
    assert first_record(database) == rows[0]


def test_record_of_another_unit_than_its_carriers_is_refused(database: Database) -> None:
    """R13-01: what the registry says of a record's unit is what its carrier says, by the database's own rule."""
    add_carrier(database)

    with database.begin() as connection:
        connection.execute(insert(tables.unit).values(UNIT | {"unit_code": "MZ", "name": "民政局", "fonds_no": "J002"}))

    with pytest.raises(RegistryConflictError), database.begin() as connection:
        load(connection, tables.record, [record_row(1) | {"unit_code": "MZ"}])


def test_record_of_a_carrier_that_is_not_there_is_refused_and_nothing_of_its_load_stays(database: Database) -> None:
    add_carrier(database)
    rows = [record_row(number) for number in (1, 2, 3)]

    with pytest.raises(RegistryConflictError), database.begin() as connection:
        load(connection, tables.record, [*rows, record_row(4) | {"carrier_id": "SL2025-JY-E009-R1"}])
    with pytest.raises(RegistryConflictError), database.begin() as connection:
        connection.execute(insert(tables.record).values(record_row(1) | {"carrier_id": "SL2025-JY-E009-R1"}))

    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(tables.record)).scalar_one() == 0


@pytest.mark.server("postgres", "initdb")
def test_load_into_a_registry_that_went_away_may_be_tried_again(postgres_url: str) -> None:
    """reliability.md, B1: the driver's own error leaves a COPY as ours."""
    database = Database(postgres_url)
    upgrade(database)
    add_carrier(database)

    def cut(connection: Connection) -> Iterator[dict[str, object]]:
        with Database(postgres_url).engine.connect() as other:
            pid = connection.connection.driver_connection.info.backend_pid
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        for number in range(1, 100_000):
            yield record_row(number)

    with pytest.raises(RegistryUnavailableError) as caught, database.begin() as connection:
        load(connection, tables.record, cut(connection))

    assert caught.value.retryable
    database.close()


def test_row_added_when_it_is_new_is_there_once_and_unchanged(database: Database) -> None:
    with database.begin() as connection:
        first = add_if_new(connection, tables.filing_year, filing_year=2025, opened_at=NOW)
        second = add_if_new(connection, tables.filing_year, filing_year=2025, opened_at=NOW.replace(year=2027))

    assert (first, second) == (True, False)
    with database.read() as connection:
        assert connection.execute(select(tables.filing_year.c.opened_at)).scalar_one() == NOW
