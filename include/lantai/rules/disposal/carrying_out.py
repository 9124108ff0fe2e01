"""What has to be so before a list is carried out: its state, the waiting time, its records, its papers.

Who has approved it is in `approval`; holds are looked up by whoever asks.
Nothing here knows the clock or a database, and every shortfall is returned.

Source: vault.md, "Destruction, in order"; 档案法实施条例 (2024) art. 24; 浙江办法 (2017) art. 21.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from lantai.records.custody.record import RecordStatus
from lantai.records.disposal.listed_record import ListedRecord
from lantai.records.disposal.lists import ListState
from lantai.records.disposal.shortfall import Shortfall
from lantai.rules.disposal.appraisal import is_expired

FILES_REGISTERS = frozenset({"浙江", "浙江省", "Zhejiang"})
"""Regions where a destruction register is filed with the authority before anything is destroyed. Source: 浙江办法 (2017) art. 21."""


def state_shortfalls(state: ListState, expected: ListState = ListState.AWAITING_CUSTODIAN) -> list[Shortfall]:
    """Return that a list does not stand where the act begins, or a step before it.

    Args:
        state: Where it stands.
        expected: Where it has to stand.
    """
    if state is expected:
        return []
    if expected is ListState.AWAITING_CUSTODIAN:
        return [Shortfall.of("not_handed_over", state=state.value, expected_state=expected.value)]
    return [Shortfall.of("other_state", state=state.value, expected_state=expected.value)]


def cooling_shortfalls(
    signed_at: datetime | None, covered_at: datetime | None, cooling_off_days: int, now_at: datetime
) -> list[Shortfall]:
    """Return what is left of the waiting time, counted from the later of two moments (N3).

    Args:
        signed_at: When the last approver signed; None when nobody has.
        covered_at: When the first checkpoint was made that covers every approving signature; None when one lies in none yet.
        cooling_off_days: The waiting time, 0 or more.
        now_at: The moment.
    """
    if signed_at is None or covered_at is None:
        return [Shortfall.of("signatures_in_no_checkpoint")]
    over_at = max(signed_at, covered_at) + timedelta(days=cooling_off_days)
    if now_at < over_at:
        return [Shortfall.of("waiting_time", days=cooling_off_days, until=f"{over_at:%Y-%m-%d %H:%M} UTC")]
    return []


def record_shortfalls(going: Iterable[ListedRecord]) -> list[Shortfall]:
    """Return which records are no longer there to be disposed of (I3)."""
    return [
        Shortfall.of("record_not_kept", row_no=row.row_no, status=row.status.value)
        for row in going
        if row.status is not RecordStatus.KEPT
    ]


def period_shortfalls(going: Iterable[ListedRecord], today: date) -> list[Shortfall]:
    """Return which records are not yet at the end of their period: by what they are, and by the day in their row (N3)."""
    return [
        Shortfall.of("period_not_over", row_no=row.row_no, today=today.isoformat())
        for row in going
        if not is_expired(row.retention, row.formed_on, today)
        or row.destroy_due_on is None
        or row.destroy_due_on > today
    ]


def chain_shortfalls(built_on: Mapping[int, str], going: Collection[int]) -> list[Shortfall]:
    """Return which records a backup that is kept still builds on (R1-15).

    Args:
        built_on: Row number -> id of a carrier that builds on the record's.
        going: Numbers of the rows that are disposed of.
    """
    return [
        Shortfall.of("base_of_a_chain", row_no=row_no, carrier_id=carrier_id)
        for row_no, carrier_id in built_on.items()
        if row_no in going
    ]


def paper_shortfalls(appraisal_report_no: str | None, filing_receipt_no: str | None, region: str) -> list[Shortfall]:
    """Return which papers of a destruction are missing (N2).

    Args:
        appraisal_report_no: Number of the report that the list rests on (实施条例 art. 24).
        filing_receipt_no: Number under which the authority filed the register; asked in some regions only.
        region: Of the archive.
    """
    found = [] if appraisal_report_no else [Shortfall.of("no_appraisal_report")]
    if region in FILES_REGISTERS and not filing_receipt_no:
        found.append(Shortfall.of("register_not_filed"))
    return found
