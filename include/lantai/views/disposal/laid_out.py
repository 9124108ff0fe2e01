"""A list as its worksheet and papers say it: head, rows, and the digest of both.

The rows are Chinese whatever the language of the screen: they are what was
approved, and a digest must not change with a setting.

Source: 机关档案管理规定 (2018); 电子档案移交与接收办法 (2012); interfaces.md, "Papers".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lantai.formats.workbooks.worksheet import content_digest
from lantai.records.centre.unit import Unit
from lantai.records.disposal.laid_out_row import LaidOutRow, ListHead
from lantai.records.disposal.listed_record import ListedRecord
from lantai.records.disposal.lists import ListKind
from lantai.rules.disposal.appraisal import elapsed_years, printed_period

SHEET_KIND: Mapping[ListKind, str] = {ListKind.TRANSFER: "transfer_inventory", ListKind.DESTRUCTION: "appraisal"}
"""Kind of worksheet that people decide on, see `lantai.formats.papers.columns`."""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A list as it is written down; `digest` binds signatures and worksheets to exactly these rows."""

    sheet_kind: str
    head: ListHead
    rows: Sequence[LaidOutRow]
    digest: str


def lay_out(list_id: str, kind: ListKind, due_on: date, unit: Unit, records: Iterable[ListedRecord]) -> LaidOut:
    """Lay out the records of a list, in their order.

    Args:
        list_id: Its id.
        kind: For transfer or destruction.
        due_on: The day the list is drawn up for; elapsed years are counted to it.
        unit: Whose records they are.
        records: In order of the list.
    """
    rows = [_row(record, kind, due_on) for record in records]
    head = ListHead(list_id, kind, unit.name, unit.fonds_no, due_on)
    return LaidOut(SHEET_KIND[kind], head, rows, content_digest(SHEET_KIND[kind], head, rows))


def _row(record: ListedRecord, kind: ListKind, on: date) -> LaidOutRow:
    return LaidOutRow(
        row_no=record.row_no,
        record_id=record.record_id,
        archival_code=record.archival_code,
        title=record.title,
        author=record.author,
        doc_no=record.doc_no,
        formed_on=record.formed_on,
        filing_year=record.filing_year,
        retention=printed_period(record.retention),
        elapsed=f"{elapsed_years(record.formed_on, on)}年",
        page_count=record.page_count,
        due_on=record.transfer_due_on if kind is ListKind.TRANSFER else record.destroy_due_on,
        file_count=record.file_count,
        size_bytes=record.size_bytes,
        remarks=record.remarks,
    )
