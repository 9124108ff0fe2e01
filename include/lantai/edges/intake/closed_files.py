"""Whether files of a package are encrypted or packed, asked of a confined process that is handed them open.

One process looks at many files of a package. The file that it ends under is
looked at once more, in a process that sees nothing else: memory and processor
time may have been used up by those before it. Only what ends that one too is
named. How long a disk takes says nothing about a file.

Source: `formats.intake.closed_file`; reliability.md, "Facts" (parse in a child process).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lantai.edges.children.confined import Bounds, Confined, handed_over
from lantai.errors import ArchiveLimitError
from lantai.formats.intake.closed_file import COMPRESSIONS, ENCRYPTIONS

_CHILD = Path(__file__).with_name("closed_child.py")
_BOUNDS = Bounds(memory_bytes=512 * 1024 * 1024, seconds=60)
"""For one process; it is asked for so many batches of files that its processor time lasts."""

_BATCH = 64
_BATCHES_OF_A_PROCESS = 256
"""16,384 files, of which each may then take 3.6 ms; an ordinary one takes 0.1."""

MOST_TROUBLES = 8
"""After so many files that cannot be looked at the others are left: the package comes back in any case."""


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A file to be looked at.

    Attributes:
        name: Its name, of which the ending counts.
        open: Opens it, or the file that it is a part of.
        start: Where in that it begins.
        size_bytes: How long it is; None is up to the end.
    """

    name: str
    open: Callable[[], BinaryIO]
    start: int = 0
    size_bytes: int | None = None


class Judged(NamedTuple):
    """What a file is encrypted with and packed with, empty where it is not, `UNSEEN` where that does not show; `trouble` is why it could not be looked at."""

    name: str
    encryption: str = ""
    compression: str = ""
    trouble: ArchiveLimitError | None = None


def judge_closed(files: Iterable[ForeignFile]) -> Iterator[Judged]:
    """Yield for each file whether it is closed, in their order (R1-37).

    Args:
        files: Any number; they are opened a few at a time.

    Raises:
        ValidationUnavailableError: The process could not be run, or was killed.
        ReaderMisledError: The process said what no file gives.
        NotFoundError, PlaceUnavailableError: A file could not be opened.
    """
    left = iter(files)
    waiting: deque[ForeignFile] = deque(islice(left, _BATCH))
    troubles = 0
    while waiting and troubles < MOST_TROUBLES:
        try:
            with Confined(_CHILD, "file", (), _BOUNDS) as child:
                for _ in range(_BATCHES_OF_A_PROCESS):
                    yield from _batch(child, waiting)
                    waiting.extend(islice(left, _BATCH))
        except ArchiveLimitError:
            judged = _alone(waiting.popleft())
            troubles += judged.trouble is not None
            yield judged


def _alone(file: ForeignFile) -> Judged:
    try:
        with Confined(_CHILD, "file", (), _BOUNDS) as child:
            return next(_batch(child, deque([file])))
    except ArchiveLimitError as error:
        return Judged(file.name, trouble=error)


def _batch(child: Confined, waiting: deque[ForeignFile]) -> Iterator[Judged]:
    """Have the files that wait looked at; each leaves the line when there is an answer."""
    if not waiting:
        return
    with ExitStack() as stack:
        fds = [stack.enter_context(handed_over(stack.enter_context(file.open()))) for file in waiting]
        child.tell([(file.name, file.start, file.size_bytes) for file in waiting], fds)
    for _ in range(len(waiting)):
        child.begin_anew()
        match child.hear():
            case [str(encryption), str(compression)] if encryption in ENCRYPTIONS | {
                ""
            } and compression in COMPRESSIONS | {""}:
                yield Judged(waiting.popleft().name, encryption, compression)
            case _:
                raise child.misled("what no file is closed with")
