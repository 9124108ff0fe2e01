"""Runs of tests in copies of the tree: what `mutate` changes lies in a copy, and what it starts is ended.

Which places are changed, and what is said of them, is in `mutate`; what happens
inside a run is seen by `mutate_watch`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Event

import mutate_watch
from conftest import find_shared

LEFT_OUT = (
    ".git",
    ".venv",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    "lantai-home",
    ".env",
)


NOTHING_LOADS = "what all tests load"
"""Said of a run in which no test could begin."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a trial.

    Attributes:
        caught_by: The test that fell; empty when the change survived.
        is_by_time: It fell because it took too long.
        passed_count: Tests that passed before.
        seconds: How long it took.
        remark: What else there is to say, e.g. that time ran out.
    """

    caught_by: str
    is_by_time: bool
    passed_count: int
    seconds: float
    remark: str = ""


@dataclass
class Copies:
    """Copies of the tree, in which modules are changed and put back; the tree itself is only read.

    Args:
        root: Folder of the project.
        folder: Where the copies lie.
        count: How many are worked in at once.
    """

    root: Path
    folder: Path
    count: int
    free: SimpleQueue[Path] = field(default_factory=SimpleQueue)

    def make(self) -> None:
        """Make the copies, and one more that stays as it is, to see whether a test falls by itself."""
        for number in range(self.count + 1):
            copy = self.folder / str(number)
            shutil.copytree(self.root, copy, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
            if number:
                self.free.put(copy)

    @property
    def unchanged(self) -> Path:
        """The copy that stays as it is."""
        return self.folder / "0"


def run_tests(copy: Path, tests: Sequence[str], seconds: int, test_seconds: int, is_over: Event) -> Verdict:
    """Run tests in a copy until one falls, or the time is over.

    Args:
        copy: The copy of the tree.
        tests: Named tests, in the order in which they run.
        seconds: So long for all of them.
        test_seconds: So long for one of them.
        is_over: Set when whoever started it all wants it to end.
    """
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lantai-mutate-run-") as folder:
        told, order = Path(folder, "told.json"), Path(folder, "order")
        order.write_text("\n".join(tests), encoding="utf-8")
        words = ["-m", "pytest", "-x", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "mutate_watch", f"@{order}"]
        process = subprocess.Popen(
            [sys.executable, *words, f"--basetemp={folder}/tests"],
            cwd=copy,
            env=_environment(copy) | _orders(told, order, test_seconds),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            code = _wait(process, begun + seconds, is_over)
        finally:
            _end(process)
        found = json.loads(told.read_text(encoding="utf-8")) if told.exists() else {}
    fell, passed = found.get("fell", ""), found.get("passed", 0)
    if not fell and code not in {0, 5, None}:
        # All named tests were collected in the unchanged copy before: what cannot be collected now is the change's work.
        fell = NOTHING_LOADS
    remark = (
        f"time was over after {seconds} s, {passed} of {len(tests)} tests passed" if code is None and not fell else ""
    )
    return Verdict(fell, found.get("by_time", False), passed, time.monotonic() - begun, remark)


def uncollected(copy: Path, tests: Sequence[str]) -> list[str]:
    """Return what pytest says of named tests that it does not find; a test that nobody runs would seem to notice every change.

    Args:
        copy: An unchanged copy of the tree.
        tests: Named tests.
    """
    with tempfile.TemporaryDirectory(prefix="lantai-mutate-run-") as folder:
        order = Path(folder, "order")
        order.write_text("\n".join(sorted(set(tests))), encoding="utf-8")
        words = ["-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", f"@{order}"]
        done = subprocess.run(
            [sys.executable, *words], cwd=copy, env=_environment(copy), capture_output=True, text=True, check=False
        )
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("ERROR")]
    return [] if done.returncode == 0 else said or [f"pytest ended with {done.returncode}"]


def _wait(process: subprocess.Popen[bytes], until: float, is_over: Event) -> int | None:
    """Return how a run ended, None when it had to be ended."""
    while time.monotonic() < until and not is_over.is_set():
        try:
            return process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            continue
    return None


def _environment(copy: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "LANTAI_", "AIRFLOW"))}
    shared = find_shared()
    folders = [*(copy / folder for folder in ("include", "plugins", "tests")), Path(mutate_watch.__file__).parent]
    paths = os.pathsep.join(map(str, folders))
    # What was compiled before a change is told from what is there now by the second only.
    ours |= {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    return ours | ({"LANTAI_SHARED": str(shared.parent)} if shared else {})


def _orders(told: Path, order: Path, test_seconds: int) -> dict[str, str]:
    return {mutate_watch.TOLD: str(told), mutate_watch.ORDER: str(order), mutate_watch.SECONDS: str(test_seconds)}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a run with whatever it started: servers of its tests live in its session."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, kind)
        except ProcessLookupError:
            break
        time.sleep(0.2)
    process.wait()
