"""Whether the kernel filters what a confined process asks of it, and a line in our log where it does not.

Source: see `system_calls`; proc(5), Seccomp and Seccomp_filters of status.
"""

from __future__ import annotations

import functools
import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)


def tell_if_unfiltered(pid: int) -> None:
    """Say, once in the life of ours, that a process which has spoken runs without a filter; it is used all the same.

    Args:
        pid: The process; one that has ended in the meantime says nothing.
    """
    if _filters_of(pid) == _filters_of(os.getpid()):
        _tell()


def _filters_of(pid: int) -> list[bytes]:
    """Return what the kernel says of its filters: how many, for a container has put us under one already."""
    try:
        status = Path(f"/proc/{pid}/status").read_bytes()
    except OSError:
        return [b"gone"]
    return [line for line in status.splitlines() if line.startswith(b"Seccomp")]


@functools.cache
def _tell() -> None:
    log.warning(
        "What reads foreign files runs without a filter on its system calls: the kernel, the container or the processor "
        "allows none (seccomp, on x86_64 and aarch64). All else that confines it holds."
    )
