"""The tree of the ledger: the places of events in it, and the evidence that one is there.

An event is written in the transaction of what it tells; the sequencer gives it
its place later.

Source: vault.md, "The ledger"; RFC 6962 section 2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from lantai.edges import tables
from lantai.edges.database.database import Database, query, stream
from lantai.edges.database.lease import Lease, leased, require
from lantai.edges.ledger.checkpoints import frontier_before
from lantai.errors import LedgerError, NotFoundError
from lantai.formats.ledger import merkle

SEQUENCER = "ledger:sequencer"
SEQUENCER_SECONDS = 60
SEQUENCER_PATIENCE_SECONDS = 10
_LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Evidence that an event is in the ledger.

    Attributes:
        event_id: The event.
        leaf_index: Its place, from 0.
        tree_size: Leaves of the tree that the proof leads to.
        leaf: The stored bytes.
        hashes: RFC 6962 audit path, lowest first.
        root: Root of that tree.
    """

    event_id: str
    leaf_index: int
    tree_size: int
    leaf: bytes
    hashes: tuple[bytes, ...]
    root: bytes


@contextmanager
def sequencer(database: Database, holder: str, now_at: Callable[[], datetime]) -> Iterator[Lease]:
    """Hold the lease of whoever gives events their places; wait while somebody else does, which takes milliseconds.

    Args:
        database: The registry.
        holder: This process's name in leases.
        now_at: The clock.

    Raises:
        LeaseLostError: Somebody else is at it all the time.
    """
    with leased(database, SEQUENCER, holder, now_at, SEQUENCER_SECONDS, SEQUENCER_PATIENCE_SECONDS) as lease:
        yield lease


def sequence(database: Database, lease: Lease) -> int:
    """Give every event without one its place in the tree, in their order and without a gap (I5); return how many leaves it has now.

    Raises:
        LeaseLostError: Somebody else has taken over.
    """
    with database.begin() as connection:
        require(connection, lease)
        size = tree_size(connection)
        rows = [
            {"leaf_index": index, "event_id": row.event_id, "leaf_hash": merkle.leaf_hash(row.leaf)}
            for index, row in enumerate(query(connection, "events_without_leaf"), start=size)
        ]
        # One at a time: the trigger against gaps looks at the rows that are there before each.
        for row in rows:
            connection.execute(insert(tables.ledger_leaf).values(row))
        return size + len(rows)


def tree_size(connection: Connection) -> int:
    """Return how many leaves the tree has."""
    index = tables.ledger_leaf.c.leaf_index
    # Bounded from above, because in SQLite a text is larger than every number.
    largest = connection.execute(select(func.max(index)).where(index < _LARGEST_INTEGER)).scalar()
    return 0 if largest is None else int(largest) + 1


def waiting_count(connection: Connection) -> int:
    """Return how many events have no place in the tree yet."""
    events, placed = tables.event, tables.ledger_leaf
    waiting = select(func.count()).select_from(events.outerjoin(placed)).where(placed.c.event_id.is_(None))
    return int(connection.execute(waiting).scalar_one())


def leaves(connection: Connection, first_index: int, end_index: int) -> Iterator[bytes]:
    """Yield leaves as they were stored, in order.

    Args:
        connection: An open transaction.
        first_index: The first leaf.
        end_index: The one after the last.
    """
    for row in stream(connection, "ledger_leaves", first_index=first_index, end_index=end_index):
        yield bytes(row.leaf)


def leaf_hashes(connection: Connection, first_index: int, end_index: int) -> list[bytes]:
    """Return the hashes of leaves as they were given, 32 bytes each.

    Args:
        connection: An open transaction.
        first_index: The first leaf.
        end_index: The one after the last.

    Raises:
        LedgerError: There are fewer.
    """
    index = tables.ledger_leaf.c.leaf_index
    wanted = select(tables.ledger_leaf.c.leaf_hash).where(index >= first_index, index < end_index).order_by(index)
    found = [bytes(row.leaf_hash) for row in connection.execute(wanted)]
    if len(found) != end_index - first_index:
        raise LedgerError(f"ledger: found {first_index + len(found)} leaves, expected {end_index}")
    return found


def proof_for(database: Database, event_id: str, tree_size: int) -> Inclusion:
    """Return the evidence that an event is in the tree of a checkpoint.

    Raises:
        NotFoundError: No such event, or it has no place in that tree.
        LedgerError: The tree is smaller than that.
    """
    events, placed = tables.event, tables.ledger_leaf
    with database.read() as connection:
        leaf = connection.execute(select(events.c.leaf).where(events.c.event_id == event_id)).scalar()
        index = connection.execute(select(placed.c.leaf_index).where(placed.c.event_id == event_id)).scalar()
        if leaf is None or index is None or index >= tree_size:
            found = "no event" if leaf is None else "no place yet" if index is None else f"leaf {index}"
            raise NotFoundError(f"event {event_id}: found {found}, expected it below leaf {tree_size}")
        frontier = frontier_before(connection, int(index))
        hashes = leaf_hashes(connection, frontier.size, tree_size)
    path = tuple(merkle.inclusion_proof(hashes, index, frontier))
    for leaf_hash in hashes:
        frontier.append(leaf_hash)
    return Inclusion(event_id, int(index), tree_size, bytes(leaf), path, frontier.root)
