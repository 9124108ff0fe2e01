"""People, the duties they may carry out, and for how long. Source: 机关档案管理, roles; reliability.md, "Security properties"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LONGEST_ID = 32
"""Characters of a staff id, as the registry holds it."""


class Role(StrEnum):
    """What a person may be appointed to. Source: R9-01."""

    OPERATOR = "operator"
    PART_TIME_ARCHIVIST = "part_time_archivist"
    PREPARER = "preparer"
    PANEL_MEMBER = "panel_member"
    LEADER = "leader"
    CUSTODIAN = "custodian"
    WITNESS = "witness"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts in Lantai; `person_id` is the staff number, the only name that enters the ledger."""

    person_id: str
    name: str
    unit_code: str | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """A role held from a day to a day, both included; `to_on` None is open-ended."""

    person_id: str
    role: Role
    from_on: date
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A public key (one `ssh-ed25519 AAAA...` line) enrolled for a person by two others."""

    person_id: str
    public_key: str
    fingerprint: str
    from_on: date
    to_on: date | None = None
