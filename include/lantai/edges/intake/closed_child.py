"""The script that looks whether files are encrypted or packed: run by `closed_files` in a confined process, never imported.

It is handed many files at a time and answers one by one, so that the file it
breaks down under is known.

Source: `formats.intake.closed_file`.
"""

from __future__ import annotations

import io
import socket

from lantai.edges.children.confined_refusal import serve
from lantai.edges.children.frames import OpenedFile, receive, send_message
from lantai.formats.intake.closed_file import compressed_by, encrypted_by


def work(line: socket.socket) -> None:
    """Answer for each file by what it is encrypted with, and packed with, until nobody asks any more (R1-37)."""
    while True:
        asked, fds = receive(line)
        if not isinstance(asked, list):
            raise TypeError
        for (name, start, size_bytes), fd in zip(asked, fds, strict=True):
            with io.BufferedReader(OpenedFile(fd, start, size_bytes)) as file:
                answer = [encrypted_by(file, name), compressed_by(file)]
            send_message(line, answer)


if __name__ == "__main__":
    serve(work)
