"""What the centre keeps: records, their files, seals and copies, holds and schedules."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from lantai.edges.tables import kinds
from lantai.edges.tables.columns import Moment, metadata, one_of
from lantai.records.custody.record import AccessLevel, Retention
from lantai.records.disposal.hold import HoldScope

_MAY_FALL_DUE = "status = 'kept' AND {day} IS NOT NULL"
"""Which records stand in an index of what falls due: each in one of the two, unless both days are set."""

_IS_GONE = "status <> 'kept'"

record = Table(
    "record",
    metadata,
    Column("record_id", String(64), primary_key=True),
    Column("carrier_id", String(56), nullable=False),
    Column("unit_code", String(16), nullable=False),
    Column("archival_code", String(200), nullable=False),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("doc_no", String(200), nullable=False),
    Column("formed_on", Date, nullable=False),
    Column("filing_year", Integer, nullable=False),
    Column("retention", String(8), nullable=False),
    Column("page_count", Integer, nullable=False),
    Column("doc_type", String(100), nullable=False),
    Column("dept_or_subject", String(200), nullable=False),
    Column("item_no", String(16), nullable=False),
    Column("access_level", String(16), nullable=False),
    Column("remarks", Text, nullable=False),
    Column("transfer_due_on", Date),
    Column("destroy_due_on", Date),
    Column("status", ForeignKey(kinds.record_status.c.status), nullable=False),
    Column("file_count", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    one_of("retention", Retention, "retention"),
    one_of("access_level", AccessLevel, "access_level"),
    CheckConstraint("page_count >= 0", name="pages_are_counted"),
    CheckConstraint("retention <> 'Y' OR destroy_due_on IS NULL", name="permanent_is_never_due"),
    # One key for both: the unit of a record is its carrier's, and a load pays for one look-up a row instead of two.
    ForeignKeyConstraint(
        ["carrier_id", "unit_code"], ["carrier.carrier_id", "carrier.unit_code"], name="fk_record__in_its_carrier"
    ),
    Index(None, "unit_code", "archival_code"),
    Index("ix_record__gone", "carrier_id", postgresql_where=text(_IS_GONE), sqlite_where=text(_IS_GONE)),
    Index(
        "ix_record__due_for_transfer",
        "transfer_due_on",
        "unit_code",
        "carrier_id",
        "record_id",
        postgresql_where=text(_MAY_FALL_DUE.format(day="transfer_due_on")),
        sqlite_where=text(_MAY_FALL_DUE.format(day="transfer_due_on")),
    ),
    Index(
        "ix_record__due_for_destruction",
        "destroy_due_on",
        "unit_code",
        "carrier_id",
        "record_id",
        postgresql_where=text(_MAY_FALL_DUE.format(day="destroy_due_on")),
        sqlite_where=text(_MAY_FALL_DUE.format(day="destroy_due_on")),
    ),
)

record_file = Table(
    "record_file",
    metadata,
    Column("record_id", ForeignKey("record.record_id"), primary_key=True),
    Column("file_no", Integer, primary_key=True),
    Column("path", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("sm3", String(64), nullable=False),
)

sealed_record = Table(
    "sealed_record",
    metadata,
    Column("record_id", String(64), primary_key=True),
    Column("carrier_id", ForeignKey("carrier.carrier_id"), nullable=False),
    Column("seal_id", String(32), nullable=False),
    Column("pack", String(64), nullable=False),
    Column("payload", String(80), nullable=False),
    Column("payload_bytes", BigInteger, nullable=False),
    Column("payload_sha256", String(64), nullable=False),
    Column("header_sha256", String(64), nullable=False),
    Index(None, "carrier_id"),
)

copy = Table(
    "copy",
    metadata,
    Column("carrier_id", ForeignKey("carrier.carrier_id"), primary_key=True),
    Column("place", String(300), primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("state", ForeignKey(kinds.copy_state.c.state), nullable=False),
    Column("manifest_sha256", String(64), nullable=False),
    Column("verified_at", Moment, nullable=False),
)

begun_copy = Table(
    "begun_copy",
    metadata,
    Column("carrier_id", ForeignKey("carrier.carrier_id"), primary_key=True),
    Column("place", String(300), primary_key=True),
    Column("begun_at", Moment, nullable=False),
)
"""Where bytes of a carrier may lie that no row of `copy` answers for: written before the first of them, gone when that row comes."""

hold = Table(
    "hold",
    metadata,
    Column("hold_id", String(32), primary_key=True),
    Column("scope", String(16), nullable=False),
    Column("target", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("placed_by", ForeignKey("person.person_id", name="fk_hold__placed_by"), nullable=False),
    Column("placed_at", Moment, nullable=False),
    Column("lifted_by", ForeignKey("person.person_id", name="fk_hold__lifted_by")),
    Column("lifted_at", Moment),
    one_of("scope", HoldScope, "scope"),
    CheckConstraint("(lifted_by IS NULL) = (lifted_at IS NULL)", name="lifted_by_somebody"),
    CheckConstraint("reason <> ''", name="has_a_reason"),
    Index(
        "ix_hold__in_force",
        "target",
        postgresql_where=text("lifted_at IS NULL"),
        sqlite_where=text("lifted_at IS NULL"),
    ),
)

schedule = Table(
    "schedule",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("version", String(32), primary_key=True),
    Column("approved_by", String(200), nullable=False),
    Column("approved_on", Date, nullable=False),
    Column("effective_from", Date, nullable=False),
)

schedule_rule = Table(
    "schedule_rule",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("version", String(32), primary_key=True),
    Column("clause", String(64), primary_key=True),
    Column("description", Text, nullable=False),
    Column("retention", String(8), nullable=False),
    Column("keywords_json", Text, nullable=False),
    one_of("retention", Retention, "retention"),
)
