"""The ledger's rows: events, their places in the tree, and checkpoints. They only ever grow.

An event is written in the transaction of what it tells; the sequencer gives it
its place later. A leaf is the stored bytes and is never serialised again.
Signing, publishing and verifying are in the journey.

Source: vault.md, "The ledger"; RFC 6962 section 2.1.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, func, insert, select, type_coerce
from sqlalchemy.types import NullType

from lantai.edges import tables
from lantai.edges.database.database import STREAM_ROWS, Database, query, stream
from lantai.edges.database.lease import Lease, leased, require
from lantai.errors import LedgerError, MalformedError, NotFoundError
from lantai.formats.ledger import canonical, merkle
from lantai.records.ledger.event import EventKind

SEQUENCER = "ledger:sequencer"
SEQUENCER_SECONDS = 60
SEQUENCER_PATIENCE_SECONDS = 10
_LARGEST_INTEGER = 2**63 - 1
OWN_FIELDS = frozenset({"event_id", "kind", "subject", "actor", "occurred_at"})


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


def append(
    connection: Connection,
    kind: EventKind,
    subject: str,
    actor: str,
    occurred_at: datetime,
    facts: Mapping[str, int | str],
) -> str:
    """Write an event in the caller's transaction and return its id.

    Args:
        connection: The transaction that also writes what the event tells.
        kind: What happened.
        subject: Carrier id, list id or other id of ours.
        actor: Staff id of who did it, or `system`.
        occurred_at: Aware moment.
        facts: Integers and strings: ids, counts, digests; no titles, names or free text.

    Raises:
        MalformedError: A fact is something else, or has the name of a field that every leaf has.
    """
    event_id = secrets.token_hex(16)
    if clash := OWN_FIELDS & set(facts):
        raise MalformedError(f"event {kind}: found the facts {sorted(clash)}, expected other names than a leaf's own")
    body = {
        **facts,
        "event_id": event_id,
        "kind": kind.value,
        "subject": subject,
        "actor": actor,
        "occurred_at": moment_text(occurred_at),
    }
    if not canonical.is_ledger_safe(body):
        raise MalformedError(f"event {kind}: found facts {sorted(facts)}, expected only integers and strings in them")
    connection.execute(
        insert(tables.event).values(
            event_id=event_id,
            kind=kind.value,
            subject=subject,
            actor=actor,
            occurred_at=occurred_at,
            leaf=canonical.dumps(body),
        )
    )
    return event_id


def moment_text(moment: datetime) -> str:
    """Return a moment as leaves write it: UTC, ISO 8601, microseconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


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


def stored_leaves(connection: Connection) -> Iterator[Row[Any]]:
    """Yield every leaf with the row of its event as the database holds it, converted and believed in nothing.

    For whoever verifies: SQLite keeps a value of any type in any column, so what a row holds may be anything.
    """
    events, placed = tables.event, tables.ledger_leaf
    columns = [placed.c.leaf_index, placed.c.leaf_hash, *events.c]
    wanted = select(*map(_as_stored, columns)).join_from(placed, events, isouter=True).order_by(placed.c.leaf_index)
    return iter(connection.execute(wanted.execution_options(yield_per=STREAM_ROWS)))


def stored_checkpoints(connection: Connection) -> Sequence[Row[Any]]:
    """Return every checkpoint as the database holds it; see `stored_leaves`."""
    made = tables.checkpoint
    return connection.execute(select(*map(_as_stored, made.c)).order_by(made.c.tree_size)).all()


def _as_stored(column: Column[Any]) -> ColumnElement[Any]:
    return type_coerce(column, NullType()).label(column.name)


def leaves(connection: Connection, first_index: int, end_index: int) -> Iterator[Row[Any]]:
    """Yield leaves with the rows of their events, in order: leaf_index, leaf_hash, event_id, kind, ..., leaf."""
    return stream(connection, "ledger_leaves", first_index=first_index, end_index=end_index)


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


def frontier_before(connection: Connection, leaf_index: int) -> merkle.Frontier:
    """Return the right edge of the largest checkpointed tree that ends at a leaf or before it; of no tree an empty one.

    Raises:
        LedgerError: It does not lead to the root that was signed.
    """
    made = tables.checkpoint
    wanted = select(made).where(made.c.tree_size <= leaf_index).order_by(made.c.tree_size.desc()).limit(1)
    row = connection.execute(wanted).one_or_none()
    return merkle.Frontier() if row is None else frontier_of(row)


def frontier_of(checkpoint: Row[Any]) -> merkle.Frontier:
    """Return the right edge that a checkpoint's row keeps.

    Raises:
        LedgerError: It does not lead to the root that was signed.
    """
    kept = canonical.loads(checkpoint.frontier_json.encode())
    frontier = merkle.Frontier.from_mapping(kept if isinstance(kept, dict) else {})
    if (frontier.size, frontier.root.hex()) != (checkpoint.tree_size, checkpoint.root_sha256):
        raise LedgerError(
            f"checkpoint {checkpoint.tree_size}: its frontier leads to {frontier.root.hex()}, expected {checkpoint.root_sha256}"
        )
    return frontier


def checkpoints(connection: Connection) -> Sequence[Row[Any]]:
    """Return all checkpoints, smallest tree first: tree_size, root_sha256, note, frontier_json, made_at."""
    return connection.execute(select(tables.checkpoint).order_by(tables.checkpoint.c.tree_size)).all()


def checkpoint_sizes(connection: Connection) -> Sequence[int]:
    """Return how many leaves each checkpointed tree has, ascending."""
    size = tables.checkpoint.c.tree_size
    return connection.execute(select(size).order_by(size)).scalars().all()


def newest_checkpoint(connection: Connection) -> Row[Any] | None:
    """Return the checkpoint of the largest tree, None when none was made."""
    made = tables.checkpoint
    return connection.execute(select(made).order_by(made.c.tree_size.desc()).limit(1)).one_or_none()


def checkpoint_of(connection: Connection, tree_size: int) -> Row[Any] | None:
    """Return the checkpoint of a tree of that size, None when none was made: tree_size, root_sha256, note, frontier_json, made_at."""
    return connection.execute(select(tables.checkpoint).where(tables.checkpoint.c.tree_size == tree_size)).one_or_none()


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


def event_about(connection: Connection, subject: str, kind: EventKind) -> str:
    """Return the id of the one event of a kind about a subject.

    Raises:
        NotFoundError: There is none.
    """
    events = tables.event
    wanted = select(events.c.event_id).where(events.c.subject == subject, events.c.kind == kind.value)
    found = connection.execute(wanted).scalar_one_or_none()
    if found is None:
        raise NotFoundError(f"{subject}: found no event {kind.value} in the ledger")
    return str(found)


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
