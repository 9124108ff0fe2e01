"""Upgrading a registry: one at a time, never in everybody's way, and never past what is known.

Covers: edges.tables.kinds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select, text

from lantai.edges import tables
from lantai.edges.centre import open_centre
from lantai.edges.clock import DEMO_MARK, Clock
from lantai.edges.database import migrations
from lantai.edges.database.database import Database
from lantai.edges.database.migrations import VERSION_TABLE, current, newest, require_current, upgrade
from lantai.edges.tables import kinds
from lantai.errors import (
    RegistryBusyError,
    RegistryConflictError,
    SchemaOutdatedError,
    SchemaUnknownError,
    SchemaUnreleasedError,
)
from lantai.locales import advice
from lantai.records.centre.unit import DataForm
from lantai.settings import Settings

FIRST = "0001"
A_UNIT = {
    "unit_code": "JY",
    "name": "教育局",
    "fonds_no": "Z109",
    "scope_class": "statutory",
    "business_frequency": "year",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server("postgres", "initdb"))])
def url(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Address of an empty registry on either database."""
    settings.home.mkdir()
    (settings.home / DEMO_MARK).touch()
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    return settings.registry_url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def server(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    yield database
    database.close()


def an_event() -> dict[str, object]:
    now_at = datetime(2026, 3, 2, tzinfo=UTC)
    return {
        "event_id": "e",
        "kind": "year_opened",
        "subject": "2025",
        "actor": "system",
        "occurred_at": now_at,
        "leaf": b"{}",
    }


NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("event", sa.Column("remark", sa.Text()))
"""


@pytest.fixture
def release_next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lay a migration after ours, as a later version of the program will: there is only one until the first release."""

    def release() -> None:
        folder = shutil.copytree(
            migrations.sql_folder(), tmp_path / "sql", ignore=shutil.ignore_patterns("__pycache__")
        )
        (folder / "migrations" / "versions" / "0002_add_remarks.py").write_text(NEXT, encoding="utf-8")
        monkeypatch.setattr(migrations, "sql_folder", lambda: folder)

    return release


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    upgrade(database)

    revision = upgrade(database)

    assert revision == newest() == current(database)
    require_current(database)


def test_registry_of_an_older_version_is_refused_until_it_is_upgraded(
    url: str, database: Database, settings: Settings, release_next_version: Callable[[], None]
) -> None:
    """The hint says `lantai init`."""
    upgrade(database)
    release_next_version()
    settings = replace(settings, registry_url=url)

    with (
        pytest.raises(SchemaOutdatedError, match=f"found {FIRST}, expected {newest()}") as caught,
        open_centre(settings),
    ):
        pass
    with open_centre(settings, checks_schema=False) as centre:
        upgrade(centre.database)

    assert "`lantai init`" in caught.value.hint
    with open_centre(settings) as centre:
        assert centre.clock == Clock.of(settings)


def test_registry_that_a_newer_version_upgraded_is_left_alone(url: str, database: Database, settings: Settings) -> None:
    upgrade(database)
    with database.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))

    with pytest.raises(SchemaUnknownError, match="found 9999, this version knows 0001 to"):
        upgrade(database)
    with (
        pytest.raises(SchemaUnknownError) as caught,
        open_centre(replace(settings, registry_url=url)),
    ):
        pass

    assert "Install" in caught.value.hint
    assert current(database) == "9999"


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ("DROP TABLE last_take_in", "found no last_take_in, expected"),
        ("ALTER TABLE last_take_in RENAME TO earlier", "found no last_take_in, expected"),
        ("ALTER TABLE person RENAME COLUMN name TO called", "found no person.name, expected"),
    ],
)
def test_registry_of_a_version_before_its_release_is_told_from_a_current_one(
    url: str, database: Database, settings: Settings, change: str, missing: str
) -> None:
    """It said the newest revision, `lantai init` was content, and every command sent its reader back to `lantai init`."""
    upgrade(database)
    with database.begin() as connection:
        connection.execute(text(change))

    for look in (upgrade, require_current):
        with pytest.raises(SchemaUnreleasedError, match=missing):
            look(database)
    with pytest.raises(SchemaUnreleasedError) as caught, open_centre(replace(settings, registry_url=url)):
        pass

    assert "new place" in caught.value.hint
    assert "新位置" in advice(type(caught.value), "zh")


