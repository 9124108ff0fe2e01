"""What may come through this channel, and what belongs elsewhere.

Classified records never do: the network and the ciphers here are for open
records only. Records whose time for the archive has come are remarked upon.

Source: 密码法 art. 6 to 8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from lantai.records.custody.record import is_about_classification
from lantai.records.intake.catalogue_entry import CatalogueEntry, Classification
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.sheet import PartNotes
from lantai.rules.intake import secrecy_mark

_STATE_SECRET = re.compile(r"绝密|机密|秘密|SECRET|CONFIDENTIAL")
_OTHER_SECRET = re.compile(r"工作秘密|商业秘密")
_OPEN = frozenset(
    {
        "",
        "无",
        "否",
        "公开",
        "非密",
        "普通",
        "一般",
        "不涉密",
        "非涉密",
        "内部",
        "NO",
        "NONE",
        "OPEN",
        "UNCLASSIFIED",
        "-",
        "/",
    }
)
_HEADING_WITHIN = 10
_LONGEST_HEADING = 40

CLASSIFIED = frozenset({"classified_record", "classified_mark", "classified_note"})
"""Rules whose findings say that something is here that may not be: its bytes do not stay."""

UNSEEN = frozenset({"catalogue_unreadable", "catalogue_over_limit"})
"""Rules whose findings say that nobody could look for marks: what nobody could look at is not taken for free of them."""

PARTLY_UNSEEN = frozenset({"formula_not_seen", "part_not_seen"})
"""Rules whose remarks say that marks were looked for, but in one place could not be."""


def read_classification(text: str) -> Classification:
    """Return what a cell under 密级 says; what is neither a mark of a state secret nor a word for none leaves it open.

    Source: R1-40; rules N11.
    """
    mark = secrecy_mark.reduced(text)
    if mark in _OPEN:
        return Classification.NONE
    return Classification.STATE_SECRET if is_state_secret(mark) else Classification.UNCLEAR


def check_classification(entry: CatalogueEntry) -> list[Finding]:
    """Return a fault for a record marked 秘密, 机密 or 绝密, and a hold where the mark leaves it open.

    Source: R1-40; rules N11.
    """
    if entry.classification is Classification.NONE:
        return []
    row = entry.written
    values = {"found": row.classification}
    if entry.classification is Classification.STATE_SECRET:
        return [
            Finding("classified_record", Severity.FAULT, row.archival_code, values, "GD-4-7", row.row_no, row.sheet)
        ]
    return [
        Finding("classification_unclear", Severity.HOLD, row.archival_code, values, "GD-1-4", row.row_no, row.sheet)
    ]


@dataclass(slots=True)
class MarkFinder:
    """Looks at every cell of one table, row by row, for the mark of a state secret: 秘密★1年, （机密）, 绝密.

    It asks nothing of the table: a title above the heading, a column that nobody foresaw and a sheet that is no catalogue
    are looked at too. A title that only speaks of secrets (国家秘密载体管理) has no such mark.

    What a mark looks like is in `secrecy_mark`; one that is spread over two neighbouring cells is seen as well.

    Attributes:
        sheet: Name of the sheet, empty for a CSV file.

    Source: R1-40; GB/T 9704-2012, 7.2.2.
    """

    sheet: str = ""
    _headings: int = 0
    _secrecy: set[int] = field(default_factory=set)

    def look_at_name(self) -> list[Finding]:
        """Return a fault when the name of the sheet is a mark or bears one; it stands on the tab, and on paper in the header."""
        return [self._fault("classified_mark", None, self.sheet)] if secrecy_mark.bears_mark(self.sheet) else []

    def look(self, row_no: int, cells: Sequence[str]) -> list[Finding]:
        """Return a fault for each marked cell: `classified_record` below a heading about the classification, else `classified_mark`.

        Args:
            row_no: The row as a spreadsheet program numbers it; rows come in order.
            cells: Its cells.
        """
        found = []
        if secrecy_mark.may_bear("\n".join(cells)):  # Of all other rows no cell is looked at.
            left = ""
            for at, cell in enumerate(cells):
                if at in self._secrecy and is_state_secret(cell):
                    found.append(self._fault("classified_record", row_no, cell))
                elif secrecy_mark.bears_mark(cell):
                    found.append(self._fault("classified_mark", row_no, cell))
                elif secrecy_mark.is_mark_over_cells(left, cell):
                    found.append(self._fault("classified_mark", row_no, f"{left} {cell}"))
                left = cell or left  # Of merged cells all but the first are blank.
        self._note_headings(cells)
        return found

    def _note_headings(self, cells: Sequence[str]) -> None:
        # A row with one cell is a title: what stands below it is of any kind.
        if self._headings < _HEADING_WITHIN and sum(map(bool, cells)) > 1:
            self._headings += 1
            self._secrecy |= {
                at
                for at, cell in enumerate(cells)
                if len(cell) <= _LONGEST_HEADING and is_about_classification(cell) and not is_state_secret(cell)
            }

    def _fault(self, rule: str, row_no: int | None, cell: str) -> Finding:
        return Finding(rule, Severity.FAULT, "", {"found": cell}, "GD-4-7", row_no, self.sheet)


def is_state_secret(text: str) -> bool:
    """Return whether what stands under 密级 means a state secret. Source: R1-40."""
    plain = secrecy_mark.reduced(text)
    return _STATE_SECRET.search(plain) is not None and not _OTHER_SECRET.search(plain)


def check_notes(notes: Iterable[PartNotes]) -> Iterator[Finding]:
    """Yield a fault for each mark that stands beside the cells of a workbook, and a remark for what could not be looked at.

    Source: R1-40.
    """
    for beside in notes:
        for text in beside.texts:
            if secrecy_mark.bears_mark(text):
                values = {"found": text[:_LONGEST_HEADING]}
                yield Finding("classified_note", Severity.FAULT, beside.part, values, "GD-4-7")
        if beside.unseen_formulas:
            values = {"count": str(beside.unseen_formulas), "found": beside.first_unseen}
            yield Finding("formula_not_seen", Severity.WARNING, beside.part, values, "GD-4-7")
        if not beside.is_whole:
            yield Finding("part_not_seen", Severity.WARNING, beside.part, {}, "GD-4-7")


def check_names(paths: Iterable[str]) -> list[Finding]:
    """Return a fault for each file whose name, or that of a folder above it, bears the mark of a state secret.

    Source: R1-40.
    """
    return [
        Finding("classified_mark", Severity.FAULT, path, {"found": path}, "GD-4-7")
        for path in paths
        if any(
            secrecy_mark.bears_mark(name)
            for part in path.split("/")
            for name in (part.replace("_", "\n"), part.rpartition(".")[0].replace("_", "\n"))
        )
    ]


def check_transfer_due(entry: CatalogueEntry, today: date) -> list[Finding]:
    """Return a remark for a record that is already due for the archive: it belongs to transfer, not to backup.

    A period of old is not remarked upon: what it means is a person's decision, and of that the unit is told already.

    Args:
        entry: One row of the catalogue, with its due dates.
        today: The day of the check.

    Source: R1-05.
    """
    due_on = entry.due.transfer_due_on if entry.due and entry.retention is entry.retention_in_force else None
    if due_on is None or due_on > today:
        return []
    row, values = entry.written, {"found": due_on.isoformat()}
    return [Finding("due_for_transfer", Severity.WARNING, row.archival_code, values, "GD-2-9", row.row_no, row.sheet)]
