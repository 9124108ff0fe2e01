"""What a department wants packed, and who files it.

Source: interfaces.md, "A carrier".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lantai.records.centre.unit import DataForm
from lantai.records.custody.record import Retention
from lantai.records.intake.carrier import BackupStrategy

CARRIER_NUMBER = re.compile(r"\w[\w.-]{0,63}")
"""It becomes part of a folder's name; letters of any script."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who files: as it stands in bag-info and on the forms."""

    unit_code: str
    name: str
    fonds_no: str
    contact_name: str
    contact_phone: str


@dataclass(frozen=True, slots=True)
class PackOrder:
    """What is to be packed.

    Attributes:
        filing_year: The year the records belong to.
        data_form: What they are.
        packed_on: Local date of packing, which is written as Bagging-Date.
        carrier_number: The unit's own number of the carrier, unique within year and form.
        strategy: For business data; None for other forms.
        base_carrier: Carrier-Number of the full backup that an incremental one builds on.
        retention: Period of a snapshot of business data; records of a catalogue have their own.
        description: What the snapshot is, for people.
        declared_gaps: Archival codes that are missing on purpose.
        form_values: What the forms say beyond what is known here, by key of `formats.workbooks.workbook.form_fields`.
        zero_signed_by: Name of who states that there is nothing to file; set only for a zero report.
        zero_statement: The statement; empty takes the usual sentence.
    """

    filing_year: int
    data_form: DataForm
    packed_on: date
    carrier_number: str = "001"
    strategy: BackupStrategy | None = None
    base_carrier: str = ""
    retention: Retention | None = None
    description: str = ""
    declared_gaps: tuple[str, ...] = ()
    form_values: Mapping[str, str] = field(default_factory=dict)
    zero_signed_by: str = ""
    zero_statement: str = ""

    @property
    def is_business_data(self) -> bool:
        """Whether a snapshot of a business system is packed, which has no catalogue of records."""
        return self.data_form is DataForm.BUSINESS_DATA
