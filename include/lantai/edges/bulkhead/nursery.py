"""The nursery: a process that has loaded what a line needs, and forks a child for each line.

Run as a program by `line.Lines`, never imported by it. A fork of a process that
has one thread and has read nothing takes milliseconds; starting Python anew would
take half a second for each of a thousand units.

Our end hands in two descriptors for each line: the child's end of it, and a
pipe into which the nursery writes what the child died of. Closing our end of a
line ends its child at once, whatever it waits for; when our process is gone,
all of them end.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import resource
import select
import signal
import socket
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from lantai.edges.bulkhead import far_end
from lantai.edges.bulkhead.messages import NOT_BORN
from lantai.edges.children.frames import OUT_OF_MEMORY

_STACK_BYTES = 512 * 1024
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def main(control: socket.socket) -> None:
    """Fork a child for each pair of descriptors that comes in, until our process is gone."""
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)  # For the children too, who inherit it.
    gc.collect()
    gc.freeze()  # What is loaded stays shared between the children.
    threading.stack_size(_STACK_BYTES)
    woken, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nursery = _Nursery(control)
    nursery.poll.register(woken, select.POLLIN)
    nursery.poll.register(control, select.POLLIN)
    while True:
        stirred = {fd for fd, _ in nursery.poll.poll()}
        # In this order: a number that a burial gives back may be that of the next line.
        for line in stirred - {woken, control.fileno()}:
            nursery.end(line)
        if woken in stirred:
            os.read(woken, 4096)
            nursery.bury()
        if control.fileno() in stirred and not nursery.bear():
            nursery.end_all()
            return


class _Nursery:
    """The children that live: by our copy of their end of the line."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self.poll = select.poll()
        self._pids: dict[int, int] = {}
        self._lines: dict[int, tuple[int, int]] = {}

    def bear(self) -> bool:
        """Fork a child; False when our process is gone."""
        order, fds, _, _ = socket.recv_fds(self._control, 64, 2)
        if not order:
            return False
        try:
            line, deaths = fds
            pid = os.fork()
        except (ValueError, OSError):
            # The machine has no descriptors or processes left: this one line is not held, and whoever wanted it is told so.
            for fd in fds[1:]:
                os.write(fd, NOT_BORN.encode())
            for fd in fds:
                os.close(fd)
            return True
        if not pid:
            self._live(line, int(order))
        self._pids[line], self._lines[pid] = pid, (line, deaths)
        self.poll.register(line, 0)  # Nothing but its end is of interest here.
        return True

    def end(self, line: int) -> None:
        """End the child of a line that nobody holds any more."""
        self.poll.unregister(line)
        os.kill(self._pids[line], signal.SIGKILL)

    def end_all(self) -> None:
        """End every child."""
        for pid in self._lines:
            os.kill(pid, signal.SIGKILL)

    def bury(self) -> None:
        """Say of each child that has died what it died of."""
        while self._lines:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            line, deaths = self._lines.pop(pid)
            del self._pids[line]
            with contextlib.suppress(KeyError):  # Where it was ended by us.
                self.poll.unregister(line)
            with contextlib.suppress(OSError):  # Where nobody wants to know.
                os.write(deaths, str(os.waitstatus_to_exitcode(status)).encode())
            os.close(line)
            os.close(deaths)

    def _live(self, line: int, memory_bytes: int) -> None:
        """Be the child: limits first, then the questions; never returns."""
        code = 70
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            others = {self._control.fileno(), *(fd for pair in self._lines.values() for fd in pair)}
            for fd in others:
                os.close(fd)
            base_bytes = int(Path("/proc/self/statm").read_bytes().split()[0]) * _PAGE_BYTES
            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (base_bytes + memory_bytes, hard))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            far_end.serve(Connection(line))
            code = 0
        except MemoryError:
            code = OUT_OF_MEMORY
        finally:
            os._exit(code)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
