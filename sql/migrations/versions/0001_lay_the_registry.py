"""Lay the registry: its tables, the words that they know, and the rules that the database holds itself.

The rules are state moves, what only grows, and lists that do not change under a
signature. One migration until the first release: it is edited in place, and the
registry of an earlier state is refused.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

WORDS = {
    ("answer_kind", "kind"): "receipt opinions notice",
    ("copy_state", "state"): "verified damaged unknown erased",
    ("duty_state", "state"): "open accepted zero_report carried_over withdrawn",
    (
        "event_kind",
        "kind",
    ): "year_opened carrier_received carrier_returned carrier_held carrier_decided carrier_sealed carrier_accepted zero_report_accepted quarantine_purged agreement_added hold_placed hold_lifted person_appointed key_enrolled delegated list_drafted list_decided list_signed list_reported list_refused list_filed list_withdrawn retention_reset transferred transfer_receipted destroying destroyed restored identity_opened",
    ("list_duty_kind", "duty"): "preparer panel_member leader custodian witness",
    ("list_kind", "kind"): "transfer destruction",
    ("list_state", "state"): "draft reviewed approved awaiting_custodian executing done withdrawn",
    ("packaging", "packaging"): "folder zip tar",
    ("record_status", "status"): "kept transferring transferred destroying destroyed",
    ("role", "role"): "operator part_time_archivist preparer panel_member leader custodian witness auditor",
    ("round_state", "state"): "seen collected held returned sealed accepted withdrawn superseded",
}
"""By reference table and its column, the words in it: what a later version adds is a row."""

DATA_FORMS = {"e_document": "E", "business_data": "B", "digitised_result": "D"}
"""By data form, the letter that stands for it in acceptance numbers."""

ONLY_GROWS = ("event", "ledger_leaf", "checkpoint", "sign_off", "certificate", "tombstone")

MOVES = {
    ("carrier", "state"): (
        "seen>collected seen>held seen>returned seen>superseded seen>withdrawn "
        "collected>held collected>returned collected>sealed collected>accepted collected>superseded "
        "held>collected held>returned held>sealed held>superseded held>withdrawn "
        "returned>superseded returned>withdrawn sealed>accepted"
    ),
    ("disposal_list", "state"): (
        "draft>reviewed draft>withdrawn reviewed>draft reviewed>approved reviewed>withdrawn "
        "approved>awaiting_custodian approved>withdrawn awaiting_custodian>executing awaiting_custodian>withdrawn "
        "executing>done"
    ),
    ("record", "status"): (
        "kept>transferring transferring>kept transferring>transferred kept>destroying destroying>destroyed"
    ),
}

FIXED = {
    "disposal_list": ("kind", "unit_code", "due_on", "content_sha256", "drafted_by"),
    "list_row": ("list_id", "row_no", "record_id"),
    "list_duty": ("list_id", "person_id", "duty"),
    "carrier": ("carrier_id", "submission_id", "unit_code", "round_no", "fingerprint", "raw_name_hex", "is_stalled"),
    "record": ("record_id", "carrier_id", "unit_code"),
}

POSTGRES_IN_ITS_CARRIER = """
CREATE FUNCTION lantai_in_its_carrier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT carrier_id, unit_code FROM added EXCEPT SELECT carrier_id, unit_code FROM carrier) THEN
        RAISE EXCEPTION 'fk_record__in_its_carrier'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'fk_record__in_its_carrier', TABLE = 'record';
    END IF;
    IF EXISTS (SELECT status FROM added EXCEPT SELECT status FROM record_status) THEN
        RAISE EXCEPTION 'fk_record__record_status'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'fk_record__record_status', TABLE = 'record';
    END IF;
    RETURN NULL;
END $$
"""

POSTGRES_REFUSE = """
CREATE FUNCTION lantai_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def upgrade() -> None:
    """Lay the registry."""
    lay_tables()
    lay_words()
    lay_rules()


