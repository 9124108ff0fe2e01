"""Threads beside the sealing pass: one that digests, one that writes, one that pushes written bytes to the disk.

Buffers are handed over and come back, so that memory stays at a few of them
whatever the size. An error of a thread is raised by the next call of its owner.

Source: performance.md, "Seal".
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from lantai.edges.custody.file_place import SYNC_BYTES, write_all
from lantai.edges.files.system_error import translated

BUFFER_BYTES = 2 * 1024 * 1024
"""One written buffer. Small records are gathered in it, so that 20,000 of them are not 20,000 hand-overs."""

BUFFERS = 3


class Worker:
    """A thread that runs jobs in the order given. After one has failed the rest are passed over."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)
        self._thread.start()

    def run(self, job: Callable[[], object]) -> None:
        """Have a job done after those given before.

        Raises:
            BaseException: Whatever an earlier job raised.
        """
        self._require_well()
        self._jobs.put(job)

    def always(self, job: Callable[[], object]) -> None:
        """Have a job done even when an earlier one has failed: gives buffers back. It must not raise."""
        self._jobs.put(_Always(job))

    def wait(self) -> None:
        """Return when all jobs given so far are done.

        Raises:
            BaseException: Whatever a job raised.
        """
        done = threading.Event()
        self.always(done.set)
        done.wait()
        self._require_well()

    def stop(self) -> None:
        """End the thread after the jobs given so far; raises nothing."""
        self._jobs.put(None)
        self._thread.join()

    def _require_well(self) -> None:
        if self._error is not None:
            raise self._error

    def _loop(self) -> None:
        while (job := self._jobs.get()) is not None:
            if self._error is None or isinstance(job, _Always):
                try:
                    job()
                except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that asked for the job
                    self._error = error


class _Always:
    def __init__(self, job: Callable[[], object]) -> None:
        self._job = job

    def __call__(self) -> object:
        return self._job()


class WriteBehind:
    """A new file that is written while its owner fills the next buffer.

    Args:
        path: Must not exist.
    """

    def __init__(self, path: Path) -> None:
        self._name = str(path)
        with translated(self._name):
            self._file = path.open("xb", buffering=0)
        self._worker = Worker("lantai-write")
        self._syncer = ThreadPoolExecutor(1, "lantai-sync")
        self._sync: Future[None] | None = None
        self._unsynced_bytes = 0
        self._free: SimpleQueue[bytearray] = SimpleQueue()
        for _ in range(BUFFERS - 1):
            self._free.put(bytearray(BUFFER_BYTES))
        self._buffer = bytearray(BUFFER_BYTES)
        self._filled = 0
        self.size_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write and sync what is left; after an error only let go."""
        try:
            if kind is None:
                self._hand_over()
                self._worker.wait()
                with translated(self._name):
                    if self._sync is not None:
                        self._sync.result()
                    os.fsync(self._file.fileno())
                    os.posix_fadvise(self._file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            self._worker.stop()
            self._syncer.shutdown()
            self._file.close()

    def room(self, size: int) -> memoryview:
        """Return space for at least `size` bytes, at most BUFFER_BYTES."""
        if BUFFER_BYTES - self._filled < size:
            self._hand_over()
        return memoryview(self._buffer)[self._filled :]

    def took(self, count: int) -> None:
        """Take over the first `count` bytes of that space."""
        self._filled += count
        self.size_bytes += count

    def write(self, content: bytes) -> None:
        """Take over a few bytes."""
        self.room(len(content))[: len(content)] = content
        self.took(len(content))

    def _hand_over(self) -> None:
        buffer, filled = self._buffer, self._filled
        self._worker.run(lambda: self._write(memoryview(buffer)[:filled]))
        self._worker.always(lambda: self._free.put(buffer))
        self._buffer, self._filled = self._free.get(), 0

    def _write(self, view: memoryview) -> None:
        with translated(self._name):
            write_all(self._file, view)
            self._unsynced_bytes += len(view)
            if self._unsynced_bytes >= SYNC_BYTES:
                # One sync at a time: what is written meanwhile bounds what still has to reach the disk.
                if self._sync is not None:
                    self._sync.result()
                self._sync = self._syncer.submit(os.fdatasync, self._file.fileno())
                self._unsynced_bytes = 0
