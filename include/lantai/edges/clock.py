"""The clock: the only place where the time is read.

A demo's home may set a date (`LANTAI_TODAY`): the day then stands still and the
time of day runs on, so that moments keep their order. Any other home is refused
one: a waiting time that a variable ends is none.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from lantai.errors import SettingsError
from lantai.settings import Settings

DEMO_MARK = "DEMO"
"""Name of the file by which a home is known to be a demo's."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is for this centre.

    Attributes:
        zone: Where calendar dates are counted.
        fixed_on: Date that stands in for the real one, or None.
    """

    zone: ZoneInfo
    fixed_on: date | None = None

    @classmethod
    def of(cls, settings: Settings) -> Clock:
        """Return the clock that the settings describe.

        Raises:
            SettingsError: They set a date for a home that is there and no demo's.
        """
        if settings.today is not None and settings.home.is_dir() and not (settings.home / DEMO_MARK).is_file():
            raise SettingsError(
                f"LANTAI_TODAY: found {settings.today}, expected nothing: {settings.home} is no demo's home, its date is the real one"
            )
        return cls(settings.zone, settings.today)

    @property
    def is_set_by_hand(self) -> bool:
        """Whether papers have to say that their date was set."""
        return self.fixed_on is not None

    def now_at(self) -> datetime:
        """Return the moment, aware, in UTC, to the microsecond."""
        real = datetime.now(self.zone)
        if self.fixed_on is not None:
            real = datetime.combine(self.fixed_on, real.timetz())
        return real.astimezone(UTC)

    def today_on(self) -> date:
        """Return the local calendar date."""
        return self.fixed_on or datetime.now(self.zone).date()

    def wait(self, seconds: float) -> None:
        """Let time pass, e.g. between two looks at an upload."""
        time.sleep(seconds)
