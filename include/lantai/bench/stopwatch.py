"""How long a stretch of work took, and how much memory the process had needed by its end."""

from __future__ import annotations

import re
import resource
import time
from pathlib import Path
from types import TracebackType
from typing import Self

KIB_PER_MIB = 1024


class Stopwatch:
    """Measures the block that it surrounds; what comes before and after is preparation and proof.

    Attributes:
        seconds: Length of the block.
        peak_mib: Largest resident set up to the end of the block, of this process or of a program it ran, in MiB.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.peak_mib = 0.0

    def __enter__(self) -> Self:
        self._began = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seconds = time.perf_counter() - self._began
        programs_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.peak_mib = max(_own_peak_kib(), programs_kib) / KIB_PER_MIB


def _own_peak_kib() -> int:
    # The counter of getrusage is inherited over exec, so it would show the parent's size; this one begins anew.
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
