"""The registry's database on SQLite and on PostgreSQL: the same files, the same rules."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, delete, func, insert, select, text, update

from lantai.edges import tables
from lantai.edges.database.database import Database, add_if_new, load, load_missing, translated
from lantai.edges.database.migrations import VERSION_TABLE, require_current, upgrade
from lantai.errors import (
    RegistryConflictError,
    RegistryDamagedError,
    RegistryMissingError,
    RegistryUnavailableError,
    SettingsError,
)
from lantai.records.disposal.lists import LIST_MOVES
from lantai.records.intake.submission import MOVES

NOW = datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC)
UNIT = {
    "unit_code": "JY",
    "name": "教育局",
    "fonds_no": "J001",
    "scope_class": "statutory",
    "business_frequency": "year",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server("postgres", "initdb"))])
def database(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_registry")
    else:
        url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path)}"
    database = Database(url)
    yield database
    database.close()


def add_carrier(database: Database, state: str = "seen", *, is_stalled: bool = False) -> None:
    with database.begin() as connection:
        connection.execute(
            insert(tables.unit).values(UNIT),
        )
        connection.execute(
            insert(tables.submission).values(
                submission_id="SL2025-JY-E001",
                unit_code="JY",
                filing_year=2025,
                data_form="e_document",
                carrier_number="1",
                received_at=NOW,
            ),
        )
        connection.execute(
            insert(tables.carrier).values(
                carrier_id="SL2025-JY-E001-R1",
                submission_id="SL2025-JY-E001",
                unit_code="JY",
                round_no=1,
                raw_name_hex="31",
                kind="folder",
                fingerprint="f" * 64,
                state=state,
                received_at=NOW,
                is_on_time=True,
                days_late=0,
                is_zero_report=False,
                file_count=1,
                size_bytes=1,
                record_count=0,
                generation=0,
                is_stalled=is_stalled,
            ),
        )


def record_row(number: int) -> dict[str, object]:
    return {
        "record_id": f"SL2025-JY-E001-R1-{number:05d}",
        "carrier_id": "SL2025-JY-E001-R1",
        "unit_code": "JY",
        "archival_code": f"J001-WS·2025-D10-BGS-{number:04d}",
        "title": "关于开展\t“制表符\\N”检查的通知\n第二行",
        "author": "教育局",
        "doc_no": "",
        "formed_on": date(2025, 5, 6),
        "filing_year": 2025,
        "retention": "D10",
        "page_count": 3,
        "doc_type": "通知",
        "dept_or_subject": "BGS",
        "item_no": f"{number:04d}",
        "access_level": "open",
        "remarks": "",
        "transfer_due_on": None,
        "destroy_due_on": date(2036, 1, 1),
        "status": "kept",
        "file_count": 1,
        "size_bytes": 10,
    }


def test_migrations_make_exactly_the_tables_that_the_code_knows(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        differences = compare_metadata(context, tables.metadata)

    # On PostgreSQL a trigger asks for all rows of a load what the keys ask for each; the next tests hold it to the same.
    of_a_trigger = set() if database.is_sqlite else {"fk_record__in_its_carrier", "fk_record__record_status"}
    assert {difference[1].name for difference in differences} == of_a_trigger


def test_registry_that_is_not_there_is_said_to_be_missing_and_none_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'none.db'}")

    with pytest.raises(RegistryMissingError, match=r"none\.db") as caught:
        require_current(database)

    assert "lantai init" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("an archivist's notes, longer than the header of a database would be\n" * 40)
    database = Database(f"sqlite:///{tmp_path / 'notes.db'}")

    with pytest.raises(RegistryDamagedError, match="not a database"):
        require_current(database)


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "mysql://clerk:secret@host/registry"])
def test_address_of_no_known_database_is_refused_and_no_password_is_shown(url: str) -> None:
    with pytest.raises(SettingsError, match="LANTAI_REGISTRY_URL") as caught:
        Database(url)

    assert "secret" not in str(caught.value)


def test_unreachable_database_is_named_and_may_be_tried_again() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")

    with pytest.raises(RegistryUnavailableError) as caught, database.begin():
        pass

    assert caught.value.retryable


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


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("DELETE FROM carrier", "carrier_stays"),
        ("UPDATE carrier SET carrier_id = 'SL2025-JY-E009-R1'", "carrier_is_fixed"),
        ("UPDATE record SET carrier_id = 'SL2025-JY-E009-R1'", "record_is_fixed"),
        ("UPDATE record SET unit_code = 'MZ'", "record_is_fixed"),
    ],
)
def test_neither_record_nor_carrier_leaves_the_other(database: Database, statement: str, rule: str) -> None:
    """R13-01: a record is of its carrier and of its carrier's unit for good."""
    add_carrier(database)
    with database.begin() as connection:
        load(connection, tables.record, [record_row(1)])

    with pytest.raises(RegistryConflictError, match=rule), database.begin() as connection:
        connection.execute(text(statement))


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


def first_record(database: Database) -> dict[str, object]:
    with database.read() as connection:
        found = connection.execute(select(tables.record).order_by(tables.record.c.record_id).limit(1)).one()
    return dict(found._mapping)


