"""Digests of what arrives, taken while it arrives.

SHA-256 and SM3 each run in a thread of their own (hashlib lets other threads
run meanwhile); the reader hands over whole batches, because with many small
files the handing over would cost more than the hashing. A full queue makes the
reader wait, so that memory stays bounded.

Source: performance.md, "With digests of what arrives".
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from lantai.records.custody.file_digest import FileDigest

BATCH_BYTES = 1024 * 1024
BATCH_FILES = 256
_BATCHES_WAITING = 6
"""Batches in line per thread: 6 MiB."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One file that has arrived whole: its number, and what it is known by under our name for it."""

    number: int
    digest: FileDigest


class FileDigests:
    """The two digests of one file that is arriving; `size_bytes` counts what was fed."""

    __slots__ = ("name", "number", "sha256", "size_bytes", "sm3")

    def __init__(self, number: int, name: str) -> None:
        """Begin with no bytes; number and name come back with the result."""
        self.number, self.name = number, name
        self.size_bytes = 0
        self.sha256 = hashlib.sha256()
        self.sm3 = hashlib.new("sm3")

    def arrived(self) -> Arrived:
        """Return the file, which has arrived whole, with its digests."""
        digest = FileDigest(self.name, self.size_bytes, self.sha256.hexdigest(), self.sm3.hexdigest())
        return Arrived(self.number, digest)


@dataclass(slots=True)
class _Batch:
    """Pieces in the order of arrival, and the files that end with them."""

    pieces: list[tuple[FileDigests, bytes | memoryview]] = field(default_factory=list)
    ends: list[FileDigests] = field(default_factory=list)
    size: int = 0
    threads_left: int = 2


class Digests:
    """Takes bytes of many files and tells the digests of each that has ended.

    Args:
        done: Called in a hashing thread with the files of a batch, in the order in which they ended.
    """

    def __init__(self, done: Callable[[list[Arrived]], None]) -> None:
        self._done = done
        self._batch = _Batch()
        self._lock = threading.Lock()
        self._failed: BaseException | None = None
        # SimpleQueue, and room counted by another one: a Ctrl-C inside Queue.put can lose the wake-up of the thread that waits.
        self._lines: dict[str, SimpleQueue[_Batch | None]] = {name: SimpleQueue() for name in ("sha256", "sm3")}
        self._room: dict[str, SimpleQueue[None]] = {name: SimpleQueue() for name in self._lines}
        for room in self._room.values():
            for _ in range(_BATCHES_WAITING):
                room.put(None)
        self._threads = [
            threading.Thread(target=self._run, args=(name,), name=f"arrival-{name}", daemon=True)
            for name in self._lines
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hand_over()
        for line in self._lines.values():
            line.put(None)
        for thread in self._threads:
            thread.join()
        if self._failed is not None and kind is None:
            raise self._failed

    def feed(self, file: FileDigests, content: bytes | memoryview) -> None:
        """Take the next bytes of a file; they must not be changed afterwards."""
        file.size_bytes += len(content)
        batch = self._batch
        batch.pieces.append((file, content))
        batch.size += len(content)
        if batch.size >= BATCH_BYTES:
            self._hand_over()

    def end(self, file: FileDigests) -> None:
        """Say that a file has arrived whole."""
        self._batch.ends.append(file)
        if len(self._batch.ends) >= BATCH_FILES:
            self._hand_over()

    def _hand_over(self) -> None:
        batch, self._batch = self._batch, _Batch()
        if batch.pieces or batch.ends:
            for name, line in self._lines.items():
                self._room[name].get()
                line.put(batch)

    def _run(self, name: str) -> None:
        """Take one of the two digests of each file while it arrives (R1-45)."""
        line, room = self._lines[name], self._room[name]
        while (batch := line.get()) is not None:
            try:
                for file, content in batch.pieces:
                    getattr(file, name).update(content)
                with self._lock:
                    batch.threads_left -= 1
                    is_last = not batch.threads_left
                if is_last and batch.ends:
                    self._done([file.arrived() for file in batch.ends])
            except Exception as error:  # noqa: BLE001  raised again by __exit__, where somebody can act on it
                self._failed = error
            room.put(None)
