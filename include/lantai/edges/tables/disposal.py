"""Lists, decisions, sign-offs and what became of them. Distinct people in incompatible duties is a constraint."""

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
    UniqueConstraint,
    text,
)

from lantai.edges.tables import kinds
from lantai.edges.tables.columns import Moment, metadata, one_of
from lantai.records.disposal.lists import Decision, SigningStage

disposal_list = Table(
    "disposal_list",
    metadata,
    Column("list_id", String(48), primary_key=True),
    Column("kind", ForeignKey(kinds.list_kind.c.kind), nullable=False),
    Column("unit_code", ForeignKey("unit.unit_code"), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", ForeignKey(kinds.list_state.c.state), nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("drafted_by", ForeignKey("person.person_id"), nullable=False),
    Column("drafted_at", Moment, nullable=False),
    Column("decided_sha256", String(64)),
    Column("approved_at", Moment),
    Column("appraisal_report_no", String(100)),
    Column("filing_receipt_no", String(100)),
    Column("finished_at", Moment),
    UniqueConstraint("kind", "unit_code", "due_on", "content_sha256", name="uq_disposal_list__drafted_once"),
    Index("ix_disposal_list__state", "state"),
)

list_row = Table(
    "list_row",
    metadata,
    Column("list_id", ForeignKey("disposal_list.list_id"), primary_key=True),
    Column("row_no", Integer, primary_key=True),
    Column("record_id", ForeignKey("record.record_id"), nullable=False),
    Column("is_open", Integer, nullable=False),
    CheckConstraint("is_open IN (0, 1)", name="is_open"),
    UniqueConstraint("list_id", "record_id"),
    Index(
        "uq_list_row__on_one_open_list",
        "record_id",
        unique=True,
        postgresql_where=text("is_open = 1"),
        sqlite_where=text("is_open = 1"),
    ),
)

list_duty = Table(
    "list_duty",
    metadata,
    Column("list_id", ForeignKey("disposal_list.list_id"), primary_key=True),
    Column("person_id", ForeignKey("person.person_id"), primary_key=True),
    Column("duty", ForeignKey(kinds.list_duty_kind.c.duty), nullable=False),
    Column("on_behalf_of", ForeignKey("person.person_id", name="fk_list_duty__on_behalf_of")),
    UniqueConstraint("list_id", "person_id", "duty", name="uq_list_duty__one_duty_per_person"),
    Index(
        "uq_list_duty__one_leader",
        "list_id",
        unique=True,
        postgresql_where=text("duty = 'leader'"),
        sqlite_where=text("duty = 'leader'"),
    ),
    Index(
        "uq_list_duty__one_custodian",
        "list_id",
        unique=True,
        postgresql_where=text("duty = 'custodian'"),
        sqlite_where=text("duty = 'custodian'"),
    ),
)

row_decision = Table(
    "row_decision",
    metadata,
    Column("list_id", String(48), primary_key=True),
    Column("row_no", Integer, primary_key=True),
    Column("person_id", String(32), primary_key=True),
    Column("duty", String(16), nullable=False),
    Column("decision", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("extend_years", Integer),
    Column("decided_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["list_id", "row_no"], ["list_row.list_id", "list_row.row_no"], name="fk_row_decision__list_row"
    ),
    ForeignKeyConstraint(
        ["list_id", "person_id", "duty"],
        ["list_duty.list_id", "list_duty.person_id", "list_duty.duty"],
        name="fk_row_decision__by_a_panel_member",
    ),
    CheckConstraint("duty = 'panel_member'", name="by_a_panel_member"),
    one_of("decision", Decision, "decision"),
    CheckConstraint(
        "extend_years IS NULL OR (decision = 'keep' AND extend_years > 0)", name="only_what_is_kept_is_extended"
    ),
)

sign_off = Table(
    "sign_off",
    metadata,
    Column("list_id", String(48), primary_key=True),
    Column("person_id", String(32), primary_key=True),
    Column("stage", String(8), primary_key=True),
    Column("list_digest", String(64), primary_key=True),
    Column("duty", String(16), nullable=False),
    Column("signed_at", Moment, nullable=False),
    Column("signature", Text),
    Column("fingerprint", ForeignKey("person_key.fingerprint")),
    Column("on_behalf_of", ForeignKey("person.person_id", name="fk_sign_off__on_behalf_of")),
    Column("event_id", ForeignKey("event.event_id"), nullable=False),
    ForeignKeyConstraint(
        ["list_id", "person_id", "duty"],
        ["list_duty.list_id", "list_duty.person_id", "list_duty.duty"],
        name="fk_sign_off__in_their_duty",
    ),
    one_of("stage", SigningStage, "stage"),
    CheckConstraint("(stage = 'approve') <> (duty = 'witness')", name="witnesses_sign_before_and_after"),
    CheckConstraint("(signature IS NULL) = (fingerprint IS NULL)", name="a_signature_has_its_key"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("list_id", ForeignKey("disposal_list.list_id"), primary_key=True),
    Column("package_name", String(200), nullable=False),
    Column("package_sha256", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("delivered_at", Moment, nullable=False),
    Column("receipt_no", String(200)),
    Column("receipt_sha256", String(64)),
    Column("receipted_at", Moment),
)

certificate = Table(
    "certificate",
    metadata,
    Column("certificate_id", String(64), primary_key=True),
    Column("list_id", ForeignKey("disposal_list.list_id"), nullable=False),
    Column("kind", ForeignKey(kinds.list_kind.c.kind), nullable=False),
    Column("body_json", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("paper_path", Text, nullable=False),
    Column("paper_sha256", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    UniqueConstraint("list_id", name="uq_certificate__one_per_list"),
)

tombstone = Table(
    "tombstone",
    metadata,
    Column("record_id", String(64), primary_key=True),
    Column("list_id", ForeignKey("disposal_list.list_id"), nullable=False),
    Column("unit_code", String(16), nullable=False),
    Column("files_digest", String(64), nullable=False),
    Column("destroyed_at", Moment, nullable=False),
    Index(None, "unit_code", "files_digest"),
)
