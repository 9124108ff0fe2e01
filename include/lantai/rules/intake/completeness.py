"""Whether a catalogue and the files it speaks of are complete and agree with each other.

Looks at the whole catalogue: both directions between rows and files,
duplicates, gaps, the number of records against last year. What a single row
says, and what is wrong with its cells, is in `catalogue_entry`.

Source: DA/T 22-2015; DA/T 70-2018, items at filing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lantai.records.intake.catalogue_entry import CatalogueEntry
from lantai.records.intake.finding import Finding, Said, Severity, in_ranges
from lantai.rules.intake import archival_code
from lantai.rules.intake.catalogue_entry import check_entry

_LAST_NUMBER = re.compile(r"[0-9]{1,9}(?=[^0-9]*$)")


DROP_RATIO = 0.5
"""Share of last year's number, or of the last snapshot, below which what came is remarked upon."""


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
    drop_ratio: float = DROP_RATIO
    declared_gaps: frozenset[str] = frozenset()


def check(entries: Sequence[CatalogueEntry], payload: Collection[str], expected: Expected) -> list[Finding]:
    """Return every fault and remark about a catalogue, row by row and then about the whole.

    Args:
        entries: The catalogue, as `catalogue_entry.read_entries` returns it.
        payload: Paths of the files of the package that the catalogue has to cover.
        expected: What it is held against.

    Source: R1-50.
    """
    findings = [f for entry in entries for f in check_entry(entry, expected.fonds_no, expected.filing_year)]
    findings += _check_files(entries, payload)
    findings += _check_duplicates(entries)
    # A number that a malformed code ends with is not missing: that code is a fault of its own.
    malformed = [entry.written.archival_code for entry in entries if entry.code is None]
    meant = {int(number[0]) for written in malformed if (number := _LAST_NUMBER.search(written))}
    codes = [(entry.row_no, entry.code) for entry in entries if entry.code is not None]
    findings += archival_code.check_continuity(codes, expected.declared_gaps, frozenset(meant))
    findings += _check_counts(entries, expected)
    return findings


def check_sizes(entries: Sequence[CatalogueEntry], sizes: Mapping[str, int]) -> list[Finding]:
    """Return a fault for each file of a record that has no byte: it is there, and nothing is in it.

    Args:
        entries: The catalogue, as `catalogue_entry.read_entries` returns it.
        sizes: Bytes of each file of the package.
    """
    return [
        _finding("file_empty", Severity.FAULT, entry, "GD-2-7", found=name)
        for entry in entries
        for name in entry.files
        if sizes.get(name) == 0
    ]


def _check_files(entries: Sequence[CatalogueEntry], payload: Collection[str]) -> Iterator[Finding]:
    """Yield what rows and files do not agree about, in both directions. Source: R1-13, R1-14."""
    present = set(payload)
    holders: dict[str, list[CatalogueEntry]] = defaultdict(list)
    for entry in entries:
        for name in entry.files:
            holders[name].append(entry)
            if name not in present:
                yield _finding("catalogue_file_missing", Severity.FAULT, entry, "GD-2-7", found=name)
    for name in sorted(present - holders.keys()):
        yield Finding("file_uncatalogued", Severity.FAULT, name, {"found": name}, "GD-1-11")
    for name, several in holders.items():
        if len(several) > 1:
            listed = _row_numbers(several, several[1].sheet)
            yield _finding("file_in_two_records", Severity.FAULT, several[1], "GD-1-11", found=name, rows=listed)


def _check_duplicates(entries: Sequence[CatalogueEntry]) -> Iterator[Finding]:
    """Yield what stands in the catalogue more than once. Source: rules N5."""

    def by_code(entry: CatalogueEntry) -> str:
        return entry.archival_code

    def by_content(entry: CatalogueEntry) -> tuple[str, ...] | str:
        row = entry.written
        return (row.title, row.author, row.doc_no, row.formed_on) if row.title and row.doc_no else ""

    looks: tuple[tuple[str, Severity, Callable[[CatalogueEntry], object]], ...] = (
        ("archival_code_duplicate", Severity.FAULT, by_code),
        ("record_duplicate", Severity.WARNING, by_content),
    )
    for rule, severity, key in looks:
        groups: dict[object, list[CatalogueEntry]] = defaultdict(list)
        for entry in entries:
            if shared := key(entry):
                groups[shared].append(entry)
        for several in groups.values():
            if len(several) > 1:
                second = several[1]
                listed = _row_numbers(several, second.sheet)
                yield _finding(rule, severity, second, "GD-1-8", found=second.written.archival_code, rows=listed)


def _check_counts(entries: Sequence[CatalogueEntry], expected: Expected) -> Iterator[Finding]:
    if not entries:
        yield Finding("catalogue_empty", Severity.FAULT, check_code="GD-2-1")
        return
    before = expected.last_year_count
    filed = expected.accepted_count + len(entries)
    if before and filed < before * expected.drop_ratio:
        values = {"found": str(filed), "expected": str(before)}
        yield Finding("count_dropped", Severity.WARNING, "", values, "GD-2-1")
    blank = Counter(bool(entry.written.access_level.strip()) for entry in entries)[False]
    if blank:
        yield Finding("access_level_missing", Severity.WARNING, "", {"count": str(blank)}, "GD-2-3")


def _row_numbers(entries: Sequence[CatalogueEntry], told_in: str) -> tuple[str, ...]:
    """Return where rows stand; those on another sheet than the one that is told of are named with theirs."""
    by_sheet: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        by_sheet[entry.sheet].append(entry.row_no)
    told = list(in_ranges(by_sheet.pop(told_in)))
    for sheet, numbers in by_sheet.items():
        first, *others = in_ranges(numbers)
        told += [f"“{sheet}”{first}", *others]
    return tuple(told)


def _finding(rule: str, severity: Severity, entry: CatalogueEntry, code: str, **values: Said) -> Finding:
    row = entry.written
    return Finding(rule, severity, row.archival_code or row.title, values, code, row.row_no, row.sheet)
