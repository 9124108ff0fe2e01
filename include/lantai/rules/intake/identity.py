"""Whose package it is, of which year and form: what a bag says of itself, held against where it lay.

Source: interfaces.md, "A carrier".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lantai.records.centre.unit import DataForm
from lantai.records.intake.carrier import MOST_NUMBER_CHARACTERS, BackupStrategy
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.submission import bears_number


@dataclass(frozen=True, slots=True)
class Identity:
    """What a package says of itself; None or empty where it says nothing that can be meant."""

    data_form: DataForm | None
    carrier_number: str
    strategy: BackupStrategy | None
    base_carrier: str
    is_zero_report: bool
    findings: tuple[Finding, ...]


def identify(
    tags: Sequence[tuple[str, str]], unit_code: str, filing_year: int, fonds_no: str, data_form: DataForm | None
) -> Identity:
    """Return what the pairs of a bag-info say, with a fault for each that contradicts the folder.

    Source: R1-12 (the strategy), R1-22 (that there is nothing), R1-24 (the year).

    Args:
        tags: Pairs of bag-info; none for a package that is no bag.
        unit_code: The unit whose outbox it was.
        filing_year: The year of the folder, 0 when not known.
        fonds_no: The unit's fonds number, empty when not known.
        data_form: Stands in where the package names no form; None when the unit owes several.
    """
    first: dict[str, str] = {}
    for label, value in tags:
        first.setdefault(label.lower(), value)
    findings = []
    for label, expected in (
        ("Unit-Code", unit_code),
        ("Filing-Year", str(filing_year or "")),
        ("Fonds-Number", fonds_no),
    ):
        found = first.get(label.lower(), "")
        if found and expected and found != expected:
            values = {"tag": label, "found": found, "expected": expected}
            findings.append(Finding("wrong_folder", Severity.FAULT, label, values, "GD-1-14"))
    written = first.get("data-form", "")
    form = DataForm(written) if written in set(DataForm) else data_form
    if form is None:
        findings.append(Finding("data_form_missing", Severity.FAULT, "Data-Form", {}, "GD-2-10"))
    elif data_form is not None and form is not data_form:
        values = {"tag": "Data-Form", "found": written, "expected": data_form.value}
        findings.append(Finding("wrong_folder", Severity.FAULT, "Data-Form", values, "GD-1-14"))
    number, most = first.get("carrier-number", ""), MOST_NUMBER_CHARACTERS
    if len(number) > most:
        values = {"found": str(len(number)), "expected": str(most)}
        findings.append(Finding("tag_too_long", Severity.FAULT, "Carrier-Number", values, "GD-1-2"))
        number = ""
    if bears_number(number):
        findings.append(Finding("named_like_a_number", Severity.FAULT, "Carrier-Number", {"found": number}, "GD-1-2"))
        number = ""
    strategy = first.get("backup-strategy", "")
    return Identity(
        data_form=form,
        carrier_number=number,
        strategy=BackupStrategy(strategy) if strategy in set(BackupStrategy) else None,
        base_carrier=first.get("base-carrier", ""),
        is_zero_report=first.get("zero-report", "").lower() == "true",
        findings=tuple(findings),
    )
