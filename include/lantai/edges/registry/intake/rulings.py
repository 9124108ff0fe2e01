"""Rulings on held rounds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from lantai.edges import tables
from lantai.records.intake.ruling import Ruling, RulingChoice


def put_ruling(
    connection: Connection, carrier: str, choice: RulingChoice, reason: str, ruled_by: str, ruled_at: datetime
) -> None:
    """Register a ruling in place of an earlier one on the same round (R1-51); the ledger keeps both."""
    table = tables.ruling
    connection.execute(delete(table).where(table.c.carrier_id == carrier))
    connection.execute(
        insert(table).values(
            carrier_id=carrier, choice=choice.value, reason=reason, ruled_by=ruled_by, ruled_at=ruled_at
        )
    )


def ruling_of(connection: Connection, carrier: str) -> Ruling | None:
    """Return the ruling on a round, None when there is none."""
    table, people = tables.ruling, tables.person
    statement = (
        select(table, people.c.name)
        .join(people, people.c.person_id == table.c.ruled_by)
        .where(table.c.carrier_id == carrier)
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    return Ruling(row.carrier_id, RulingChoice(row.choice), row.reason, row.ruled_by, row.name, row.ruled_at)
