"""What an office wrote in a year: documents with titles, numbers, dates, text and retention.

Made from the office's own subjects by a generator that is seeded with office
and year, so that the same document has the same bytes on every machine. How a
document looks is in `documents`; what becomes of it in `packages`.

Source: 8号令 (2006) art. 4 for the periods; DA/T 22-2015 for codes; rules N5.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from lantai.demo.county.units import SampleUnit
from lantai.demo.documents import prose
from lantai.records.custody.record import Retention


class Medium(StrEnum):
    """How a document is written down."""

    PDF = "pdf"
    OFD = "ofd"
    DOCX = "docx"
    JPEG = "jpeg"
    TIFF = "tiff"


PERIOD_NAMES = {Retention.Y: "永久", Retention.D30: "30年", Retention.D10: "10年"}
DEPARTMENTS = {"BGS": "办公室", "YWK": "业务科", "RSK": "人事科", "FGK": "法规科"}
PAPER_DEPARTMENT = "FGK"
"""The department that still works on paper, and has it scanned."""

BORN_DIGITAL = (Medium.PDF, Medium.OFD, Medium.PDF, Medium.DOCX)
SCANNED = (Medium.JPEG, Medium.JPEG, Medium.TIFF)


@dataclass(frozen=True, slots=True)
class Document:
    """One document, before it has a form.

    Attributes:
        archival_code: 档号.
        title: As printed.
        author: Name of the office in that year.
        doc_no: 文号; empty where the kind has none.
        formed_on: Date printed under the text.
        retention: Its period.
        doc_type: 文种.
        department: Code of the department that filed it.
        medium: How it is written down.
        recipient: Addressee; empty where there is none.
        paragraphs: Text; a paragraph that begins with `## ` is a heading.
        table: Rows of text, the first of them the heading; empty for none.
        attachment: Name of what is attached, empty for none.
        copies: Who gets a copy; empty leaves the record of copies out.
        has_red_head: Sent out under the office's red head, or an internal paper.
        signed_by: Who signed it for sending; only a paper to a higher authority says so.
    """

    archival_code: str
    title: str
    author: str
    doc_no: str
    formed_on: date
    retention: Retention
    doc_type: str
    department: str
    medium: Medium
    recipient: str
    paragraphs: tuple[str, ...]
    table: tuple[tuple[str, ...], ...] = ()
    attachment: str = ""
    copies: str = ""
    has_red_head: bool = True
    signed_by: str = ""

    @property
    def item_no(self) -> str:
        """件号: last part of the archival code."""
        return self.archival_code.rpartition("-")[2]


@dataclass
class _Numbering:
    """Running numbers of one office in one year."""

    fonds_no: str
    year: int
    items: Counter[tuple[Retention, str]] = field(default_factory=Counter)

    def next_code(self, retention: Retention, department: str) -> str:
        self.items[retention, department] += 1
        return f"{self.fonds_no}-WS·{self.year}-{retention.value}-{department}-{self.items[retention, department]:04d}"


def filing(unit: SampleUnit, year: int, media: tuple[Medium, ...], count: int, department: str = "") -> list[Document]:
    """Return the documents that an office files for a year, by date.

    Args:
        unit: Whose.
        year: When they were made.
        media: Ways of writing down to go round by turns.
        count: How many, 1 or more.
        department: Code of the one department that all of them come from; empty is the department that each kind belongs to.
    """
    # Seeded content has to be the same everywhere; nothing secret depends on it.
    chance = Random(f"{unit.unit_code}{year}{department}")  # noqa: S311 (see above)
    kinds = [prose.KINDS[place % len(prose.KINDS)] for place in range(count)]
    days = sorted(chance.sample(range(10, 355), count))
    numbering = _Numbering(unit.fonds_no, year)
    number = chance.randint(2, 6)
    documents = []
    for place, (kind, day) in enumerate(zip(kinds, days, strict=True)):
        number += chance.randint(3, 9)
        formed_on = _working_day(date(year, 1, 1) + timedelta(days=day))
        subject = unit.subjects[place % len(unit.subjects)]
        text = prose.write(kind, unit, subject, formed_on, chance)
        documents.append(
            Document(
                archival_code=numbering.next_code(kind.retention, department or kind.department),
                title=text.title,
                author=unit.name_in(year),
                doc_no=f"{unit.mark_in(year)}〔{year}〕{number}号" if kind.has_red_head else "",
                formed_on=formed_on,
                retention=kind.retention,
                doc_type=kind.doc_type,
                department=department or kind.department,
                medium=media[place % len(media)],
                recipient=text.recipient,
                paragraphs=text.paragraphs,
                table=text.table,
                attachment=text.attachment,
                copies=text.copies,
                has_red_head=kind.has_red_head,
                signed_by=unit.leader if kind.goes_up else "",
            )
        )
    return documents


def _working_day(day: date) -> date:
    saturday = 5
    return day - timedelta(days=day.weekday() - saturday + 1) if day.weekday() >= saturday else day
