"""What a ruling on a held round makes of its findings."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from lantai.records.custody.record import Retention
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.ruling import Ruling, RulingChoice
from lantai.rules.intake.ruled import as_ruled, old_periods, outcome

MAY_STAND = Finding("legacy_retention", Severity.HOLD)
HAS_TO_CHANGE = Finding("already_accepted", Severity.HOLD)
FAULT = Finding("title_missing", Severity.FAULT)
REMARK = Finding("digest_weak", Severity.WARNING)
FOUND = [MAY_STAND, HAS_TO_CHANGE, FAULT, REMARK]


def ruling(choice: RulingChoice) -> Ruling:
    return Ruling("SL2025-JY-E001-R1", choice, "经查证，可按30年管理", "S001", "李敏", datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("choice", "severities"),
    [
        (RulingChoice.ACCEPT, [Severity.WARNING, Severity.HOLD, Severity.FAULT, Severity.WARNING]),
        (RulingChoice.RETURN, [Severity.FAULT, Severity.FAULT, Severity.FAULT, Severity.WARNING]),
    ],
)
def test_word_of_a_person_settles_what_may_stand_and_returns_all_that_is_held(choice, severities):
    """R1-51: what only a change can cure stays held; what is settled already stays as it is."""
    found = as_ruled(FOUND, ruling(choice))

    assert [each.severity for each in found] == severities
    assert [each.rule for each in found] == [each.rule for each in FOUND]


def test_without_a_ruling_findings_stay_as_they_are():
    """R1-51."""
    assert as_ruled(FOUND, None) == FOUND


@pytest.mark.parametrize(
    ("choice", "rule", "severity"),
    [(RulingChoice.ACCEPT, "ruled_accept", Severity.WARNING), (RulingChoice.RETURN, "ruled_return", Severity.FAULT)],
)
def test_unit_reads_the_ruling_with_its_reason_who_made_it_and_when(choice, rule, severity):
    """R1-51."""
    told = outcome(ruling(choice), date(2026, 3, 2))

    assert (told.rule, told.severity) == (rule, severity)
    assert told.values == {"found": "经查证，可按30年管理", "person": "李敏", "date": "2026-03-02"}


def test_periods_of_old_mean_those_of_today_once_somebody_has_accepted_them_and_nothing_before():
    """R9-10."""
    assert old_periods(ruling(RulingChoice.ACCEPT)) == {
        Retention.LONG: Retention.D30,
        Retention.SHORT: Retention.D10,
    }
    assert old_periods(None) == old_periods(ruling(RulingChoice.RETURN)) == {}
