"""The table of workdays: the shipped one, the centre's own, and one that says nothing."""

from __future__ import annotations

from datetime import date

import pytest

from lantai.edges.workdays import load_workdays
from lantai.errors import SettingsError


def test_the_shipped_table_knows_holidays_and_make_up_days():
    table = load_workdays(None)

    assert table[date(2026, 10, 1)] is False
    assert table[date(2026, 10, 10)] is True
    assert {day.year for day in table} == {2025, 2026}


def test_no_row_of_the_shipped_table_says_what_the_weekday_says_anyway():
    idle = [day for day, is_working in load_workdays(None).items() if is_working == (day.weekday() < 5)]

    assert idle == []


def test_a_centres_own_table_is_read_instead(tmp_path):
    path = tmp_path / "workdays.csv"
    path.write_text("\ufeffday,is_working,reason\n2027-04-15,0,三月三\n", encoding="utf-8")

    assert load_workdays(path) == {date(2027, 4, 15): False}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("day,reason\n2027-01-01,x\n", "is_working"),
        ("day,is_working\n2027-02-30,0\n", "line 2"),
        ("day,is_working\n2027-01-01,no\n", "line 2"),
        ("day,is_working\n2027-01-01\n", "line 2"),
    ],
)
def test_a_table_that_says_nothing_is_refused_by_line(tmp_path, text, named):
    path = tmp_path / "workdays.csv"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=named):
        load_workdays(path)


def test_a_table_that_is_not_there_is_refused_by_the_name_of_its_setting(tmp_path):
    with pytest.raises(SettingsError, match="LANTAI_WORKDAYS_FILE"):
        load_workdays(tmp_path / "none.csv")
