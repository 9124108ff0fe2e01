"""The columns of lists of records: to appraise, to transfer, to destroy; on paper and on sheets alike.

Source: 机关档案管理规定 (2018) for 销毁清册, DA/T 22-2015 for 归档文件目录, 电子档案移交与接收 for 移交清册.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: Name of the row's attribute.
        label: Key of its heading in the forms' words.
        width: Share of the page's width.
        align: `left`, `center` or `right`.
        is_decision: A person fills it in; all else is locked.
    """

    key: str
    label: str
    width: float
    align: str = "center"
    is_decision: bool = False

    @property
    def sheet_width(self) -> float:
        """Width on a sheet in characters: less than on the page, so that a sheet on A4 is not shrunk until nobody can read it."""
        return round(self.width * 0.86, 2)


_NO = Column("row_no", "row_no", 6)
_CODE = Column("archival_code", "archival_code", 24, "left")
_TITLE = Column("title", "title", 34, "left")
_AUTHOR = Column("author", "author", 14, "left")
_DOC_NO = Column("doc_no", "doc_no", 17, "left")
_FORMED = Column("formed_on", "formed_on", 12.5)
_YEAR = Column("filing_year", "year", 6.5)
_REQUIRED = Column("retention", "retention", 12)
_ELAPSED = Column("elapsed", "elapsed", 12)
_PAGES = Column("page_count", "page_count", 6.5, "right")
_REASON = Column("reason", "reason", 17, "left", is_decision=True)
_DECISION = Column("decision", "decision", 11, is_decision=True)
_EXTEND = Column("extend_years", "extend_years", 10, is_decision=True)
_REMARKS = Column("remarks", "remarks", 9, "left")

COLUMNS = MappingProxyType(
    {
        "appraisal": (
            _NO, _CODE, _TITLE, _AUTHOR, _DOC_NO, _FORMED, _YEAR, _REQUIRED, _ELAPSED, _PAGES,
            Column("due_on", "destroy_due_on", 12.5), _DECISION, _EXTEND, _REASON, _REMARKS,
        ),
        "transfer_inventory": (
            _NO, _CODE, _TITLE, _AUTHOR, _DOC_NO, _FORMED, _YEAR, Column("retention", "retention_period", 10), _PAGES,
            Column("file_count", "file_count", 8, "right"), Column("size_bytes", "bytes", 12, "right"),
            Column("due_on", "transfer_due_on", 12.5), Column("decision", "transfer_decision", 11, is_decision=True), _REASON, _REMARKS,
        ),
        "destruction_register": (
            _NO, _CODE, _DOC_NO, _AUTHOR, _TITLE, _FORMED, _REQUIRED, _ELAPSED, Column("destroyed_on", "destroyed_on", 12.5),
            _PAGES, _DECISION, _EXTEND, _REASON, _REMARKS,
        ),
    }
)  # fmt: skip
"""Columns by kind of list, in their order on the page; each is an attribute of `RegisterRow`, see `lantai.records.disposal.laid_out_row`."""
