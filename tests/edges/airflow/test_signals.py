"""A command that has started servers is ended in one way only, and stops them undisturbed."""

from __future__ import annotations

import os
import signal

import pytest

from lantai.edges.airflow.signals import DISTURBS, ENDS, ended_as_by_ctrl_c, undisturbed


def handlers() -> dict[int, object]:
    return {number: signal.getsignal(number) for number in DISTURBS}


@pytest.mark.parametrize("number", ENDS)
def test_signal_to_end_unwinds_as_ctrl_c_does_and_means_what_it_meant_afterwards(number: signal.Signals) -> None:
    given = {each: signal.signal(each, signal.SIG_DFL) for each in ENDS}  # The tests themselves may run under nohup.
    try:
        before = handlers()
        with pytest.raises(KeyboardInterrupt), ended_as_by_ctrl_c():
            os.kill(os.getpid(), number)
        after = handlers()
    finally:
        for each, handler in given.items():
            signal.signal(each, handler)

    assert after == before


def test_terminal_that_is_closed_ends_nothing_that_runs_under_nohup() -> None:
    given = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_as_by_ctrl_c():
            os.kill(os.getpid(), signal.SIGHUP)
            lived_on = True
        kept = signal.getsignal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, given)

    assert lived_on
    assert kept is signal.SIG_IGN


@pytest.mark.parametrize("number", DISTURBS)
def test_second_signal_disturbs_nobody_who_stops_servers(number: signal.Signals) -> None:
    before, stopped = handlers(), []

    with undisturbed():
        os.kill(os.getpid(), number)
        stopped.append("server")

    assert stopped == ["server"]
    assert handlers() == before
