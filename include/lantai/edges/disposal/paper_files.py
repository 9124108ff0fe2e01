"""Papers of disposal lists as files: one folder per list under the papers' folder.

A paper is written whole or not at all and may be written again: the same list
gives the same name. What is evidence has its digest in the registry.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO, Protocol

from lantai.edges.files.parts import part_beside, sweep
from lantai.edges.files.system_error import translated


class Writes(Protocol):
    """Something that writes a paper into an open file."""

    def __call__(self, out: BinaryIO, /) -> object:
        """Write it."""


def put_paper(folder: Path, name: str, content: bytes | Writes) -> str:
    """Write a paper, in place of an older one of that name; return its SHA-256.

    Args:
        folder: Folder of the list; made when it is not there.
        name: File name.
        content: The bytes, or what writes them.

    Raises:
        DiskFullError: No space; the older paper stays.
        PlaceUnavailableError: The folder cannot be written.
    """
    unfinished = part_beside(folder / name)
    with translated(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        try:
            with unfinished.open("x+b") as file:
                if isinstance(content, bytes):
                    file.write(content)
                else:
                    content(file)
                file.flush()
                os.fsync(file.fileno())
                file.seek(0)
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            unfinished.replace(folder / name)
        finally:
            unfinished.unlink(missing_ok=True)
    return sha256
