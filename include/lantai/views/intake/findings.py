"""What was found about a package, in words: on paper and on the screen the same, for machines one by one.

Findings that say the same of many records are one line: an author left out of
500 rows is one that names the rows. Nothing is left out: what machines read
keeps every finding apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lantai.formats.papers.form_content import FindingLine
from lantai.locales import describe, listed, say, told_values
from lantai.records.intake.finding import Finding, Severity, at_most, in_ranges

MOST_APART = 20
"""So many findings of one rule that differ in more than what was found stand apart; more of them are one line."""
MOST_NAMED = 200
"""How many files, or ranges of rows, a line names."""
_SHOWN = 10
"""How many of them, and of the values found, its words repeat."""


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """One or more findings that are told as one, in words.

    Attributes:
        places: Where they are, all of them; `—` where there is no place.
        title: What is wrong.
        message: What was found; of several, as far as there is room.
        expected: What was expected, `—` where it differs or is not said.
        fix: How to mend them.
        rule: The rule that they break.
        check_code: Item of DA/T 70-2018, or empty.
        count: How many findings they are.
    """

    severity: Severity
    places: str
    title: str
    message: str
    expected: str
    fix: str
    rule: str
    check_code: str
    count: int


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Return faults first, then what the centre decides, then remarks; within each as they were found."""
    order = (Severity.FAULT, Severity.HOLD, Severity.WARNING)
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def finding_as_mapping(finding: Finding, locale: str) -> dict[str, object]:
    """Return a finding for JSON on a screen, its words beside the rule's name; `row` is None for what is of no row."""
    words = describe(finding, locale)
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "subject": finding.subject,
        "row": finding.record_no,
        "sheet": finding.sheet,
        "check_code": finding.check_code,
        "title": words.title,
        "message": words.message,
        "fix": words.fix,
    }


def opinion_lines(findings: Iterable[Finding], locale: str) -> Iterator[FindingLine]:
    """Yield the lines of the list of opinions, rule by rule and sheet by sheet in the order in which each was first found."""
    for told in group_findings(findings, locale):
        source = "inspection.standard" if told.check_code else "inspection.package_format"
        yield {
            "where": told.places,
            "found": say("inspection.found", locale, title=told.title, message=told.message),
            "expected": told.expected,
            "source": say(source, locale, code=told.check_code, rule=told.rule),
            "fix": told.fix,
            "severity": told.severity.value,
        }


def group_findings(findings: Iterable[Finding], locale: str, most_named: int = MOST_NAMED) -> Iterator[FindingGroup]:
    """Yield findings in groups, none left out: those of a rule and sheet that say the same are one. Source: R1-50.

    Args:
        findings: What was found, in the order in which it is told.
        locale: `zh` or `en`.
        most_named: How many files, or ranges of rows, their places name.
    """
    by_rule: dict[object, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault((finding.rule, finding.severity, finding.sheet), []).append(finding)
    for of_rule in by_rule.values():
        alike: dict[object, list[Finding]] = {}
        for finding in of_rule:
            alike.setdefault(tuple(sorted(p for p in finding.values.items() if p[0] != "found")), []).append(finding)
        if len(alike) > MOST_APART:
            yield _told(of_rule, of_rule[0], locale, most_named)
        else:
            for same in alike.values():
                yield _told(same, _standing_for(same, locale), locale, most_named)


def _told(same: Sequence[Finding], shown: Finding, locale: str, most_named: int) -> FindingGroup:
    """Return one line: the places of all, the words of the one that is shown."""
    rows = [finding.record_no for finding in same if finding.record_no is not None]
    is_one = len(same) == 1
    words = describe(shown, locale, "" if shown is same[0] else in_ranges(rows, _SHOWN))
    message = words.message
    if shown is same[0] and not is_one:
        message += say("opinions.others", locale, count=len(same) - 1)
    return FindingGroup(
        severity=shown.severity,
        places=_place(same[0], locale) if is_one else _places(same, rows, locale, most_named),
        title=words.title,
        message=message,
        expected=told_values(shown, locale).get("expected", "—") if is_one or shown is not same[0] else "—",
        fix=words.fix,
        rule=shown.rule,
        check_code=shown.check_code,
        count=len(same),
    )


def _standing_for(same: Sequence[Finding], locale: str) -> Finding:
    """Return a finding that says of all what is said of each: with several values found, and several subjects."""
    first = same[0]
    if len(same) == 1:
        return first
    values = dict(first.values)
    if "found" in values:
        values["found"] = _once([listed(finding.values["found"], locale) for finding in same], _SHOWN)
    subject = listed(_once([finding.subject for finding in same], _SHOWN), locale)
    return Finding(first.rule, first.severity, subject, values, first.check_code, first.record_no, first.sheet)


def _places(same: Sequence[Finding], rows: Sequence[int], locale: str, most_named: int) -> str:
    names = _once([finding.subject for finding in same if finding.record_no is None and finding.subject], most_named)
    key = "opinions.rows" if rows else "opinions.files"
    values = {"rows": listed(in_ranges(rows, most_named), locale), "files": listed(names, locale)}
    return _on_sheet(same[0], say(key, locale, **values, count=len(same)), locale)


def _place(finding: Finding, locale: str) -> str:
    where = finding.subject or "—"
    if finding.record_no is not None:
        where = say("inspection.row", locale, number=finding.record_no, subject=where)
    return _on_sheet(finding, where, locale)


def _on_sheet(finding: Finding, place: str, locale: str) -> str:
    return say("inspection.sheet", locale, sheet=finding.sheet, place=place) if finding.sheet else place


def _once(texts: Sequence[str], most: int) -> tuple[str, ...]:
    return at_most(list(dict.fromkeys(texts)), most)
