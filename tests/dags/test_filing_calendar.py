"""The timetables: the filing window, working days, and once a year."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pendulum
import pytest

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def shown(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-02-26T12:00", "2026-03-01 02:00"),
        ("2026-03-01T02:00", "2026-03-02 02:00"),
        ("2026-06-23T02:00", "2026-06-24 00:00"),
        ("2026-06-24T00:00", "2026-06-24 01:00"),
        ("2026-06-30T22:30", "2026-06-30 23:00"),
        ("2026-06-30T23:00", "2026-07-01 02:00"),
        ("2026-07-30T02:00", "2026-07-31 02:00"),
        ("2026-07-31T02:00", "2026-08-03 02:00"),
        ("2026-08-03T02:00", "2026-08-10 02:00"),
        ("2026-12-28T02:00", "2027-01-04 02:00"),
    ],
)
def test_the_filing_window_is_nightly_hourly_and_weekly_by_season(after, expected):
    """R1-20."""
    from filing_calendar import FilingWindow

    assert shown(FilingWindow().next_after(local(after))) == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-09-30T09:00", "2026-10-08 08:00"),
        ("2026-10-09T08:00", "2026-10-10 08:00"),
        ("2026-10-10T08:00", "2026-10-12 08:00"),
        ("2026-03-06T08:00", "2026-03-09 08:00"),
    ],
)
def test_working_days_leave_out_holidays_and_keep_make_up_days(after, expected):
    from filing_calendar import WorkingDays

    assert shown(WorkingDays().next_after(local(after))) == expected


def test_once_a_year_is_once_a_year():
    from filing_calendar import EveryYear

    yearly = EveryYear(1, 2)

    assert shown(yearly.next_after(local("2026-01-02T08:00"))) == "2027-01-02 08:00"
    assert shown(yearly.last_at(local("2026-01-02T07:59"))) == "2025-01-02 08:00"
    assert EveryYear.deserialize(yearly.serialize()).next_after(local("2026-06-01T00:00")) == yearly.next_after(
        local("2026-06-01T00:00")
    )
    with pytest.raises(ValueError, match="day"):
        EveryYear(2, 29)


def test_a_dag_that_never_ran_waits_for_its_next_hour():
    """R1-20."""
    from airflow.timetables.base import TimeRestriction

    from filing_calendar import FilingWindow

    timetable = FilingWindow()
    info = timetable.next_dagrun_info(
        last_automated_data_interval=None,
        restriction=TimeRestriction(pendulum.datetime(2026, 1, 1, tz=SHANGHAI), None, catchup=False),
    )

    assert info is not None
    assert info.run_after > pendulum.now("UTC")


def test_after_a_pause_only_the_latest_missed_run_is_made_up_for():
    """R1-20."""
    from airflow.timetables.base import DataInterval, TimeRestriction

    from filing_calendar import FilingWindow

    timetable, now = FilingWindow(), pendulum.now("UTC")
    long_ago = pendulum.instance(local("2025-03-02T02:00"))
    info = timetable.next_dagrun_info(
        last_automated_data_interval=DataInterval.exact(long_ago),
        restriction=TimeRestriction(None, None, catchup=False),
    )
    caught_up = timetable.next_dagrun_info(
        last_automated_data_interval=DataInterval.exact(long_ago),
        restriction=TimeRestriction(None, None, catchup=True),
    )

    assert info.run_after <= now
    assert timetable.next_after(info.run_after) > now
    assert shown(caught_up.run_after) == "2025-03-03 02:00"


def test_a_dag_that_has_ended_is_not_scheduled():
    """R1-20."""
    from airflow.timetables.base import DataInterval, TimeRestriction

    from filing_calendar import EveryYear

    last = pendulum.instance(local("2026-01-02T08:00"))
    info = EveryYear(1, 2).next_dagrun_info(
        last_automated_data_interval=DataInterval.exact(last),
        restriction=TimeRestriction(None, last + timedelta(days=30), catchup=True),
    )

    assert info is None


def test_a_scheduled_run_is_known_by_its_local_date_and_a_run_by_hand_by_none():
    """R1-24."""
    from types import SimpleNamespace

    from _shape import scheduled_on

    late_in_utc = pendulum.datetime(2026, 1, 1, 23, tz="UTC")

    assert scheduled_on(SimpleNamespace(run_type="scheduled", logical_date=late_in_utc)) == str(date(2026, 1, 2))
    assert scheduled_on(SimpleNamespace(run_type="manual", logical_date=late_in_utc)) is None
    assert scheduled_on(SimpleNamespace(run_type="asset_triggered", logical_date=None)) is None
