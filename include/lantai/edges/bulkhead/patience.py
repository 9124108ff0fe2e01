"""How long a server is waited for, and how much it may cost: shares, paces, limits, and what came so far.

Source: ADR 18.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from lantai.edges.bulkhead.messages import ProgressTold

WINDOW_SECONDS = 60.0
"""In so long a server has to bring what the slowest line of `Pace` brings, or the answer itself."""

LOCAL_SECONDS = 900.0
"""So long a child may wait for a disk of ours to take what has come."""

NAMES_PER_SECOND = 200
"""Of a listing: half of what a line with a delay of 0.5 s brings."""

MEMORY_BYTES = 256 * 1024 * 1024
"""What a child may hold over what the nursery has loaded; a package of 200,000 files takes about half of it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How slow is too slow.

    Attributes:
        bytes_per_second: A server that brings less, over a minute, is not waited for.
        share_seconds: So long one line may keep us waiting in all, when others wait for their turn; None is as long as it
            goes on.
    """

    bytes_per_second: int = 16 * 1024
    share_seconds: float | None = None


USUAL_PACE = Pace()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one unit may cost.

    Attributes:
        memory_bytes: What a child may hold over what the nursery has loaded.
        window_seconds: In so long a server has to bring what `Pace` asks for, or the answer itself.
        step_seconds: Longest wait for each step of connecting and logging in.
    """

    memory_bytes: int = MEMORY_BYTES
    window_seconds: float = WINDOW_SECONDS
    step_seconds: float = 30.0


USUAL_LIMITS = Limits()


class Window:
    """What came of one question so far, and until when more has to."""

    def __init__(self, seconds: float, bytes_per_second: int) -> None:
        """Begin now; `seconds` is `Limits.window_seconds`."""
        self.began = monotonic()
        self.ends_at = self.began + seconds
        self._seconds, self._bytes_per_second = seconds, bytes_per_second
        self._names = self._bytes = 0
        self._earned_seconds = 0.0
        self.is_local = False
        self._local_from = self._local_seconds = 0.0

    def count(self, more: ProgressTold) -> None:
        """Count what came; the window begins anew when it was enough for one (C2)."""
        self._names, self._bytes = self._names + more.names, self._bytes + more.size_bytes
        self._earned_seconds += more.names / NAMES_PER_SECOND + more.size_bytes / self._bytes_per_second
        self._local_seconds = self.local_seconds()
        now, was_local = monotonic(), self.is_local
        self.is_local, self._local_from = more.is_local, now
        if more.is_local:
            self.ends_at, self._earned_seconds = now + LOCAL_SECONDS, 0.0
        elif was_local or self._earned_seconds >= self._seconds:
            self.ends_at, self._earned_seconds = now + self._seconds, 0.0

    def local_seconds(self) -> float:
        """Return how long only a disk of ours was waited for: that is not held against the server (S5)."""
        under_way = monotonic() - self._local_from if self.is_local else 0.0
        return self._local_seconds + under_way

    def shown(self) -> str:
        """Return in words what came."""
        return f"{self._names} names and {self._bytes} bytes in {monotonic() - self.began:.0f} s"
