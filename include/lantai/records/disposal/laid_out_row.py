"""A list as it is written down, on a sheet that people fill in and on the register or inventory that comes of it.

Source: 机关档案管理规定 (2018) for 销毁清册; 电子档案移交与接收办法 (2012) for 移交清册.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lantai.records.disposal.lists import Decision, ListKind


@dataclass(frozen=True, slots=True)
class ListHead:
    """What stands above the rows.

    Attributes:
        list_id: The list.
        disposal: For transfer or destruction.
        units: Name of the unit whose records they are.
        fonds_no: Its fonds number.
        on: The day for which the list is drawn up.
    """

    list_id: str
    disposal: ListKind
    units: str
    fonds_no: str
    on: date


@dataclass(frozen=True, slots=True)
class SheetHead(ListHead):
    """What stands above the rows of a worksheet.

    Attributes:
        digest: Of the list's content, in hex: a sheet that comes back is for exactly this list.
        prepared_on: Day of the draft; None where nobody says.
        today_is_set: Whether the centre's date is set by hand, which the sheet has to say.
    """

    digest: str
    prepared_on: date | None = None
    today_is_set: bool = False


@dataclass(frozen=True, slots=True)
class LaidOutRow:
    """One record, as sheets and papers say it; columns are picked by these names, see `lantai.formats.papers.columns`.

    Attributes:
        row_no: Counted from 1.
        retention: The period as registers print it, e.g. 10年.
        elapsed: Whole years it was kept, printed likewise.
        page_count: Pages; None where they are not known.
        due_on: When it falls due; None is never.
        destroyed_on: When it was destroyed; None where it was not, or is not yet.
    """

    row_no: int
    record_id: str
    archival_code: str
    title: str
    author: str
    doc_no: str
    formed_on: date
    filing_year: int
    retention: str
    elapsed: str
    page_count: int | None
    due_on: date | None
    file_count: int
    size_bytes: int
    remarks: str
    destroyed_on: date | None = None


@dataclass(frozen=True, slots=True)
class RegisterRow(LaidOutRow):
    """One record with what the panel said of it.

    Attributes:
        decision: Of the panel as a whole; None where somebody has not looked at it.
        extend_years: The new period of what is kept; None where there is none.
        reason: Of the members, each said once.
    """

    decision: Decision | None = None
    extend_years: int | None = None
    reason: str = ""
