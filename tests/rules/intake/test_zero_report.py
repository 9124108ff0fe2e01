"""A zero report and a filing for one duty."""

from __future__ import annotations

from lantai.records.intake.finding import Severity
from lantai.rules.intake.zero_report import check_zero_report


def test_zero_report_after_a_filing_waits_for_a_person_and_names_what_was_filed() -> None:
    """R1-22."""
    (found,) = check_zero_report("SL2025-JY-E003", [("001", False), ("000", True), ("002", False)], is_zero_report=True)

    assert (found.rule, found.severity, found.subject) == ("zero_report_contradicts", Severity.HOLD, "SL2025-JY-E003")
    assert found.values == {"found": ("001", "002")}


def test_filing_after_a_zero_report_takes_its_place_with_a_remark() -> None:
    """R1-22."""
    (found,) = check_zero_report("SL2025-JY-E003", [("001", False), ("000", True)], is_zero_report=False)

    assert (found.rule, found.severity) == ("zero_report_replaced", Severity.WARNING)
    assert found.values == {"found": ("000",)}


def test_what_says_the_same_contradicts_nothing() -> None:
    """R1-22."""
    assert check_zero_report("SL2025-JY-E003", [("000", True)], is_zero_report=True) == []
    assert check_zero_report("SL2025-JY-E003", [("001", False)], is_zero_report=False) == []
    assert check_zero_report("SL2025-JY-E003", [], is_zero_report=True) == []
