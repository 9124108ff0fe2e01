"""The kinds of events of the ledger: each event is one fact about a carrier or a list. Source: vault.md, "The ledger"."""

from __future__ import annotations

from enum import StrEnum


class EventKind(StrEnum):
    """What happened. One leaf per fact about a carrier, list, person or key, never per record."""

    YEAR_OPENED = "year_opened"
    CARRIER_RECEIVED = "carrier_received"
    CARRIER_RETURNED = "carrier_returned"
    CARRIER_HELD = "carrier_held"
    CARRIER_DECIDED = "carrier_decided"
    CARRIER_SEALED = "carrier_sealed"
    CARRIER_ACCEPTED = "carrier_accepted"
    ZERO_REPORT_ACCEPTED = "zero_report_accepted"
    QUARANTINE_PURGED = "quarantine_purged"
    AGREEMENT_ADDED = "agreement_added"
    HOLD_PLACED = "hold_placed"
    HOLD_LIFTED = "hold_lifted"
    PERSON_APPOINTED = "person_appointed"
    KEY_ENROLLED = "key_enrolled"
    DELEGATED = "delegated"
    LIST_DRAFTED = "list_drafted"
    LIST_DECIDED = "list_decided"
    LIST_SIGNED = "list_signed"
    LIST_REPORTED = "list_reported"
    LIST_REFUSED = "list_refused"
    LIST_FILED = "list_filed"
    LIST_WITHDRAWN = "list_withdrawn"
    RETENTION_RESET = "retention_reset"
    TRANSFERRED = "transferred"
    TRANSFER_RECEIPTED = "transfer_receipted"
    DESTROYING = "destroying"
    DESTROYED = "destroyed"
    RESTORED = "restored"
    IDENTITY_OPENED = "identity_opened"
