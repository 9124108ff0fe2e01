"""The clock of a centre is the machine's; a date that was set is for a demo's home alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lantai.edges.clock import DEMO_MARK, Clock
from lantai.errors import SettingsError
from lantai.settings import from_env

ZONE = ZoneInfo("Asia/Shanghai")
SET = date(2026, 3, 2)


def settings(home: Path, **variables: str):
    return from_env({"LANTAI_HOME": str(home), **variables})


def test_real_home_is_refused_a_date_that_was_set(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"LANTAI_TODAY: found 2026-03-02, expected nothing: .* is no demo's home"):
        Clock.of(settings(tmp_path, LANTAI_TODAY="2026-03-02"))


@pytest.mark.parametrize("is_there", [True, False])
def test_demos_home_has_its_date_also_before_it_is_made(tmp_path: Path, is_there: bool) -> None:
    home = tmp_path / "home"
    if is_there:
        home.mkdir()
        (home / DEMO_MARK).touch()

    clock = Clock.of(settings(home, LANTAI_TODAY="2026-03-02"))

    assert (clock.today_on(), clock.is_set_by_hand) == (SET, True)


def test_clock_without_a_date_is_the_machines(tmp_path: Path) -> None:
    clock = Clock.of(settings(tmp_path))

    before, now, after = datetime.now(UTC), clock.now_at(), datetime.now(UTC)
    days = {before.astimezone(ZONE).date(), datetime.now(ZONE).date()}

    assert before <= now <= after
    assert now.tzinfo is UTC
    assert clock.today_on() in days
    assert clock.is_set_by_hand is False


def test_day_that_was_set_stands_still_and_its_time_runs_on() -> None:
    clock = Clock(ZONE, SET)

    first = clock.now_at()
    clock.wait(0.01)
    second = clock.now_at()

    assert {first.astimezone(ZONE).date(), second.astimezone(ZONE).date()} == {SET}
    # Around midnight the time of day begins anew on the same day.
    assert (second - first) % timedelta(days=1) >= timedelta(seconds=0.01)