def test_row_added_when_it_is_new_is_there_once_and_unchanged(database: Database) -> None:
    with database.begin() as connection:
        first = add_if_new(connection, tables.filing_year, filing_year=2025, opened_at=NOW)
        second = add_if_new(connection, tables.filing_year, filing_year=2025, opened_at=NOW.replace(year=2027))

    assert (first, second) == (True, False)
    with database.read() as connection:
        assert connection.execute(select(tables.filing_year.c.opened_at)).scalar_one() == NOW


@pytest.mark.parametrize(
    ("table", "moves", "column"),
    [("carrier", MOVES, "state"), ("disposal_list", LIST_MOVES, "state")],
)
def test_database_allows_exactly_the_moves_that_the_records_name(
    database: Database, table: str, moves: dict[str, frozenset[str]], column: str
) -> None:
    """The row permits: a state cannot be skipped by any code path."""
    target = tables.metadata.tables[table]
    for state, allowed in moves.items():
        for other in moves:
            if state == other:
                continue
            refused = try_move(database, target.name, state, other)
            assert refused == (other not in allowed), f"{table}: {state} to {other}"


def try_move(database: Database, table: str, old: str, new: str) -> bool:
    """Put one row into a state, try to move it, take everything back; return whether the move was refused."""
    target = tables.metadata.tables[table]
    add = add_carrier_row if table == "carrier" else add_list_row
    try:
        with translated(), database.engine.connect() as connection:
            add(connection, old)
            connection.execute(update(target).values(state=new))
            connection.rollback()
    except RegistryConflictError:
        return True
    return False


def add_unit(connection) -> None:
    connection.execute(
        insert(tables.unit).values(UNIT),
    )


def add_carrier_row(connection, state: str) -> None:
    add_unit(connection)
    connection.execute(
        insert(tables.submission).values(
            submission_id="S",
            unit_code="JY",
            filing_year=2025,
            data_form="e_document",
            carrier_number="1",
            received_at=NOW,
        ),
    )
    connection.execute(
        insert(tables.carrier).values(
            carrier_id="C", submission_id="S", unit_code="JY", round_no=1, raw_name_hex="31", kind="folder", fingerprint="f", state=state,
            received_at=NOW, is_on_time=True, days_late=0, is_zero_report=False, file_count=1, size_bytes=1, record_count=0,
            generation=0,
        ),
    )  # fmt: skip


def add_list_row(connection, state: str) -> None:
    add_unit(connection)
    connection.execute(insert(tables.person).values(person_id="P1", name="甲"))
    connection.execute(
        insert(tables.disposal_list).values(
            list_id="L", kind="transfer", unit_code="JY", due_on=date(2026, 1, 1), state=state, content_sha256="0",
            drafted_by="P1", drafted_at=NOW,
        ),
    )  # fmt: skip


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_ledger_only_grows(database: Database, verb: str) -> None:
    """P10, I5: nobody changes what was written, not even the application's own account."""
    with database.begin() as connection:
        connection.execute(
            insert(tables.event).values(
                event_id="e1", kind="year_opened", subject="2025", actor="system", occurred_at=NOW, leaf=b"{}"
            ),
        )

    change = update(tables.event).values(subject="2024") if verb == "update" else delete(tables.event)
    with pytest.raises(RegistryConflictError, match="event_only_grows"), database.begin() as connection:
        connection.execute(change)


def test_ledger_has_no_gap(database: Database) -> None:
    """I5."""
    with database.begin() as connection:
        connection.execute(
            insert(tables.event).values(
                event_id="e1", kind="year_opened", subject="2025", actor="system", occurred_at=NOW, leaf=b"{}"
            ),
        )

    with pytest.raises(RegistryConflictError, match="ledger_leaf_gapless"), database.begin() as connection:
        connection.execute(insert(tables.ledger_leaf).values(leaf_index=1, event_id="e1", leaf_hash=b"0"))


@pytest.mark.parametrize("state", ["sealed", "accepted"])
def test_half_an_upload_is_never_sealed_or_accepted(database: Database, state: str) -> None:
    """I1: whatever finds its way past the findings, the database says no; nor can the round be called whole."""
    add_carrier(database, "collected", is_stalled=True)
    carrier = tables.carrier

    with pytest.raises(RegistryConflictError, match="stalled_is_never_sealed"), database.begin() as connection:
        connection.execute(update(carrier).values(state=state))
    with pytest.raises(RegistryConflictError, match="carrier_is_fixed"), database.begin() as connection:
        connection.execute(update(carrier).values(is_stalled=False))
    with database.begin() as connection:
        connection.execute(update(carrier).values(state="returned"))


def test_one_person_cannot_have_two_duties_about_a_list(database: Database) -> None:
    """R12-04, I3: incompatible duties lie with distinct people, whatever the program says."""
    with database.begin() as connection:
        add_list_row(connection, "draft")
        connection.execute(insert(tables.list_duty).values(list_id="L", person_id="P1", duty="preparer"))

    with pytest.raises(RegistryConflictError), database.begin() as connection:
        connection.execute(insert(tables.list_duty).values(list_id="L", person_id="P1", duty="leader"))
