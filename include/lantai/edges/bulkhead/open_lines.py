"""Opens lines to units' servers, each held by a child of one nursery.

A nursery is a small process that has loaded nothing but the far end; it forks a
child for every line, so that what a server does to its child touches neither
us nor another unit. What is said over a line is in `line`.

Source: ADR 18.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection as Wire
from pathlib import Path

from lantai.edges.bulkhead.line import UnitLine
from lantai.edges.bulkhead.messages import receive
from lantai.edges.bulkhead.patience import USUAL_LIMITS, USUAL_PACE, Limits, Pace
from lantai.edges.connections import Connection
from lantai.errors import LineInterruptedError

_PACKAGE_FOLDER = str(Path(__file__).parents[3])
_START = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
    "runpy.run_module('lantai.edges.bulkhead.nursery', run_name='__main__')"
)
"""Isolated, so that nothing in the folder one stands in is loaded, and still this Lantai, not another that is installed."""

_BIRTH_SECONDS = 60.0
_ENDS_WITHIN_SECONDS = 5.0

_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
"""All that the nursery and its children see; each thread's own heap would count 64 MiB against a child's memory."""


class Lines:
    """Opens lines, each held by a child of one nursery, which starts with the first; `close` ends them all."""

    def __init__(self, limits: Limits = USUAL_LIMITS) -> None:
        """Remember what each unit may cost; nothing is started yet."""
        self._limits = limits
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._nursery: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def open(self, connection: Connection, pace: Pace = USUAL_PACE) -> Iterator[UnitLine]:
        """Connect to a unit's server in a child process; the child ends with the block.

        Args:
            connection: Where, as whom, and with which pinned host key.
            pace: How slow is too slow.

        Raises:
            ServerUnreachableError, HostKeyMismatchError, LoginRefusedError, RemoteProtocolError: As `sftp.connect`.
            ServerTooSlowError: It did not come to an end with greeting and login.
            UnitLimitError: It sent more than a child may hold.
        """
        limits = self._limits
        ours, deaths = self._bear()
        try:
            line = UnitLine(ours, deaths, connection, pace, limits.window_seconds)
            self._await_birth(ours, connection)
            line.ask(
                "open",
                connection=connection,
                timeout_seconds=limits.step_seconds,
                stall_seconds=limits.window_seconds,
            )
            yield line
        finally:
            ours.close()
            os.close(deaths)

    @property
    def nursery_pid(self) -> int | None:
        """The nursery's process, whose children hold the lines; None while none runs."""
        return self._nursery.pid if self._nursery is not None else None

    def close(self) -> None:
        """End the nursery and every child."""
        control, nursery = self._control, self._nursery
        self._control = self._nursery = None
        if control is not None:
            control.close()
        if nursery is not None:
            try:
                nursery.wait(_ENDS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:  # It was stopped by somebody: its children end with it.
                nursery.kill()
                nursery.wait()

    def _await_birth(self, ours: Wire, connection: Connection) -> None:
        """Wait for the child's first word, so that a nursery that stands still is not taken for a slow server."""
        if ours.poll(_BIRTH_SECONDS):
            with contextlib.suppress(EOFError, OSError):  # What it died of is told with the first question.
                receive(ours)
            return
        self.close()
        raise LineInterruptedError(
            f"{connection.connection_id}: the process that holds the lines did not answer for {_BIRTH_SECONDS:.0f} s"
        )

    def __del__(self) -> None:
        """End them also where nobody closed: a nursery that lives on would hold nothing but memory."""
        self.close()

    def _bear(self) -> tuple[Wire, int]:
        """Have a child forked; return our end of its line, and where it will stand what it died of."""
        ours, its = socket.socketpair()
        deaths, its_deaths = os.pipe()
        try:
            order = str(self._limits.memory_bytes).encode()
            with self._lock:
                socket.send_fds(self._running(), [order], [its.fileno(), its_deaths])
        except OSError as error:
            ours.close()
            os.close(deaths)
            raise LineInterruptedError(f"the process that holds the lines did not start or answer ({error})") from error
        finally:
            its.close()
            os.close(its_deaths)
        return Wire(ours.detach()), deaths

    def _running(self) -> socket.socket:
        if self._control is None or self._nursery is None or self._nursery.poll() is not None:
            if self._control is not None:
                self._control.close()
            self._control, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._control.settimeout(_BIRTH_SECONDS)
            with far:
                self._nursery = subprocess.Popen(  # noqa: S603 - our own module, and a number
                    [sys.executable, "-I", "-c", _START, _PACKAGE_FOLDER, str(far.fileno())],
                    stdin=subprocess.DEVNULL,
                    # Nothing of ours: no password of the registry, no key of Airflow is for whoever listens to a server.
                    env=_ENVIRONMENT,
                    pass_fds=[far.fileno()],
                    # Ctrl-C at a terminal is for us: the children end when we let go of their lines.
                    start_new_session=True,
                )
        return self._control
