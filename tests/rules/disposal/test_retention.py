"""When records fall due."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai import profiles
from lantai.records.custody.record import DueDates, Retention
from lantai.rules.disposal.retention import (
    MEANS_TODAY,
    RetentionRules,
    due_dates,
    due_on,
    in_force,
    read_retention,
    rule_rows,
    transfer_due_on,
    transfer_rules_for,
)

RULES = rule_rows(profiles.transfer_rules())
TODAY = date(2026, 3, 2)
BY = RetentionRules(RULES, "city", "", TODAY, {})


def test_period_starts_on_the_first_of_january_after_closure():
    """N2."""
    assert due_on(date(2020, 5, 31), 10) == date(2031, 1, 1)
    assert due_on(date(2020, 12, 31), 0) == date(2021, 1, 1)


def test_permanent_record_never_falls_due_for_destruction():
    """N2."""
    assert due_on(date(2020, 5, 31), None) is None


def test_record_that_would_fall_due_beyond_the_calendar_never_does():
    """N2: 9999-12-31 is how some systems write that there is no date."""
    rules = rule_rows(profiles.transfer_rules())

    assert due_on(date(9988, 1, 1), 10) == date(9999, 1, 1)
    assert due_on(date(9989, 1, 1), 10) is None
    assert due_on(date(9999, 12, 31), 0) is None
    assert transfer_due_on(date(9999, 12, 31), Retention.Y, rules, "county", "", date(2026, 3, 2)) is None


def test_negative_period_is_refused():
    """N2."""
    with pytest.raises(ValueError, match="expected 0 or more"):
        due_on(date(2020, 1, 1), -1)


@given(st.dates(max_value=date(2900, 1, 1)), st.integers(0, 100))
def test_record_is_kept_for_its_whole_period(closed_on, years):
    """N2."""
    due = due_on(closed_on, years)

    assert due is not None
    assert (due.month, due.day) == (1, 1)
    assert closed_on.replace(day=1).replace(year=closed_on.year + years) < due


@pytest.mark.parametrize(
    ("level", "retention", "expected"),
    [
        ("city", Retention.Y, date(2025, 3, 1)),
        ("county", Retention.Y, date(2015, 3, 1)),
        ("city", Retention.D30, date(2025, 3, 1)),
        ("province", Retention.D30, None),
        ("central", Retention.Y, date(2025, 3, 1)),
        ("city", Retention.D10, None),
        ("county", Retention.D10, None),
        ("city", Retention.LONG, None),
        ("village", Retention.Y, None),
    ],
)
def test_transfer_day_depends_on_level_and_period(level, retention, expected):
    """R1-05, R3-07, N2."""
    assert transfer_due_on(date(2005, 3, 1), retention, RULES, level, "", TODAY) == expected


def test_leap_day_falls_due_on_the_first_of_march():
    """R1-05, N2."""
    assert transfer_due_on(date(2004, 2, 29), Retention.Y, RULES, "county", "", TODAY) == date(2014, 3, 1)


def test_clash_of_rules_shows_the_stricter_date_and_both_rules():
    """R1-05, R3-07, N2."""
    clashing = transfer_rules_for(RULES, "city", "浙江", TODAY)

    assert [r.years for r in clashing] == [10, 20]
    assert transfer_due_on(date(2005, 3, 1), Retention.Y, RULES, "city", "浙江", TODAY) == date(2015, 3, 1)
    assert [r.years for r in transfer_rules_for(RULES, "city", "", TODAY)] == [20]


def test_rule_of_the_day_is_asked_and_old_batches_keep_their_answer():
    """R1-05, R3-07, N2."""
    before, after = (transfer_rules_for(RULES, "county", "", day) for day in (date(2024, 2, 29), date(2024, 3, 1)))

    assert [r.article for r in before] == ["第十三条"]
    assert [r.article for r in after] == ["第二十条"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("永久", Retention.Y),
        (" 30年 ", Retention.D30),
        ("３０年", Retention.D30),
        ("d10", Retention.D10),
        ("长期", Retention.LONG),
        ("短期", Retention.SHORT),
        ("5年", None),
        ("", None),
    ],
)
def test_period_is_read_as_people_write_it(text, expected):
    """R3-07, N2."""
    assert read_retention(text) is expected


def test_both_days_of_a_record_are_counted_from_the_same_period():
    """R1-05, N2."""
    formed_on = date(2005, 3, 1)

    assert due_dates(formed_on, Retention.D30, BY) == DueDates(date(2025, 3, 1), date(2036, 1, 1))
    assert due_dates(formed_on, Retention.Y, BY) == DueDates(date(2025, 3, 1), None)
    assert due_dates(formed_on, Retention.D10, BY) == DueDates(None, date(2016, 1, 1))
    with pytest.raises(ValueError, match="a person decides"):
        due_dates(formed_on, Retention.LONG, BY)


def test_period_of_old_stands_for_one_in_force_only_by_decision():
    """R9-10."""
    decided = RetentionRules(RULES, "city", "", TODAY, MEANS_TODAY)

    assert [in_force(each, BY) for each in Retention] == [Retention.Y, Retention.D30, Retention.D10, None, None]
    assert [in_force(each, decided) for each in (Retention.D10, Retention.LONG, Retention.SHORT, None)] == [
        Retention.D10,
        Retention.D30,
        Retention.D10,
        None,
    ]


def test_old_period_has_no_length():
    """N2."""
    with pytest.raises(ValueError, match="a person decides"):
        _ = Retention.LONG.keep_years
