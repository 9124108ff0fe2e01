"""The archival code (档号): how it is built, read and compared with its row.

`Z109-WS·2025-Y-BGS-0001`: fonds, category and year, retention, department or
subject, item number. Uniqueness is a matter of the whole catalogue and stands
in `completeness`.

Source: DA/T 22-2015; DA/T 13-2022.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from lantai.records.centre.unit import FONDS_NO
from lantai.records.custody.record import Retention
from lantai.records.intake.archival_code import ArchivalCode
from lantai.records.intake.catalogue_entry import CatalogueEntry
from lantai.records.intake.finding import Finding, Said, Severity, at_most

PATTERN = re.compile(
    rf"(?P<fonds_no>{FONDS_NO.pattern})-"
    r"(?P<category>[A-Z]+(?:\.[A-Z]+)*)\u00b7(?P<year>[0-9]{4})"
    r"-(?P<retention>Y|D30|D10|C|D)-(?P<dept_or_subject>[^\s\-\u00b7]+)-(?P<item_no>[0-9]{4}|[1-9][0-9]{4,8})"
)
"""What a normalised code looks like; C and D stand for 长期 and 短期 on old records."""

_LETTERS = {
    "Y": Retention.Y,
    "D30": Retention.D30,
    "D10": Retention.D10,
    "C": Retention.LONG,
    "D": Retention.SHORT,
}

_MIDDOTS = dict.fromkeys(map(ord, "\u2022\u2027\u22c5\u30fb\uff65\u2219\u0387\uff0e"), "\u00b7")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"), "-")
_DOT_BEFORE_YEAR = re.compile(r"\.(?=[0-9]{4}-)")
_ITEM_NO = re.compile(r"\d{1,16}")
_LISTED_GAPS = 20
"""How many missing numbers a finding names; more would drown the opinion."""


def normalise(text: str) -> str:
    """Return the code with look-alikes of the middot (• ・ .) and of the hyphen made into the real ones."""
    plain = text.strip()
    if PATTERN.fullmatch(plain):
        return plain
    return _DOT_BEFORE_YEAR.sub("\u00b7", plain.translate(_MIDDOTS).translate(_HYPHENS))


def parse(text: str) -> ArchivalCode | None:
    """Return the parts of a normalised code, or None when it is none."""
    found = PATTERN.fullmatch(text)
    if not found:
        return None
    return ArchivalCode(
        fonds_no=found["fonds_no"],
        category=found["category"],
        year=int(found["year"]),
        retention=_LETTERS[found["retention"]],
        dept_or_subject=found["dept_or_subject"],
        item_no=found["item_no"],
    )


def check(entry: CatalogueEntry, fonds_no: str, filing_year: int) -> list[Finding]:
    """Return what is wrong with one row's code: its shape, its look-alikes, its parts against the row.

    A blank code is not looked at here. The department is compared only where the row gives a code for it, since a
    department's name and its code cannot be compared without the unit's own table.

    Args:
        entry: One row of the catalogue.
        fonds_no: Fonds number of the unit; empty when it is not known.
        filing_year: Year of the submission.

    Source: rules N5.
    """
    written, code = entry.written.archival_code, entry.code
    if not written:
        return []
    if code is None:
        return [_finding("archival_code_malformed", Severity.FAULT, entry, found=written)]
    findings = []
    if entry.archival_code != written.strip():
        values = {"found": written, "expected": entry.archival_code}
        findings.append(_finding("archival_code_lookalike", Severity.WARNING, entry, **values))
    for part, found, expected in _parts(code, entry, fonds_no, filing_year):
        if found != expected:
            values = {"part": part, "found": found, "expected": expected}
            findings.append(_finding("archival_code_mismatch", Severity.FAULT, entry, **values))
    return findings


def check_continuity(
    codes: Iterable[tuple[int, ArchivalCode]],
    declared_gaps: frozenset[str] = frozenset(),
    meant: frozenset[int] = frozenset(),
) -> list[Finding]:
    """Return gaps in the item numbers of each (fonds, category, year, retention, department).

    A number missing between two others is a fault unless the unit declared it (a classified record leaves such a gap,
    for it may not come this way). A series that does not start with 0001 is a remark only: a year may fill several carriers.

    Args:
        codes: Row number and code of every row that has a valid one.
        declared_gaps: Codes that the unit says are missing on purpose.
        meant: Item numbers of codes that cannot be read; they are not missing.

    Source: rules N5; R9-10.
    """
    series: dict[tuple[str, str, int, str, str], set[int]] = defaultdict(set)
    sample: dict[tuple[str, str, int, str, str], ArchivalCode] = {}
    for _, code in codes:
        key = (code.fonds_no, code.category, code.year, code.retention.value, code.dept_or_subject)
        series[key].add(int(code.item_no))
        sample.setdefault(key, code)
    findings = []
    for key, numbers in series.items():
        subject = str(sample[key]).rpartition("-")[0]
        first, last = min(numbers), max(numbers)
        absent = (n for n in range(first, last) if n not in numbers and n not in meant)
        missing = [f"{n:04d}" for n in absent] if last - first < 10**6 else ["..."]
        for rule, severity, listed in (
            ("item_no_gap", Severity.FAULT, [n for n in missing if f"{subject}-{n}" not in declared_gaps]),
            ("item_no_gap_declared", Severity.WARNING, [n for n in missing if f"{subject}-{n}" in declared_gaps]),
            ("item_no_start", Severity.WARNING, [f"{first:04d}"] if first != 1 else []),
        ):
            if listed:
                findings.append(_series_finding(rule, severity, subject, listed))
    return findings


def _parts(
    code: ArchivalCode, entry: CatalogueEntry, fonds_no: str, filing_year: int
) -> Iterable[tuple[str, str, str]]:
    row = entry.written
    if fonds_no:
        yield "fonds_no", code.fonds_no, fonds_no
    yield "filing_year", str(code.year), str(filing_year)
    if re.fullmatch(r"[A-Z0-9]+", row.dept_or_subject):
        yield "dept_or_subject", code.dept_or_subject, row.dept_or_subject
    if _ITEM_NO.fullmatch(row.item_no):
        yield "item_no", str(int(code.item_no)), str(int(row.item_no))
    if entry.retention is not None and entry.retention is not code.retention:
        # Both as they are written: the unit looks for them in its own catalogue.
        yield "retention", code.written_retention, row.retention.strip()


def _series_finding(rule: str, severity: Severity, subject: str, listed: list[str]) -> Finding:
    values: dict[str, Said] = {"found": at_most(listed, _LISTED_GAPS), "count": str(len(listed))}
    return Finding(rule, severity, subject, values, "GD-2-6")


def _finding(rule: str, severity: Severity, entry: CatalogueEntry, **values: str) -> Finding:
    return Finding(rule, severity, entry.written.archival_code, values, "GD-1-7", entry.row_no, entry.sheet)
