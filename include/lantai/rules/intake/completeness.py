"""Whether a catalogue and the files it speaks of are complete and agree with each other.

Looks at the whole catalogue: both directions between rows and files, mandatory
fields, duplicates, values that can be meant, the number of records against
last year. The shape of single archival codes is in `archival_code`.

Source: DA/T 22-2015; DA/T 70-2018, items at filing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from lantai.records.custody.record import AccessLevel, CatalogueRow, Retention
from lantai.records.intake.finding import Finding, Severity, in_ranges
from lantai.records.text import spelling
from lantai.rules.disposal.retention import read_retention
from lantai.rules.intake import archival_code
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
_LAST_NUMBER = re.compile(r"[0-9]{1,9}(?=[^0-9]*$)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
MOST_CHARACTERS = MappingProxyType(
    {"archival_code": 100, "title": 500, "doc_no": 200, "doc_type": 100, "dept_or_subject": 200, "item_no": 16}
)
"""By column; what is longer is a text in the wrong place, and the registry has no room for it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the catalogue is held against.

    Attributes:
        fonds_no: Fonds number of the unit, empty when not known.
        filing_year: Year of the submission.
        last_year_count: Records accepted for the year before in this form, None when there is no year before.
        accepted_count: Records of this year in this form that were accepted before, in other packages.
        drop_ratio: Share of last year's number below which the count is remarked upon, between 0 and 1.
        declared_gaps: Archival codes that the unit says are missing on purpose.
    """

    fonds_no: str
    filing_year: int
    last_year_count: int | None = None
    accepted_count: int = 0
    drop_ratio: float = 0.5
    declared_gaps: frozenset[str] = frozenset()


def check(rows: Sequence[CatalogueRow], payload: Collection[str], expected: Expected) -> list[Finding]:
    """Return every fault and remark about a catalogue, row by row and then about the whole.

    Args:
        rows: The catalogue, its `files` resolved by `resolve_files`.
        payload: Paths of the files of the package that the catalogue has to cover.
        expected: What it is held against.

    Source: R1-50.
    """
    findings = [f for row in rows for f in _check_row(row, expected)]
    findings += _check_files(rows, payload)
    findings += _check_duplicates(rows)
    codes = [(row, archival_code.parse(archival_code.normalise(row.archival_code))) for row in rows]
    # A number that a malformed code ends with is not missing: that code is a fault of its own.
    meant = {int(number[0]) for row, code in codes if not code and (number := _LAST_NUMBER.search(row.archival_code))}
    findings += archival_code.check_continuity(
        [(row.row_no, code) for row, code in codes if code is not None], expected.declared_gaps, frozenset(meant)
    )
    findings += _check_counts(rows, expected)
    return findings


def check_sizes(rows: Sequence[CatalogueRow], sizes: Mapping[str, int]) -> list[Finding]:
    """Return a fault for each file of a record that has no byte: it is there, and nothing is in it.

    Args:
        rows: The catalogue, its `files` resolved by `resolve_files`.
        sizes: Bytes of each file of the package.
    """
    return [
        _finding("file_empty", Severity.FAULT, row, "GD-2-7", found=name)
        for row in rows
        for name in row.files
        if sizes.get(name) == 0
    ]


def resolve_files(rows: Sequence[CatalogueRow], payload: Collection[str]) -> list[CatalogueRow]:
    r"""Return the rows with their files spelt as the package spells them.

    A catalogue may leave out `data/`, or write it where a bare folder has none, write `\` for `/`, compose its accents
    otherwise than the file's name, or lose the spaces around it; a file that is not found stays as written. A cell that is
    the name of one file as it stands is that file, whatever separators are in it.
    """
    exact = set(payload)
    composed: dict[str, list[str]] = defaultdict(list)
    for path in payload:
        composed[_spelling(path)].append(path)

    def found(written: str) -> str | None:
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

    def resolved(row: CatalogueRow) -> CatalogueRow:
        whole = found(row.files_cell) if len(row.files) != 1 or row.files[0] != row.files_cell else None
        spelt = [whole] if whole else [found(name) or _plain_path(name) for name in row.files]
        return replace(row, files=tuple(dict.fromkeys(spelt)))

    return [resolved(row) for row in rows]


def _plain_path(written: str) -> str:
    return written.replace("\\", "/").removeprefix("./")


def _spelling(path: str) -> str:
    return "/".join(part.strip() for part in spelling.composed(path).split("/"))


def read_page_count(text: str) -> int | None:
    """Return a number of pages of 1 or more, or None when the cell names none."""
    plain = plain_digits(text)
    return int(plain) if PAGES.fullmatch(plain) else None


def plain_digits(text: str) -> str:
    """Return a cell with full-width digits made plain."""
    return spelling.plain(text).strip()


def read_access_level(text: str) -> AccessLevel | None:
    """Return the access level; a blank cell is closed, until the unit asks otherwise. None for an unknown word.

    Source: R3-04.
    """
    return _ACCESS.get(text.strip().lower(), None if text.strip() else AccessLevel.CLOSED)


def _check_row(row: CatalogueRow, expected: Expected) -> Iterator[Finding]:
    for column in REQUIRED:
        if not getattr(row, column):
            yield _finding("field_missing", Severity.FAULT, row, "GD-2-4", column=column)
    yield from archival_code.check(row, expected.fonds_no, expected.filing_year)
    for look in (_check_date, _check_retention, _check_values):
        yield from look(row, expected)


def _check_date(row: CatalogueRow, expected: Expected) -> Iterator[Finding]:
    if not row.formed_on:
        return
    formed_on = read_date(row.formed_on)
    year = expected.filing_year
    if formed_on is None:
        yield _finding("date_unreadable", Severity.FAULT, row, "GD-1-3", found=row.formed_on)
    elif formed_on.year > year + 1:
        # A plan or summary may be formed a year off (R9-09), but nothing filed by June can be later than that.
        yield _finding("date_after_filing", Severity.FAULT, row, "GD-1-5", found=row.formed_on, expected=str(year))
    elif formed_on.year != year:
        yield _finding("date_outside_year", Severity.WARNING, row, "GD-1-5", found=row.formed_on, expected=str(year))


def _check_retention(row: CatalogueRow, _expected: Expected) -> Iterator[Finding]:
    if not row.retention:
        return
    retention = read_retention(row.retention)
    if retention is None:
        yield _finding("retention_unknown", Severity.FAULT, row, "GD-1-4", found=row.retention)
    elif retention in (Retention.LONG, Retention.SHORT):
        yield _finding("legacy_retention", Severity.HOLD, row, "GD-1-4", found=row.retention)


def _check_values(row: CatalogueRow, _expected: Expected) -> Iterator[Finding]:
    if not row.page_count:
        yield _finding("page_count_missing", Severity.WARNING, row, "GD-2-3")
    elif read_page_count(row.page_count) is None:
        yield _finding("page_count_invalid", Severity.FAULT, row, "GD-1-3", found=row.page_count)
    if read_access_level(row.access_level) is None:
        yield _finding("access_level_unknown", Severity.FAULT, row, "GD-1-4", found=row.access_level)
    for column, most in MOST_CHARACTERS.items():
        count = len(getattr(row, column))
        if count > most:
            yield _finding(
                "field_too_long", Severity.FAULT, row, "GD-1-2", column=column, found=str(count), expected=str(most)
            )
    if _CONTROL.search(f"{row.title}{row.author}{row.doc_no}"):
        yield _finding("control_character", Severity.WARNING, row, "GD-1-6")


def _check_files(rows: Sequence[CatalogueRow], payload: Collection[str]) -> Iterator[Finding]:
    """Yield what rows and files do not agree about, in both directions. Source: R1-13, R1-14."""
    present = set(payload)
    holders: dict[str, list[CatalogueRow]] = defaultdict(list)
    for row in rows:
        for name in row.files:
            holders[name].append(row)
            if name not in present:
                yield _finding("catalogue_file_missing", Severity.FAULT, row, "GD-2-7", found=name)
    for name in sorted(present - holders.keys()):
        yield Finding("file_uncatalogued", Severity.FAULT, name, {"found": name}, "GD-1-11")
    for name, several in holders.items():
        if len(several) > 1:
            listed = _row_numbers(several, several[1].sheet)
            yield _finding("file_in_two_records", Severity.FAULT, several[1], "GD-1-11", found=name, rows=listed)


def _check_duplicates(rows: Sequence[CatalogueRow]) -> Iterator[Finding]:
    """Yield what stands in the catalogue more than once. Source: rules N5."""

    def by_code(row: CatalogueRow) -> str:
        return archival_code.normalise(row.archival_code)

    def by_content(row: CatalogueRow) -> tuple[str, ...] | str:
        return (row.title, row.author, row.doc_no, row.formed_on) if row.title and row.doc_no else ""

    looks: tuple[tuple[str, Severity, Callable[[CatalogueRow], object]], ...] = (
        ("archival_code_duplicate", Severity.FAULT, by_code),
        ("record_duplicate", Severity.WARNING, by_content),
    )
    for rule, severity, key in looks:
        groups: dict[object, list[CatalogueRow]] = defaultdict(list)
        for row in rows:
            if shared := key(row):
                groups[shared].append(row)
        for several in groups.values():
            if len(several) > 1:
                second = several[1]
                listed = _row_numbers(several, second.sheet)
                yield _finding(rule, severity, second, "GD-1-8", found=second.archival_code, rows=listed)


def _check_counts(rows: Sequence[CatalogueRow], expected: Expected) -> Iterator[Finding]:
    if not rows:
        yield Finding("catalogue_empty", Severity.FAULT, check_code="GD-2-1")
        return
    before = expected.last_year_count
    filed = expected.accepted_count + len(rows)
    if before and filed < before * expected.drop_ratio:
        values = {"found": str(filed), "expected": str(before)}
        yield Finding("count_dropped", Severity.WARNING, "", values, "GD-2-1")
    blank = Counter(bool(r.access_level.strip()) for r in rows)[False]
    if blank:
        yield Finding("access_level_missing", Severity.WARNING, "", {"count": str(blank)}, "GD-2-3")


def _row_numbers(rows: Sequence[CatalogueRow], told_in: str) -> str:
    """Return where rows stand; those on another sheet than the one that is told of are named with theirs."""
    by_sheet: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_sheet[row.sheet].append(row.row_no)
    own = [in_ranges(by_sheet.pop(told_in))]
    return "、".join([*own, *(f"“{sheet}”{in_ranges(numbers)}" for sheet, numbers in by_sheet.items())])


def _finding(rule: str, severity: Severity, row: CatalogueRow, code: str, **values: str) -> Finding:
    return Finding(rule, severity, row.archival_code or row.title, values, code, row.row_no, row.sheet)
