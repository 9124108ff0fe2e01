"""The system's errors about files, as ours."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from lantai.errors import DiskFullError, PlaceUnavailableError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn the system's errors about files into ours.

    Args:
        name: Where they happened, for the message.
    """
    try:
        yield
    except OSError as error:
        kind = DiskFullError if error.errno in _FULL else PlaceUnavailableError
        raise kind(f"{name}: {error.strerror or error} ({error.filename or 'open file'})") from error
