"""Scripts that run in a confined process in place of ours: those that look around there, that die, and that lie."""

from __future__ import annotations

from pathlib import Path

HEAD = """
import os, socket, sys, time, signal, ctypes, resource
from lantai.edges.children.frames import receive, send_block, send_message
line = socket.socket(fileno=0)
"""


def script_of(folder: Path, body: str) -> Path:
    """Write a script that has a `line` to whoever started it, and return where it lies."""
    path = folder / "script.py"
    path.write_text(HEAD + body)
    return path
