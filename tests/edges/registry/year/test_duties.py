"""Rows of what units owe, and of what was handed in for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from factories_disposal import make_unit
from lantai.edges.registry.intake.findings import put_findings
from lantai.edges.registry.intake.packages import note_look, note_package
from lantai.edges.registry.intake.rounds import add_round, move_round
from lantai.edges.registry.intake.submissions import add_submission
from lantai.edges.registry.year.duties import add_duties, filed_duties, meet_duty, next_duty, open_filing_year
from lantai.records.centre.unit import DataForm
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.reason import Reason
from lantai.records.intake.submission import RoundState
from lantai.records.year.duty import Duty, DutyState
from lantai.records.year.filed_duty import FiledDuty, NewestRound
from rounds_of import CAME_AT, PACKAGE

pytestmark = pytest.mark.both_databases

FORM = DataForm.BUSINESS_DATA
FIRST, SECOND = (Duty(f"JY-2025-B-{n}", "JY", 2025, FORM, n, date(2026, 3 * n, 28)) for n in (1, 2))


@pytest.fixture
def owing(centre):
    """A unit that owes two things for a year."""
    make_unit(centre)
    with centre.database.begin() as connection:
        open_filing_year(connection, 2025, CAME_AT)
        add_duties(connection, [FIRST, SECOND])
    return centre


def test_duty_that_is_not_met_comes_before_a_met_one_and_the_last_stands_in_when_all_are(owing):
    """R1-49."""
    with owing.database.begin() as connection:
        seen = [next_duty(connection, "JY", 2025, FORM)]
        for duty in (FIRST, SECOND):
            meet_duty(connection, duty.duty_id, DutyState.ACCEPTED, CAME_AT)
            seen.append(next_duty(connection, "JY", 2025, FORM))
        none = next_duty(connection, "JY", 2024, FORM)

    assert seen == [FIRST, SECOND, replace(SECOND, state=DutyState.ACCEPTED)]
    assert none is None


def test_records_count_for_more_than_the_statement_that_there_is_nothing(owing):
    """R1-22: and the statement takes nothing back."""
    with owing.database.begin() as connection:
        for state in (DutyState.ZERO_REPORT, DutyState.ACCEPTED, DutyState.ZERO_REPORT):
            meet_duty(connection, FIRST.duty_id, state, CAME_AT)
        [first, second] = filed_duties(connection, 2025)

    assert (first.duty.state, second.duty.state) == (DutyState.ACCEPTED, DutyState.OPEN)


def test_duty_for_which_nothing_came_is_told_with_what_is_known_of_its_outbox(owing):
    """I8: an upload that waits, and a look that failed."""
    with owing.database.begin() as connection:
        note_package(connection, "JY", PACKAGE, CAME_AT, is_whole=False, waits=timedelta(days=3))
        note_look(connection, "JY", CAME_AT, Reason("OutboxMissingError", "no outbox"))
        [first, _] = filed_duties(connection, 2025)
        others = filed_duties(connection, 2024)

    assert first == FiledDuty(
        duty=FIRST,
        unit_name="市教育局",
        responsible_person="",
        responsible_name="",
        newest=None,
        met_days_late=None,
        is_outbox_unknown=True,
        look_error="OutboxMissingError: no outbox",
        unfinished_count=1,
        waits_until_at=CAME_AT + timedelta(days=3),
    )
    assert others == []


def test_duty_is_told_with_the_newest_round_and_why_it_came_back(owing):
    """R1-23, R4-08: the first reason by its rule, remarks not counted; how late is what met the duty."""
    found = [
        Finding("name_unsafe", Severity.WARNING),
        Finding("file_missing", Severity.FAULT, "a"),
        Finding("file_missing", Severity.FAULT, "b"),
        Finding("digest_mismatch", Severity.FAULT),
    ]
    with owing.database.begin() as connection:
        number = add_submission(connection, "JY", 2025, FORM, "001", FIRST.duty_id, CAME_AT)
        for round_no, days_late in ((1, 5), (2, 9)):
            carrier = add_round(
                connection, "JY", number, round_no, replace(PACKAGE, fingerprint=str(round_no) * 64), CAME_AT, days_late,
                is_zero_report=False, is_stalled=False, strategy=None, file_count=6, size_bytes=70_000,
            )  # fmt: skip
            move_round(connection, carrier, RoundState.RETURNED, supplement_by_on=date(2026, 3, 12))
        put_findings(connection, carrier, found)
        [first, second] = filed_duties(connection, 2025)

    assert first.newest == NewestRound(
        submission_id="SL2025-JY-B001",
        carrier_id="SL2025-JY-B001-R2",
        carrier_number="001",
        package_name="JY-2025-E-001",
        round_no=2,
        state=RoundState.RETURNED,
        supplement_by_on=date(2026, 3, 12),
        record_count=0,
        file_count=6,
        size_bytes=70_000,
        fault_count=3,
        reason_rule="file_missing",
        reason_count=2,
    )
    assert (first.met_days_late, second.newest) == (None, None)


def test_duty_is_as_late_as_the_first_thing_that_was_accepted_for_it(owing):
    """R1-60."""
    with owing.database.begin() as connection:
        for number, days_late in (("001", 9), ("002", 5)):
            submission = add_submission(connection, "JY", 2025, FORM, number, FIRST.duty_id, CAME_AT)
            carrier = add_round(
                connection, "JY", submission, 1, PACKAGE, CAME_AT, days_late,
                is_zero_report=True, is_stalled=False, strategy=None, file_count=1, size_bytes=1,
            )  # fmt: skip
            move_round(connection, carrier, RoundState.ACCEPTED)
        late = [filed.met_days_late for filed in filed_duties(connection, 2025)]

    assert late == [5, 5, None]
