"""One round of a submission: a try at it, and the answer that its unit gets. Source: ADR 0009; interfaces.md, "A department's folder"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lantai.records.centre.unit import DataForm
from lantai.records.intake.carrier import BackupStrategy
from lantai.records.intake.package import Package, quarantine_id_of
from lantai.records.intake.submission import AnswerKind, RoundState


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a submission, as its row says.

    Attributes:
        carrier_id: Our id of the round's carrier.
        package: What it is about, in its state.
        carrier_number: The unit's own number of the carrier.
        is_stalled: Taken in half, because it had not changed for days; the database never lets it be sealed or accepted.
    """

    carrier_id: str
    submission_id: str
    unit_code: str
    package: Package
    data_form: DataForm
    carrier_number: str
    round_no: int
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
    def filing_year(self) -> int:
        """The year whose folder its package lay in, which is its submission's."""
        return self.package.filing_year

    @property
    def quarantine_id(self) -> str:
        """The name of its package's folder in the quarantine."""
        return quarantine_id_of(self.unit_code, self.package)


@dataclass(frozen=True, slots=True)
class RoundAnswer:
    """What was made for the unit of a round: a paper, and the same for machines, signed; made once and delivered as it was made.

    Attributes:
        carrier_id: Our id of the round's carrier.
        body_json: What machines read, canonical JSON; these bytes are what is signed.
        signature: Base64.
        paper_path: Of the PDF, below the folder of papers.
        paper_sha256: Of the PDF.
        made_at: When it was made.
        delivered_at: When it lay in the unit's inbox and was read back there; None while it does not.
    """

    carrier_id: str
    kind: AnswerKind
    body_json: str
    signature: str
    paper_path: str
    paper_sha256: str
    made_at: datetime
    delivered_at: datetime | None = None
