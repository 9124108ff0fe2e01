"""Checkpoints of the ledger as the registry keeps them: signed roots, and the right edge to go on from.

Signing, putting out and verifying are in the journey.

Source: vault.md, "The ledger"; RFC 6962 section 2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from lantai.edges import tables
from lantai.errors import LedgerError
from lantai.formats.ledger import canonical, merkle


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A checkpoint that was signed.

    Attributes:
        tree_size: Leaves of its tree, 1 or more.
        root_sha256: Root of that tree, in hex.
        note: The signed note.
    """

    tree_size: int
    root_sha256: str
    note: str


def frontier_of(tree_size: int, root_sha256: str, frontier_json: str) -> merkle.Frontier:
    """Return the right edge that was kept with a checkpoint.

    Raises:
        LedgerError: It does not lead to the root that was signed.
        MalformedError: It is no right edge.
    """
    kept = canonical.loads(frontier_json.encode())
    frontier = merkle.Frontier.from_mapping(kept if isinstance(kept, dict) else {})
    if (frontier.size, frontier.root.hex()) != (tree_size, root_sha256):
        raise LedgerError(
            f"checkpoint {tree_size}: its frontier leads to {frontier.root.hex()}, expected {root_sha256}"
        )
    return frontier


def frontier_before(connection: Connection, leaf_index: int) -> merkle.Frontier:
    """Return the right edge of the largest checkpointed tree that ends at a leaf or before it; of no tree an empty one.

    Raises:
        LedgerError: It does not lead to the root that was signed.
    """
    made = tables.checkpoint
    wanted = select(made).where(made.c.tree_size <= leaf_index).order_by(made.c.tree_size.desc()).limit(1)
    row = connection.execute(wanted).one_or_none()
    return merkle.Frontier() if row is None else frontier_of(row.tree_size, row.root_sha256, row.frontier_json)


def checkpoint_sizes(connection: Connection) -> Sequence[int]:
    """Return how many leaves each checkpointed tree has, ascending."""
    size = tables.checkpoint.c.tree_size
    return connection.execute(select(size).order_by(size)).scalars().all()


def newest_checkpoint(connection: Connection) -> KeptCheckpoint | None:
    """Return the checkpoint of the largest tree, None when none was made."""
    made = tables.checkpoint
    wanted = select(made.c.tree_size, made.c.root_sha256, made.c.note).order_by(made.c.tree_size.desc()).limit(1)
    row = connection.execute(wanted).one_or_none()
    return None if row is None else KeptCheckpoint(row.tree_size, row.root_sha256, row.note)


def checkpoint_of(connection: Connection, tree_size: int) -> KeptCheckpoint | None:
    """Return the checkpoint of a tree of that size, None when none was made."""
    made = tables.checkpoint
    wanted = select(made.c.tree_size, made.c.root_sha256, made.c.note).where(made.c.tree_size == tree_size)
    row = connection.execute(wanted).one_or_none()
    return None if row is None else KeptCheckpoint(row.tree_size, row.root_sha256, row.note)


def add_checkpoint(connection: Connection, frontier: merkle.Frontier, note: str, made_at: datetime) -> None:
    """Keep a signed checkpoint.

    Args:
        connection: An open transaction.
        frontier: Right edge of the tree, which has 1 leaf or more.
        note: The signed note.
        made_at: Aware moment.
    """
    connection.execute(
        insert(tables.checkpoint).values(
            tree_size=frontier.size,
            root_sha256=frontier.root.hex(),
            note=note,
            frontier_json=canonical.dumps(frontier.to_mapping()).decode(),
            made_at=made_at,
        )
    )


def first_covered_at(connection: Connection, event_id: str) -> datetime | None:
    """Return when the first checkpoint over an event was made; None when it is in none yet."""
    placed, made = tables.ledger_leaf, tables.checkpoint
    index = connection.execute(select(placed.c.leaf_index).where(placed.c.event_id == event_id)).scalar()
    if index is None:
        return None
    wanted = select(made.c.made_at).where(made.c.tree_size > index).order_by(made.c.tree_size).limit(1)
    found: datetime | None = connection.execute(wanted).scalar()
    return found
