"""A row of the catalogue becomes an entry: the only place where a cell is read, and where its faults are told.

What the whole catalogue lacks is in `completeness`; what a code has to look
like, which mark is a secret and which period a word means are asked of the
rules that know.

Source: DA/T 22-2015; interfaces.md, metadata/catalogue.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType

from lantai.records.custody.record import AccessLevel, Retention
from lantai.records.intake.catalogue_entry import CatalogueEntry, CatalogueRow
from lantai.records.intake.finding import Finding, Severity
from lantai.records.text import spelling
from lantai.rules.disposal.retention import RetentionRules, due_dates, in_force, read_retention
from lantai.rules.intake import archival_code
from lantai.rules.intake.scope import read_classification
from lantai.rules.year.calendar import read_date

REQUIRED = ("archival_code", "title", "author", "formed_on", "retention", "files")
"""Columns that every row fills in. Source: DA/T 22-2015; interfaces.md."""

_ACCESS = {
    "公开": AccessLevel.OPEN,
    "完全公开": AccessLevel.OPEN,
    "开放": AccessLevel.OPEN,
    "open": AccessLevel.OPEN,
    "部分公开": AccessLevel.PARTLY_OPEN,
    "partly_open": AccessLevel.PARTLY_OPEN,
    "不公开": AccessLevel.CLOSED,
    "控制": AccessLevel.CLOSED,
    "closed": AccessLevel.CLOSED,
}
PAGES = re.compile(r"0*[1-9][0-9]{0,6}")
"""A number of pages, 1 or more."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
MOST_CHARACTERS = MappingProxyType(
    {"archival_code": 100, "title": 500, "doc_no": 200, "doc_type": 100, "dept_or_subject": 200, "item_no": 16}
)
"""By column; what is longer is a text in the wrong place, and the registry has no room for it."""


def read_entries(
    rows: Sequence[CatalogueRow], payload: Collection[str], by: RetentionRules | None = None
) -> list[CatalogueEntry]:
    r"""Return the entries of a catalogue, with their files spelt as the package spells them, and the days on which they fall due.

    A catalogue may leave out `data/`, or write it where a bare folder has none, write `\` for `/`, compose its accents
    otherwise than the file's name, or lose the spaces around it; a file that is not found stays as written. A cell that is
    the name of one file as it stands is that file, whatever separators are in it.

    Args:
        rows: The rows as text, in the catalogue's order.
        payload: Paths of the files of the package that a catalogue may speak of.
        by: What is kept how long, and by what rules it falls due; None where nobody asks.

    Source: R1-13, R1-14; rules N2.
    """
    find = _finder(payload)
    entries = (replace(read_entry(row), files=_files_of(row, find)) for row in rows)
    return [_dated(entry, by) for entry in entries] if by else list(entries)


def read_entry(row: CatalogueRow) -> CatalogueEntry:
    """Return what the cells of one row mean; its files stay as written, and nothing is said of when it falls due."""
    code = archival_code.normalise(row.archival_code)
    return CatalogueEntry(
        written=row,
        archival_code=code,
        code=archival_code.parse(code),
        formed_on=read_date(row.formed_on),
        retention=read_retention(row.retention),
        retention_in_force=None,
        classification=read_classification(row.classification),
        page_count=_read_page_count(row.page_count),
        access_level=_read_access_level(row.access_level),
        files=row.files,
    )


def check_entry(entry: CatalogueEntry, fonds_no: str, filing_year: int) -> Iterator[Finding]:
    """Yield what is wrong or odd about the cells of one row: blank, not to be read, against each other, too long.

    Args:
        entry: One row of the catalogue.
        fonds_no: Fonds number of the unit; empty when it is not known.
        filing_year: Year of the submission.

    Source: R1-13, R1-50.
    """
    for column in REQUIRED:
        if not (entry.files if column == "files" else getattr(entry.written, column)):
            yield _finding("field_missing", Severity.FAULT, entry, "GD-2-4", column=column)
    yield from archival_code.check(entry, fonds_no, filing_year)
    yield from _check_date(entry, filing_year)
    yield from _check_retention(entry)
    yield from _check_values(entry)


