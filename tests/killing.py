"""Killing a step at its n-th change of the file system, with a real SIGKILL, in a process of its own."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}


def run_killed(step: Callable[[], object], at: int) -> bool:
    """Run a step in a child and kill it before its change number `at`, from 1; say whether it was killed."""
    child = os.fork()
    if child == 0:
        done = 0

        def count(event: str, _arguments: tuple[object, ...]) -> None:
            nonlocal done
            if event in CHANGES:
                done += 1
                if done == at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        code = 1
        try:
            step()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, "the step failed before it could be killed"
    return False
