"""Units and people."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from lantai.edges.tables import kinds
from lantai.edges.tables.columns import Moment, metadata, one_of
from lantai.records.centre.unit import Frequency, ScopeClass

unit = Table(
    "unit",
    metadata,
    Column("unit_code", String(16), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("fonds_no", String(16), nullable=False),
    Column("scope_class", String(16), nullable=False),
    Column("business_frequency", String(16), nullable=False),
    Column("responsible_person", String(32)),
    Column("first_filing_year", Integer),
    Column("closed_on", Date),
    one_of("scope_class", ScopeClass, "scope_class"),
    one_of("business_frequency", Frequency, "business_frequency"),
    UniqueConstraint("name"),
    UniqueConstraint("fonds_no"),
)

unit_form = Table(
    "unit_form",
    metadata,
    Column("unit_code", ForeignKey("unit.unit_code"), primary_key=True),
    Column("data_form", ForeignKey(kinds.data_form.c.data_form), primary_key=True),
)

person = Table(
    "person",
    metadata,
    Column("person_id", String(32), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("unit_code", ForeignKey("unit.unit_code")),
    Column("disabled_on", Date),
)

appointment = Table(
    "appointment",
    metadata,
    Column("person_id", ForeignKey("person.person_id"), primary_key=True),
    Column("role", ForeignKey(kinds.role.c.role), primary_key=True),
    Column("from_on", Date, primary_key=True),
    Column("to_on", Date),
    CheckConstraint("to_on IS NULL OR to_on >= from_on", name="ends_after_it_begins"),
)

account = Table(
    "account",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("person_id", ForeignKey("person.person_id"), nullable=False),
)

person_key = Table(
    "person_key",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("person_id", ForeignKey("person.person_id"), nullable=False),
    Column("public_key", String(1000), nullable=False),
    Column("enrolled_by", ForeignKey("person.person_id", name="fk_person_key__enrolled_by"), nullable=False),
    Column("confirmed_by", ForeignKey("person.person_id", name="fk_person_key__confirmed_by"), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date),
    Column("enrolled_at", Moment, nullable=False),
    CheckConstraint(
        "enrolled_by <> confirmed_by AND enrolled_by <> person_id AND confirmed_by <> person_id",
        name="enrolled_by_two_others",
    ),
    Index(None, "person_id"),
)

delegation = Table(
    "delegation",
    metadata,
    Column("delegation_id", String(32), primary_key=True),
    Column("from_person", ForeignKey("person.person_id", name="fk_delegation__from_person"), nullable=False),
    Column("to_person", ForeignKey("person.person_id", name="fk_delegation__to_person"), nullable=False),
    Column("role", ForeignKey(kinds.role.c.role), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date, nullable=False),
    Column("document_no", String(100), nullable=False),
    CheckConstraint("from_person <> to_person", name="to_somebody_else"),
    CheckConstraint("to_on >= from_on", name="ends_after_it_begins"),
)
