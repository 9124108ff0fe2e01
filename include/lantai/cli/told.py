"""Findings as they are told: one block each, what is wrong and how to mend it; in JSON one object each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lantai.cli.screen import line, said, sign
from lantai.locales import describe, say
from lantai.records.finding import Finding, Severity

STYLES = {Severity.FAULT: "bold red", Severity.HOLD: "bold yellow", Severity.WARNING: "bold"}


def tell_findings(findings: Sequence[Finding], language: str) -> None:
    """Print findings, faults first, each with its place and its fix."""
    order = list(STYLES)
    for finding in sorted(findings, key=lambda each: order.index(each.severity)):
        words = describe(finding, language)
        row = said(f" 第 {finding.record_no} 行", f" row {finding.record_no}") if finding.record_no else ""
        line(
            f"{say(f'values.severity.{finding.severity.value}', language)}{row}  {words.title}",
            STYLES[finding.severity],
        )
        line(f"    {words.message}")
        line(f"    {sign('→', '->')} {words.fix}")


def counted(findings: Sequence[Finding], language: str) -> str:
    """Return how many findings there are of each severity, in words; empty when there are none."""
    counts = Counter(finding.severity for finding in findings)
    return "，".join(
        f"{say(f'values.severity.{severity.value}', language)} {counts[severity]}"
        for severity in STYLES
        if counts[severity]
    ).replace("，", "，" if language == "zh" else ", ")


def finding_as_mapping(finding: Finding, language: str) -> dict[str, object]:
    """Return a finding for JSON."""
    words = describe(finding, language)
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
