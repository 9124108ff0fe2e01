"""The registry's database on SQLite and on PostgreSQL: the same files, the same rules.

Covers: edges.tables.disposal, edges.tables.filing, edges.tables.holdings, edges.tables.ledger, edges.tables.people.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, func, insert, select, text, update

from lantai.edges import tables
from lantai.edges.database.database import Database, translated
from lantai.edges.database.loading import load
from lantai.edges.database.migrations import VERSION_TABLE, require_current
from lantai.errors import (
    RegistryConflictError,
    RegistryDamagedError,
    RegistryMissingError,
    RegistryUnavailableError,
    SettingsError,
)
from lantai.records.disposal.lists import LIST_MOVES
from lantai.records.intake.submission import MOVES
from registry_rows import NOW, UNIT, add_carrier, record_row


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


def test_transaction_that_only_reads_writes_nothing(database: Database) -> None:
    """A view is given such a one; the next one that writes does."""
    with pytest.raises(Exception, match=r"readonly|read-only"), database.read() as connection:
        connection.execute(insert(tables.unit).values(UNIT))

    with database.begin() as connection:
        connection.execute(insert(tables.unit).values(UNIT))
        assert connection.execute(select(func.count()).select_from(tables.unit)).scalar_one() == 1
