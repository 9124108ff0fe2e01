"""Upgrading the registry, and refusing one that another version made.

Alembic is imported inside the functions that use it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import inspect, literal, select, text, union_all

from lantai.edges import tables
from lantai.edges.database.database import Database, engine_of, sql_folder, translated
from lantai.edges.tables import kinds
from lantai.errors import RegistryMissingError, SchemaOutdatedError, SchemaUnknownError, SchemaUnreleasedError

if TYPE_CHECKING:
    from alembic.config import Config

VERSION_TABLE = "lantai_schema"

_COLUMNS = {
    True: "SELECT m.name, c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table'",
    False: (
        "SELECT c.relname, a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid "
        "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped"
    ),
}
"""Tables and columns, on SQLite and on PostgreSQL: one statement each, for every command looks; a full inspection takes 30 ms."""


def upgrade(database: Database) -> str:
    """Bring the registry to the newest schema; return its revision. Safe to run again at any moment.

    Raises:
        SchemaUnknownError: A newer Lantai has upgraded it.
        SchemaUnreleasedError: A version before its release made it; nothing leads from there.
        RegistryBusyError: Somebody else upgrades it at this moment, or works in a table that would be changed.
    """
    from alembic import command

    try:
        _refuse_newer(current(database))
    except RegistryMissingError:
        database.make_private_file()
    try:
        with translated():
            command.upgrade(_config(database), "head")
    except SchemaOutdatedError as error:
        # A migration looked for what the one before it makes today; its own hint would send the reader back here.
        raise SchemaUnreleasedError(str(error)) from error
    _refuse_unreleased(database)
    return newest()


def newest() -> str:
    """Return the revision that this version of Lantai works with."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(sql_folder() / "migrations"))
    head = ScriptDirectory.from_config(config).get_current_head()
    if head is None:
        raise SchemaOutdatedError("sql/migrations holds no migration")
    return head


def current(database: Database) -> str | None:
    """Return the registry's revision, None when it has none.

    Raises:
        RegistryMissingError: There is no such file; looking would make an empty one.
        RegistryUnavailableError: The database did not answer.
    """
    database.require_there()
    with translated(), engine_of(database).connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
        return found


def require_current(database: Database) -> None:
    """Refuse a registry of another version.

    Raises:
        RegistryMissingError: There is none.
        SchemaOutdatedError: Its revision is not the newest one.
        SchemaUnknownError: A newer Lantai has upgraded it.
        SchemaUnreleasedError: Its revision is the newest one, and it lacks tables or columns.
    """
    found, expected = current(database), _revisions()[-1]
    _refuse_newer(found)
    if found != expected:
        raise SchemaOutdatedError(f"registry schema: found {found or 'none'}, expected {expected}")
    _refuse_unreleased(database)


def _refuse_unreleased(database: Database) -> None:
    """Compare what is there with what the program knows: migrations were edited in place until the first release."""
    columns: defaultdict[str, set[str]] = defaultdict(set)
    with translated(), engine_of(database).connect() as connection:
        for table_name, column_name in connection.execute(text(_COLUMNS[database.is_sqlite])):
            columns[table_name].add(column_name)
    missing = sorted(
        f"{table.name}.{column.name}" if columns[table.name] else table.name
        for table in tables.metadata.tables.values()
        for column in table.columns
        if column.name not in columns[table.name]
    )
    if missing := list(dict.fromkeys(missing)) or _missing_words(database):
        raise SchemaUnreleasedError(
            f"registry: found no {', '.join(missing)}, expected the tables of {_revisions()[-1]}"
        )


def _missing_words(database: Database) -> list[str]:
    """Return the words of the program that are in no row of their reference table, each behind the table's name."""
    questions = [select(literal(table.name), next(iter(table.primary_key.columns))) for table in kinds.WORDS]
    with translated(), engine_of(database).connect() as connection:
        found = {tuple(row) for row in connection.execute(union_all(*questions))}
    expected = ((table.name, word.value) for table, words in kinds.WORDS.items() for word in words)
    return [f"{name} '{word}'" for name, word in expected if (name, word) not in found]


def _refuse_newer(found: str | None) -> None:
    known = _revisions()
    if found is not None and found not in known:
        raise SchemaUnknownError(f"registry schema: found {found}, this version knows {known[0]} to {known[-1]}")


def _revisions() -> list[str]:
    # Reading the file names costs nothing; importing Alembic costs a third of a second on every command.
    names = sorted(path.stem for path in (sql_folder() / "migrations" / "versions").glob("[0-9]*.py"))
    if not names:
        raise SchemaOutdatedError("sql/migrations holds no migration")
    return [name.split("_", 1)[0] for name in names]


def _config(database: Database) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(sql_folder() / "migrations"))
    config.attributes["engine"] = engine_of(database)
    return config
