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
from dataclasses import dataclass

from lantai.records.centre.unit import FONDS_NO
from lantai.records.custody.record import CatalogueRow, Retention
from lantai.records.intake.finding import Finding, Severity
from lantai.rules.disposal.retention import read_retention

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


@dataclass(frozen=True, slots=True)
class ArchivalCode:
    """One archival code in parts; `item_no` keeps its leading zeros, `retention` is the code's own letter."""

    fonds_no: str
    category: str
    year: int
    retention: Retention
    dept_or_subject: str
    item_no: str

    def __str__(self) -> str:
        """Return the code as it is written."""
        period, number = self.written_retention, self.item_no
        return f"{self.fonds_no}-{self.category}\u00b7{self.year}-{period}-{self.dept_or_subject}-{number}"

    @property
    def written_retention(self) -> str:
        """The period as it stands in the code: Y, D30, D10, and of old codes C and D."""
        return {Retention.LONG: "C", Retention.SHORT: "D"}.get(self.retention, self.retention.value)


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


def check(row: CatalogueRow, fonds_no: str, filing_year: int) -> list[Finding]:
    """Return what is wrong with one row's code: its shape, its look-alikes, its parts against the row.

    A blank code is not looked at here. The department is compared only where the row gives a code for it, since a
    department's name and its code cannot be compared without the unit's own table.

    Args:
        row: One row of the catalogue.
        fonds_no: Fonds number of the unit; empty when it is not known.
        filing_year: Year of the submission.

    Source: rules N5.
    """
    if not row.archival_code:
        return []
    plain = normalise(row.archival_code)
    code = parse(plain)
    if code is None:
        return [_finding("archival_code_malformed", Severity.FAULT, row, found=row.archival_code)]
    findings = []
    if plain != row.archival_code.strip():
        findings.append(
            _finding("archival_code_lookalike", Severity.WARNING, row, found=row.archival_code, expected=plain)
        )
    for part, found, expected in _parts(code, row, fonds_no, filing_year):
        if found != expected:
            findings.append(
                _finding("archival_code_mismatch", Severity.FAULT, row, part=part, found=found, expected=expected)
            )
    retention = read_retention(row.retention)
    if retention is not None and retention is not code.retention:
        # Both as they are written: the unit looks for them in its own catalogue.
        values = {"part": "retention", "found": code.written_retention, "expected": row.retention.strip()}
        findings.append(_finding("archival_code_mismatch", Severity.FAULT, row, **values))
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


def _parts(code: ArchivalCode, row: CatalogueRow, fonds_no: str, filing_year: int) -> Iterable[tuple[str, str, str]]:
    if fonds_no:
        yield "fonds_no", code.fonds_no, fonds_no
    yield "filing_year", str(code.year), str(filing_year)
    if re.fullmatch(r"[A-Z0-9]+", row.dept_or_subject):
        yield "dept_or_subject", code.dept_or_subject, row.dept_or_subject
    if _ITEM_NO.fullmatch(row.item_no):
        yield "item_no", str(int(code.item_no)), str(int(row.item_no))


def _series_finding(rule: str, severity: Severity, subject: str, listed: list[str]) -> Finding:
    named = "、".join(listed[:_LISTED_GAPS]) + ("…" if len(listed) > _LISTED_GAPS else "")
    return Finding(rule, severity, subject, {"found": named, "count": str(len(listed))}, "GD-2-6")


def _finding(rule: str, severity: Severity, row: CatalogueRow, **values: str) -> Finding:
    return Finding(rule, severity, row.archival_code, values, "GD-1-7", row.row_no, row.sheet)
