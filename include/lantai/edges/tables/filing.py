"""What units owe and what they sent: duties, submissions, rounds, findings, rulings, answers, notices."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
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
    false,
    text,
)

from lantai.edges.tables import kinds
from lantai.edges.tables.columns import Moment, metadata, one_of
from lantai.records.intake.carrier import BackupStrategy
from lantai.records.intake.finding import Severity
from lantai.records.intake.ruling import RulingChoice
from lantai.records.intake.visit import TakeInState

agreement = Table(
    "agreement",
    metadata,
    Column("agreement_id", String(32), primary_key=True),
    Column("unit_code", ForeignKey("unit.unit_code"), nullable=False),
    Column("data_form", ForeignKey(kinds.data_form.c.data_form), nullable=False),
    Column("encrypts_before_sending", Boolean(name="encrypts_before_sending"), nullable=False),
    Column("algorithm", String(64), nullable=False),
    Column("unit_key_custodian", String(100), nullable=False),
    Column("centre_key_custodian", String(100), nullable=False),
    Column("destruction_clause", Text, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date),
    Column("signed_by_unit", String(100), nullable=False),
    Column("signed_by_centre", String(100), nullable=False),
    CheckConstraint("signed_by_unit <> '' AND signed_by_centre <> ''", name="signed_by_both"),
    CheckConstraint("to_on IS NULL OR to_on >= from_on", name="ends_after_it_begins"),
    Index(None, "unit_code", "data_form"),
)

filing_year = Table(
    "filing_year",
    metadata,
    Column("filing_year", Integer, primary_key=True),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
)

duty = Table(
    "duty",
    metadata,
    Column("duty_id", String(48), primary_key=True),
    Column("unit_code", ForeignKey("unit.unit_code"), nullable=False),
    Column("filing_year", ForeignKey("filing_year.filing_year"), nullable=False),
    Column("data_form", ForeignKey(kinds.data_form.c.data_form), nullable=False),
    Column("period", Integer, nullable=False),
    Column("deadline_on", Date, nullable=False),
    Column("state", ForeignKey(kinds.duty_state.c.state), nullable=False),
    Column("met_at", Moment),
    CheckConstraint("(state IN ('accepted', 'zero_report')) = (met_at IS NOT NULL)", name="met_when_it_says_so"),
    UniqueConstraint("unit_code", "filing_year", "data_form", "period"),
)

outbox_look = Table(
    "outbox_look",
    metadata,
    Column("unit_code", ForeignKey("unit.unit_code"), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("error", Text, nullable=False),
    Column("looked_at", Moment, nullable=False),
    Column("listed_at", Moment),
    one_of("state", ("listed", "unknown"), "state"),
)

last_take_in = Table(
    "last_take_in",
    metadata,
    Column("unit_code", ForeignKey("unit.unit_code"), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("error", Text, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment),
    one_of("state", TakeInState, "state"),
    CheckConstraint("(state = 'under_way') = (ended_at IS NULL)", name="ended_when_it_says_so"),
    CheckConstraint("(state = 'failed') = (error <> '')", name="failed_with_a_reason"),
)

package_seen = Table(
    "package_seen",
    metadata,
    Column("unit_code", ForeignKey("unit.unit_code"), primary_key=True),
    Column("filing_year", Integer, primary_key=True),
    Column("raw_name_hex", String(2000), primary_key=True),
    Column("kind", ForeignKey(kinds.packaging.c.packaging), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("is_whole", Boolean(name="is_whole"), nullable=False),
    Column("carrier_id", String(64)),
    Column("waits_until_at", Moment),
)

submission = Table(
    "submission",
    metadata,
    Column("submission_id", String(48), primary_key=True),
    Column("unit_code", ForeignKey("unit.unit_code"), nullable=False),
    Column("filing_year", Integer, nullable=False),
    Column("data_form", ForeignKey(kinds.data_form.c.data_form), nullable=False),
    Column("carrier_number", String(200), nullable=False),
    Column("duty_id", ForeignKey("duty.duty_id")),
    Column("received_at", Moment, nullable=False),
    UniqueConstraint("unit_code", "filing_year", "data_form", "carrier_number"),
    UniqueConstraint("submission_id", "unit_code"),
)

carrier = Table(
    "carrier",
    metadata,
    Column("carrier_id", String(56), primary_key=True),
    Column("submission_id", String(48), nullable=False),
    Column("unit_code", String(16), nullable=False),
    Column("round_no", Integer, nullable=False),
    Column("raw_name_hex", String(2000), nullable=False),
    Column("kind", ForeignKey(kinds.packaging.c.packaging), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("state", ForeignKey(kinds.round_state.c.state), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("is_on_time", Boolean(name="is_on_time"), nullable=False),
    Column("days_late", Integer, nullable=False),
    Column("is_zero_report", Boolean(name="is_zero_report"), nullable=False),
    Column("strategy", String(16)),
    Column("base_carrier_id", ForeignKey("carrier.carrier_id", name="fk_carrier__base")),
    Column("file_count", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("record_count", Integer, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("manifest_sha256", String(64)),
    Column("supplement_by_on", Date),
    Column("purged_at", Moment),
    Column("is_stalled", Boolean(name="is_stalled"), nullable=False, server_default=false()),
    one_of("strategy", BackupStrategy, "strategy"),
    CheckConstraint("round_no >= 1", name="rounds_count_from_one"),
    CheckConstraint("is_on_time = (days_late = 0)", name="late_days_agree"),
    CheckConstraint("NOT is_stalled OR state NOT IN ('sealed', 'accepted')", name="stalled_is_never_sealed"),
    ForeignKeyConstraint(
        ["submission_id", "unit_code"],
        ["submission.submission_id", "submission.unit_code"],
        name="fk_carrier__of_its_submission",
    ),
    UniqueConstraint("carrier_id", "unit_code"),
    UniqueConstraint("submission_id", "round_no"),
    UniqueConstraint("submission_id", "fingerprint"),
    CheckConstraint("base_carrier_id IS NULL OR strategy <> 'full'", name="full_backup_has_no_base"),
    Index("ix_carrier__open", "state"),
    Index(
        "ix_carrier__base",
        "base_carrier_id",
        postgresql_where=text("base_carrier_id IS NOT NULL"),
        sqlite_where=text("base_carrier_id IS NOT NULL"),
    ),
)

finding = Table(
    "finding",
    metadata,
    Column("carrier_id", ForeignKey("carrier.carrier_id"), primary_key=True),
    Column("finding_no", Integer, primary_key=True),
    Column("rule", String(64), nullable=False),
    Column("severity", String(8), nullable=False),
    Column("subject", Text, nullable=False),
    Column("values_json", Text, nullable=False),
    Column("check_code", String(16), nullable=False),
    Column("record_no", Integer),
    Column("sheet", Text, nullable=False),
    one_of("severity", Severity, "severity"),
)

unit_half = Table(
    "unit_half",
    metadata,
    Column("carrier_id", ForeignKey("carrier.carrier_id"), primary_key=True),
    Column("algorithm", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("authenticity", Text, nullable=False),
    Column("integrity", Text, nullable=False),
    Column("usability", Text, nullable=False),
    Column("security", Text, nullable=False),
    Column("preparer", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("filled_on", Text, nullable=False),
)

ruling = Table(
    "ruling",
    metadata,
    Column("carrier_id", ForeignKey("carrier.carrier_id"), primary_key=True),
    Column("choice", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("ruled_by", ForeignKey("person.person_id"), nullable=False),
    Column("ruled_at", Moment, nullable=False),
    one_of("choice", RulingChoice, "choice"),
    CheckConstraint("reason <> ''", name="has_a_reason"),
)

answer = Table(
    "answer",
    metadata,
    Column("carrier_id", ForeignKey("carrier.carrier_id"), primary_key=True),
    Column("kind", ForeignKey(kinds.answer_kind.c.kind), primary_key=True),
    Column("body_json", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("paper_path", Text, nullable=False),
    Column("paper_sha256", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("delivered_at", Moment),
)

notice = Table(
    "notice",
    metadata,
    Column("notice_key", String(200), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("unit_code", ForeignKey("unit.unit_code")),
    Column("subject", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("sent_at", Moment),
)
