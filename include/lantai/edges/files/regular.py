"""Opening a file that somebody has named, only if it is a regular one: of a pipe or a device nobody would see an end.

Source: reliability.md, "Facts".
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def open_regular(path: Path, *, follows: bool = True) -> int:
    """Open a regular file for reading and return its descriptor; a pipe without a writer is not waited for.

    Args:
        path: The file.
        follows: Whether a link at its end is followed.

    Raises:
        OSError: It cannot be opened, or is no regular file; `strerror` says which.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY | (0 if follows else os.O_NOFOLLOW)
    handle = os.open(path, flags)
    try:
        _require_regular(os.fstat(handle).st_mode, path)
    except OSError:
        os.close(handle)
        raise
    return handle


def _require_regular(mode: int, path: Path) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a pipe, a socket or a device, expected a regular file", str(path))


def read_regular(path: Path) -> bytes:
    """Return the content of a small file that is a regular one.

    Raises:
        OSError: As `open_regular`, or it cannot be read.
    """
    with os.fdopen(open_regular(path), "rb") as file:
        return file.read()
