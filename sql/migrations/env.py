"""How Alembic runs our migrations: online only, forward only, with limits on PostgreSQL.

A migration that waits behind a long query blocks everybody who comes after
it; so it gives up after seconds and is tried again by hand.
"""

from alembic import context
from sqlalchemy import text

from lantai.edges.tables import metadata

VERSION_TABLE = "lantai_schema"


def run() -> None:
    """Run all migrations in one transaction."""
    engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=metadata, version_table=VERSION_TABLE, compare_type=True
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = '5s'"))
                connection.execute(text("SET LOCAL statement_timeout = '15min'"))
            context.run_migrations()
        connection.commit()


run()
