"""The four-property test (四性检测) of a package, as far as the package itself decides it. Source: DA/T 70-2018."""

from __future__ import annotations

from collections.abc import Sequence

from lantai import profiles
from lantai.records.centre.unit import DataForm
from lantai.records.intake.finding import Finding
from lantai.rules.intake.four_properties import ItemResult, evaluate

_LEAVES_UNCHECKED = {
    "not_a_bag": ("GD-2-2", "GD-2-10"),
    "oxum_missing": ("GD-2-2",),
    "form_missing": ("GD-1-14", "GD-2-5"),
}
"""Rule of a remark -> items that nothing in such a package could have failed: what they compare with is not there."""


def results_of(data_form: DataForm | None, findings: Sequence[Finding], *, is_zero_report: bool) -> list[ItemResult]:
    """Return the four-property test of a package as far as the package itself decides it.

    Opening every document, the virus scan and the registry come elsewhere, and some items need a person.

    Source: N8; R1-46.
    """
    left_out = [] if data_form is not DataForm.BUSINESS_DATA and not is_zero_report else ["catalogue"]
    if is_zero_report:
        left_out += ["forms", "formats", "scan"]
    done = {"manifest", "forms", "catalogue"} - set(left_out)
    unchecked = {code for finding in findings for code in _LEAVES_UNCHECKED.get(finding.rule, ())}
    return evaluate(profiles.four_property_items(), findings, done, left_out, unchecked)
