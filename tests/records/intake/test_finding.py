"""Findings: what they do to a package, and how rows are listed."""

from __future__ import annotations

import pytest

from lantai.records.intake.finding import MORE, Finding, Severity, in_ranges, is_acceptable


def test_package_with_remarks_only_is_acceptable():
    """R1-50."""
    remark, fault, hold = (Finding("x", severity) for severity in (Severity.WARNING, Severity.FAULT, Severity.HOLD))

    assert is_acceptable([])
    assert is_acceptable([remark, remark])
    assert not is_acceptable([remark, fault])
    assert not is_acceptable([remark, hold])


@pytest.mark.parametrize(
    ("rows", "listed"),
    [
        ([], ()),
        ([7], ("7",)),
        ([1, 2], ("1–2",)),
        ([3, 1, 2, 2, 7, 9, 10], ("1–3", "7", "9–10")),
        (range(1, 501), ("1–500",)),
    ],
)
def test_rows_are_listed_in_ranges(rows, listed):
    """R1-50."""
    assert in_ranges(rows) == listed


def test_rows_that_form_no_ranges_are_cut_with_an_ellipsis():
    """R1-50."""
    assert in_ranges(range(1, 400, 2), most=3) == ("1", "3", "5", MORE)
