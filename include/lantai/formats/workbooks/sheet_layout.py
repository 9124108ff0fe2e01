"""Which text stands in which cell of a list's worksheet: one answer for writing it and for comparing what came back.

How it looks is `sheet_style`; what a change means is `worksheet`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from lantai.formats.papers.columns import COLUMNS
from lantai.formats.papers.wording import Wording
from lantai.formats.workbooks.sheet_text import cell_text
from lantai.records.disposal.laid_out_row import LaidOutRow, SheetHead
from lantai.records.disposal.lists import Decision, ListKind

META_SHEET = "lantai"
"""Very hidden sheet that says which list the workbook is."""

FORMAT = 1

Cells = list[str]


class RowAnswer(NamedTuple):
    """What one row of a sheet says; `extend_years` None unless the row is kept for another period."""

    row_no: int
    decision: Decision
    extend_years: int | None
    reason: str


class Layout:
    """Which text stands in which cell of a worksheet; export writes it, import compares with it.

    Args:
        kind: Kind of list.
        head: What stands above the rows.
        wording: Language of the sheet.
    """

    def __init__(self, kind: str, head: SheetHead, wording: Wording) -> None:
        self.kind = kind
        self.head = head
        self.wording = wording
        self.columns = COLUMNS[kind]
        self.words = wording.words(f"decisions.{head.disposal.value}")
        self.left_out = wording.word("sentences", "left_out")
        self.title = wording.word("titles", f"appraisal_{head.disposal.value}" if kind == "appraisal" else kind)
        self.sheet_name = wording.word("titles", kind)
        self.decision_places = {
            place: column.key for place, column in enumerate(self.columns, start=1) if column.is_decision
        }
        self.keys = tuple(None if column.is_decision else column.key for column in self.columns)

    def head_rows(self) -> list[Cells]:
        """Return the rows above the records. Column A is hidden and never blank in the first row, so that no reader shifts the sheet."""
        label = self.wording.field
        head = self.head
        note = self.wording.word("sentences", "sheet_note")
        if head.today_is_set:
            today = self.wording.show(head.prepared_on)
            note = f"{note}　{self.wording.word('page', 'today_is_set').format(today=today)}"
        pair = self.wording.pair
        facts = [
            [pair("list_id", head.list_id), pair("units", head.units), pair("fonds_no", head.fonds_no)],
            [pair("on", head.on), pair("list_digest", f"SHA-256 {head.digest}")],
        ]
        lines = [self.title, *("　　".join(fact) for fact in facts), note]
        rows = [["" if number else head.list_id, cell_text(line, self.left_out)] for number, line in enumerate(lines)]
        return [*rows, [label("row_id"), *(label(column.label) for column in self.columns)]]

    def row(self, row: LaidOutRow) -> Cells:
        """Return the cells of one record, decision columns blank."""
        left_out = self.left_out
        cells = [f"{row.row_no}:{row.record_id}"]
        for key in self.keys:
            value = None if key is None else getattr(row, key)
            if value is None:
                cells.append("")
            elif value.__class__ is str and value.isprintable() and len(value) <= 8000:  # noqa: PLR2004 (cell_text's short cut, inline)
                cells.append(value)
            else:
                cells.append(cell_text(value, left_out))
        return cells

    def answer_cells(self, answer: RowAnswer) -> dict[str, str]:
        """Return the text of the decision columns, by key."""
        years = "" if answer.extend_years is None else str(answer.extend_years)
        reason = "\n".join(cell_text(line, self.left_out) for line in answer.reason.split("\n"))
        return {"decision": self.words[answer.decision.value], "extend_years": years, "reason": reason}

    def foot_rows(self, count: int, pages: int) -> list[Cells]:
        """Return what stands below the records: how many there are, and the signature block. Source: R9-15, R9-16.

        Args:
            count: Records above.
            pages: Their pages. Source: rules N3, a register is recounted by both.
        """
        is_transfer = self.head.disposal is ListKind.TRANSFER
        lower = ("handed_over_by", "received_by") if is_transfer else ("witness", "witness")
        total = self.wording.sentence("total", count=count, pages=pages)
        if is_transfer:
            total = f"{total}　　{self.wording.sentence('duplicate')}"
        return [
            ["", total],
            ["", self._signs(("preparer", "reviewer", "panel_leader", "approver"))],
            ["", self._signs(lower)],
            ["", f"{self.wording.word('duties', 'seal')}　　　　　　　　{self.wording.word('page', 'blank_date')}"],
        ]

    def _signs(self, people: Iterable[str]) -> str:
        pair, duty = self.wording.word("page", "pair"), self.wording.words("duties")
        return "　　　".join(pair.format(label=duty[each], value="_" * 18) for each in people)

    def meta_rows(self) -> list[Cells]:
        """Return what the hidden sheet says."""
        return [
            ["format", str(FORMAT)],
            ["kind", self.kind],
            ["list_id", self.head.list_id],
            ["disposal", self.head.disposal.value],
            ["digest", self.head.digest],
            ["locale", self.wording.locale],
        ]

    def made_at(self) -> datetime:
        """Return the moment written into the file: midnight of the day it was prepared, so that equal content gives equal bytes."""
        on = self.head.prepared_on or self.head.on
        return datetime(on.year, on.month, on.day, tzinfo=UTC)

    def expected_rows(self, rows: Iterable[LaidOutRow]) -> Iterator[tuple[int | None, Cells]]:
        """Return every row of the sheet in order, decision columns blank; with the number of its record, None above and below them."""
        for cells in self.head_rows():
            yield None, cells
        count = pages = 0
        for row in rows:
            count, pages = count + 1, pages + (row.page_count or 0)
            yield row.row_no, self.row(row)
        for cells in self.foot_rows(count, pages):
            yield None, cells
