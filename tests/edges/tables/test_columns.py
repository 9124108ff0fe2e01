"""Column types that all tables share: what is written comes back as it was, and what cannot be meant is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, create_engine, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from lantai.edges.tables.columns import Moment, StoredBytes, metadata, one_of
from lantai.errors import LedgerError
from lantai.records.centre.person import Role

KEPT = Table(
    "kept",
    MetaData(naming_convention=metadata.naming_convention),
    Column("id", Integer, primary_key=True),
    Column("at", Moment),
    Column("leaf", StoredBytes),
    Column("role", String),
    one_of("role", Role, "role"),
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server("postgres", "initdb"))])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A database with one table of such columns, on either server."""
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    engine = create_engine(url)
    with engine.begin() as opened:
        KEPT.create(opened)
        yield opened
    engine.dispose()


def kept(connection: Connection, **values: object) -> tuple[object, ...]:
    connection.execute(insert(KEPT).values(id=1, **values))
    return tuple(connection.execute(select(*(KEPT.c[name] for name in values))).one())


def test_moment_of_any_zone_comes_back_as_the_same_moment_in_utc(connection: Connection) -> None:
    at = datetime(2026, 3, 2, 7, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))

    [found] = kept(connection, at=at)

    assert found == at
    assert found.utcoffset() == timedelta(0)
    assert found.replace(tzinfo=None) == datetime(2026, 3, 1, 23, 30, 0, 123456)


def test_moment_without_a_zone_is_refused(connection: Connection) -> None:
    """It would be read in another zone later."""
    with pytest.raises(StatementError, match="expected one with a time zone"):
        kept(connection, at=datetime(2026, 3, 2, 7, 30))


def test_what_is_not_known_stays_unknown(connection: Connection) -> None:
    assert kept(connection, at=None, leaf=None) == (None, None)


@pytest.mark.parametrize("content", [b"", b"\x00\xff", "台账".encode()])
def test_bytes_come_back_byte_for_byte(connection: Connection, content: bytes) -> None:
    [found] = kept(connection, leaf=content)

    assert type(found) is bytes
    assert found == content


@pytest.mark.parametrize(("stored", "kind"), [("'text'", "str"), ("7", "int")])
def test_value_that_sqlite_keeps_in_the_place_of_bytes_is_refused_when_it_is_read(stored: str, kind: str) -> None:
    with create_engine("sqlite://").begin() as connection:
        KEPT.create(connection)
        connection.execute(text(f"INSERT INTO kept (id, leaf) VALUES (1, {stored})"))

        with pytest.raises(LedgerError, match=f"found a {kind} where bytes were written"):
            connection.execute(select(KEPT.c.leaf)).all()


def test_word_that_is_none_of_an_enumeration_breaks_a_constraint_of_its_name(connection: Connection) -> None:
    assert kept(connection, role=Role.LEADER.value) == ("leader",)

    with pytest.raises(IntegrityError, match="ck_kept__role"):
        connection.execute(insert(KEPT).values(id=2, role="king"))


def test_moment_is_read_as_utc_where_the_database_keeps_no_zone() -> None:
    found = Moment().process_result_value(datetime(2026, 3, 2, 7, 30), None)

    assert found == datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
