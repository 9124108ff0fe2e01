"""The units' halves of the inspection forms."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from lantai.edges import tables
from lantai.records.intake.inspection import PROPERTIES, UnitHalf

_NAMED = ("algorithm", "digest", "preparer", "reviewer", "filled_on")


def put_unit_half(connection: Connection, carrier: str, half: UnitHalf) -> None:
    """Register what a unit filled in for a round (R1-28), in place of what an earlier run read."""
    table = tables.unit_half
    connection.execute(delete(table).where(table.c.carrier_id == carrier))
    values = {name: getattr(half, name) for name in _NAMED}
    results = {name: half.results.get(name, "") for name in PROPERTIES}
    connection.execute(insert(table).values(carrier_id=carrier, **values, **results))


def unit_half(connection: Connection, carrier: str) -> UnitHalf | None:
    """Return what a unit filled in for a round; None when it sent no inspection form."""
    table = tables.unit_half
    row = connection.execute(select(table).where(table.c.carrier_id == carrier)).one_or_none()
    if row is None:
        return None
    results = {name: getattr(row, name) for name in PROPERTIES if getattr(row, name)}
    return UnitHalf(row.algorithm, row.digest, results, row.preparer, row.reviewer, row.filled_on)
