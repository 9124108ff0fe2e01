"""The standard streams of the command: whole when it starts, silent when nobody reads any more, and where a trace is kept.

Source: interfaces.md, "The command".
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TextIO

STREAMS = ("stdin", "stdout", "stderr")


def mend_streams() -> None:
    """Make the three streams usable, whatever the command was started with.

    A closed one becomes an empty one: otherwise the first file that is opened
    would take its number, and be written to by whoever prints. A character that
    the terminal's encoding lacks is written as its escape.
    """
    for number, name in enumerate(STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def silence(stream: TextIO) -> None:
    """Let a stream whose reader is gone lead nowhere, so that what is still in its buffer troubles nobody."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def keep_trace(text: str) -> Path:
    """Write a trace into a new file for temporary things and return its path."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="lantai-", suffix=".trace", delete=False) as file:
        file.write(text)
    return Path(file.name)
