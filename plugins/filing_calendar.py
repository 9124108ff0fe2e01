"""When the DAGs run: timetables that count days as an archives bureau does.

Local wall-clock time in Asia/Shanghai. A timetable answers one question, at which hours of
a local day a run begins; what is due on a day is asked of `lantai.rules.year.calendar` by the task, never here.

After a pause only the latest missed run is made up for. A DAG that never ran
waits for its next hour: switching it on starts nothing.

Source: interfaces.md, "DAGs".
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
from airflow.plugins_manager import AirflowPlugin
from airflow.sdk import timezone
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT_HOUR = 2
"""Local hour of the nightly runs: departments have stopped uploading, the bureau has not begun to work."""

MORNING_HOUR = 8
"""Local hour of runs that people act on the same day."""

HORIZON_DAYS = 800
"""How far ahead a next run is looked for: a yearly one is at most 366 days away."""

_MONDAY = 0


class LocalTimetable(Timetable):
    """Runs at given hours of given local days; a run has a moment, no interval."""

    @abstractmethod
    def hours(self, day: date) -> tuple[int, ...]:
        """Return the local hours, ascending, at which a run begins on `day`."""

    def next_after(self, moment: datetime) -> pendulum.DateTime:
        """Return the first run later than `moment`."""
        day = moment.astimezone(ZONE).date()
        return next(at for at in self._runs(day, 1) if at > moment)

    def last_at(self, moment: datetime) -> pendulum.DateTime:
        """Return the last run at or before `moment`."""
        day = moment.astimezone(ZONE).date()
        return next(at for at in self._runs(day, -1) if at <= moment)

    def _runs(self, day: date, step: int) -> Iterator[pendulum.DateTime]:
        for _ in range(HORIZON_DAYS):
            for hour in self.hours(day)[::step]:
                yield pendulum.instance(datetime.combine(day, time(hour), ZONE)).in_timezone("UTC")
            day += timedelta(days=step)

    def infer_manual_data_interval(self, *, run_after: pendulum.DateTime) -> DataInterval:
        """Return the moment of a run by hand."""
        return DataInterval.exact(run_after)

    def next_dagrun_info(
        self,
        *,
        last_automated_data_interval: DataInterval | None,
        restriction: TimeRestriction,
    ) -> DagRunInfo | None:
        """Return the next run that is due, None when the DAG has ended."""
        now = timezone.utcnow()
        if last_automated_data_interval is not None:
            at = self.next_after(last_automated_data_interval.end)
        elif restriction.catchup and restriction.earliest is not None:
            at = self.next_after(restriction.earliest - timedelta(microseconds=1))
        else:
            at = self.next_after(max(filter(None, (restriction.earliest, now))))
        if not restriction.catchup and at < now:
            at = max(at, self.last_at(now))
        if restriction.latest is not None and at > restriction.latest:
            return None
        return DagRunInfo.exact(at)


class FilingWindow(LocalTimetable):
    """Nightly from 1 March to 31 July, hourly from 24 to 30 June, Mondays at night otherwise."""

    description = "3月1日至7月31日每夜，6月24日至30日每小时，其余每周一夜间 / nightly, hourly, weekly by season"

    @property
    def summary(self) -> str:
        """Short name on the list of DAGs."""
        return "报送期 filing window"

    def hours(self, day: date) -> tuple[int, ...]:
        """Return the hours of the season that `day` is in; 30 June is the last day to file. Source: R1-20."""
        if (6, 24) <= (day.month, day.day) <= (6, 30):
            return tuple(range(24))
        if (3, 1) <= (day.month, day.day) <= (7, 31) or day.weekday() == _MONDAY:
            return (NIGHT_HOUR,)
        return ()


class WorkingDays(LocalTimetable):
    """Every working day in the morning, by the centre's table of holidays and make-up workdays."""

    description = "每个工作日上午8时 / every working day at 08:00"

    @property
    def summary(self) -> str:
        """Short name on the list of DAGs."""
        return "工作日 working days"

    def hours(self, day: date) -> tuple[int, ...]:
        """Return the morning hour when people work on `day`."""
        from lantai.tasks.working_days import is_working_day

        return (MORNING_HOUR,) if is_working_day(day) else ()


class EveryYear(LocalTimetable):
    """Once a year, on one day.

    Args:
        month: 1 to 12.
        day: Day of the month; 29 February is refused, other years have none.
    """

    def __init__(self, month: int, day: int) -> None:
        date(2001, month, day)  # raises ValueError for a day that not every year has
        self.month, self.day = month, day
        self.description = f"每年{month}月{day}日上午8时 / every year on {month:02}-{day:02} at 08:00"

    @property
    def summary(self) -> str:
        """Short name on the list of DAGs."""
        return f"每年 yearly {self.month:02}-{self.day:02}"

    def hours(self, day: date) -> tuple[int, ...]:
        """Return the morning hour on the day of the year."""
        return (MORNING_HOUR,) if (day.month, day.day) == (self.month, self.day) else ()

    def serialize(self) -> dict[str, Any]:
        """Return what `deserialize` needs."""
        return {"month": self.month, "day": self.day}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> EveryYear:
        """Return the timetable that was serialized."""
        return cls(data["month"], data["day"])


class FilingCalendarPlugin(AirflowPlugin):
    """Registers the timetables with the scheduler."""

    name = "lantai_filing_calendar"
    timetables = [FilingWindow, WorkingDays, EveryYear]  # noqa: RUF012 - Airflow declares it as a list of the instance
