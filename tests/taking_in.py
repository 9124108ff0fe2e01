"""A process that takes a unit in and kills itself at a given change: run as a program by the stories of kills.

It imports everything once and forks for every kill, before it has started any thread.
"""

from __future__ import annotations

import os
import signal
import sys

import great_expectations  # noqa: F401 - imported once here, so that no child pays for it

from lantai.edges.centre import open_centre
from lantai.journey.intake.take_in import take_in

STEPS = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect"})
"""What may be half done: a change of the file system, or a transaction of the registry (each has a connection of its own)."""


def take_in_until(at: int) -> int:
    """Take the unit in, in a child that is killed before its change number `at`; 0 is never. Return how it ended, and its changes."""
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        done = 0

        def count(event: str, _arguments: tuple[object, ...]) -> None:
            nonlocal done
            if event in STEPS:
                done += 1
                if done == at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        with open_centre() as centre:
            take_in(centre, "JY")
        os.write(outlet, str(done).encode())
        os._exit(0)
    os.close(outlet)
    _, status = os.waitpid(child, 0)
    steps = os.read(inlet, 20)
    os.close(inlet)
    return -1 if os.WIFSIGNALED(status) else int(steps or b"-2")


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(f"{take_in_until(int(line))}\n")
        sys.stdout.flush()
