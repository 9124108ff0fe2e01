"""A signature under a list, as the registry keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from lantai.records.disposal.lists import SignOff


@dataclass(frozen=True, slots=True)
class KeptSignOff:
    """A signature with what key and ledger say of it; whether it counts is judged by whoever reads it.

    Attributes:
        sign_off: The signature.
        fingerprint: Of the key it was made with; None when it is asserted by the system.
        public_key: That key, as one OpenSSH line; None likewise, or when nobody enrolled it.
        event_kind: Kind of the event that the row points at.
        event_subject: What that event is about.
        event_actor: Staff id of whose doing it was.
        leaf: That event's bytes in the ledger.
        leaf_index: Its place there, from 0; None before it has one.
    """

    sign_off: SignOff
    fingerprint: str | None
    public_key: str | None
    event_kind: str
    event_subject: str
    event_actor: str
    leaf: bytes
    leaf_index: int | None