def lay_tables() -> None:
    """Add the tables."""
    op.create_table(
        "answer_kind",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_answer_kind")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("tree_size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_sha256", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("frontier_json", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tree_size", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "copy_state",
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_copy_state")),
    )
    op.create_table(
        "data_form",
        sa.Column("data_form", sa.String(length=20), nullable=False),
        sa.Column("letter", sa.String(length=1), nullable=False),
        sa.PrimaryKeyConstraint("data_form", name=op.f("pk_data_form")),
        sa.UniqueConstraint("letter", name=op.f("uq_data_form__letter")),
    )
    op.create_table(
        "duty_state",
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_duty_state")),
    )
    op.create_table(
        "event_kind",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_event_kind")),
    )
    op.create_table(
        "filing_year",
        sa.Column("filing_year", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("filing_year", name=op.f("pk_filing_year")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "list_duty_kind",
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("duty", name=op.f("pk_list_duty_kind")),
    )
    op.create_table(
        "list_kind",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_list_kind")),
    )
    op.create_table(
        "list_state",
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_list_state")),
    )
    op.create_table(
        "packaging",
        sa.Column("packaging", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("packaging", name=op.f("pk_packaging")),
    )
    op.create_table(
        "record_status",
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("status", name=op.f("pk_record_status")),
    )
    op.create_table(
        "role",
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_role")),
    )
    op.create_table(
        "round_state",
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_round_state")),
    )
    op.create_table(
        "schedule",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_schedule")),
    )
    op.create_table(
        "schedule_rule",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("clause", sa.String(length=64), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("retention", sa.String(length=8), nullable=False),
        sa.Column("keywords_json", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "retention IN ('Y', 'D30', 'D10', 'LONG', 'SHORT')", name=op.f("ck_schedule_rule__retention")
        ),
        sa.PrimaryKeyConstraint("name", "version", "clause", name=op.f("pk_schedule_rule")),
    )
    op.create_table(
        "unit",
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("fonds_no", sa.String(length=16), nullable=False),
        sa.Column("scope_class", sa.String(length=16), nullable=False),
        sa.Column("business_frequency", sa.String(length=16), nullable=False),
        sa.Column("responsible_person", sa.String(length=32), nullable=True),
        sa.Column("first_filing_year", sa.Integer(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "business_frequency IN ('day', 'week', 'ten_days', 'month', 'quarter', 'half_year', 'year')",
            name=op.f("ck_unit__business_frequency"),
        ),
        sa.CheckConstraint("scope_class IN ('statutory', 'key_field', 'voluntary')", name=op.f("ck_unit__scope_class")),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_unit")),
        sa.UniqueConstraint("fonds_no", name=op.f("uq_unit__fonds_no")),
        sa.UniqueConstraint("name", name=op.f("uq_unit__name")),
    )
    op.create_table(
        "agreement",
        sa.Column("agreement_id", sa.String(length=32), nullable=False),
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("data_form", sa.String(length=20), nullable=False),
        sa.Column("encrypts_before_sending", sa.Boolean(name="encrypts_before_sending"), nullable=False),
        sa.Column("algorithm", sa.String(length=64), nullable=False),
        sa.Column("unit_key_custodian", sa.String(length=100), nullable=False),
        sa.Column("centre_key_custodian", sa.String(length=100), nullable=False),
        sa.Column("destruction_clause", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("signed_by_unit", sa.String(length=100), nullable=False),
        sa.Column("signed_by_centre", sa.String(length=100), nullable=False),
        sa.CheckConstraint(
            "signed_by_unit <> '' AND signed_by_centre <> ''", name=op.f("ck_agreement__signed_by_both")
        ),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_agreement__ends_after_it_begins")),
        sa.ForeignKeyConstraint(["data_form"], ["data_form.data_form"], name=op.f("fk_agreement__data_form")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.unit_code"], name=op.f("fk_agreement__unit")),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_agreement")),
    )
    op.create_index(op.f("ix_agreement__unit_code_data_form"), "agreement", ["unit_code", "data_form"], unique=False)
    op.create_table(
        "duty",
        sa.Column("duty_id", sa.String(length=48), nullable=False),
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("filing_year", sa.Integer(), nullable=False),
        sa.Column("data_form", sa.String(length=20), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('accepted', 'zero_report')) = (met_at IS NOT NULL)", name=op.f("ck_duty__met_when_it_says_so")
        ),
        sa.ForeignKeyConstraint(["data_form"], ["data_form.data_form"], name=op.f("fk_duty__data_form")),
        sa.ForeignKeyConstraint(["filing_year"], ["filing_year.filing_year"], name=op.f("fk_duty__filing_year")),
        sa.ForeignKeyConstraint(["state"], ["duty_state.state"], name=op.f("fk_duty__duty_state")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.unit_code"], name=op.f("fk_duty__unit")),
        sa.PrimaryKeyConstraint("duty_id", name=op.f("pk_duty")),
        sa.UniqueConstraint(
            "unit_code",
            "filing_year",
            "data_form",
            "period",
            name=op.f("uq_duty__unit_code_filing_year_data_form_period"),
        ),
    )
    op.create_table(
        "event",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["kind"], ["event_kind.kind"], name=op.f("fk_event__event_kind")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event__subject"), "event", ["subject"], unique=False)
    op.create_table(
        "last_take_in",
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'failed') = (error <> '')", name=op.f("ck_last_take_in__failed_with_a_reason")),
        sa.CheckConstraint(
            "(state = 'under_way') = (ended_at IS NULL)", name=op.f("ck_last_take_in__ended_when_it_says_so")
        ),
        sa.CheckConstraint("state IN ('under_way', 'done', 'failed')", name=op.f("ck_last_take_in__state")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.unit_code"], name=op.f("fk_last_take_in__unit")),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_last_take_in")),
    )
    op.create_table(
        "notice",
        sa.Column("notice_key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("unit_code", sa.String(length=16), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.unit_code"], name=op.f("fk_notice__unit")),
        sa.PrimaryKeyConstraint("notice_key", name=op.f("pk_notice")),
    )
    op.create_table(
        "outbox_look",
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('listed', 'unknown')", name=op.f("ck_outbox_look__state")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.unit_code"], name=op.f("fk_outbox_look__unit")),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_outbox_look")),
    )
    op.create_table(
        "package_seen",
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("filing_year", sa.Integer(), nullable=False),
        sa.Column("raw_name_hex", sa.String(length=2000), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_whole", sa.Boolean(name="is_whole"), nullable=False),
        sa.Column("carrier_id", sa.String(length=64), nullable=True),
        sa.Column("waits_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kind"], ["packaging.packaging"], name=op.f("fk_package_seen__packaging")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.unit_code"], name=op.f("fk_package_seen__unit")),
        sa.PrimaryKeyConstraint("unit_code", "filing_year", "raw_name_hex", name=op.f("pk_package_seen")),
    )
    op.create_table(
        "person",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("unit_code", sa.String(length=16), nullable=True),
        sa.Column("disabled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.unit_code"], name=op.f("fk_person__unit")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
    )
    op.create_table(
        "unit_form",
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("data_form", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["data_form"], ["data_form.data_form"], name=op.f("fk_unit_form__data_form")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.unit_code"], name=op.f("fk_unit_form__unit")),
        sa.PrimaryKeyConstraint("unit_code", "data_form", name=op.f("pk_unit_form")),
    )
    op.create_table(
        "account",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_account__person")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_account")),
    )
    op.create_table(
        "appointment",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_appointment__ends_after_it_begins")),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_appointment__person")),
        sa.ForeignKeyConstraint(["role"], ["role.role"], name=op.f("fk_appointment__role")),
        sa.PrimaryKeyConstraint("person_id", "role", "from_on", name=op.f("pk_appointment")),
    )
    op.create_table(
        "delegation",
        sa.Column("delegation_id", sa.String(length=32), nullable=False),
        sa.Column("from_person", sa.String(length=32), nullable=False),
        sa.Column("to_person", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.String(length=100), nullable=False),
        sa.CheckConstraint("from_person <> to_person", name=op.f("ck_delegation__to_somebody_else")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_delegation__ends_after_it_begins")),
        sa.ForeignKeyConstraint(["from_person"], ["person.person_id"], name="fk_delegation__from_person"),
        sa.ForeignKeyConstraint(["role"], ["role.role"], name=op.f("fk_delegation__role")),
        sa.ForeignKeyConstraint(["to_person"], ["person.person_id"], name="fk_delegation__to_person"),
        sa.PrimaryKeyConstraint("delegation_id", name=op.f("pk_delegation")),
    )
    op.create_table(
        "disposal_list",
        sa.Column("list_id", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("drafted_by", sa.String(length=32), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_sha256", sa.String(length=64), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appraisal_report_no", sa.String(length=100), nullable=True),
        sa.Column("filing_receipt_no", sa.String(length=100), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["drafted_by"], ["person.person_id"], name=op.f("fk_disposal_list__person")),
        sa.ForeignKeyConstraint(["kind"], ["list_kind.kind"], name=op.f("fk_disposal_list__list_kind")),
        sa.ForeignKeyConstraint(["state"], ["list_state.state"], name=op.f("fk_disposal_list__list_state")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.unit_code"], name=op.f("fk_disposal_list__unit")),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_disposal_list")),
        sa.UniqueConstraint("kind", "unit_code", "due_on", "content_sha256", name="uq_disposal_list__drafted_once"),
    )
    op.create_index("ix_disposal_list__state", "disposal_list", ["state"], unique=False)
    op.create_table(
        "hold",
        sa.Column("hold_id", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.String(length=32), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(length=32), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_hold__has_a_reason")),
        sa.CheckConstraint("scope IN ('record', 'carrier', 'unit', 'fonds')", name=op.f("ck_hold__scope")),
        sa.CheckConstraint("(lifted_by IS NULL) = (lifted_at IS NULL)", name=op.f("ck_hold__lifted_by_somebody")),
        sa.ForeignKeyConstraint(["lifted_by"], ["person.person_id"], name="fk_hold__lifted_by"),
        sa.ForeignKeyConstraint(["placed_by"], ["person.person_id"], name="fk_hold__placed_by"),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_hold")),
    )
    op.create_index(
        "ix_hold__in_force",
        "hold",
        ["target"],
        unique=False,
        postgresql_where=sa.text("lifted_at IS NULL"),
        sqlite_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "ledger_leaf",
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("leaf_index >= 0", name=op.f("ck_ledger_leaf__counts_from_zero")),
        sa.ForeignKeyConstraint(["event_id"], ["event.event_id"], name=op.f("fk_ledger_leaf__event")),
        sa.PrimaryKeyConstraint("leaf_index", name=op.f("pk_ledger_leaf")),
        sa.UniqueConstraint("event_id", name=op.f("uq_ledger_leaf__event_id")),
    )
    op.create_table(
        "person_key",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("public_key", sa.String(length=1000), nullable=False),
        sa.Column("enrolled_by", sa.String(length=32), nullable=False),
        sa.Column("confirmed_by", sa.String(length=32), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "enrolled_by <> confirmed_by AND enrolled_by <> person_id AND confirmed_by <> person_id",
            name=op.f("ck_person_key__enrolled_by_two_others"),
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.person_id"], name="fk_person_key__confirmed_by"),
        sa.ForeignKeyConstraint(["enrolled_by"], ["person.person_id"], name="fk_person_key__enrolled_by"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_person_key__person")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_person_key")),
    )
    op.create_index(op.f("ix_person_key__person_id"), "person_key", ["person_id"], unique=False)
    op.create_table(
        "submission",
        sa.Column("submission_id", sa.String(length=48), nullable=False),
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("filing_year", sa.Integer(), nullable=False),
        sa.Column("data_form", sa.String(length=20), nullable=False),
        sa.Column("carrier_number", sa.String(length=200), nullable=False),
        sa.Column("duty_id", sa.String(length=48), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["data_form"], ["data_form.data_form"], name=op.f("fk_submission__data_form")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.duty_id"], name=op.f("fk_submission__duty")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.unit_code"], name=op.f("fk_submission__unit")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission")),
        sa.UniqueConstraint("submission_id", "unit_code", name=op.f("uq_submission__submission_id_unit_code")),
        sa.UniqueConstraint(
            "unit_code",
            "filing_year",
            "data_form",
            "carrier_number",
            name=op.f("uq_submission__unit_code_filing_year_data_form_carrier_number"),
        ),
    )
    op.create_table(
        "carrier",
        sa.Column("carrier_id", sa.String(length=56), nullable=False),
        sa.Column("submission_id", sa.String(length=48), nullable=False),
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("raw_name_hex", sa.String(length=2000), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_on_time", sa.Boolean(name="is_on_time"), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("is_zero_report", sa.Boolean(name="is_zero_report"), nullable=False),
        sa.Column("strategy", sa.String(length=16), nullable=True),
        sa.Column("base_carrier_id", sa.String(length=56), nullable=True),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("record_count", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
        sa.Column("supplement_by_on", sa.Date(), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_stalled", sa.Boolean(name="is_stalled"), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "NOT is_stalled OR state NOT IN ('sealed', 'accepted')", name=op.f("ck_carrier__stalled_is_never_sealed")
        ),
        sa.CheckConstraint(
            "base_carrier_id IS NULL OR strategy <> 'full'", name=op.f("ck_carrier__full_backup_has_no_base")
        ),
        sa.CheckConstraint("strategy IN ('full', 'incremental', 'differential')", name=op.f("ck_carrier__strategy")),
        sa.CheckConstraint("is_on_time = (days_late = 0)", name=op.f("ck_carrier__late_days_agree")),
        sa.CheckConstraint("round_no >= 1", name=op.f("ck_carrier__rounds_count_from_one")),
        sa.ForeignKeyConstraint(["base_carrier_id"], ["carrier.carrier_id"], name="fk_carrier__base"),
        sa.ForeignKeyConstraint(["kind"], ["packaging.packaging"], name=op.f("fk_carrier__packaging")),
        sa.ForeignKeyConstraint(["state"], ["round_state.state"], name=op.f("fk_carrier__round_state")),
        sa.ForeignKeyConstraint(
            ["submission_id", "unit_code"],
            ["submission.submission_id", "submission.unit_code"],
            name="fk_carrier__of_its_submission",
        ),
        sa.PrimaryKeyConstraint("carrier_id", name=op.f("pk_carrier")),
        sa.UniqueConstraint("carrier_id", "unit_code", name=op.f("uq_carrier__carrier_id_unit_code")),
        sa.UniqueConstraint("submission_id", "fingerprint", name=op.f("uq_carrier__submission_id_fingerprint")),
        sa.UniqueConstraint("submission_id", "round_no", name=op.f("uq_carrier__submission_id_round_no")),
    )
    op.create_index(
        "ix_carrier__base",
        "carrier",
        ["base_carrier_id"],
        unique=False,
        postgresql_where=sa.text("base_carrier_id IS NOT NULL"),
        sqlite_where=sa.text("base_carrier_id IS NOT NULL"),
    )
    op.create_index("ix_carrier__open", "carrier", ["state"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("certificate_id", sa.String(length=64), nullable=False),
        sa.Column("list_id", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body_json", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("paper_path", sa.Text(), nullable=False),
        sa.Column("paper_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kind"], ["list_kind.kind"], name=op.f("fk_certificate__list_kind")),
        sa.ForeignKeyConstraint(["list_id"], ["disposal_list.list_id"], name=op.f("fk_certificate__disposal_list")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("list_id", name="uq_certificate__one_per_list"),
    )
    op.create_table(
        "delivery",
        sa.Column("list_id", sa.String(length=48), nullable=False),
        sa.Column("package_name", sa.String(length=200), nullable=False),
        sa.Column("package_sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt_no", sa.String(length=200), nullable=True),
        sa.Column("receipt_sha256", sa.String(length=64), nullable=True),
        sa.Column("receipted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["disposal_list.list_id"], name=op.f("fk_delivery__disposal_list")),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_delivery")),
    )
    op.create_table(
        "list_duty",
        sa.Column("list_id", sa.String(length=48), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["duty"], ["list_duty_kind.duty"], name=op.f("fk_list_duty__list_duty_kind")),
        sa.ForeignKeyConstraint(["list_id"], ["disposal_list.list_id"], name=op.f("fk_list_duty__disposal_list")),
        sa.ForeignKeyConstraint(["on_behalf_of"], ["person.person_id"], name="fk_list_duty__on_behalf_of"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_list_duty__person")),
        sa.PrimaryKeyConstraint("list_id", "person_id", name=op.f("pk_list_duty")),
        sa.UniqueConstraint("list_id", "person_id", "duty", name="uq_list_duty__one_duty_per_person"),
    )
    op.create_index(
        "uq_list_duty__one_custodian",
        "list_duty",
        ["list_id"],
        unique=True,
        postgresql_where=sa.text("duty = 'custodian'"),
        sqlite_where=sa.text("duty = 'custodian'"),
    )
    op.create_index(
        "uq_list_duty__one_leader",
        "list_duty",
        ["list_id"],
        unique=True,
        postgresql_where=sa.text("duty = 'leader'"),
        sqlite_where=sa.text("duty = 'leader'"),
    )
    op.create_table(
        "tombstone",
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("list_id", sa.String(length=48), nullable=False),
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("files_digest", sa.String(length=64), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["disposal_list.list_id"], name=op.f("fk_tombstone__disposal_list")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_tombstone")),
    )
    op.create_index(
        op.f("ix_tombstone__unit_code_files_digest"), "tombstone", ["unit_code", "files_digest"], unique=False
    )
    op.create_table(
        "answer",
        sa.Column("carrier_id", sa.String(length=56), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body_json", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("paper_path", sa.Text(), nullable=False),
        sa.Column("paper_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.carrier_id"], name=op.f("fk_answer__carrier")),
        sa.ForeignKeyConstraint(["kind"], ["answer_kind.kind"], name=op.f("fk_answer__answer_kind")),
        sa.PrimaryKeyConstraint("carrier_id", "kind", name=op.f("pk_answer")),
    )
    op.create_table(
        "begun_copy",
        sa.Column("carrier_id", sa.String(length=56), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.carrier_id"], name=op.f("fk_begun_copy__carrier")),
        sa.PrimaryKeyConstraint("carrier_id", "place", name=op.f("pk_begun_copy")),
    )
    op.create_table(
        "copy",
        sa.Column("carrier_id", sa.String(length=56), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.carrier_id"], name=op.f("fk_copy__carrier")),
        sa.ForeignKeyConstraint(["state"], ["copy_state.state"], name=op.f("fk_copy__copy_state")),
        sa.PrimaryKeyConstraint("carrier_id", "place", name=op.f("pk_copy")),
    )
    op.create_table(
        "finding",
        sa.Column("carrier_id", sa.String(length=56), nullable=False),
        sa.Column("finding_no", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("values_json", sa.Text(), nullable=False),
        sa.Column("check_code", sa.String(length=16), nullable=False),
        sa.Column("record_no", sa.Integer(), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.CheckConstraint("severity IN ('fault', 'hold', 'warning')", name=op.f("ck_finding__severity")),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.carrier_id"], name=op.f("fk_finding__carrier")),
        sa.PrimaryKeyConstraint("carrier_id", "finding_no", name=op.f("pk_finding")),
    )
    op.create_table(
        "record",
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("carrier_id", sa.String(length=56), nullable=False),
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("archival_code", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("doc_no", sa.String(length=200), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=False),
        sa.Column("filing_year", sa.Integer(), nullable=False),
        sa.Column("retention", sa.String(length=8), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("doc_type", sa.String(length=100), nullable=False),
        sa.Column("dept_or_subject", sa.String(length=200), nullable=False),
        sa.Column("item_no", sa.String(length=16), nullable=False),
        sa.Column("access_level", sa.String(length=16), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("transfer_due_on", sa.Date(), nullable=True),
        sa.Column("destroy_due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("access_level IN ('open', 'partly_open', 'closed')", name=op.f("ck_record__access_level")),
        sa.CheckConstraint(
            "retention <> 'Y' OR destroy_due_on IS NULL", name=op.f("ck_record__permanent_is_never_due")
        ),
        sa.CheckConstraint("retention IN ('Y', 'D30', 'D10', 'LONG', 'SHORT')", name=op.f("ck_record__retention")),
        sa.CheckConstraint("page_count >= 0", name=op.f("ck_record__pages_are_counted")),
        sa.ForeignKeyConstraint(
            ["carrier_id", "unit_code"], ["carrier.carrier_id", "carrier.unit_code"], name="fk_record__in_its_carrier"
        ),
        sa.ForeignKeyConstraint(["status"], ["record_status.status"], name=op.f("fk_record__record_status")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_record")),
    )
    op.create_index(
        "ix_record__due_for_destruction",
        "record",
        ["destroy_due_on", "unit_code", "carrier_id", "record_id"],
        unique=False,
        postgresql_where=sa.text("status = 'kept' AND destroy_due_on IS NOT NULL"),
        sqlite_where=sa.text("status = 'kept' AND destroy_due_on IS NOT NULL"),
    )
    op.create_index(
        "ix_record__due_for_transfer",
        "record",
        ["transfer_due_on", "unit_code", "carrier_id", "record_id"],
        unique=False,
        postgresql_where=sa.text("status = 'kept' AND transfer_due_on IS NOT NULL"),
        sqlite_where=sa.text("status = 'kept' AND transfer_due_on IS NOT NULL"),
    )
    op.create_index(
        "ix_record__gone",
        "record",
        ["carrier_id"],
        unique=False,
        postgresql_where=sa.text("status <> 'kept'"),
        sqlite_where=sa.text("status <> 'kept'"),
    )
    op.create_index(op.f("ix_record__unit_code_archival_code"), "record", ["unit_code", "archival_code"], unique=False)
    op.create_table(
        "ruling",
        sa.Column("carrier_id", sa.String(length=56), nullable=False),
        sa.Column("choice", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ruled_by", sa.String(length=32), nullable=False),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("choice IN ('accept', 'return')", name=op.f("ck_ruling__choice")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_ruling__has_a_reason")),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.carrier_id"], name=op.f("fk_ruling__carrier")),
        sa.ForeignKeyConstraint(["ruled_by"], ["person.person_id"], name=op.f("fk_ruling__person")),
        sa.PrimaryKeyConstraint("carrier_id", name=op.f("pk_ruling")),
    )
    op.create_table(
        "sealed_record",
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("carrier_id", sa.String(length=56), nullable=False),
        sa.Column("seal_id", sa.String(length=32), nullable=False),
        sa.Column("pack", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.String(length=80), nullable=False),
        sa.Column("payload_bytes", sa.BigInteger(), nullable=False),
        sa.Column("payload_sha256", sa.String(length=64), nullable=False),
        sa.Column("header_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.carrier_id"], name=op.f("fk_sealed_record__carrier")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_sealed_record")),
    )
    op.create_index(op.f("ix_sealed_record__carrier_id"), "sealed_record", ["carrier_id"], unique=False)
    op.create_table(
        "sign_off",
        sa.Column("list_id", sa.String(length=48), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("list_digest", sa.String(length=64), nullable=False),
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("on_behalf_of", sa.String(length=32), nullable=True),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "(stage = 'approve') <> (duty = 'witness')", name=op.f("ck_sign_off__witnesses_sign_before_and_after")
        ),
        sa.CheckConstraint("stage IN ('approve', 'before', 'after')", name=op.f("ck_sign_off__stage")),
        sa.CheckConstraint(
            "(signature IS NULL) = (fingerprint IS NULL)", name=op.f("ck_sign_off__a_signature_has_its_key")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.event_id"], name=op.f("fk_sign_off__event")),
        sa.ForeignKeyConstraint(["fingerprint"], ["person_key.fingerprint"], name=op.f("fk_sign_off__person_key")),
        sa.ForeignKeyConstraint(
            ["list_id", "person_id", "duty"],
            ["list_duty.list_id", "list_duty.person_id", "list_duty.duty"],
            name="fk_sign_off__in_their_duty",
        ),
        sa.ForeignKeyConstraint(["on_behalf_of"], ["person.person_id"], name="fk_sign_off__on_behalf_of"),
        sa.PrimaryKeyConstraint("list_id", "person_id", "stage", "list_digest", name=op.f("pk_sign_off")),
    )
    op.create_table(
        "unit_half",
        sa.Column("carrier_id", sa.String(length=56), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("authenticity", sa.Text(), nullable=False),
        sa.Column("integrity", sa.Text(), nullable=False),
        sa.Column("usability", sa.Text(), nullable=False),
        sa.Column("security", sa.Text(), nullable=False),
        sa.Column("preparer", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("filled_on", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.carrier_id"], name=op.f("fk_unit_half__carrier")),
        sa.PrimaryKeyConstraint("carrier_id", name=op.f("pk_unit_half")),
    )
    op.create_table(
        "list_row",
        sa.Column("list_id", sa.String(length=48), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("is_open", sa.Integer(), nullable=False),
        sa.CheckConstraint("is_open IN (0, 1)", name=op.f("ck_list_row__is_open")),
        sa.ForeignKeyConstraint(["list_id"], ["disposal_list.list_id"], name=op.f("fk_list_row__disposal_list")),
        sa.ForeignKeyConstraint(["record_id"], ["record.record_id"], name=op.f("fk_list_row__record")),
        sa.PrimaryKeyConstraint("list_id", "row_no", name=op.f("pk_list_row")),
        sa.UniqueConstraint("list_id", "record_id", name=op.f("uq_list_row__list_id_record_id")),
    )
    op.create_index(
        "uq_list_row__on_one_open_list",
        "list_row",
        ["record_id"],
        unique=True,
        postgresql_where=sa.text("is_open = 1"),
        sqlite_where=sa.text("is_open = 1"),
    )
    op.create_table(
        "record_file",
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("file_no", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sm3", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.record_id"], name=op.f("fk_record_file__record")),
        sa.PrimaryKeyConstraint("record_id", "file_no", name=op.f("pk_record_file")),
    )
    op.create_table(
        "row_decision",
        sa.Column("list_id", sa.String(length=48), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("extend_years", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("decision IN ('dispose', 'keep')", name=op.f("ck_row_decision__decision")),
        sa.CheckConstraint("duty = 'panel_member'", name=op.f("ck_row_decision__by_a_panel_member")),
        sa.CheckConstraint(
            "extend_years IS NULL OR (decision = 'keep' AND extend_years > 0)",
            name=op.f("ck_row_decision__only_what_is_kept_is_extended"),
        ),
        sa.ForeignKeyConstraint(
            ["list_id", "person_id", "duty"],
            ["list_duty.list_id", "list_duty.person_id", "list_duty.duty"],
            name="fk_row_decision__by_a_panel_member",
        ),
        sa.ForeignKeyConstraint(
            ["list_id", "row_no"], ["list_row.list_id", "list_row.row_no"], name="fk_row_decision__list_row"
        ),
        sa.PrimaryKeyConstraint("list_id", "row_no", "person_id", name=op.f("pk_row_decision")),
    )


def lay_words() -> None:
    """Fill the reference tables."""
    for (table, column), words in WORDS.items():
        rows = [{column: word} for word in words.split()]
        op.bulk_insert(sa.table(table, sa.column(column)), rows)
    forms = [{"data_form": form, "letter": letter} for form, letter in DATA_FORMS.items()]
    op.bulk_insert(sa.table("data_form", sa.column("data_form"), sa.column("letter")), forms)


def lay_rules() -> None:
    """Add the triggers, the same rules in the words of each database."""
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(POSTGRES_REFUSE)
    for table in ONLY_GROWS:
        for verb in ("UPDATE", "DELETE"):
            refuse(
                postgres,
                f"{table}_only_grows_{verb.lower()}",
                f"BEFORE {verb} ON {table}",
                "1 = 1",
                f"{table}_only_grows",
            )
        if postgres:
            op.execute(
                f"CREATE TRIGGER {table}_only_grows_truncate BEFORE TRUNCATE ON {table} "
                f"EXECUTE FUNCTION lantai_refuse('{table}_only_grows')"
            )
    for (table, column), moves in MOVES.items():
        allowed = ", ".join(f"'{move}'" for move in moves.split())
        changed = f"OLD.{column} <> NEW.{column} AND (OLD.{column} || '>' || NEW.{column}) NOT IN ({allowed})"
        refuse(postgres, f"{table}_moves", f"BEFORE UPDATE ON {table}", changed, f"{table}_{column}_moves")
    for table, columns in FIXED.items():
        changed = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in columns)
        refuse(postgres, f"{table}_is_fixed", f"BEFORE UPDATE ON {table}", changed, f"{table}_is_fixed")
    refuse(postgres, "carrier_stays", "BEFORE DELETE ON carrier", "1 = 1", "carrier_stays")
    in_its_carrier(postgres)
    gapless(postgres)
    only_while(postgres, "list_row", ("INSERT",), ("draft",), "list_row_only_while_drafted")
    only_while(postgres, "row_decision", ("INSERT", "UPDATE"), ("draft", "reviewed"), "row_decision_only_while_open")
    refuse(postgres, "list_row_stays", "BEFORE DELETE ON list_row", "1 = 1", "list_row_stays")
    refuse(postgres, "row_decision_stays", "BEFORE DELETE ON row_decision", "1 = 1", "row_decision_stays")


def refuse(postgres: bool, name: str, when: str, condition: str, rule: str) -> None:
    """Add one row trigger that refuses with the name of its rule."""
    if postgres:
        op.execute(
            f"CREATE TRIGGER {name} {when} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION lantai_refuse('{rule}')"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {name} {when} FOR EACH ROW WHEN {condition} BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )


def in_its_carrier(postgres: bool) -> None:
    """Records are in a carrier that is there, and of its unit, in a state that is known: asked once for all rows of a load.

    SQLite has foreign keys for it. Those of PostgreSQL ask for every row by itself, which is a third of the time of a load for the
    carrier alone, and guard the other side too, where nothing moves: a carrier stays, and its id and unit are fixed. To which
    state a record may go later is asked by `record_moves`.
    """
    if postgres:
        for name in ("fk_record__in_its_carrier", "fk_record__record_status"):
            op.drop_constraint(name, "record", type_="foreignkey")
        op.execute(POSTGRES_IN_ITS_CARRIER)
        op.execute(
            "CREATE TRIGGER record_in_its_carrier AFTER INSERT ON record REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION lantai_in_its_carrier()"
        )
        op.execute(
            "CREATE TRIGGER carrier_stays_truncate BEFORE TRUNCATE ON carrier EXECUTE FUNCTION lantai_refuse('carrier_stays')"
        )


def gapless(postgres: bool) -> None:
    """The ledger's leaves count from zero without a gap."""
    expected = "(SELECT coalesce(max(leaf_index) + 1, 0) FROM ledger_leaf)"
    if postgres:
        op.execute(
            "CREATE FUNCTION lantai_gapless() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NEW.leaf_index <> {expected} THEN RAISE EXCEPTION 'ledger_leaf_gapless' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER ledger_leaf_gapless BEFORE INSERT ON ledger_leaf FOR EACH ROW EXECUTE FUNCTION lantai_gapless()"
        )
    else:
        refuse(
            postgres,
            "ledger_leaf_gapless",
            "BEFORE INSERT ON ledger_leaf",
            f"NEW.leaf_index <> {expected}",
            "ledger_leaf_gapless",
        )


def only_while(postgres: bool, table: str, verbs: tuple[str, ...], states: tuple[str, ...], rule: str) -> None:
    """Rows of a list may be written only while the list is in one of these states."""
    words = ", ".join(f"'{state}'" for state in states)
    state = "(SELECT state FROM disposal_list WHERE list_id = NEW.list_id)"
    for verb in verbs:
        if postgres:
            function = f"lantai_{rule}_{verb.lower()}"
            op.execute(
                f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {state} NOT IN ({words}) THEN RAISE EXCEPTION '{rule}' "
                "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {rule}_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
            )
        else:
            refuse(postgres, f"{rule}_{verb.lower()}", f"BEFORE {verb} ON {table}", f"{state} NOT IN ({words})", rule)
