"""A submitting unit and what it is obliged to file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

NUMBER_PREFIX = "SL"
"""Acceptance numbers (受理号, shouli hao) begin with it and the year; see `records.intake.submission`."""

UNIT_CODE = re.compile(rf"(?!{NUMBER_PREFIX}[0-9]{{4}})[A-Z][A-Z0-9]{{0,15}}")
"""Our own code of a unit: capital letters and digits, 16 at most, and not like the beginning of an acceptance number (SL2025).

It stands in ids and folder names.
"""

UNIT_CODE_EXPECTED = "capital letters and digits, 16 at most, not beginning like an acceptance number (SL2025)"
"""What an error says of a code that is none."""


FONDS_NO = re.compile(r"[A-Z0-9]{4}")
"""A fonds number (全宗号): capital letters and digits, four of them. Source: DA/T 13-2022; rules N5."""


class DataForm(StrEnum):
    """The three data forms that are filed. Source: R1-12, R1-13, R1-14."""

    E_DOCUMENT = "e_document"
    BUSINESS_DATA = "business_data"
    DIGITISED_RESULT = "digitised_result"

    @property
    def letter(self) -> str:
        """One capital letter that stands for the form in our ids; no two forms have the same."""
        return _LETTERS[self]


_LETTERS = MappingProxyType({DataForm.E_DOCUMENT: "E", DataForm.BUSINESS_DATA: "B", DataForm.DIGITISED_RESULT: "D"})


class Frequency(StrEnum):
    """How often business data is filed; once a year is the floor. Source: R1-19."""

    DAY = "day"
    WEEK = "week"
    TEN_DAYS = "ten_days"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class ScopeClass(StrEnum):
    """Why a unit files. Source: R1-02."""

    STATUTORY = "statutory"
    KEY_FIELD = "key_field"
    VOLUNTARY = "voluntary"


@dataclass(frozen=True, slots=True)
class Unit:
    """A department that files.

    Attributes:
        unit_code: Our code, see `UNIT_CODE`.
        name: Full name in Chinese, as it stands on its seal.
        fonds_no: Fonds number (全宗号), see `FONDS_NO`, e.g. `Z109`: every archival code of the unit begins with it.
        data_forms: What the unit owes every year; at least one.
        business_frequency: How often business data is due; ignored for other forms.
        scope_class: Why it files.
        responsible_person: Staff id of the named person; None is a fault of set-up, told when a year is opened.
        first_filing_year: The first filing year that the unit owes; None is every year that is opened.
        closed_on: Last day of the unit's existence, None while it exists.

    Source: R1-01.
    """

    unit_code: str
    name: str
    fonds_no: str
    data_forms: tuple[DataForm, ...]
    business_frequency: Frequency = Frequency.YEAR
    scope_class: ScopeClass = ScopeClass.STATUTORY
    responsible_person: str | None = None
    first_filing_year: int | None = None
    closed_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse what could never be filed under."""
        if not UNIT_CODE.fullmatch(self.unit_code):
            raise ValueError(f"unit code {self.unit_code!r}: expected {UNIT_CODE_EXPECTED}")
        if not self.data_forms:
            raise ValueError(f"unit {self.unit_code}: at least one data form is expected")

    def owes(self, filing_year: int) -> bool:
        """Return whether the unit files for a year: it had begun to, and existed on some day of it."""
        begins = self.first_filing_year is None or self.first_filing_year <= filing_year
        return begins and (self.closed_on is None or self.closed_on.year >= filing_year)
