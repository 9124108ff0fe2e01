"""A record before it is sealed: its one file as it is, or several as one tar.

Says which bytes the plaintext consists of and which digests its files had on
arrival, reads the files again and compares, and checks a plaintext that comes
back. Encrypts nothing, writes nothing.

Source: vault.md, "Sealed records".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO, Protocol

from lantai.edges.files.system_error import translated
from lantai.errors import FixityError
from lantai.formats.age.stream import fill
from lantai.formats.vault import pack
from lantai.records.custody.file_digest import FileDigest

Job = Callable[[], object]


@dataclass(frozen=True, slots=True)
class PlainFile:
    """One file of a record, as it arrived.

    Attributes:
        digest: What it was on arrival; its path is its name in the tar, and in messages.
        open: Opens it for reading.
    """

    digest: FileDigest
    open: Callable[[], BinaryIO]

    @property
    def size_bytes(self) -> int:
        """Size on arrival."""
        return self.digest.size_bytes


@dataclass(frozen=True)
class PlainRecord:
    """A record to be sealed.

    Attributes:
        record_id: Our id.
        files: In the order of the catalogue.
        is_tar: Whether the plaintext is a tar of the files; else there is exactly one, as it is.
        members: Where the files lie in the tar; none when it is no tar.
        size_bytes: Size of the plaintext.
    """

    record_id: str
    files: tuple[PlainFile, ...]
    is_tar: bool
    members: tuple[pack.Member, ...] = field(init=False, repr=False)
    size_bytes: int = field(init=False)

    def __post_init__(self) -> None:
        if not self.is_tar and len(self.files) != 1:
            raise FixityError(f"{self.record_id}: found {len(self.files)} files outside a tar, expected one")
        members = pack.layout((file.digest.path, file.size_bytes) for file in self.files) if self.is_tar else []
        object.__setattr__(self, "members", tuple(members))
        object.__setattr__(self, "size_bytes", pack.pack_bytes(members) if self.is_tar else self.files[0].size_bytes)

    def segments(self) -> Iterator[bytes | PlainFile]:
        """Yield what the plaintext consists of, in order: literal bytes, and files."""
        if not self.is_tar:
            yield self.files[0]
            return
        for file, member in zip(self.files, self.members, strict=True):
            yield member.header
            yield file
            yield bytes(pack.padding_bytes(file.size_bytes))
        yield pack.END


class Sink(Protocol):
    """Takes a plaintext in blocks of its own."""

    def room(self) -> memoryview:
        """Return the space that is left in the block at hand, at least one byte."""
        ...

    def took(self, count: int) -> None:
        """Take over the first `count` bytes of that space."""
        ...


def read_plain(record: PlainRecord, sink: Sink, run: Callable[[Job], None]) -> None:
    """Read a record's plaintext into a sink, and compare every file with its digests on arrival.

    Args:
        record: What to read.
        sink: Where the bytes go.
        run: Runs the SM3 jobs in order, at once or in a thread of their own; a mismatch it finds is raised where the
            job runs.

    Raises:
        FixityError: A file is not what arrived.
        PlaceUnavailableError: A file could not be read.
    """
    for segment in record.segments():
        if isinstance(segment, PlainFile):
            with translated(f"{record.record_id}, {segment.digest.path}"):
                _read_file(record.record_id, segment, sink, run)
        else:
            rest = memoryview(segment)
            while len(rest) > 0:
                space = sink.room()
                count = min(len(space), len(rest))
                space[:count] = rest[:count]
                sink.took(count)
                rest = rest[count:]


def _read_file(record_id: str, file: PlainFile, sink: Sink, run: Callable[[Job], None]) -> None:
    """Read one file and refuse it when it is shorter, longer or other than what arrived (I1, R1-42)."""
    sha256, sm3 = hashlib.sha256(), hashlib.new("sm3")
    left_bytes = file.size_bytes
    with file.open() as stream:
        while left_bytes:
            space = sink.room()[:left_bytes]
            count = fill(stream, space)
            if not count:
                raise FixityError(
                    f"{record_id}, {file.digest.path}: ends {left_bytes} bytes early, expected {file.size_bytes}"
                )
            view = space[:count]
            sha256.update(view)
            run(partial(sm3.update, view))
            left_bytes -= count
            sink.took(count)
        if stream.read(1):
            raise FixityError(
                f"{record_id}, {file.digest.path}: found more than the {file.size_bytes} bytes that arrived"
            )
    _require_digest(record_id, file.digest.path, "sha256", sha256.hexdigest(), file.digest.sha256)
    run(lambda: _require_digest(record_id, file.digest.path, "sm3", sm3.hexdigest(), file.digest.sm3))


class PlainCheck:
    """Compares a plaintext that comes back with what was to be sealed, piece by piece.

    Args:
        record: What was to be sealed.
    """

    def __init__(self, record: PlainRecord) -> None:
        self._record = record
        self._segments = record.segments()
        self._segment: bytes | PlainFile | None = None
        self._left_bytes = 0
        self._at = 0
        self._sha256 = hashlib.sha256()
        self._next()

    def feed(self, piece: bytes) -> None:
        """Take the next piece.

        Raises:
            FixityError: It is not what was to be sealed.
        """
        rest = memoryview(piece)
        while len(rest) > 0:
            if self._segment is None:
                raise FixityError(f"{self._record.record_id}: opened to more than {self._record.size_bytes} bytes")
            part = rest[: self._left_bytes]
            if isinstance(self._segment, PlainFile):
                self._sha256.update(part)
            elif part != self._segment[self._at : self._at + len(part)]:
                raise FixityError(f"{self._record.record_id}: found other bytes between its files than were sealed")
            self._at += len(part)
            self._left_bytes -= len(part)
            rest = rest[len(part) :]
            if not self._left_bytes:
                self._next()

    def finish(self) -> None:
        """See that nothing is missing.

        Raises:
            FixityError: The plaintext ended early.
        """
        if self._segment is not None:
            raise FixityError(
                f"{self._record.record_id}: opened to less than the {self._record.size_bytes} bytes sealed"
            )

    def _next(self) -> None:
        while not self._left_bytes:
            if isinstance(self._segment, PlainFile):
                found = self._sha256.hexdigest()
                _require_digest(
                    self._record.record_id, self._segment.digest.path, "sha256", found, self._segment.digest.sha256
                )
            self._segment = next(self._segments, None)
            if self._segment is None:
                return
            self._at, self._sha256 = 0, hashlib.sha256()
            segment = self._segment
            self._left_bytes = segment.size_bytes if isinstance(segment, PlainFile) else len(segment)


def _require_digest(record_id: str, name: str, algorithm: str, found: str, expected: str) -> None:
    if found != expected:
        raise FixityError(f"{record_id}, {name}: found {algorithm} {found}, expected {expected} as on arrival")
