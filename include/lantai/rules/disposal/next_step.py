"""What keeps a list from its next step: from approval, from the act, or from its end.

Holds are not among it: who acts looks them up beside it, and a hold refuses with an error of its own. Nothing here knows
the clock or a database, and every shortfall is returned.

Source: 档案法 (2020); 档案法实施条例 (2024); 浙江办法 (2017) art. 21; 机关档案管理规定 (2018); vault.md, destruction 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lantai.records.disposal.listed_record import ListedRecord
from lantai.records.disposal.lists import ListKind, ListState, SigningStage
from lantai.records.disposal.shortfall import Shortfall
from lantai.rules.disposal import carrying_out
from lantai.rules.disposal.approval import Dossier, approval_shortfalls, last_approved_at, witness_shortfalls


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What has to be known beside the dossier of a list before it may be carried out, at one moment.

    Attributes:
        going: The rows of which the whole panel said dispose.
        built_on: Row number -> id of a carrier whose live backup builds on the record's.
        covered_at: When the first checkpoint was made that covers every approving signature; None when one lies in none yet.
        destroyed_at: When its records were destroyed; None when they are not.
        appraisal_report_no: Number of the appraisal report; None when none is noted.
        filing_receipt_no: Number under which the authority filed the register; None when it did not.
        region: Of the archive.
        cooling_off_days: The waiting time after the approval, 0 or more.
        now_at: The moment.
        today: The local calendar date.
    """

    going: Sequence[ListedRecord]
    built_on: Mapping[int, str]
    covered_at: datetime | None
    destroyed_at: datetime | None
    appraisal_report_no: str | None
    filing_receipt_no: str | None
    region: str
    cooling_off_days: int
    now_at: datetime
    today: date


def act_shortfalls(dossier: Dossier, known: Circumstances) -> list[Shortfall]:
    """Return everything but holds that keeps a list from being carried out now (I3, N3); empty when nothing does."""
    approved_at = last_approved_at(dossier)
    missing = [
        *carrying_out.state_shortfalls(dossier.state),
        *approval_shortfalls(dossier),
        *carrying_out.cooling_shortfalls(approved_at, known.covered_at, known.cooling_off_days, known.now_at),
        *carrying_out.record_shortfalls(known.going),
    ]
    if dossier.kind is ListKind.DESTRUCTION and known.going:
        missing += witness_shortfalls(dossier, SigningStage.BEFORE, approved_at)
        missing += carrying_out.period_shortfalls(known.going, known.today)
        missing += carrying_out.chain_shortfalls(known.built_on, {row.row_no for row in known.going})
        missing += carrying_out.paper_shortfalls(known.appraisal_report_no, known.filing_receipt_no, known.region)
    return missing


def next_shortfalls(dossier: Dossier, known: Circumstances) -> list[Shortfall]:
    """Return what keeps a list from its next step, holds left out: from approval, from the act, or from its end."""
    if dossier.state in (ListState.DRAFT, ListState.REVIEWED):
        return approval_shortfalls(dossier)
    if dossier.state in (ListState.APPROVED, ListState.AWAITING_CUSTODIAN):
        return act_shortfalls(dossier, known)
    if dossier.state is not ListState.EXECUTING:
        return []
    if dossier.kind is ListKind.TRANSFER:
        return [receipt_shortfall(dossier.list_id)]
    return witness_shortfalls(dossier, SigningStage.AFTER, known.destroyed_at)


def receipt_shortfall(list_id: str) -> Shortfall:
    """Return that the archive's receipt for a transfer is waited for; it names where the archive lays it."""
    return Shortfall.of("receipt_of_the_archive", path=f"receipts/{list_id}.receipt.json")
