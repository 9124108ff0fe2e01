"""Files of one package while they arrive, and the journal that says what has arrived.

What is whole has a line in `received.jsonl`, written after the file is on the
disk. A large file has lines that say how far it is safe. Anything without a
line is worth nothing and is fetched again, so a killed run needs no cleaning.

Source: reliability.md.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from lantai.edges.files.durable import UNFINISHED, Recorder, Row, disk_error
from lantai.edges.intake.arrival_digests import Arrived, Digests, FileDigests
from lantai.edges.sftp.request import FetchRequest, FetchResult
from lantai.records.intake.carrier import ReceivedFile, RemoteFile

JOURNAL = "received.jsonl"
WATERMARK_BYTES = 32 * 1024 * 1024
"""Of a file still arriving, so much may have to be fetched again after a crash."""

MOST_WRITTEN_BYTES = 255 * 1024
"""One reply of a server at a time; see `place.WRITE_BYTES` for why not more of what comes in larger blocks."""

_READ_BYTES = 1024 * 1024


@dataclass(slots=True)
class Journal:
    """What `received.jsonl` says: which state of the package, what is whole, and how far the rest is safe."""

    fingerprint: str = ""
    whole: dict[int, ReceivedFile] = field(default_factory=dict)
    safe_bytes: dict[int, int] = field(default_factory=dict)


class Receiving:
    """The files of one package while they arrive; a context manager.

    On leaving it, what has arrived whole is on the disk and written down, and
    of what has not, the part that is safe is.
    """

    def __init__(self, folder: Path, files: list[RemoteFile], journal: Journal) -> None:
        """Go on from what the journal says."""
        self._folder, self._journal = folder, journal
        self._files = dict(enumerate(sorted(files, key=lambda file: file.name), 1))
        self._arriving: dict[int, _ArrivingFile] = {}
        self._digests = Digests(self._note)

    def __enter__(self) -> Self:
        self._recorder = Recorder(self._folder, self._folder / JOURNAL)
        self._digests.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        for file in self._arriving.values():
            file.interrupt()
        self._digests.__exit__(None, None, None)
        self._recorder.close()
        if exc[0] is None:
            self._recorder.raise_failure()

    @property
    def whole_bytes(self) -> int:
        """Bytes of the files that are here whole."""
        return sum(file.size_bytes for file in self._journal.whole.values())

    def wanted(
        self,
        path_of: Callable[[bytes], bytes],
        only: Callable[[bytes], bool] | None = None,
        on_resumed: Callable[[int], None] | None = None,
    ) -> Iterator[FetchRequest]:
        """Yield a request for each file that is not here whole.

        Args:
            path_of: Says where a name is on the server.
            only: Says whether a file of this name is wanted; None is all.
            on_resumed: Told how many bytes of a file that is half here were read again for its digests, block by block.
        """
        for number, file in self._files.items():
            if number not in self._journal.whole and (only is None or only(file.name)):
                sink = _ArrivingFile(self, number, file.size_bytes, self._journal.safe_bytes.get(number, 0))
                self._arriving[number] = sink
                offset = sink.resume(on_resumed)
                yield FetchRequest(path_of(file.name), file.size_bytes, file.mtime, sink, offset, number)

    def take(self, result: FetchResult) -> None:
        """Close the file that a fetch is done with: whole when it has no error, discarded otherwise."""
        file = self._arriving.pop(result.request.number)
        if result.error is None:
            file.complete()
        else:
            file.discard()
        self._recorder.raise_failure()

    def _note(self, arrived: list[Arrived]) -> None:
        self._recorder.add([(one.digest.path, _row(one, self._files[one.number])) for one in arrived])


class _ArrivingFile:
    """A sink that writes one file and feeds its digests."""

    __slots__ = (
        "_digests",
        "_fd",
        "_first_bytes",
        "_from_bytes",
        "_hashes",
        "_path",
        "_recorder",
        "_safe_bytes",
        "_size",
        "number",
    )

    def __init__(self, receiving: Receiving, number: int, size: int, safe_bytes: int) -> None:
        self.number = number
        self._path = f"{receiving._folder}/{number:06d}"  # noqa: SLF001  one idea in two classes: the package and one file of it
        self._digests = receiving._digests  # noqa: SLF001  the same
        self._recorder = receiving._recorder  # noqa: SLF001  the same
        self._size = size
        self._first_bytes = 0
        self._safe_bytes = self._from_bytes = safe_bytes
        self._hashes = FileDigests(number, f"{number:06d}.bin")
        self._fd: int | None = None

    def resume(self, on_resumed: Callable[[int], None] | None = None) -> int:
        """Digest what is safe of an earlier run, and return how much that is (K1)."""
        if not self._from_bytes:
            return 0
        part = Path(self._path + ".part")
        try:
            with part.open("r+b" if part.exists() else "w+b") as file:
                if (
                    os.fstat(file.fileno()).st_size < self._from_bytes
                ):  # Less than was written down: nothing of it counts.
                    self._from_bytes = 0
                    self._note_safe(0)
                file.truncate(self._from_bytes)
                while block := file.read(_READ_BYTES):
                    self._digests.feed(self._hashes, block)
                    if on_resumed is not None:
                        on_resumed(len(block))
        except OSError as error:
            raise disk_error(error, part) from error
        return self._from_bytes

    def write(self, content: bytes | memoryview, /) -> None:
        """Write and digest the next bytes; a disk that takes none is named (D1)."""
        try:
            fd = self._open(len(content)) if self._fd is None else self._fd
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(fd, rest[:MOST_WRITTEN_BYTES]) :]
        except OSError as error:
            raise disk_error(error, Path(self._path)) from error
        self._digests.feed(self._hashes, content)
        if self._hashes.size_bytes - self._safe_bytes >= WATERMARK_BYTES:
            self._mark()

    def complete(self) -> None:
        try:
            if self._fd is None and not self._hashes.size_bytes:
                self._open(0)
            self._close()
            if self._is_in_parts:
                os.rename(self._path + ".part", self._path + ".bin")  # noqa: PTH104  a Path per small file costs more than the call
        except OSError as error:
            raise disk_error(error, Path(self._path)) from error
        self._digests.end(self._hashes)

    def discard(self) -> None:
        """Forget what came: the file is not what was listed (S2)."""
        self._close()
        if self._safe_bytes:
            self._note_safe(0)

    def interrupt(self) -> None:
        """Keep what came for the next run (C1); of a file that comes in pieces it is marked as safe."""
        if self._fd is not None:
            self._close()
            if self._is_in_parts:
                self._mark()

    @property
    def _is_in_parts(self) -> bool:
        """Whether the file came in more than one piece; one that comes in one piece is never half there."""
        return bool(self._from_bytes) or self._size > self._first_bytes

    def _open(self, first_bytes: int) -> int:
        self._first_bytes = first_bytes
        ending = ".part" if self._is_in_parts else ".bin"
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | (os.O_APPEND if self._from_bytes else os.O_TRUNC)
        self._fd = os.open(self._path + ending, flags, 0o600)
        return self._fd

    def _close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _mark(self) -> None:
        self._note_safe(self._hashes.size_bytes)

    def _note_safe(self, safe_bytes: int) -> None:
        self._safe_bytes = safe_bytes
        row: Row = {"file_no": self.number, "safe_bytes": safe_bytes}
        # That nothing is safe is true of no file, so there is none to sync first.
        name = self._path.rsplit("/", 1)[-1] + UNFINISHED if safe_bytes else ""
        self._recorder.add([(name, row)])


def _row(arrived: Arrived, listed: RemoteFile) -> Row:
    """Return the line of the journal about a file that is whole; `_received` reads it."""
    digest = arrived.digest
    return {
        "file_no": arrived.number,
        "name": listed.name.hex(),
        "bytes": digest.size_bytes,
        **digest.hexes,
        "mtime": listed.mtime,
    }


def _received(row: Mapping[str, Any]) -> ReceivedFile:
    raw_name = bytes.fromhex(row["name"])
    return ReceivedFile.arrived(row["file_no"], raw_name, row["bytes"], row, row["mtime"])


def read_journal(path: Path) -> Journal:
    """Read the journal; a last line that a crash cut short is cut off, so that the next one begins a line of its own (D3)."""
    journal = Journal()
    try:
        content = path.read_bytes()
        end = content.rfind(b"\n") + 1
        if end != len(content):
            os.truncate(path, end)
    except FileNotFoundError:
        return journal
    except OSError as error:
        raise disk_error(error, path) from error
    for line in content[:end].splitlines():
        try:
            row = json.loads(line)
            if "fingerprint" in row:
                journal.fingerprint = row["fingerprint"]
            elif "safe_bytes" in row:
                journal.safe_bytes[row["file_no"]] = row["safe_bytes"]
            else:
                journal.whole[row["file_no"]] = _received(row)
        except (KeyError, TypeError, ValueError):  # A damaged line vouches for nothing; its file is fetched again.
            continue
    return journal
