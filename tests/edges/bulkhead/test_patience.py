"""How long a server is waited for: what it brings earns it time, and what a disk of ours takes costs it none."""

from __future__ import annotations

import pytest

from lantai.edges.bulkhead import patience
from lantai.edges.bulkhead.messages import ProgressTold
from lantai.edges.bulkhead.patience import LOCAL_SECONDS, NAMES_PER_SECOND, Window


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(patience, "monotonic", found)
    return found


@pytest.mark.parametrize(
    ("more", "ends_at"),
    [
        (ProgressTold(size_bytes=5999), 1060.0),
        (ProgressTold(size_bytes=6000), 1090.0),
        (ProgressTold(names=60 * NAMES_PER_SECOND), 1090.0),
        (ProgressTold(names=30 * NAMES_PER_SECOND, size_bytes=2999), 1060.0),
        (ProgressTold(names=30 * NAMES_PER_SECOND, size_bytes=3000), 1090.0),
    ],
)
def test_window_begins_anew_when_as_much_came_as_one_asks_for(clock: Clock, more: ProgressTold, ends_at: float) -> None:
    """C2."""
    window = Window(60, 100)
    clock.now += 30

    window.count(more)

    assert window.ends_at == ends_at


def test_what_came_in_an_earlier_window_earns_nothing_in_the_next(clock: Clock) -> None:
    """C2: a server that sends in bursts is given up between them."""
    window = Window(60, 100)
    clock.now += 30
    window.count(ProgressTold(size_bytes=8000))
    clock.now += 30

    window.count(ProgressTold(size_bytes=5000))

    assert window.ends_at == 1090.0


def test_disk_of_ours_is_waited_for_longer_and_the_server_anew_behind_it(clock: Clock) -> None:
    """C2."""
    window = Window(60, 100)
    clock.now += 10
    window.count(ProgressTold(is_local=True))
    local = window.ends_at
    clock.now += 500

    window.count(ProgressTold(names=1))

    assert local == 1010.0 + LOCAL_SECONDS
    assert window.ends_at == 1510.0 + 60


def test_only_what_a_disk_of_ours_took_is_not_held_against_the_server(clock: Clock) -> None:
    """S5."""
    window = Window(60, 100)
    clock.now += 10
    window.count(ProgressTold(names=1))
    before = window.local_seconds()
    window.count(ProgressTold(is_local=True))
    clock.now += 7
    meanwhile = window.local_seconds()
    window.count(ProgressTold(names=1))
    clock.now += 20
    window.count(ProgressTold(is_local=True))
    clock.now += 5

    assert (before, meanwhile) == (0.0, 7.0)
    assert window.local_seconds() == 12.0
