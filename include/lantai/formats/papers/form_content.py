"""What each paper holds: the fields of every kind, and which of them may not be missing.

A value is text, a number, a date, an aware moment or None; None and the empty
string leave the cell blank, to be filled in by hand. Moments are printed in the
zone they carry: the caller turns UTC into local time. A field that is optional
here is `NotRequired`; a paper with another field missing is not printed at all:
a blank is never sealed.
"""

# No postponed annotations here: with them NotRequired would not reach __required_keys__, which decides what may be missing.

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NotRequired, TypedDict

from lantai.records.disposal.laid_out_row import RegisterRow

Day = date | str | None
Moment = datetime | str | None


class Digest(TypedDict):
    """A digest with the name of its algorithm, e.g. `SHA-256`; lower-case hex."""

    algorithm: str
    value: str


class PrintedCheckpoint(TypedDict):
    """The ledger's checkpoint: note name, number of leaves, root in base64 or hex."""

    origin: str
    size: int
    root: str


class Proof(TypedDict):
    """Where a leaf lies in the ledger; the hashes themselves stand in the signed JSON beside the paper."""

    leaf_index: int
    hashes: list[str]


class PrintedSigner(TypedDict):
    """One sign-off: `duty` and `stage` as in records.disposal; `fingerprint` None is printed as asserted by the system."""

    duty: str
    stage: str
    name: str
    person_id: str
    signed_at: Moment
    fingerprint: str | None
    on_behalf_of: NotRequired[str | None]


class CarrierLine(TypedDict):
    """One carrier with its digest; `carrier` is the department's name for it, `carrier_id` ours."""

    carrier: str
    carrier_id: NotRequired[str]
    description: NotRequired[str]
    algorithm: str
    digest: str
    bytes: int
    records: NotRequired[int]


class CheckLine(TypedDict):
    """One item of DA/T 70: `property` and results as named in the forms' words (`pass`, `fail`, `not_applicable`, `pending_manual`, `not_checked`)."""

    property: str
    code: NotRequired[str]
    check: str
    centre_result: str
    remark: NotRequired[str]


class PlaceLine(TypedDict):
    """A copy read back: `result` is `verified` or `unreachable`."""

    place: str
    verified_at: Moment
    result: str


class ErasureLine(TypedDict):
    """A place looked at after erasure: `erasure_class` overwritten | versions_deleted | residue_until | shredded_by_key.

    `place` is its name, `address` where it is; `carrier_id` whose records were erased there.
    """

    place: str
    address: NotRequired[str]
    carrier_id: NotRequired[str]
    erasure_class: str
    looked_at: Moment
    looked_by: str
    result: str
    residue_until: NotRequired[Day]
    remark: NotRequired[str]


class FindingLine(TypedDict):
    """One opinion, in the words of the paper's language; `severity` fault | hold | warning. Source: R1-50."""

    where: str
    found: str
    expected: str
    source: str
    fix: str
    severity: NotRequired[str]


class Paper(TypedDict):
    """What every paper carries.

    Attributes:
        paper_no: Number of the paper.
        centre: Name of the centre that issues it.
        printed_at: Aware moment; also the document's own date, so equal content gives equal bytes.
        today_is_set: The centre's date is set by LANTAI_TODAY; the paper says so.
    """

    paper_no: str
    centre: str
    printed_at: datetime
    today_is_set: NotRequired[bool]


class Filing(Paper):
    """The submission that a paper is about, by our number and by the unit's own name and number; `days_late` 0 is on time, `due_on` None has no date."""

    unit: str
    unit_code: str
    fonds_no: str
    filing_year: int
    data_form: str
    submission_id: str
    package_name: str
    carrier_number: str
    round_no: int
    received_at: Moment
    due_on: Day
    days_late: int


