"""Small files that hold secrets: readable by their owner only, replaced whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from lantai.edges.files.regular import read_regular
from lantai.errors import InputFileError


def read_if_there(path: Path) -> str:
    """Return the text of a file, empty when there is none.

    Raises:
        InputFileError: It is there and cannot be read as UTF-8.
    """
    try:
        return read_regular(path).decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        found = error.strerror if isinstance(error, OSError) else "no UTF-8"
        raise InputFileError(f"{path}: found {found}, expected a text file that can be read") from error


def replace_private(path: Path, text: str) -> None:
    """Write a file with mode 0600 beside the old one, bring it to the disk, and put it in its place.

    Raises:
        InputFileError: The folder cannot be written.
    """
    beside = path.with_name(path.name + ".new")
    try:
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise InputFileError(f"{path}: found {error.strerror}, expected a folder that can be written") from error
