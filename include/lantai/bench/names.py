"""The benchmarks by name, and how large they are made.

What reads everything again in later years (`fixity`) is measured when it is there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from lantai.bench import collect, load, look, scan, seal, store, validate, worksheet
from lantai.bench.measure import LEAST_RUNS, Result
from lantai.bench.samples import Bench
from lantai.errors import UsageError
from lantai.records.text.progress import Progress

BENCHMARKS = MappingProxyType(
    {module.NAME: module.results for module in (collect, look, seal, store, scan, load, worksheet, validate)}
)

SHARES: Mapping[str, float] = MappingProxyType({"small": 0.05, "full": 1.0})
"""Sizes by name; the figures of docs/benchmarks.md are those of `full`."""


def measure(name: str, share: float, runs: int = LEAST_RUNS, progress: Progress | None = None) -> Iterator[Result]:
    """Run one benchmark, and yield its results as they come.

    Args:
        name: One of BENCHMARKS.
        share: Part of the full size, above 0.
        runs: How often each contender runs, 1 or more.
        progress: Told the contender, runs done and runs in all.

    Raises:
        UsageError: There is no such benchmark.
        LantaiError: A contender failed, or did not work on the same bytes.
    """
    if name not in BENCHMARKS:
        raise UsageError(f"benchmark: found {name!r}, expected one of {', '.join(BENCHMARKS)}")
    with tempfile.TemporaryDirectory(prefix=f"lantai-bench-{name}-") as folder:
        # PostgreSQL runs under a user of its own and has to get through.
        Path(folder).chmod(0o755)
        yield from BENCHMARKS[name](Bench(Path(folder), share, runs), progress)
