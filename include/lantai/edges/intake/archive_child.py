"""The script that takes a zip or a tar apart: run by `opened_archive` in a confined process, never imported.

It is handed the archive, says what is in it, and then the bytes of the members
that are asked for, in the archive's order. It writes nothing anywhere.

Source: reliability.md, "Facts" (archives).
"""

from __future__ import annotations

import io
import socket
from typing import BinaryIO

from lantai.edges.children.confined_refusal import serve
from lantai.edges.children.frames import MOST_BLOCK_BYTES, OpenedFile, receive, send_block, send_message
from lantai.edges.intake.archive import ArchiveLimits, members

BATCH = 1000
BATCH_CHARACTERS = 256 * 1024
"""Members that are told of at a time, and characters of their names: one may have 131,070."""


def tell_members(line: socket.socket, archive: BinaryIO, limits: ArchiveLimits) -> None:
    """Say the raw name, in hex, and the size of each member."""
    batch: list[tuple[str, int]] = []
    gathered = 0
    for member in members(archive, limits=limits):
        batch.append((member.raw_name.hex(), member.size_bytes))
        gathered += len(batch[-1][0])
        if len(batch) == BATCH or gathered >= BATCH_CHARACTERS:
            send_message(line, batch)
            batch, gathered = [], 0
    send_message(line, batch)
    send_message(line, "end")


def hand_out(line: socket.socket, archive: BinaryIO, limits: ArchiveLimits, offsets: dict[int, int]) -> None:
    """Give the bytes of the members that are asked for by their place, each from an offset on."""
    for place, member in enumerate(members(archive, limits=limits)):
        left = offsets.pop(place, None)
        if left is None:
            continue
        while left and (block := member.stream.read(min(left, MOST_BLOCK_BYTES))):
            left -= len(block)
        while block := member.stream.read(MOST_BLOCK_BYTES):
            send_block(line, block)
        if not offsets:
            break
    send_message(line, "end")


def work(line: socket.socket) -> None:
    """Say what is in the archive, then give of it what is asked for."""
    asked, (fd,) = receive(line)
    if not isinstance(asked, dict):
        raise TypeError
    limits = ArchiveLimits(**asked)
    archive = io.BufferedReader(OpenedFile(fd), MOST_BLOCK_BYTES)
    tell_members(line, archive, limits)
    while True:  # Until nobody asks any more.
        wanted, _ = receive(line)
        if not isinstance(wanted, list):
            raise TypeError
        hand_out(line, archive, limits, {int(place): int(offset) for place, offset in wanted})


if __name__ == "__main__":
    serve(work)