def _dated(entry: CatalogueEntry, by: RetentionRules) -> CatalogueEntry:
    retention = in_force(entry.retention, by)
    due = due_dates(entry.formed_on, retention, by) if entry.formed_on and retention else None
    return replace(entry, retention_in_force=retention, due=due)


def _finder(payload: Collection[str]) -> Callable[[str], str | None]:
    """Return what finds the file of a package that a catalogue means by a name."""
    exact = set(payload)
    composed: dict[str, list[str]] = defaultdict(list)
    for path in payload:
        composed[_spelling(path)].append(path)

    def find(written: str) -> str | None:
        plain = _plain_path(written)
        spellings = (plain, f"data/{plain}", plain.removeprefix("data/"))
        for candidate in (written, f"data/{written}", *spellings):
            if candidate in exact:
                return candidate
        for candidate in spellings:
            twins = composed.get(_spelling(candidate), [])
            if len(twins) == 1:
                return twins[0]
        return None

    return find


def _files_of(row: CatalogueRow, find: Callable[[str], str | None]) -> tuple[str, ...]:
    whole = find(row.files_cell) if len(row.files) != 1 or row.files[0] != row.files_cell else None
    return tuple(dict.fromkeys([whole] if whole else [find(name) or _plain_path(name) for name in row.files]))


def _plain_path(written: str) -> str:
    return written.replace("\\", "/").removeprefix("./")


def _spelling(path: str) -> str:
    return "/".join(part.strip() for part in spelling.composed(path).split("/"))


def _read_page_count(text: str) -> int | None:
    plain = spelling.plain(text).strip()
    return int(plain) if PAGES.fullmatch(plain) else None


def _read_access_level(text: str) -> AccessLevel | None:
    """Return the access level; a blank cell is closed, until the unit asks otherwise. Source: R3-04."""
    return _ACCESS.get(text.strip().lower(), None if text.strip() else AccessLevel.CLOSED)


def _check_date(entry: CatalogueEntry, filing_year: int) -> Iterator[Finding]:
    written = entry.written.formed_on
    if not written:
        return
    if entry.formed_on is None:
        yield _finding("date_unreadable", Severity.FAULT, entry, "GD-1-3", found=written)
        return
    values = {"found": written, "expected": str(filing_year)}
    if entry.formed_on.year > filing_year + 1:
        # A plan or summary may be formed a year off (R9-09), but nothing filed by June can be later than that.
        yield _finding("date_after_filing", Severity.FAULT, entry, "GD-1-5", **values)
    elif entry.formed_on.year != filing_year:
        yield _finding("date_outside_year", Severity.WARNING, entry, "GD-1-5", **values)


def _check_retention(entry: CatalogueEntry) -> Iterator[Finding]:
    written = entry.written.retention
    if written and entry.retention is None:
        yield _finding("retention_unknown", Severity.FAULT, entry, "GD-1-4", found=written)
    elif entry.retention in (Retention.LONG, Retention.SHORT):
        yield _finding("legacy_retention", Severity.HOLD, entry, "GD-1-4", found=written)


def _check_values(entry: CatalogueEntry) -> Iterator[Finding]:
    row = entry.written
    if not row.page_count:
        yield _finding("page_count_missing", Severity.WARNING, entry, "GD-2-3")
    elif entry.page_count is None:
        yield _finding("page_count_invalid", Severity.FAULT, entry, "GD-1-3", found=row.page_count)
    if entry.access_level is None:
        yield _finding("access_level_unknown", Severity.FAULT, entry, "GD-1-4", found=row.access_level)
    for column, most in MOST_CHARACTERS.items():
        count = len(getattr(row, column))
        if count > most:
            values = {"column": column, "found": str(count), "expected": str(most)}
            yield _finding("field_too_long", Severity.FAULT, entry, "GD-1-2", **values)
    if _CONTROL.search(f"{row.title}{row.author}{row.doc_no}"):
        yield _finding("control_character", Severity.WARNING, entry, "GD-1-6")


def _finding(rule: str, severity: Severity, entry: CatalogueEntry, code: str, **values: str) -> Finding:
    row = entry.written
    return Finding(rule, severity, row.archival_code or row.title, values, code, row.row_no, row.sheet)
