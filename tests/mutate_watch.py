"""A plugin of pytest for `mutate`: tests in the order given, none longer than its time, and the first that fell written down.

It is named on the command line of the runs that `mutate` starts, and reads its
orders from the environment; no ordinary run of the tests knows of it.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

TOLD = "LANTAI_MUTATE_TOLD"
"""Variable that names the file for what was found."""
ORDER = "LANTAI_MUTATE_ORDER"
"""Variable that names the file with the tests, one a line, in the order in which they are to run."""
SECONDS = "LANTAI_MUTATE_TEST_SECONDS"
"""Variable with the seconds that one test may take."""


class TestTookTooLong(BaseException):
    """A test did not end in its time; no `except Exception` of what is tested may swallow it."""

    __test__ = False


def _tell(**found: object) -> None:
    path = Path(os.environ[TOLD])
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"passed": 0}
    path.write_text(json.dumps(known | found), encoding="utf-8")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests into the order that was asked for, whatever else has sorted them."""
    asked = Path(os.environ[ORDER]).read_text(encoding="utf-8").split("\n")
    places = {node: place for place, node in enumerate(asked)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("[")[0], len(places)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """End a test that takes too long: a change that makes something wait for ever is noticed by that."""

    def too_long(_signal: int, _frame: FrameType | None) -> None:
        _tell(fell=item.nodeid, by_time=True)
        raise TestTookTooLong(item.nodeid)

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(int(os.environ[SECONDS]))
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write down the first test that fell, and how many passed before."""
    known = json.loads(Path(os.environ[TOLD]).read_text(encoding="utf-8")) if Path(os.environ[TOLD]).exists() else {}
    if report.failed and "fell" not in known:
        _tell(fell=report.nodeid, by_time=False)
    elif report.when == "call" and report.passed:
        _tell(passed=known.get("passed", 0) + 1)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """A test file that can no longer be loaded has fallen as a whole."""
    if report.failed:
        _tell(fell=report.nodeid, by_time=False)
