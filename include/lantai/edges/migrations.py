"""Upgrading the registry, and refusing one that another version made.

Alembic is imported inside the functions that use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from lantai.edges.database import Database, engine_of, sql_folder, translated
from lantai.errors import SchemaOutdatedError

if TYPE_CHECKING:
    from alembic.config import Config

VERSION_TABLE = "lantai_schema"


def upgrade(database: Database) -> str:
    """Bring the registry to the newest schema; return its revision. Safe to run again at any moment."""
    from alembic import command

    with translated():
        command.upgrade(_config(database), "head")
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
    """Return the registry's revision, None when it has none."""
    with translated(), engine_of(database).connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
        return found


def require_current(database: Database) -> None:
    """Refuse a registry of another version.

    Raises:
        SchemaOutdatedError: Its revision is not the newest one.
    """
    found, expected = current(database), _newest_name()
    if found != expected:
        raise SchemaOutdatedError(f"registry schema: found {found or 'none'}, expected {expected}")


def _newest_name() -> str:
    # Reading the file names costs nothing; importing Alembic costs a third of a second on every command.
    names = sorted(path.stem for path in (sql_folder() / "migrations" / "versions").glob("[0-9]*.py"))
    if not names:
        raise SchemaOutdatedError("sql/migrations holds no migration")
    return names[-1].split("_", 1)[0]


def _config(database: Database) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(sql_folder() / "migrations"))
    config.attributes["engine"] = engine_of(database)
    return config
