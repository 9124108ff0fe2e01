"""How a script in a confined process says that it refuses what it was handed, and that its memory is gone.

Source: see `confined`.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from lantai.edges.children.frames import OUT_OF_MEMORY, send_message
from lantai.errors import PackageError


def serve(work: Callable[[socket.socket], None]) -> None:
    """Do the work over standard input; a refusal is told, and an end of memory by the way the process ends."""
    line = socket.socket(fileno=0)
    try:
        work(line)
    except PackageError as error:
        send_message(line, {"refused": [type(error).__name__, str(error), error.reason, error.values]})
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # Nobody wants to know any more.
