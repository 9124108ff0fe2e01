"""What goes between our end of a line and the child that holds it.

Python objects, pickled. What comes from the child is read so that it can be
nothing but plain values and classes of ours: the child has listened to a server
that may lie.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from lantai.errors import LantaiError

MOST_BYTES = 128 * 1024 * 1024
"""Longest message: the largest catalogue that is read ahead, or 200,000 names, and some room."""

OUT_OF_MEMORY = 71
"""With this a child ends that has no memory left to say so."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something asked of a child: the name of a verb of `far_end`, and its arguments."""

    verb: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """A child goes on: so many names or bytes more. It waits for a word before it does anything else.

    `is_local` says that the server is waited for no more, and only a disk of ours is.
    """

    names: int = 0
    bytes: int = 0
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question; `error` where it could not be answered."""

    result: Any = None
    error: LantaiError | None = None


class _OurClassesOnly(pickle.Unpickler):
    """Reads objects of Lantai's own classes and plain values, and nothing that could run something."""

    def find_class(self, module_name: str, global_name: str) -> Any:  # noqa: ANN401 - the signature of the library
        if not module_name.startswith("lantai."):
            raise pickle.UnpicklingError(f"found {module_name}.{global_name}, expected a class of Lantai")
        return super().find_class(module_name, global_name)


def send(line: Connection, message: Question | Progress | Answer | None) -> None:
    """Send one message; None says nothing but "go on".

    Raises:
        OSError: The other end is gone.
    """
    line.send_bytes(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))


def receive(line: Connection) -> Question | Progress | Answer | None:
    """Return the next message of a child.

    Raises:
        EOFError: The other end is gone.
        OSError: The message is longer than any may be, or the line is broken.
        pickle.UnpicklingError: It holds what no message holds.
    """
    message = _OurClassesOnly(io.BytesIO(line.recv_bytes(MOST_BYTES))).load()
    if message is not None and not isinstance(message, Question | Progress | Answer):
        raise pickle.UnpicklingError(f"found {type(message).__name__}, expected a message")
    return message


def receive_question(line: Connection) -> Question | None:
    """Return what our end asks next; None is its word to go on. Our own process is believed."""
    message = pickle.loads(line.recv_bytes(MOST_BYTES))  # noqa: S301 - from the process that made this one
    if message is not None and not isinstance(message, Question):
        raise pickle.UnpicklingError(f"found {type(message).__name__}, expected a question")
    return message
