"""Deadlines and days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lantai.records.centre.unit import DataForm, Frequency
from lantai.rules.year.calendar import (
    add_days,
    deadline,
    is_working_day,
    period_end_on,
    periods,
    read_date,
    uncovered_years,
)
from patience import ends_within


@pytest.mark.parametrize("form", list(DataForm))
def test_yearly_filing_is_due_on_30_june_of_the_next_year(form):
    """R1-20, R1-21, R1-24."""
    assert deadline(2025, form) == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("frequency", "period", "expected"),
    [
        (Frequency.MONTH, 1, date(2025, 2, 28)),
        (Frequency.MONTH, 12, date(2026, 1, 31)),
        (Frequency.QUARTER, 4, date(2026, 3, 31)),
        (Frequency.HALF_YEAR, 1, date(2025, 12, 31)),
        (Frequency.HALF_YEAR, 2, date(2026, 6, 30)),
        (Frequency.TEN_DAYS, 6, date(2025, 3, 10)),
        (Frequency.WEEK, 1, date(2025, 1, 14)),
        (Frequency.DAY, 365, date(2026, 1, 1)),
    ],
)
def test_business_data_is_due_by_the_end_of_the_next_period(frequency, period, expected):
    """R1-19."""
    assert deadline(2025, DataForm.BUSINESS_DATA, period, frequency) == expected


@pytest.mark.parametrize("frequency", list(Frequency))
def test_periods_cover_the_year_and_are_never_due_after_the_floor(frequency):
    """R1-19."""
    ends = [period_end_on(2024, frequency, n) for n in range(1, periods(frequency, 2024) + 1)]
    due = [deadline(2024, DataForm.BUSINESS_DATA, n, frequency) for n in range(1, len(ends) + 1)]

    assert ends == sorted(set(ends))
    assert ends[-1] == date(2024, 12, 31)
    assert max(due) <= date(2025, 6, 30)
    assert all(end < day for end, day in zip(ends, due, strict=True))


def test_period_that_a_year_does_not_have_is_refused():
    """R1-19."""
    with pytest.raises(ValueError, match="expected 1 to 12"):
        deadline(2025, DataForm.BUSINESS_DATA, 13, Frequency.MONTH)
    with pytest.raises(ValueError, match="once a year"):
        deadline(2025, DataForm.E_DOCUMENT, 2)


def test_working_days_leave_out_weekends_and_follow_the_table():
    friday = date(2026, 2, 13)
    table = {date(2026, 2, 14): True} | {date(2026, 2, 16) + timedelta(days=n): False for n in range(8)}

    assert add_days(friday, 3) == date(2026, 2, 16)
    assert add_days(friday, 3, working_days=True) == date(2026, 2, 18)
    assert add_days(friday, 2, working_days=True, workdays=table) == date(2026, 2, 24)
    assert is_working_day(date(2026, 2, 14), table)
    assert uncovered_years(friday, date(2028, 1, 1), table) == [2027, 2028]
    with pytest.raises(ValueError, match="expected 0 or more"):
        add_days(friday, -1)


@pytest.mark.parametrize(
    "text",
    [
        "2005-03-01",
        "2005/3/1",
        "2005.03.01",
        "20050301",
        "2005年3月1日",
        "２００５年３月１日",
        "二〇〇五年三月一日",
        "二○○五年三月一日",
    ],
)
def test_date_is_read_as_people_write_it(text):
    """GD-1-3."""
    assert read_date(text) == date(2005, 3, 1)


@pytest.mark.parametrize("text", ["2005-03-01 08:30:00", "2005-03-01T23:59", "2005/3/1 8:30", "20050301 00:00:00"])
def test_day_cell_that_holds_a_time_of_day_is_its_day(text):
    """GD-1-3."""
    assert read_date(text) == date(2005, 3, 1)


@pytest.mark.parametrize("text", ["2005-03-01 25:00", "2005-03-01 8", "2005-02-30 08:30", "08:30:00"])
def test_time_of_day_makes_no_day_of_what_is_none(text):
    """GD-1-3."""
    assert read_date(text) is None


@pytest.mark.parametrize("text", ["T" * 500_000, "2025-01-01" + "T" * 500_000 + "x", "1" * 500_000, "十" * 500_000])
def test_long_cell_that_is_no_date_keeps_nobody(text):
    """R1-50: a cell of letters T held the worker for hours."""
    with ends_within(60):
        found = read_date(text)

    assert found is None


def test_chinese_date_with_two_figures_is_read():
    """GD-1-3."""
    assert read_date("二〇〇四年十二月三十一日") == date(2004, 12, 31)
    assert read_date("二〇〇四年十月二十日") == date(2004, 10, 20)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023-02-29",
        "1900-02-29",
        "0000-00-00",
        "44927",
        "2024年2月30日",
        "一月",
        "2005-03",
        "二〇〇四年二十十月一日",
    ],
)
def test_what_is_no_date_is_none(text):
    """GD-1-3."""
    assert read_date(text) is None


@pytest.mark.shared
def test_odd_dates_of_the_hostile_set_are_read_or_refused_never_raised(shared_data):
    lines = (shared_data / "hostile/made-here/csv/odd-dates.csv").read_text("utf-8-sig").splitlines()[1:]

    found = [read_date(line.partition(",")[2].strip('"')) for line in lines]

    assert found[1:4] == [None, None, None]
    assert date(2024, 1, 2) in found
