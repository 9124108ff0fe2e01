"""Who could not be looked at, or had not settled, is looked at again within the run (I8, R1-42)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from filing_house import FilingHouse
from lantai.edges.clock import Clock
from lantai.errors import UnexpectedError
from lantai.journey.look import look, look_again
from lantai.journey.take_in_all import Watchers, take_in_all
from lantai.records.submission import RoundState

pytestmark = pytest.mark.server("sshd")


class Waits:
    """What is said before each pause; a cure is done at one of them."""

    def __init__(self, house: FilingHouse, cure_at: int) -> None:
        self.told: list[tuple[int, dict[str, str]]] = []
        self._house, self._cure_at = house, cure_at

    def __call__(self, seconds: int, unknown: Mapping[str, str]) -> None:
        self.told.append((seconds, dict(unknown)))
        if len(self.told) == self._cure_at:
            self._house.connect("CZ", self._house.sshd.files / "CZ")


@pytest.fixture
def flaky(house: FilingHouse, monkeypatch: pytest.MonkeyPatch) -> FilingHouse:
    """One unit out of reach, with a package in its outbox; time passes as it is waited for."""
    house.add_unit("CZ")
    house.open_year()
    house.file("CZ")
    house.connect("CZ", house.sshd.files / "CZ")
    spoil(house)
    passed = [0.0]
    real = Clock.now_at
    from datetime import timedelta

    monkeypatch.setattr(Clock, "now_at", lambda self: real(self) + timedelta(seconds=passed[0]))
    monkeypatch.setattr(Clock, "wait", lambda _self, seconds: passed.__setitem__(0, passed[0] + seconds))
    house.centre.settings = replace(house.centre.settings, look_again_seconds=(30, 120, 300), settle_seconds=60)
    return house


def spoil(house: FilingHouse) -> None:
    import json

    path = house.centre.settings.connections_file
    known = json.loads(path.read_text())
    known["sftp_CZ"]["port"] = 1
    path.write_text(json.dumps(known))


def test_package_of_a_unit_that_comes_back_settles_and_is_taken_in_the_same_night(flaky: FilingHouse) -> None:
    """Unknown first, then there with a package that has to rest: the pauses left are used for it."""
    waits = Waits(flaky, cure_at=1)

    done = take_in_all(flaky.centre, watchers=Watchers(on_wait=waits))

    assert [seconds for seconds, _ in waits.told] == [60, 120]
    assert flaky.states("CZ") == [(1, RoundState.ACCEPTED)]
    assert (dict(done.looked.unknown), done.failed) == ({}, {})


def test_every_pause_says_what_it_waits_for_and_the_run_says_so_at_its_end(flaky: FilingHouse) -> None:
    waits = Waits(flaky, cure_at=99)

    done = take_in_all(flaky.centre, watchers=Watchers(on_wait=waits))

    assert [seconds for seconds, _ in waits.told] == [60, 120, 300]
    assert all("127.0.0.1:1)" in unknown["CZ"] for _, unknown in waits.told)
    assert list(done.looked.unknown) == ["CZ"]


def test_with_no_pauses_nobody_unknown_is_looked_at_again(flaky: FilingHouse) -> None:
    flaky.centre.settings = replace(flaky.centre.settings, look_again_seconds=())
    waits = Waits(flaky, cure_at=1)

    first = look(flaky.centre)
    done = take_in_all(flaky.centre, watchers=Watchers(on_wait=waits))

    assert (first.again, waits.told) == ((), [])
    assert list(done.looked.unknown) == ["CZ"]


def test_wrong_host_key_is_not_asked_again(flaky: FilingHouse) -> None:
    """Only what time may cure is worth waiting for."""
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    flaky.connect("CZ", flaky.sshd.files / "CZ", host_key=key)

    first = look(flaky.centre)

    assert (list(first.unknown.values()), first.again) == (["HostKeyMismatchError"], ())
    assert look_again(flaky.centre, []).looked_count == 0


def test_fault_of_the_program_at_one_unit_stops_no_other(house: FilingHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """S5: what nobody has a name for is that unit's too, at the look and at taking in."""
    for code in ("CZ", "JY", "MZ"):
        house.add_unit(code)
    house.open_year()
    for code in ("CZ", "JY", "MZ"):
        house.file(code)
    from lantai.edges.bulkhead.line import Lines
    from lantai.journey import take_in as module

    opened, taken = Lines.open, module.choose

    def stumbling_open(self, connection, *rest):  # type: ignore[no-untyped-def]
        if connection.unit_code == "CZ":
            raise AttributeError("nobody expected this")
        return opened(self, connection, *rest)

    def stumbling_choose(connection, names, codes, years):  # type: ignore[no-untyped-def]
        if list(codes) == ["MZ"]:
            raise TypeError("nor this")
        return taken(connection, names, codes, years)

    monkeypatch.setattr(Lines, "open", stumbling_open)
    monkeypatch.setattr(module, "choose", stumbling_choose)

    done = take_in_all(house.centre)

    assert dict(done.looked.unknown) == {"CZ": "UnexpectedError"}
    assert {code: type(error) for code, error in done.failed.items()} == {"MZ": UnexpectedError}
    assert house.states("JY") == [(1, RoundState.ACCEPTED)]