def test_registry_before_its_release_that_cannot_even_be_upgraded_is_told_the_same(
    database: Database, release_next_version: Callable[[], None]
) -> None:
    upgrade(database)
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE event RENAME TO earlier"))
    release_next_version()

    with pytest.raises(SchemaUnreleasedError, match="event"):
        upgrade(database)

    assert current(database) == FIRST


def test_words_that_the_registry_knows_are_those_of_the_program(database: Database) -> None:
    upgrade(database)

    with database.read() as connection:
        found = {
            table.name: set(connection.execute(select(next(iter(table.primary_key)))).scalars())
            for table in kinds.WORDS
        }
        letters = dict(connection.execute(select(kinds.data_form.c.data_form, kinds.data_form.c.letter)).all())

    assert found == {table.name: {word.value for word in words} for table, words in kinds.WORDS.items()}
    assert letters == {form.value: form.letter for form in DataForm}


def test_registry_without_a_word_that_the_program_knows_is_told_from_a_current_one(database: Database) -> None:
    upgrade(database)
    with database.begin() as connection:
        connection.execute(text("DELETE FROM event_kind WHERE kind = 'restored'"))

    with pytest.raises(SchemaUnreleasedError, match=r"found no event_kind 'restored', expected"):
        require_current(database)


def test_word_that_nobody_knows_is_refused_by_the_database(database: Database) -> None:
    upgrade(database)

    with pytest.raises(RegistryConflictError), database.begin() as connection:
        connection.execute(insert(tables.event).values(an_event() | {"kind": "forgotten"}))


def test_no_two_data_forms_share_a_letter(database: Database) -> None:
    upgrade(database)

    with pytest.raises(RegistryConflictError), database.begin() as connection:
        connection.execute(insert(kinds.data_form).values(data_form="email", letter="E"))


def test_later_version_adds_a_data_form_as_a_row_and_rebuilds_no_table(database: Database) -> None:
    upgrade(database)
    with database.begin() as connection:
        connection.execute(insert(kinds.data_form).values(data_form="email", letter="M"))

        connection.execute(insert(tables.unit).values(A_UNIT))
        connection.execute(insert(tables.unit_form).values(unit_code="JY", data_form="email"))

    require_current(database)


def lantai_init(database: Database, settings: Settings) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    variables = {
        "LANTAI_HOME": str(settings.home),
        "LANTAI_REGISTRY_URL": database.url.render_as_string(hide_password=False),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PATH": os.environ["PATH"],
    }
    command_line = [sys.executable, "-c", "from lantai.cli import main; main()", "init"]
    return subprocess.run(command_line, env=variables, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.server("postgres", "initdb")
def test_second_upgrade_at_the_same_time_is_refused_and_the_first_is_not_disturbed(
    server: Database, settings: Settings
) -> None:
    """R1: two administrators run `lantai init` at once."""
    half_way, go_on = threading.Event(), threading.Event()

    @event.listens_for(server.engine, "after_cursor_execute")
    def pause(_connection, _cursor, statement: str, *_: object) -> None:
        if "CREATE TABLE carrier" in statement:
            half_way.set()
            go_on.wait(60)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(upgrade, server)
        assert half_way.wait(30)
        second = lantai_init(server, settings)
        go_on.set()
        revision = first.result(30)

    assert (second.returncode, revision, current(server)) == (3, newest(), newest())
    assert "RegistryBusyError" in second.stderr
    assert "somebody else upgrading it" in second.stderr
    assert lantai_init(server, settings).returncode == 0


@pytest.mark.server("postgres", "initdb")
def test_upgrade_gives_up_behind_somebody_who_works_in_a_table_and_leaves_nothing_half_done(
    server: Database, release_next_version: Callable[[], None]
) -> None:
    """House: lock and statement timeouts on PostgreSQL; whoever comes after the upgrade would wait behind it."""
    upgrade(server)
    release_next_version()
    limits: list[tuple[str, str]] = []

    @event.listens_for(server.engine, "after_cursor_execute")
    def look(connection, _cursor, statement: str, *_: object) -> None:
        if "SELECT pg_try_advisory_xact_lock" in statement:
            lock, whole = "current_setting('lock_timeout')", "current_setting('statement_timeout')"
            limits.append(tuple(connection.exec_driver_sql(f"SELECT {lock}, {whole}").one()))

    with server.engine.connect() as writer:
        writer.execute(insert(tables.event).values(an_event()))
        with pytest.raises(RegistryBusyError, match="lock timeout"):
            upgrade(server)
        writer.rollback()

    assert current(server) == FIRST
    assert upgrade(server) == newest() == current(server)
    assert limits == [("5s", "15min")] * 2
