"""Rows of who has which duty about a list. Whether somebody may is decided before, and once more by the registry's constraints.

Source: authority.md; the named constraints of `list_duty`.
"""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from lantai.edges import tables
from lantai.records.disposal.lists import DutyHeld, ListDuty


def duties_about(connection: Connection, list_id: str) -> list[DutyHeld]:
    """Return who has which duty about a list."""
    table = tables.list_duty
    rows = connection.execute(select(table).where(table.c.list_id == list_id).order_by(table.c.person_id))
    return [DutyHeld(row.person_id, ListDuty(row.duty), row.on_behalf_of) for row in rows]


def give_duty(connection: Connection, list_id: str, held: DutyHeld) -> None:
    """Give somebody a duty about a list, one and no other (R12-04).

    Raises:
        RegistryConflictError: They have another duty about it, or the duty has somebody already.
    """
    connection.execute(
        insert(tables.list_duty).values(
            list_id=list_id, person_id=held.person_id, duty=held.duty.value, on_behalf_of=held.on_behalf_of
        ),
    )
