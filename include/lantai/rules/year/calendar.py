"""Deadlines, periods and counting of days.

Plain date arithmetic: no clock and no table of holidays of its own. The caller
passes the table of workdays, so that an old batch gives the old answer.

Source: 登记备份, deadlines and frequencies.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

from lantai.records.centre.unit import DataForm, Frequency
from lantai.records.text import spelling

_MONTHS_PER_PERIOD = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.HALF_YEAR: 6, Frequency.YEAR: 12}
_SATURDAY = 5

_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DATE = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?")
_TIME_OF_DAY = re.compile(r"(?<![ T])[ T]+(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?$")
"""Looked for from the first of its blanks only: a cell of nothing else would be looked through from each of them."""
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CHINESE_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)


def deadline(filing_year: int, data_form: DataForm, period: int = 1, frequency: Frequency = Frequency.YEAR) -> date:
    """Return the last day on which handing in counts as on time.

    Yearly forms are due by 30 June of the next year. Business data that is
    filed more often is due by the end of the period after the one it covers
    (the data of January by the last day of February), and never later than
    that 30 June.

    Args:
        filing_year: The year the records were made in, not the year of the run.
        data_form: What is handed in; only business data has periods.
        period: Number of the period within the year, from 1.
        frequency: How often business data is filed.

    Raises:
        ValueError: The year has no such period, or a yearly form was asked for period 2 or later.

    Source: R1-19, R1-20, R1-21, R1-24; rules N14.
    """
    floor = date(filing_year + 1, 6, 30)
    if data_form is not DataForm.BUSINESS_DATA:
        if period != 1:
            raise ValueError(f"period {period} of {data_form.value}: expected 1, it is filed once a year")
        return floor
    count = periods(frequency, filing_year)
    if not 1 <= period <= count:
        raise ValueError(f"period {period} of {frequency.value}: expected 1 to {count}")
    if frequency is Frequency.YEAR:
        return floor
    following = (filing_year, period + 1) if period < count else (filing_year + 1, 1)
    return min(floor, period_end_on(following[0], frequency, following[1]))


def periods(frequency: Frequency, filing_year: int = 2025) -> int:
    """Return how many periods a year has: 12 months, 36 times ten days, 53 weeks counted from 1 January.

    Args:
        frequency: How often business data is filed.
        filing_year: Matters for days only, which a leap year has one more of.
    """
    if frequency is Frequency.DAY:
        return date(filing_year, 12, 31).timetuple().tm_yday
    if frequency is Frequency.WEEK:
        return 53
    if frequency is Frequency.TEN_DAYS:
        return 36
    return 12 // _MONTHS_PER_PERIOD[frequency]


def period_end_on(filing_year: int, frequency: Frequency, period: int) -> date:
    """Return the last day of a period; weeks are counted from 1 January and the 53rd is cut at the year's end.

    Args:
        filing_year: Calendar year.
        frequency: Length of the period; ten days (旬) end on the 10th, the 20th and the month's last day.
        period: From 1.
    """
    if frequency is Frequency.DAY:
        return date(filing_year, 1, 1) + timedelta(days=period - 1)
    if frequency is Frequency.WEEK:
        return min(date(filing_year, 1, 1) + timedelta(days=7 * period - 1), date(filing_year, 12, 31))
    if frequency is Frequency.TEN_DAYS:
        month, third = divmod(period - 1, 3)
        return date(filing_year, month + 1, (10, 20, monthrange(filing_year, month + 1)[1])[third])
    month = _MONTHS_PER_PERIOD[frequency] * period
    return date(filing_year, month, monthrange(filing_year, month)[1])


def add_days(day: date, count: int, *, working_days: bool = False, workdays: Mapping[date, bool] | None = None) -> date:
    """Return the day `count` days after `day`, which itself is not counted.

    Args:
        day: Where counting starts.
        count: Days to add, 0 or more.
        working_days: Count working days instead of calendar days.
        workdays: Days that differ from Monday to Friday: True is a working day, False a holiday. None means no day does.

    Raises:
        ValueError: `count` is negative.
    """
    if count < 0:
        raise ValueError(f"{count} days: expected 0 or more")
    if not working_days:
        return day + timedelta(days=count)
    left = count
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, workdays)
    return day


def is_working_day(day: date, workdays: Mapping[date, bool] | None = None) -> bool:
    """Return whether people work on `day`: the table says so, else Monday to Friday."""
    if workdays is not None and day in workdays:
        return workdays[day]
    return day.weekday() < _SATURDAY


def uncovered_years(first: date, last: date, workdays: Mapping[date, bool]) -> list[int]:
    """Return the years from `first` to `last` of which the table of workdays says nothing, so that a caller can warn."""
    known = {day.year for day in workdays}
    return [year for year in range(first.year, last.year + 1) if year not in known]


def read_date(text: str) -> date | None:
    """Return the day that a cell names, or None when it names none.

    Read are 2005-03-01, 2005/3/1, 2005.3.1, 20050301, 2005年3月1日, full-width
    digits and 二〇〇五年三月一日, each also with a time of day behind it, as a
    spreadsheet gives a cell that holds a moment. A bare serial number of a
    spreadsheet is not a date: nobody could tell it from a page count.

    Source: GD-1-3.
    """
    plain = _TIME_OF_DAY.sub("", spelling.plain(text).strip())
    chinese = _CHINESE_DATE.fullmatch(plain)
    if chinese:
        year = int(chinese[1].translate(_CHINESE_DIGITS))
        return _day(year, _chinese_number(chinese[2]), _chinese_number(chinese[3]))
    found = _DATE.fullmatch(plain) or _COMPACT_DATE.fullmatch(plain)
    return _day(*(int(part) for part in found.groups())) if found else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _chinese_number(text: str) -> int:
    """Return a number up to 99 written as 三, 十, 十二, 二十 or 三十一; 0, which no month or day has, for anything else."""
    found = re.fullmatch(r"([二三四五六七八九]?)(十?)([一二三四五六七八九]?)", text)
    if not found or (found[1] and not found[2]):
        return int(text.translate(_CHINESE_DIGITS)) if len(text) == 1 else 0
    tens = int(found[1].translate(_CHINESE_DIGITS) or 1) if found[2] else 0
    return tens * 10 + int(found[3].translate(_CHINESE_DIGITS) or 0)
