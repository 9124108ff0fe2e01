"""What a ruling on a held round makes of its findings.

Source: requirements, "Slips in the sources" (an old period is read by a person, never silently).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from lantai.records.custody.record import Retention
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.ruling import Ruling, RulingChoice
from lantai.rules.disposal.retention import MEANS_TODAY

MAY_STAND = frozenset({"legacy_retention", "classification_unclear"})
"""Rules whose findings a person's word settles; anything else a package is held for has to be changed, or is returned."""


def as_ruled(findings: Iterable[Finding], ruling: Ruling | None) -> list[Finding]:
    """Return findings with the severity that a ruling gives them; without one, or settled already, as they are.

    Source: R1-51.
    """
    return [_as_ruled(finding, ruling.choice) if ruling else finding for finding in findings]


def outcome(ruling: Ruling, ruled_on: date) -> Finding:
    """Return the finding that tells the unit of a ruling and its reason.

    Args:
        ruling: The ruling.
        ruled_on: Local date of it.
    """
    values = {"found": ruling.reason, "person": ruling.ruled_by_name, "date": ruled_on.isoformat()}
    severity = Severity.WARNING if ruling.choice is RulingChoice.ACCEPT else Severity.FAULT
    return Finding(f"ruled_{ruling.choice.value}", severity, "", values)


def old_periods(ruling: Ruling | None) -> Mapping[Retention, Retention]:
    """Return what periods of old mean by a ruling: those of today once somebody has accepted them, and nothing before.

    Source: R9-10.
    """
    return MEANS_TODAY if ruling is not None and ruling.choice is RulingChoice.ACCEPT else MappingProxyType({})


def _as_ruled(finding: Finding, choice: RulingChoice) -> Finding:
    if finding.severity is not Severity.HOLD:
        return finding
    if choice is RulingChoice.RETURN:
        return replace(finding, severity=Severity.FAULT)
    return replace(finding, severity=Severity.WARNING) if finding.rule in MAY_STAND else finding
