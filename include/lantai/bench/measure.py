"""Ours and the peers alternately, each run in a fresh process; medians, and what they are to each other.

Source: performance.md, "The benchmark".
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from lantai.errors import LantaiError
from lantai.records.text.progress import Progress

LEAST_RUNS = 5
"""Fewer runs say nothing on a machine that does other work too."""

PROGRAM_FOLDERS = ("/usr/sbin", "/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")


@dataclass(frozen=True, slots=True)
class Contender:
    """One way of doing the work.

    Attributes:
        name: What the table calls it.
        run: Function `module:name` that `lantai.bench.child` calls.
        arguments: What it is called with, beside stopwatch and folder; anything JSON can hold.
        programs: What has to be installed for it.
    """

    name: str
    run: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    programs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One benchmark at one size: ours and its peers."""

    name: str
    size: str
    ours: Contender
    peers: tuple[Contender, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """What the runs of one contender took."""

    median_s: float
    min_s: float
    max_s: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Result:
    """One benchmark at one size, measured.

    Attributes:
        name: Of the benchmark.
        size: What was worked on, for people.
        ours: None when a server that the benchmark needs is not installed.
        peers: By name.
        ratio: Our median divided by the peer's, by the peer's name; below 1 is faster.
        missing: Peers and servers that are not installed here.
        runs: How often each was run.
        worked_on: Counts and digests that all of them agreed on.
    """

    name: str
    size: str
    ours: Figure | None
    peers: Mapping[str, Figure]
    ratio: Mapping[str, float]
    missing: tuple[str, ...]
    runs: int
    worked_on: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)


def find_program(name: str) -> str | None:
    """Return the path of an installed program, also where it is not on the path of a user."""
    postgres = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", os.defpath), *PROGRAM_FOLDERS, *postgres)))


def without(name: str, size: str, programs: Sequence[str]) -> Result:
    """Return the result of a benchmark whose server is not installed."""
    return Result(name, size, None, {}, {}, tuple(programs), 0, {})


def compare(comparison: Comparison, folder: Path, runs: int, progress: Progress | None = None) -> Result:
    """Run ours and the peers that are installed in turn, another one first each time.

    Args:
        comparison: What to run.
        folder: Where each run gets an empty folder, which is removed after it.
        runs: How often each, 1 or more.
        progress: Told the contender, runs done and runs in all.

    Raises:
        LantaiError: A run failed, or contenders did not work on the same bytes.
    """
    asked = (comparison.ours, *comparison.peers)
    missing = [one for one in asked if not all(map(find_program, one.programs))]
    present = [one for one in asked if one not in missing]
    if comparison.ours in missing:
        return without(comparison.name, comparison.size, comparison.ours.programs)
    told: dict[str, list[dict[str, Any]]] = {one.name: [] for one in present}
    for turn in range(runs):
        # Another one goes first each time: who writes just after a large file was removed finds memory that is at hand.
        first = turn % len(present)
        for place, one in enumerate(present[first:] + present[:first]):
            if progress is not None:
                progress(f"{comparison.name} {one.name}", turn * len(present) + place, runs * len(present))
            told[one.name].append(_run(one, folder / "run"))
    worked_on = _agreed(comparison, told)
    figures = {name: _figure(rows) for name, rows in told.items()}
    ours = figures.pop(comparison.ours.name)
    return Result(
        comparison.name,
        comparison.size,
        ours,
        figures,
        {name: round(ours.median_s / figure.median_s, 3) for name, figure in figures.items()},
        tuple(one.name for one in missing),
        runs,
        worked_on,
    )


def _run(contender: Contender, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    order = {"run": contender.run, "folder": str(folder), "arguments": dict(contender.arguments)}
    # What an earlier run has left to write would otherwise be charged to this one.
    os.sync()
    done = subprocess.run(
        [sys.executable, "-m", "lantai.bench.child"],
        input=json.dumps(order).encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    shutil.rmtree(folder)
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise LantaiError(f"{contender.name}: ended with {done.returncode}: {''.join(last)}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _agreed(comparison: Comparison, told: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    expected: dict[str, Any] = dict(told[comparison.ours.name][0]["worked_on"])
    for name, rows in told.items():
        for row in rows:
            if row["worked_on"] != expected:
                raise LantaiError(
                    f"{comparison.name}: found {name} working on {row['worked_on']}, expected {expected} as ours"
                )
    return expected


def _figure(rows: Sequence[Mapping[str, Any]]) -> Figure:
    seconds = sorted(float(row["seconds"]) for row in rows)
    peak_mib = max(float(row["peak_mib"]) for row in rows)
    return Figure(round(median(seconds), 4), round(seconds[0], 4), round(seconds[-1], 4), round(peak_mib, 1))
