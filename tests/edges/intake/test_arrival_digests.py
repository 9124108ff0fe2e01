"""Digests of what arrives: right, bounded, and never a reason to wait for ever."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from lantai.edges.intake.arrival_digests import BATCH_BYTES, Arrived, Digests, FileDigests

INCLUDE = Path(__file__).resolve().parents[3] / "include"

INTERRUPTED = """
import random, signal
from lantai.edges.intake.arrival_digests import Digests, FileDigests

def ring(number, frame):
    raise KeyboardInterrupt

signal.signal(signal.SIGALRM, ring)
stopped = 0
for _ in range(300):
    try:
        with Digests(lambda arrived: None) as digests:
            signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0005, 0.01))
            file = FileDigests(1, "1")
            while True:
                digests.feed(file, b"x" * 64)
                digests._hand_over()
    except KeyboardInterrupt:
        stopped += 1
print(stopped)
"""


def test_digests_are_those_of_the_bytes_in_order_of_arrival() -> None:
    """R1-45: both digests, of many small files and of one in many pieces."""
    batches: list[list[Arrived]] = []
    large = [bytes([number]) * BATCH_BYTES for number in range(9)]

    with Digests(batches.append) as digests:
        for number in range(1000):
            file = FileDigests(number, f"{number}.bin")
            digests.feed(file, f"第{number}件".encode())
            digests.end(file)
        file = FileDigests(1000, "1000.bin")
        for piece in large:
            digests.feed(file, piece)
        digests.end(file)

    told = [one for batch in batches for one in batch]
    assert all(batches)
    assert [one.number for one in told] == list(range(1001))
    assert told[7].digest.path == "7.bin"
    assert told[7].digest.sha256 == hashlib.sha256("第7件".encode()).hexdigest()
    assert told[1000].digest.size_bytes == 9 * BATCH_BYTES
    assert told[1000].digest.sm3 == hashlib.new("sm3", b"".join(large)).hexdigest()


def test_what_goes_wrong_in_a_thread_is_raised_where_somebody_can_act() -> None:
    """R1-45."""

    def refuse(_arrived: list[Arrived]) -> None:
        raise OSError("the journal")

    def arrive() -> None:
        with Digests(refuse) as digests:
            file = FileDigests(1, "1")
            digests.feed(file, b"x")
            digests.end(file)

    with pytest.raises(OSError, match="the journal"):
        arrive()


def test_interruption_at_any_moment_lets_the_threads_end() -> None:
    """K1: Ctrl-C in the middle of a hand-over left a thread asleep, and the command with it."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        env={"PYTHONPATH": str(INCLUDE)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert done.stdout == "300\n"
