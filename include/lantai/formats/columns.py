"""The columns of lists of records: to appraise, to transfer, to destroy; on paper and on sheets alike.

Source: rules N3 (销毁清册), N5 (归档文件目录), N7 (移交); R9-19.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: Key of the row's mapping.
        label: Key of its heading in the forms' words.
        width: Share of the page's width, and characters on a sheet.
        align: `left`, `center` or `right`.
        is_decision: A person fills it in; all else is locked.
    """

    key: str
    label: str
    width: float
    align: str = "center"
    is_decision: bool = False


_NO = Column("row_no", "row_no", 5)
_CODE = Column("archival_code", "archival_code", 25, "left")
_TITLE = Column("title", "title", 36, "left")
_AUTHOR = Column("author", "author", 13, "left")
_DOC_NO = Column("doc_no", "doc_no", 15, "left")
_FORMED = Column("formed_on", "formed_on", 11)
_YEAR = Column("filing_year", "year", 6)
_REQUIRED = Column("retention", "retention", 9)
_ELAPSED = Column("elapsed", "elapsed", 9)
_PAGES = Column("page_count", "page_count", 6, "right")
_REASON = Column("reason", "reason", 16, "left", is_decision=True)
_DECISION = Column("decision", "decision", 10, is_decision=True)
_EXTEND = Column("extend_years", "extend_years", 7, is_decision=True)
_REMARKS = Column("remarks", "remarks", 10, "left")

COLUMNS = MappingProxyType(
    {
        "appraisal": (
            _NO, _CODE, _TITLE, _AUTHOR, _DOC_NO, _FORMED, _YEAR, _REQUIRED, _ELAPSED, _PAGES,
            Column("due_on", "destroy_due_on", 11), _DECISION, _EXTEND, _REASON, _REMARKS,
        ),
        "transfer_inventory": (
            _NO, _CODE, _TITLE, _AUTHOR, _DOC_NO, _FORMED, _YEAR, Column("retention", "retention_period", 9), _PAGES,
            Column("file_count", "file_count", 7, "right"), Column("bytes", "bytes", 11, "right"),
            Column("due_on", "transfer_due_on", 11), _DECISION, _REASON, _REMARKS,
        ),
        "destruction_register": (
            _NO, _CODE, _DOC_NO, _AUTHOR, _TITLE, _FORMED, _REQUIRED, _ELAPSED, Column("destroyed_on", "destroyed_on", 11),
            _PAGES, _DECISION, _EXTEND, _REASON, _REMARKS,
        ),
    }
)  # fmt: skip
"""Columns by kind of list, in their order on the page.

Keys of a row: `row_no` (counted from 1), `record_id`, `archival_code`, `title`, `author`, `doc_no`, `formed_on`, `filing_year`,
`retention` and `elapsed` (as printed, e.g. `10年`), `page_count`, `due_on`, `file_count`, `bytes`, `destroyed_on`, `remarks`.
"""

DECISION_KEYS = ("decision", "extend_years", "reason")
