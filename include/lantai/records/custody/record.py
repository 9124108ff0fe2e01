"""A record (件): what is kept, transferred or destroyed as one.

Source: DA/T 22-2015; 8号令 (2006) art. 4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lantai.records.custody.file_digest import FileDigest
from lantai.records.text import spelling


class Retention(StrEnum):
    """Retention periods in force, and the two of old that a person has to map. Source: 8号令 (2006) art. 4."""

    Y = "Y"
    D30 = "D30"
    D10 = "D10"
    LONG = "LONG"
    SHORT = "SHORT"

    @property
    def keep_years(self) -> int | None:
        """Whole years to keep; None is permanent.

        Raises:
            ValueError: 长期 and 短期 have no length until a person has decided one.
        """
        if self in (Retention.LONG, Retention.SHORT):
            raise ValueError(f"{self.value}: expected Y, D30 or D10; a person decides what an old period means")
        return {Retention.Y: None, Retention.D30: 30, Retention.D10: 10}[self]


class AccessLevel(StrEnum):
    """Exactly three. Source: R3-04."""

    OPEN = "open"
    PARTLY_OPEN = "partly_open"
    CLOSED = "closed"


class RecordStatus(StrEnum):
    """Where a record stands in its life at the centre."""

    KEPT = "kept"
    TRANSFERRING = "transferring"
    TRANSFERRED = "transferred"
    DESTROYING = "destroying"
    DESTROYED = "destroyed"


_SECRECY = re.compile(r"密(?!.*审)|classification", re.IGNORECASE)


def is_about_classification(heading: str) -> bool:
    """Return whether a column so called says something of the classification (涉密, 保密期限 ...); none may be passed over."""
    return _SECRECY.search(spelling.seen(heading)) is not None


@dataclass(frozen=True, slots=True)
class DueDates:
    """When a record falls due, counted once: `rules.disposal.retention.due_dates`.

    Attributes:
        transfer_due_on: First day on which the archive may receive it, None when it is never transferred.
        destroy_due_on: First day on which it may be proposed for destruction, None when permanent.
    """

    transfer_due_on: date | None
    destroy_due_on: date | None


@dataclass(frozen=True, slots=True)
class Record:
    """A record that passed validation, ready to be sealed and registered.

    Attributes:
        record_id: Our id.
        archival_code: 档号; our record id for a snapshot of business data, which has none.
        formed_on: Date of the document.
        filing_year: The year it belongs to.
        transfer_due_on: First day on which the archive may receive it, None when it is never transferred.
        destroy_due_on: First day on which it may be proposed for destruction, None when permanent.
        files: At least one.
    """

    record_id: str
    carrier_id: str
    unit_code: str
    archival_code: str
    title: str
    author: str
    doc_no: str
    formed_on: date
    filing_year: int
    retention: Retention
    page_count: int
    doc_type: str
    dept_or_subject: str
    item_no: str
    access_level: AccessLevel
    transfer_due_on: date | None
    destroy_due_on: date | None
    remarks: str
    files: tuple[FileDigest, ...]
