"""Findings as they are printed: the same said of many records is one block, as on paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lantai.cli.terminal.screen import line, sign, word
from lantai.locales import say
from lantai.records.intake.finding import Finding, Severity
from lantai.views.intake.findings import group_findings, in_order

if TYPE_CHECKING:
    from lantai.records.intake.round import Round

MOST_PLACES = 20
"""How many files, or ranges of rows, a block names; `--json` names every one."""
NOWHERE = "—"

STYLES = {Severity.FAULT: "bold red", Severity.HOLD: "bold yellow", Severity.WARNING: "bold"}


def identified(this: Round) -> str:
    """Return which submission was meant: our number, and the unit's own name and number, each by what it is."""
    return word(
        "terminal.submission",
        submission_id=this.submission_id,
        unit_code=this.unit_code,
        package_name=this.package.name,
        number=this.carrier_number,
        round_no=this.round_no,
    )


def tell_findings(findings: Sequence[Finding], language: str) -> None:
    """Print findings, faults first, each with its places and its fix; the same said of many records once."""
    for told in group_findings(in_order(findings), language, MOST_PLACES):
        place = f" {told.places}" if told.places != NOWHERE else ""
        line(f"{say(f'values.severity.{told.severity.value}', language)}{place}  {told.title}", STYLES[told.severity])
        line(f"    {told.message}")
        line(f"    {sign('→', '->')} {told.fix}")


def counted(findings: Sequence[Finding], language: str) -> str:
    """Return how many findings there are of each severity, in words; empty when there are none."""
    counts = Counter(finding.severity for finding in findings)
    return say("mark.comma", language).join(
        f"{say(f'values.severity.{severity.value}', language)} {counts[severity]}"
        for severity in STYLES
        if counts[severity]
    )
