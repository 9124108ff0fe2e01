"""Gather findings that say the same of many records into one line of the list of opinions.

An author left out of 500 rows is one line that names the rows. Nothing is left
out: the machine-readable opinions beside the paper keep every finding apart.

Source: R1-50.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lantai.locales import describe, say
from lantai.records.finding import Finding, in_ranges

MOST_APART = 20
"""So many findings of one rule that differ in more than what was found stand apart; more of them are one line."""
_NAMED = 200
"""How many files, or ranges of rows, a line names."""
_SHOWN = 10
"""How many of them, and of the values found, its words repeat."""


def lines(findings: Iterable[Finding], locale: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of the list of opinions, rule by rule and sheet by sheet in the order in which each was first found."""
    by_rule: dict[object, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault((finding.rule, finding.severity, finding.sheet), []).append(finding)
    for of_rule in by_rule.values():
        alike: dict[object, list[Finding]] = {}
        for finding in of_rule:
            alike.setdefault(tuple(sorted(p for p in finding.values.items() if p[0] != "found")), []).append(finding)
        if len(alike) > MOST_APART:
            yield _line(of_rule, of_rule[0], locale)
        else:
            for same in alike.values():
                yield _line(same, _standing_for(same), locale)


def _line(same: Sequence[Finding], shown: Finding, locale: str) -> dict[str, Any]:
    """Return one line: the places of all, the words of the one that is shown."""
    rows = [finding.record_no for finding in same if finding.record_no is not None]
    is_one = len(same) == 1
    words = describe(shown, locale, "" if shown is same[0] else in_ranges(rows, _SHOWN))
    told = say("inspection.found", locale, title=words.title, message=words.message)
    if shown is same[0] and not is_one:
        told += say("opinions.others", locale, count=len(same) - 1)
    source = "inspection.standard" if shown.check_code else "inspection.package_format"
    return {
        "where": _place(same[0], locale) if is_one else _places(same, rows, locale),
        "found": told,
        "expected": shown.values.get("expected", "—") if is_one or shown is not same[0] else "—",
        "source": say(source, locale, code=shown.check_code, rule=shown.rule),
        "fix": words.fix,
        "severity": shown.severity.value,
    }


def _standing_for(same: Sequence[Finding]) -> Finding:
    """Return a finding that says of all what is said of each: with several values found, and several subjects."""
    first = same[0]
    if len(same) == 1:
        return first
    values = dict(first.values)
    if "found" in values:
        values["found"] = _joined([finding.values["found"] for finding in same], _SHOWN)
    subject = _joined([finding.subject for finding in same], _SHOWN)
    return Finding(first.rule, first.severity, subject, values, first.check_code, first.record_no, first.sheet)


def _places(same: Sequence[Finding], rows: Sequence[int], locale: str) -> str:
    names = _joined([finding.subject for finding in same if finding.record_no is None and finding.subject], _NAMED)
    key = "opinions.rows" if rows else "opinions.files"
    return _on_sheet(same[0], say(key, locale, rows=in_ranges(rows, _NAMED), files=names, count=len(same)), locale)


def _place(finding: Finding, locale: str) -> str:
    where = finding.subject or "—"
    if finding.record_no is not None:
        where = say("inspection.row", locale, number=finding.record_no, subject=where)
    return _on_sheet(finding, where, locale)


def _on_sheet(finding: Finding, place: str, locale: str) -> str:
    return say("inspection.sheet", locale, sheet=finding.sheet, place=place) if finding.sheet else place


def _joined(texts: Sequence[str], most: int) -> str:
    unique = list(dict.fromkeys(texts))
    return "、".join(unique[:most]) + ("、…" if len(unique) > most else "")
