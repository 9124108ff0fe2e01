"""A take-in that is killed with SIGKILL, and the ordinary rerun after it: the end is that of an undisturbed run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from filing_house import FilingHouse
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.journey.ledger.verify_ledger import verify
from lantai.records.intake.submission import RoundState

KILLS = 20
KILLED = -1


@pytest.mark.server("sshd")
@pytest.mark.slow
def test_take_in_killed_anywhere_ends_after_a_rerun_as_if_undisturbed(
    house: FilingHouse, keep: Callable[..., Callable[[], None]]
) -> None:
    """K1, I1, I2, I4, I5, I6: twenty kills spread over the journey of one carrier, one rerun after each."""
    house.add_unit()
    house.open_year()
    house.file()
    look(house.centre)
    put_back = keep(house.sshd.files)
    variables = {
        "LANTAI_HOME": str(house.centre.settings.home),
        "LANTAI_TODAY": "2026-03-02",
        "LANTAI_SETTLE_SECONDS": "0",
        "LANTAI_LOOK_AGAIN_SECONDS": "0",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PATH": os.environ["PATH"],
    }
    taking_in = subprocess.Popen(
        [sys.executable, str(Path(__file__).parents[1] / "taking_in.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=variables,
    )
    try:
        steps = until(taking_in, 0)
        wanted = house.outcome()
        assert ("SL2025-JY-E001-R1", RoundState.ACCEPTED, 3, 1) in wanted["rounds"]

        # How often a lease is renewed depends on the time it takes, so a run may have a few steps less than the first.
        last = steps - steps // 10
        for at in sorted({1 + number * (last - 1) // (KILLS - 1) for number in range(KILLS)}):
            put_back()
            assert until(taking_in, at) == KILLED, f"the run ended before its step {at}"
            take_in(house.centre, "JY")

            assert house.outcome() == wanted, f"killed at step {at} of {steps}"
            assert not verify(house.centre).problems
    finally:
        taking_in.terminate()
        taking_in.wait(10)


def until(taking_in: subprocess.Popen[str], at: int) -> int:
    """Have the unit taken in until a change, or to its end for 0; return how many changes it made."""
    taking_in.stdin.write(f"{at}\n")
    taking_in.stdin.flush()
    return int(taking_in.stdout.readline())
