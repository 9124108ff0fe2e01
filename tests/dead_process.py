"""The name in leases of a process of this machine that is gone."""

from __future__ import annotations

import os
import socket


def holder_that_died() -> str:
    """Return the name of a process that has just ended."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return f"{socket.gethostname()}:{child}:dddd"
