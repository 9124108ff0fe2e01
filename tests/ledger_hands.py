"""Two who write to a ledger: one as the system does, and one who has the whole database in hand."""

from sqlalchemy import text

from lantai.edges.ledger.events import append
from lantai.records.ledger.event import EventKind


def happen(centre, count, kind=EventKind.YEAR_OPENED):
    """Write events; return their ids."""
    with centre.database.begin() as connection:
        return [
            append(connection, kind, f"subject-{number}", "system", centre.clock.now_at(), {"number": number})
            for number in range(count)
        ]


def tamper(centre, statement, **values):
    """Change the ledger as somebody with the whole database in hand would."""
    with centre.database.begin() as connection:
        for table in ("event", "ledger_leaf", "checkpoint"):
            if centre.database.is_sqlite:
                for verb in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_only_grows_{verb}"))
            else:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text(statement), values)
