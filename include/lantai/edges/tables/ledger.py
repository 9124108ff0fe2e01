"""The ledger's events, leaves and checkpoints, which only grow; and the leases of workers."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from lantai.edges.tables import kinds
from lantai.edges.tables.columns import Moment, StoredBytes, metadata

event = Table(
    "event",
    metadata,
    Column("event_id", String(32), primary_key=True),
    Column("kind", ForeignKey(kinds.event_kind.c.kind), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("actor", String(32), nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("leaf", StoredBytes, nullable=False),
    Index(None, "subject"),
)

ledger_leaf = Table(
    "ledger_leaf",
    metadata,
    Column("leaf_index", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", ForeignKey("event.event_id"), nullable=False, unique=True),
    Column("leaf_hash", StoredBytes, nullable=False),
    CheckConstraint("leaf_index >= 0", name="counts_from_zero"),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("tree_size", BigInteger, primary_key=True, autoincrement=False),
    Column("root_sha256", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("frontier_json", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
