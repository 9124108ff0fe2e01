"""The tables of the registry, as SQLAlchemy Core.

What the database can enforce is enforced there, by named constraints; state
moves and the append-only ledger are triggers, written in the migrations. A
test compares these tables with what the migrations make.
"""

from lantai.edges.tables.columns import metadata
from lantai.edges.tables.disposal import (
    certificate,
    delivery,
    disposal_list,
    list_duty,
    list_row,
    row_decision,
    sign_off,
    tombstone,
)
from lantai.edges.tables.filing import (
    agreement,
    answer,
    carrier,
    duty,
    filing_year,
    finding,
    last_take_in,
    notice,
    outbox_look,
    package_seen,
    ruling,
    submission,
    unit_half,
)
from lantai.edges.tables.holdings import (
    begun_copy,
    copy,
    hold,
    record,
    record_file,
    schedule,
    schedule_rule,
    sealed_record,
)
from lantai.edges.tables.ledger import checkpoint, event, lease, ledger_leaf
from lantai.edges.tables.people import account, appointment, delegation, person, person_key, unit, unit_form

__all__ = [
    "account",
    "agreement",
    "answer",
    "appointment",
    "begun_copy",
    "carrier",
    "certificate",
    "checkpoint",
    "copy",
    "delegation",
    "delivery",
    "disposal_list",
    "duty",
    "event",
    "filing_year",
    "finding",
    "hold",
    "last_take_in",
    "lease",
    "ledger_leaf",
    "list_duty",
    "list_row",
    "metadata",
    "notice",
    "outbox_look",
    "package_seen",
    "person",
    "person_key",
    "record",
    "record_file",
    "row_decision",
    "ruling",
    "schedule",
    "schedule_rule",
    "sealed_record",
    "sign_off",
    "submission",
    "tombstone",
    "unit",
    "unit_form",
    "unit_half",
]
