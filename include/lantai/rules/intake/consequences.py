"""Which findings only follow from another one, so that a department reads of each cause once.

A file that is not there is missing from the manifest, from the catalogue and
from the totals; a package in the wrong folder contradicts it in every row. What
is told is the cause, or of several views of one fact the one that names the
record. What is left out mends itself with its cause, or when the package is
made again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from lantai.records.intake.finding import Finding, Said

_AMOUNT = frozenset({"file_missing", "file_unlisted", "file_uncatalogued", "catalogue_file_missing", "digest_mismatch"})
"""Faults of single files, each of which alone makes the totals wrong."""
_WITHOUT_PAYLOAD = frozenset({"file_missing", "catalogue_file_missing", "name_spelt_differently", "oxum_mismatch"})
"""What is said of every file when there is none under data/."""
_BY_YEAR = frozenset({"date_outside_year", "date_after_filing"})


def causes(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings without those that only follow from another one, in their order. Source: R1-50."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_rule[finding.rule].append(finding)
    missing = {f.values["found"] for f in by_rule["catalogue_file_missing"]}
    uncatalogued = {f.subject for f in by_rule["file_uncatalogued"]}
    wrong = {f.subject: f.values["found"] for f in by_rule["wrong_folder"]}
    is_amount_explained = any(by_rule[rule] for rule in _AMOUNT)
    told = []
    for finding in findings:
        is_view_of_a_file = (finding.rule == "file_missing" and finding.subject in missing) or (
            finding.rule == "file_unlisted" and finding.subject in uncatalogued
        )
        is_of_no_payload = bool(by_rule["payload_missing"]) and finding.rule in _WITHOUT_PAYLOAD
        is_total = is_amount_explained and finding.rule == "oxum_mismatch"
        if not (is_view_of_a_file or is_of_no_payload or is_total or _is_of_wrong_folder(finding, wrong)):
            told.append(finding)
    return told


def _is_of_wrong_folder(finding: Finding, wrong: Mapping[str, Said]) -> bool:
    """Return whether a finding only repeats that the package says another unit, fonds or year than its folder.

    Args:
        finding: Any finding.
        wrong: What the package says, by the tags in which it contradicts its folder.
    """
    found = finding.values.get("found", "")
    if finding.rule == "wrong_folder":
        return finding.subject == "Fonds-Number" and "Unit-Code" in wrong
    if finding.rule == "form_contradicts":
        tag = {"unit_code": "Unit-Code", "filing_year": "Filing-Year"}.get(str(finding.values["field"]), "")
        return wrong.get(tag) == found
    if finding.rule == "archival_code_mismatch":
        tag = {"fonds_no": "Fonds-Number", "filing_year": "Filing-Year"}.get(str(finding.values["part"]), "")
        return wrong.get(tag) == found
    return finding.rule in _BY_YEAR and "Filing-Year" in wrong
