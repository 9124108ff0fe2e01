"""A row of the catalogue as it is written, and once it has been read: values where its cells name some, None where they do not.

Which text means what, and what is wrong with a cell that means nothing, is in
`rules.intake.catalogue_entry`, the only place where a cell is read. Whoever
comes after it asks the entry.

Source: DA/T 22-2015; interfaces.md, metadata/catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from lantai.records.custody.record import AccessLevel, DueDates, Retention
from lantai.records.intake.archival_code import ArchivalCode


class Classification(StrEnum):
    """What the cell under 密级 says of a record. Source: R1-40."""

    NONE = "none"
    STATE_SECRET = "state_secret"  # noqa: S105 - no password: a mark of secrecy
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One row of the machine-readable catalogue as text, before any rule has looked at it.

    Every attribute is the cell's text, stripped; an empty string is a blank cell. `row_no` is the row as a
    spreadsheet program numbers it, heading and titles counted, in the sheet called `sheet` (empty for a CSV file).
    `files` are paths below the bag's folder (`data/...`), in the order written; `files_cell` is their cell as it stands, for a
    name may hold what else separates names.
    Source: interfaces.md, metadata/catalogue; rules N5.
    """

    row_no: int
    archival_code: str = ""
    title: str = ""
    author: str = ""
    doc_no: str = ""
    formed_on: str = ""
    retention: str = ""
    classification: str = ""
    page_count: str = ""
    doc_type: str = ""
    dept_or_subject: str = ""
    item_no: str = ""
    access_level: str = ""
    files: tuple[str, ...] = ()
    files_cell: str = ""
    remarks: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One row of the catalogue, read.

    Attributes:
        written: The row as it stands: what messages quote, and the texts that are nothing but text (title, author, ...).
        archival_code: As it is written, look-alikes replaced; empty for a blank cell.
        code: The same in parts; None when it is no archival code.
        formed_on: None when the cell names no day.
        retention: The period that the cell names, one of old too; None when it names none.
        retention_in_force: The period that the record is kept for: of one of old what a person has decided that it means, and
            None until then.
        classification: What the cell under 密级 says.
        page_count: 1 or more; None when the cell names no number of pages, or is blank.
        access_level: A blank cell is closed; None for an unknown word.
        files: Its files as the package spells them; one that is not there stays as written.
        due: When the record falls due; None without a day or a period in force to count from.
    """

    written: CatalogueRow
    archival_code: str
    code: ArchivalCode | None
    formed_on: date | None
    retention: Retention | None
    retention_in_force: Retention | None
    classification: Classification
    page_count: int | None
    access_level: AccessLevel | None
    files: tuple[str, ...]
    due: DueDates | None = None

    @property
    def row_no(self) -> int:
        """The row as a spreadsheet program numbers it."""
        return self.written.row_no

    @property
    def sheet(self) -> str:
        """The sheet that it stands in, empty for a CSV file."""
        return self.written.sheet

    @property
    def plain(self) -> CatalogueRow:
        """The row with what was read of it in plain spelling: the code without look-alikes, the period as its code, pages in digits."""
        return replace(
            self.written,
            archival_code=self.archival_code,
            retention=self.retention.value if self.retention else self.written.retention,
            page_count=str(self.page_count) if self.page_count else self.written.page_count,
            files=self.files,
        )
