"""Waiting for something slow: as long as anything moves, and saying what is waited for.

There is no deadline. How long a step may take depends on the machine, which
nobody knows beforehand; that nothing has moved at all for a long while is a
fault on any machine. Time is counted in looks of our own, so that a machine
that stops everything, us too, gives everything time again when it goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path

from lantai.errors import OrchestratorError
from lantai.locales import put
from lantai.records.text.words import Words

PAUSE_SECONDS = 0.5
"""Between two looks, at least."""

PAUSE_SHARE = 4
"""A pause is so many times as long as the look before it: looking must not be what keeps a slow machine busy."""

LONGEST_SECONDS = 5.0
"""The longest pause. A look with its pause counts for no more: what is above it is a machine on which nobody got on, not only those we wait for."""

FIRST_SECONDS = 15.0
"""So long one waits without being told for what."""

EVERY_SECONDS = 30.0
"""Then it is said so often, as long as it stays the same; whatever changes is said at once, but not more often than FIRST_SECONDS."""

STILL_SECONDS = 120.0
"""After so long without any movement that is said too, with the log to look into."""

GIVE_UP_SECONDS = 1800.0
"""After so long without any movement it is a fault; a task that failed pauses for up to 16 minutes before its last try."""

Tell = Callable[[Words], None]
"""Takes what is said; whoever it is puts it into a language."""


def tell_nobody(words: Words) -> None:
    """Say nothing."""
    del words


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look saw.

    Attributes:
        is_there: Whether the waiting is over.
        moving: Anything that differs from look to look as long as something is being done.
        missing: What is still missing; None where there is nothing to say.
        logs: Where to look when nothing moves.
    """

    is_there: bool
    moving: Hashable = None
    missing: Words | None = None
    logs: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one waits, and whom one tells.

    Attributes:
        tell: Told of the progress.
        first_seconds: Until the first word.
        every_seconds: Between two words.
        still_seconds: Without movement until that is said.
        give_up_seconds: Without movement until it is an error.
    """

    tell: Tell = tell_nobody
    first_seconds: float = FIRST_SECONDS
    every_seconds: float = EVERY_SECONDS
    still_seconds: float = STILL_SECONDS
    give_up_seconds: float = GIVE_UP_SECONDS

    def until(self, look: Callable[[], Seen]) -> None:
        """Look again and again until it is there.

        Raises:
            OrchestratorError: Nothing moved any more; the message says what was waited for and names the logs.
        """
        began_at = told_at = last_at = time.monotonic()
        before: Hashable = None
        told: Words | None = None
        still_seconds = 0.0
        while True:
            looking_at = time.monotonic()
            seen = look()
            if seen.is_there:
                return
            now = time.monotonic()
            still_seconds = still_seconds + min(now - last_at, LONGEST_SECONDS) if seen.moving == before else 0.0
            last_at, before = now, seen.moving
            if still_seconds >= self.give_up_seconds:
                what = put(seen.missing, "en") if seen.missing else ""
                raise OrchestratorError(f"{what}: nothing has moved for {still_seconds:.0f} s; see {_paths(seen)}")
            if now - told_at >= (self.every_seconds if seen.missing == told else self.first_seconds):
                self._say(seen, now - began_at, still_seconds)
                told_at, told = now, seen.missing
            time.sleep(min(max(PAUSE_SECONDS, PAUSE_SHARE * (now - looking_at)), LONGEST_SECONDS))

    def _say(self, seen: Seen, waited: float, still: float) -> None:
        what, seconds = seen.missing or "", f"{waited:.0f}"
        if still >= self.still_seconds:
            self.tell(Words.of("waiting.still", what=what, seconds=seconds, still=f"{still:.0f}", logs=_paths(seen)))
        else:
            self.tell(Words.of("waiting.line", what=what, seconds=seconds))


def _paths(seen: Seen) -> str:
    return ", ".join(map(str, seen.logs))
