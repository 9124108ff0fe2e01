"""The ledger's rows as the database holds them, converted and believed in nothing: for whoever verifies.

SQLite keeps a value of any type in any column, so what a row holds may be
anything, whatever the schema says.

Source: vault.md, "The ledger".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, select, type_coerce
from sqlalchemy.types import NullType

from lantai.edges import tables
from lantai.edges.database.database import STREAM_ROWS


@dataclass(frozen=True, slots=True)
class UnbelievedLeaf:
    """A leaf and the event that it points at; each value is of whatever type the database gave. Fields as in `edges.tables`."""

    leaf_index: object
    leaf_hash: object
    event_id: object
    kind: object
    subject: object
    actor: object
    occurred_at: object
    leaf: object


@dataclass(frozen=True, slots=True)
class UnbelievedCheckpoint:
    """A checkpoint; each value is of whatever type the database gave. Fields as in `edges.tables`."""

    tree_size: object
    root_sha256: object
    note: object
    frontier_json: object
    made_at: object


def unbelieved_leaves(connection: Connection) -> Iterator[UnbelievedLeaf]:
    """Yield every leaf with its event, by its place; an event that is gone leaves None in each of its fields."""
    events, placed = tables.event, tables.ledger_leaf
    told = (events.c.event_id, events.c.kind, events.c.subject, events.c.actor, events.c.occurred_at, events.c.leaf)
    columns = [placed.c.leaf_index, placed.c.leaf_hash, *told]
    wanted = select(*map(_as_stored, columns)).join_from(placed, events, isouter=True).order_by(placed.c.leaf_index)
    for row in connection.execute(wanted.execution_options(yield_per=STREAM_ROWS)):
        yield UnbelievedLeaf(*row)


def unbelieved_checkpoints(connection: Connection) -> list[UnbelievedCheckpoint]:
    """Return every checkpoint, smallest tree first."""
    made = tables.checkpoint.c
    columns = (made.tree_size, made.root_sha256, made.note, made.frontier_json, made.made_at)
    wanted = select(*map(_as_stored, columns)).order_by(made.tree_size)
    return [UnbelievedCheckpoint(*row) for row in connection.execute(wanted)]


def _as_stored(column: Column[Any]) -> ColumnElement[Any]:
    return type_coerce(column, NullType()).label(column.name)
