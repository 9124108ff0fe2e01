"""A carrier that came as one zip or tar, taken apart by a confined process: what is in it, and its bytes one after the other.

Everything the process says is held against what an archive can be: names once,
sizes within the limits, of each member as many bytes as were listed. The process
writes nothing: who asks puts the bytes where they belong, so that it can lay no
link, no device and no name of its own anywhere.

Source: reliability.md, "Facts" (archives, parse in a child process).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lantai.edges.children.confined import Bounds, Confined
from lantai.edges.intake.archive import DEFAULT_LIMITS, ArchiveLimits, Tally
from lantai.errors import PackageError

_CHILD = Path(__file__).with_name("archive_child.py")
_MEBIBYTE = 1024 * 1024
_MEMORY_BYTES = 2048 * _MEBIBYTE
"""A directory of 256 MiB is read, and taken apart into 200,000 entries."""
_SECONDS = 120
"""Of processor time, and one more for each MiB of the archive: no machine is so slow."""
_LONGEST_NAME_BYTES = 65_535
REASONS = frozenset(
    {
        "archive_kind",
        "archive_cut",
        "archive_damaged",
        "archive_password",
        "archive_link",
        "archive_twice",
        "archive_nameless",
        "archive_method",
        "archive_files",
        "archive_bytes",
        "archive_ratio",
        "archive_headers",
    }
)
"""For which the process may refuse what it was handed."""


class Listed(NamedTuple):
    """One regular file of an archive: its raw name and its size unpacked."""

    raw_name: bytes
    size_bytes: int


@contextmanager
def open_archive(source: BinaryIO, *, limits: ArchiveLimits = DEFAULT_LIMITS) -> Iterator[OpenedArchive]:
    """Open an archive in a confined process, which ends with the block.

    Args:
        source: An open file, a zip or an uncompressed tar.
        limits: How much it may unpack to.

    Raises:
        ArchiveLimitError: It is over a limit, or broke the process.
        UnsafeNameError: It holds a link or a device, or a name twice.
        PackageError: It is no archive, is damaged, or asks for a password.
        ValidationUnavailableError: The process could not be run, or was killed.
        ReaderMisledError: The process said what no archive gives.
    """
    size = os.fstat(source.fileno()).st_size
    bounds = Bounds(_MEMORY_BYTES, _SECONDS + size // _MEBIBYTE)
    with Confined(_CHILD, "archive", REASONS, bounds) as child:
        child.tell(asdict(limits), [source.fileno()])
        yield OpenedArchive(child, _listed(child, Tally(size, limits), limits))


class OpenedArchive:
    """An archive in a confined process; from `open_archive`.

    Attributes:
        members: Its files, in its order.
    """

    def __init__(self, child: Confined, members: tuple[Listed, ...]) -> None:
        """Take over a process that has said what is in its archive."""
        self._child, self.members = child, members

    def take(self, offsets: Mapping[int, int]) -> Iterator[tuple[int, Iterator[memoryview]]]:
        """Yield the place in `members` of each file that is wanted, in their order, and its bytes in blocks.

        The blocks are read to their end before the next file is asked for; nobody changes them afterwards.

        Args:
            offsets: By place, from which byte on it is wanted.

        Raises:
            As `open_archive`; the bytes that came before are those of the archive.
        """
        if not offsets:
            return
        places = sorted(offsets)
        self._child.tell([(place, offsets[place]) for place in places])
        for place in places:
            blocks = self._blocks(self.members[place].size_bytes - offsets[place])
            yield place, blocks
            for _ in blocks:
                raise ValueError(f"member {place} was not read to its end")
        if self._child.hear() != "end":
            raise self._child.misled("more than was asked for")

    def _blocks(self, left_bytes: int) -> Iterator[memoryview]:
        while left_bytes > 0:
            block = self._child.hear_any()
            if not isinstance(block, memoryview):
                raise self._child.misled("a word within a file")
            if not 0 < len(block) <= left_bytes:
                raise self._child.misled(f"{len(block)} bytes of a file that has {left_bytes} left")
            left_bytes -= len(block)
            yield block


def _listed(child: Confined, tally: Tally, limits: ArchiveLimits) -> tuple[Listed, ...]:
    """Return what the process says is in the archive, each word of it held against what an archive can be (S5)."""
    found: list[Listed] = []
    claimed = 0
    while (batch := child.hear()) != "end":
        for item in batch if isinstance(batch, list) else [batch]:
            match item:
                case [str(name), int(size)] if 0 <= size <= limits.unpacked_bytes:
                    found.append(Listed(_raw_name(child, name), size))
                case _:
                    raise child.misled("what is no file of an archive")
            claimed += found[-1].size_bytes
            try:
                tally.name(found[-1].raw_name)
                tally.check(claimed)
            except PackageError as error:
                # The process looks at the same before it says it.
                raise child.misled(str(error)) from error
    return tuple(found)


def _raw_name(child: Confined, said: str) -> bytes:
    try:
        raw_name = bytes.fromhex(said)
    except ValueError as error:
        raise child.misled("a name that is none") from error
    if len(raw_name) > _LONGEST_NAME_BYTES:
        raise child.misled(f"a name of {len(raw_name)} bytes")
    return raw_name
