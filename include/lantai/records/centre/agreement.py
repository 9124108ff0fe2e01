"""What centre and unit agreed about encryption, copies and destruction (双方协商)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lantai.records.centre.unit import DataForm


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement for a unit and data form, from a day to a day, signed by both.

    `encrypts_before_sending` says whether the department encrypts what it sends; the centre seals everything it keeps.

    Source: R1-37; rules N13.
    """

    agreement_id: str
    unit_code: str
    data_form: DataForm
    encrypts_before_sending: bool
    algorithm: str
    unit_key_custodian: str
    centre_key_custodian: str
    destruction_clause: str
    from_on: date
    to_on: date | None
    signed_by_unit: str
    signed_by_centre: str
