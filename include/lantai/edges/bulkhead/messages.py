"""What goes between our end of a line and the child that holds it.

Python objects, pickled. What comes from the child is read so that it can be
nothing but plain values and the classes of a short list: the child has listened
to a server that may lie.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from lantai.edges.intake.outbox import PackageSeen
from lantai.errors import LantaiError
from lantai.formats.sftp.wire import FileKind
from lantai.records.intake.carrier import Packaging, RemoteFile
from lantai.records.intake.package import Package
from lantai.records.text.words import Words

MOST_BYTES = 128 * 1024 * 1024
"""Longest message: the largest catalogue that is read ahead, or 200,000 names, and some room."""

NOT_BORN = "not born"
"""Told in place of what a child died of where there was no room for one."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something asked of a child: the name of a verb of `far_end`, and its arguments."""

    verb: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProgressTold:
    """A child goes on: so many names or bytes more. It waits for a word before it does anything else.

    `is_local` says that the server is waited for no more, and only a disk of ours is.
    """

    names: int = 0
    size_bytes: int = 0
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question; `error` where it could not be answered."""

    result: Any = None
    error: LantaiError | None = None


def _errors(of: type[LantaiError] = LantaiError) -> Iterator[type[LantaiError]]:
    yield of
    for kind in of.__subclasses__():
        yield from _errors(kind)


_CLASSES: Mapping[tuple[str, str], type] = {
    (kind.__module__, kind.__qualname__): kind
    for kind in (Answer, ProgressTold, PackageSeen, Package, Packaging, RemoteFile, FileKind, Words, *_errors())
}
"""All that a message of a child may hold beside plain values; every error of ours is an exception that only carries words."""


class _ListedClassesOnly(pickle.Unpickler):
    """Reads plain values and objects of listed classes; a name with dots in it finds nothing."""

    def find_class(self, module_name: str, global_name: str) -> type:
        try:
            return _CLASSES[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(f"found {module_name}.{global_name}, expected a listed class") from None


def send(line: Connection, message: Question | ProgressTold | Answer | None) -> None:
    """Send one message; None says nothing but "go on".

    Raises:
        OSError: The other end is gone.
    """
    line.send_bytes(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))


def receive(line: Connection) -> ProgressTold | Answer:
    """Return the next message of a child.

    Raises:
        EOFError: The other end is gone.
        OSError: The message is longer than any may be, the line is broken, or the child stood still within it.
        pickle.UnpicklingError: It holds what no message holds, or is none.
    """
    content = line.recv_bytes(MOST_BYTES)
    try:
        message = _ListedClassesOnly(io.BytesIO(content)).load()
    except Exception as error:
        # Bytes that are no message make the library stumble over anything.
        raise pickle.UnpicklingError(f"found no message ({type(error).__name__}: {error})") from error
    if not isinstance(message, ProgressTold | Answer) or not isinstance(
        getattr(message, "error", None), LantaiError | None
    ):
        raise pickle.UnpicklingError(f"found {type(message).__name__}, expected a message")
    return message


def receive_question(line: Connection) -> Question | None:
    """Return what our end asks next; None is its word to go on. Our own process is believed."""
    message = pickle.loads(line.recv_bytes(MOST_BYTES))  # noqa: S301 - from the process that made this one
    if message is not None and not isinstance(message, Question):
        raise pickle.UnpicklingError(f"found {type(message).__name__}, expected a question")
    return message
