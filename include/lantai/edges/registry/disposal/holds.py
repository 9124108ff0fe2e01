"""Rows of holds (冻结): what may not be disposed of, and who said so.

A hold is never deleted: it is lifted, by somebody, at a moment. What follows
from one is decided where a list is drafted, signed and carried out.

Source: glossary 56; vault.md, destruction 1.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, text, update

from lantai.edges import tables
from lantai.edges.database.database import query
from lantai.errors import NotFoundError
from lantai.records.custody.record import RecordStatus
from lantai.records.disposal.hold import HeldRow, Hold, HoldScope

_TARGETS = {
    HoldScope.RECORD: tables.record.c.record_id,
    HoldScope.CARRIER: tables.carrier.c.carrier_id,
    HoldScope.UNIT: tables.unit.c.unit_code,
    HoldScope.FONDS: tables.unit.c.fonds_no,
}


def add_hold(connection: Connection, hold: Hold) -> None:
    """Add a hold.

    Raises:
        NotFoundError: What it is to cover is not in the registry: a hold that covers nothing would be a false safety.
    """
    target = _TARGETS[hold.scope]
    if connection.execute(select(target).where(target == hold.target).limit(1)).one_or_none() is None:
        raise NotFoundError(f"{hold.scope.value} {hold.target}: not in the registry")
    connection.execute(
        insert(tables.hold).values(
            hold_id=hold.hold_id,
            scope=hold.scope.value,
            target=hold.target,
            reason=hold.reason,
            placed_by=hold.placed_by,
            placed_at=hold.placed_at,
        ),
    )


def too_late_for(connection: Connection, hold: Hold) -> int:
    """Return how many of the records that a hold covers are destroyed, or are being destroyed: nothing keeps them any more."""
    record, unit = tables.record.c, tables.unit.c
    covered = {
        HoldScope.RECORD: record.record_id == hold.target,
        HoldScope.CARRIER: record.carrier_id == hold.target,
        HoldScope.UNIT: record.unit_code == hold.target,
        HoldScope.FONDS: record.unit_code.in_(select(unit.unit_code).where(unit.fonds_no == hold.target)),
    }
    gone = record.status.in_([RecordStatus.DESTROYING.value, RecordStatus.DESTROYED.value])
    return connection.execute(select(func.count()).where(covered[hold.scope], gone)).scalar_one()


def lift_hold(connection: Connection, hold_id: str, lifted_by: str, lifted_at: datetime) -> bool:
    """Lift a hold; return False when it was lifted before.

    Raises:
        NotFoundError: No such hold.
    """
    table = tables.hold
    row = connection.execute(select(table.c.lifted_at).where(table.c.hold_id == hold_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"hold {hold_id}: not in the registry")
    changed = connection.execute(
        update(table)
        .where(table.c.hold_id == hold_id, table.c.lifted_at.is_(None))
        .values(lifted_by=lifted_by, lifted_at=lifted_at),
    )
    return changed.rowcount == 1


def holds(connection: Connection, *, with_lifted: bool = False) -> list[Hold]:
    """Return holds in the order they were placed; those in force only, unless all are asked for."""
    table = tables.hold
    statement = select(table).order_by(table.c.placed_at, table.c.hold_id)
    if not with_lifted:
        statement = statement.where(table.c.lifted_at.is_(None))
    return [
        Hold(
            row.hold_id,
            HoldScope(row.scope),
            row.target,
            row.reason,
            row.placed_by,
            row.placed_at,
            row.lifted_by,
            row.lifted_at,
        )
        for row in connection.execute(statement)
    ]


def keep_as_they_are(connection: Connection) -> None:
    """See that no hold is placed or lifted before this transaction ends; wait for those under way.

    On SQLite there is one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE hold IN SHARE MODE"))


def held_on_list(connection: Connection, list_id: str) -> list[HeldRow]:
    """Return the rows of a list that are under a hold now, in their order."""
    rows = query(connection, "held_records", list_id=list_id)
    return [HeldRow(row.row_no, row.record_id, row.hold_id, HoldScope(row.scope)) for row in rows]
