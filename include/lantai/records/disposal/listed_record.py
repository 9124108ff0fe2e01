"""A record as a list says it, with what the registry says of it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lantai.records.custody.record import RecordStatus, Retention


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """One row of a list, or one that is about to become a row.

    Attributes:
        row_no: Its number on the list, counted from 1.
        record_id: Our id of the record.
        carrier_id: The carrier it came in.
        archival_code: 档号.
        title: 题名.
        author: 责任者.
        doc_no: 文号, empty when it has none.
        formed_on: Day it was made.
        filing_year: 归档年度.
        retention: How long it is kept.
        page_count: Pages, 0 or more.
        transfer_due_on: First day on which it may be transferred; None is never.
        destroy_due_on: First day on which it may be destroyed; None is never.
        file_count: Its files.
        size_bytes: Of all its files.
        remarks: 备注.
        status: Where it stands now.
    """

    row_no: int
    record_id: str
    carrier_id: str
    archival_code: str
    title: str
    author: str
    doc_no: str
    formed_on: date
    filing_year: int
    retention: Retention
    page_count: int
    transfer_due_on: date | None
    destroy_due_on: date | None
    file_count: int
    size_bytes: int
    remarks: str
    status: RecordStatus
