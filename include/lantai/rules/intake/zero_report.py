"""A zero report (零报告) and a filing for one duty contradict each other: what is said of it, and who has to decide.

Source: 档案登记备份: silence is no report, so there is one when there is nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from lantai.records.intake.finding import Finding, Severity


def check_zero_report(
    submission_id: str, accepted: Sequence[tuple[str, bool]], *, is_zero_report: bool
) -> list[Finding]:
    """Return what a zero report and a filing for the same duty say of each other (R1-22).

    A zero report after something was accepted waits for a person; a filing after a zero report takes its place, which is remarked.

    Args:
        submission_id: Of what has come.
        accepted: Carrier number of everything else that was accepted for the duty, and whether that is a zero report.
        is_zero_report: Whether what has come is one.
    """
    others = [number for number, is_zero in accepted if is_zero is not is_zero_report]
    if not others:
        return []
    values = {"found": tuple(others)}
    if is_zero_report:
        return [Finding("zero_report_contradicts", Severity.HOLD, submission_id, values, "GD-1-5")]
    return [Finding("zero_report_replaced", Severity.WARNING, submission_id, values, "GD-1-5")]