class AcceptanceInspection(Filing):
    """《档案备份数据移交、接收检验表》, both halves. `outcome` accepted | returned | held. Source: R1-28, R1-36, R1-48.

    `carriers` have the digest that the unit registered; `unit_results` are what it found, by property, in its own words.
    """

    strategy: NotRequired[str]
    channel: NotRequired[str]
    record_count: int
    file_count: int
    total_bytes: int
    manifest_digest: Digest | None
    carriers: list[CarrierLine]
    checks: list[CheckLine]
    places: list[PlaceLine]
    checkpoint: PrintedCheckpoint | None
    outcome: str
    remarks: NotRequired[list[str]]
    unit_results: NotRequired[Mapping[str, str]]
    unit_preparer: NotRequired[str]
    unit_reviewer: NotRequired[str]
    unit_signed_on: NotRequired[Day]
    centre_preparer: NotRequired[str]
    centre_reviewer: NotRequired[str]
    centre_signed_on: NotRequired[Day]


class Opinions(Filing):
    """修改意见（补正意见单）: every finding, never the first only. Source: R1-49, R1-50, R4-08."""

    findings: list[FindingLine]
    supplement_by: Day
    resubmit_to: str
    contact: NotRequired[str]
    issuer: NotRequired[str]


class Notice(Filing):
    """受理通知: the carrier was received, and what the centre still has to decide. Source: R1-37, R1-51."""

    findings: list[FindingLine]


class DisposalPaper(Paper):
    """A list as approved.

    `list_digest` is what the signers signed; `on` is the day for which things were due.
    """

    list_id: str
    units: str
    fonds_no: NotRequired[str]
    on: Day
    approved_on: Day
    panel_report_no: NotRequired[str]
    archive: NotRequired[str]
    list_digest: Digest
    rows: Iterable[RegisterRow]
    signers: list[PrintedSigner]
    checkpoint: NotRequired[PrintedCheckpoint | None]


class TransferInventory(DisposalPaper):
    """移交清册 as approved. Source: R9-15, R9-16; rules N7."""


class DestructionRegister(DisposalPaper):
    """销毁清册 as approved, kept for good. Source: R9-19; rules N3."""


class SideCheck(TypedDict):
    """One of the four properties with the result of either side."""

    property: str
    sender_result: str
    receiver_result: str


class TransferRegister(Paper):
    """电子档案移交与接收登记表 with its digest table; gigabytes with three decimals are computed here.

    `carrier_kind` is a channel (`online`, `disc`), `appearance` a result as on inspection forms. Source: rules N7.
    """

    job_name: str
    description: str
    sender: str
    receiver: str
    record_count: int
    total_bytes: int
    carrier_range: str
    carrier_kind: str
    appearance: NotRequired[str]
    checks: list[SideCheck]
    digests: list[CarrierLine]
    formed_due_on: Day
    class_due_on: Day
    sender_keep_until: Day
    sender_preparer: NotRequired[str]
    sender_reviewer: NotRequired[str]
    receiver_preparer: NotRequired[str]
    receiver_reviewer: NotRequired[str]


class Twin(TypedDict):
    """A live record, round or export with the same content."""

    record_id: str
    where: str


class DestructionCertificate(Paper):
    """销毁证明: what was looked at, where, when and by whom; never more than that. Source: vault.md, destruction 5 to 7."""

    list_id: str
    units: str
    fonds_no: NotRequired[str]
    record_count: int
    page_count: NotRequired[int]
    list_digest: Digest
    destroyed_at: Moment
    places: list[ErasureLine]
    twins: list[Twin]
    signers: list[PrintedSigner]
    checkpoint: PrintedCheckpoint | None
    proof: Proof | None


class Receipt(Filing):
    """接收证明书. `signed_with` names the key of the signed JSON beside it. Source: R4-12."""

    receipt_no: str
    accepted_at: Moment
    record_count: int
    file_count: int
    total_bytes: int
    manifest_digest: Digest | None
    places: list[PlaceLine]
    checkpoint: PrintedCheckpoint | None
    proof: NotRequired[Proof | None]
    signed_with: str
    issuer: NotRequired[str]


class BoardLine(TypedDict):
    """One unit and form; `state` as in the forms' words, from the duty or its newest round."""

    unit: str
    data_form: str
    responsible_person: NotRequired[str]
    due_on: Day
    state: str
    received_on: Day
    days_late: int | None
    rounds: int
    record_count: NotRequired[int | None]
    remark: NotRequired[str]


class Board(Paper):
    """年度跟踪表. Source: R1-23; glossary 51."""

    filing_year: int
    on: Day
    rows: list[BoardLine]
