"""One home, one Airflow: the lock that says that somebody serves a home or plays the demo in it.

Two Airflows over one database give every task away twice, and a demo empties
its folder first. The lock is held by whoever started Airflow and handed on to
every component, so that it is free only when the last of them has ended,
however they ended.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lantai.edges.airflow.home import FOLDER
from lantai.errors import HomeInUseError

NAME = "running.lock"


@contextmanager
def occupied(home: Path) -> Iterator[int]:
    """Hold the lock of a home's Airflow while the block runs; yield the open file that children take over.

    Args:
        home: LANTAI_HOME.

    Raises:
        HomeInUseError: Another command, or what it left behind, still runs there.
    """
    path = home / FOLDER / NAME
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, home)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield handle
    finally:
        os.close(handle)


def require_free(home: Path) -> None:
    """Refuse when the Airflow of a home runs.

    Raises:
        HomeInUseError: It does.
    """
    if (home / FOLDER / NAME).is_file():
        with occupied(home):
            return


def _take(handle: int, home: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        process = os.pread(handle, 20, 0).decode(errors="replace")
        holder = f"process {process}" if _lives(process) else f"what process {process} left, which is still ending"
        raise HomeInUseError(f"{home}: found a demo or `lantai serve` running there: {holder}") from error


def _lives(process: str) -> bool:
    return process.isdecimal() and Path("/proc", process).is_dir()
