"""What a nursery of lines and its children do, watched from outside."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from lantai.edges.bulkhead.looks import look_all
from lantai.edges.bulkhead.open_lines import Lines
from lantai.edges.connections import Connection
from lantai.errors import LantaiError

MOST_SECONDS = 90
"""S3: no lie may keep anybody longer; with the limits below each takes a few seconds."""


def error_of(lines: Lines, connection: Connection) -> LantaiError | None:
    began = time.monotonic()
    [found] = look_all(lines, {"sftp_JY": connection}, [2025])
    assert time.monotonic() - began < MOST_SECONDS
    return found.error


def children_of(lines: Lines) -> list[int]:
    """Return the processes under the nursery of some lines."""
    nursery = lines.nursery_pid
    listed = Path(f"/proc/{nursery}/task/{nursery}/children").read_text()
    return [int(word) for word in listed.split()]


def is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def until(is_so: Callable[[], bool], most_seconds: float = 10.0) -> None:
    """Wait until something is so, and fail where it does not come to be so."""
    ends_at = time.monotonic() + most_seconds
    while not is_so():
        assert time.monotonic() < ends_at, f"it did not come to be so within {most_seconds:.0f} s"
        time.sleep(0.05)
