"""One round of a submission: a try at it, as its row says. Source: ADR 0009."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lantai.records.centre.unit import DataForm
from lantai.records.intake.carrier import BackupStrategy, package_name
from lantai.records.intake.submission import RoundState


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a submission, as its row says.

    Attributes:
        carrier_id: Our id of the round's carrier.
        carrier_number: The unit's own number of the carrier.
        raw_name: The unit's own name for the package.
        fingerprint: State of the package that this round is about.
        is_stalled: Taken in half, because it had not changed for days; the database never lets it be sealed or accepted.
    """

    carrier_id: str
    submission_id: str
    unit_code: str
    filing_year: int
    data_form: DataForm
    carrier_number: str
    round_no: int
    raw_name: bytes
    kind: str
    fingerprint: str
    state: RoundState
    received_at: datetime
    days_late: int
    is_zero_report: bool
    strategy: BackupStrategy | None
    file_count: int
    size_bytes: int
    record_count: int
    generation: int
    manifest_sha256: str | None
    supplement_by_on: date | None
    duty_id: str | None
    is_stalled: bool

    @property
    def package_name(self) -> str:
        """The unit's own name for the package, as people read it."""
        return package_name(self.raw_name, self.kind)
