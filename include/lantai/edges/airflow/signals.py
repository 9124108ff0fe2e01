"""How a command that has started servers is ended: by Ctrl-C, by SIGTERM, or because its terminal is closed.

All three become the one exception that unwinds the stack, so that every server
is stopped by whoever started it; while that is being done, nothing disturbs it.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDS = (signal.SIGTERM, signal.SIGHUP)
DISTURBS = (signal.SIGINT, *ENDS)


@contextmanager
def ended_as_by_ctrl_c() -> Iterator[None]:
    """Have SIGTERM and SIGHUP raise KeyboardInterrupt while the block runs; one that is ignored, as under nohup, stays ignored."""
    before = {number: signal.getsignal(number) for number in ENDS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold further signals to end back while the block runs: a second Ctrl-C would leave servers behind."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in DISTURBS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
