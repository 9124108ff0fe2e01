"""How Alembic runs our migrations: online only, forward only, one at a time, with limits on PostgreSQL.

A migration that waits behind a long query blocks everybody who comes after
it; so it gives up after seconds and is tried again by hand.
"""

from alembic import context
from sqlalchemy import Connection, text

from lantai.edges.tables import metadata
from lantai.errors import RegistryBusyError

VERSION_TABLE = "lantai_schema"
UPGRADING = 0x6C616E746169
"""Number of the lock that whoever upgrades holds to the end of the transaction: `lantai` in ASCII."""


def run() -> None:
    """Run all migrations in one transaction."""
    engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=metadata, version_table=VERSION_TABLE, compare_type=True
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                limit(connection)
            context.run_migrations()
        connection.commit()


def limit(connection: Connection) -> None:
    """Let nobody else upgrade before this transaction ends, and let it end before it is in everybody's way."""
    connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    connection.execute(text("SET LOCAL statement_timeout = '15min'"))
    if not connection.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": UPGRADING}).scalar_one():
        raise RegistryBusyError("registry schema: found somebody else upgrading it, expected to be the only one")


run()
