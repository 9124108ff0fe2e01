"""Who could not be looked at, or had not settled, is looked at again within the run.

Covers: journey.intake.look.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from filing_house import FilingHouse
from lantai.edges.bulkhead.open_lines import Lines
from lantai.edges.clock import Clock
from lantai.errors import UnexpectedError
from lantai.journey.intake import take_in as module
from lantai.journey.intake.look import look, look_again
from lantai.journey.intake.take_in import LAST_SHARE_SECONDS
from lantai.journey.intake.take_in_all import Watchers, take_in_all
from lantai.records.intake.reason import Reason
from lantai.records.intake.submission import RoundState

pytestmark = pytest.mark.server("sshd")


class Waits:
    """What is said before each pause; a cure is done at one of them."""

    def __init__(self, house: FilingHouse, cure_at: int) -> None:
        self.told: list[tuple[int, dict[str, str]]] = []
        self._house, self._cure_at = house, cure_at

    def __call__(self, seconds: int, unknown: Mapping[str, Reason]) -> None:
        self.told.append((seconds, {code: reason.message for code, reason in unknown.items()}))
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

    monkeypatch.setattr(Clock, "now_at", lambda self: real(self) + timedelta(seconds=passed[0]))
    monkeypatch.setattr(Clock, "wait", lambda _self, seconds: passed.__setitem__(0, passed[0] + seconds))
    house.centre.settings = replace(house.centre.settings, look_again_seconds=(30, 120, 300), settle_seconds=60)
    return house


def spoil(house: FilingHouse) -> None:
    path = house.centre.settings.connections_file
    known = json.loads(path.read_text())
    known["sftp_CZ"]["port"] = 1
    path.write_text(json.dumps(known))


def test_package_of_a_unit_that_comes_back_settles_and_is_taken_in_the_same_night(flaky: FilingHouse) -> None:
    """I8, R1-42: unknown first, then there with a package that has to rest: the pauses left are used for it."""
    waits = Waits(flaky, cure_at=1)

    done = take_in_all(flaky.centre, watchers=Watchers(on_wait=waits))

    assert [seconds for seconds, _ in waits.told] == [30, 120]
    assert flaky.states("CZ") == [(1, RoundState.ACCEPTED)]
    assert (dict(done.looked.unknown), done.failed) == ({}, {})


def test_every_pause_says_what_it_waits_for_and_the_run_says_so_at_its_end(flaky: FilingHouse) -> None:
    """I8, R1-42."""
    waits = Waits(flaky, cure_at=99)

    done = take_in_all(flaky.centre, watchers=Watchers(on_wait=waits))

    assert [seconds for seconds, _ in waits.told] == [30, 120, 300]
    assert all("127.0.0.1:1)" in unknown["CZ"] for _, unknown in waits.told)
    assert list(done.looked.unknown) == ["CZ"]


def test_with_no_pauses_nobody_is_waited_for(flaky: FilingHouse) -> None:
    """I8."""
    flaky.centre.settings = replace(flaky.centre.settings, look_again_seconds=())
    waits = Waits(flaky, cure_at=1)

    done = take_in_all(flaky.centre, watchers=Watchers(on_wait=waits))

    assert waits.told == []
    assert list(done.looked.unknown) == ["CZ"]


def test_what_time_cannot_cure_is_looked_at_once_more_and_not_waited_for(flaky: FilingHouse) -> None:
    """I8: somebody may have cured it: a look that is asked for again finds it so."""
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    flaky.connect("CZ", flaky.sshd.files / "CZ", host_key=key)
    waits = Waits(flaky, cure_at=99)
    first = look(flaky.centre)
    flaky.connect("CZ", flaky.sshd.files / "CZ")

    cured = look_again(flaky.centre, first.again, on_wait=waits)

    assert {code: reason.error_class for code, reason in first.again.items() if reason} == {
        "CZ": "HostKeyMismatchError"
    }
    assert (dict(cured.unknown), waits.told) == ({}, [])


def test_missing_outbox_is_called_by_its_name(flaky: FilingHouse) -> None:
    """I8."""
    flaky.connect("CZ", flaky.sshd.files / "elsewhere")

    first = look(flaky.centre)

    assert dict(first.unknown) == {"CZ": "OutboxMissingError"}
    assert "outbox" in first.messages["CZ"]


def test_whoever_ends_the_waiting_is_told_what_is_known(flaky: FilingHouse) -> None:
    """I8: what was taken in before the wait is not lost from the answer."""
    flaky.add_unit("JY")
    flaky.open_year()
    flaky.file("JY", name="001")
    flaky.centre.settings = replace(flaky.centre.settings, settle_seconds=0)

    def give_up(_seconds: int, _unknown: Mapping[str, Reason]) -> None:
        raise KeyboardInterrupt

    done = take_in_all(flaky.centre, watchers=Watchers(on_wait=give_up))

    assert done.is_cut_short
    assert list(done.looked.unknown) == ["CZ"]
    assert [one.unit_code for one in done.taken] == ["JY"]


def test_fault_of_the_program_at_one_unit_stops_no_other(house: FilingHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """S5: what nobody has a name for is that unit's too, at the look and at taking in."""
    for code in ("CZ", "JY", "MZ"):
        house.add_unit(code)
    house.open_year()
    for code in ("CZ", "JY", "MZ"):
        house.file(code)
    opened, taken = Lines.open, module.choose_packages

    def stumbling_open(self, connection, *rest):  # type: ignore[no-untyped-def]
        if connection.unit_code == "CZ":
            raise AttributeError("nobody expected this")
        return opened(self, connection, *rest)

    def stumbling_choice(connection, names, codes, years):  # type: ignore[no-untyped-def]
        if list(codes) == ["MZ"]:
            raise TypeError("nor this")
        return taken(connection, names, codes, years)

    monkeypatch.setattr(Lines, "open", stumbling_open)
    monkeypatch.setattr(module, "choose_packages", stumbling_choice)

    done = take_in_all(house.centre)

    assert dict(done.looked.unknown) == {"CZ": "UnexpectedError"}
    assert {code: type(error) for code, error in done.failed.items()} == {"MZ": UnexpectedError}
    assert house.states("JY") == [(1, RoundState.ACCEPTED)]


def test_unit_that_failed_once_is_no_failure_when_it_went_well_at_the_end(
    flaky: FilingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S5: it is taken in once more, with more time, when the others are done; a unit that nobody waits behind has all it needs."""
    for code in ("JY", "MZ"):
        flaky.add_unit(code)
    flaky.open_year()
    for code in ("JY", "MZ"):
        flaky.file(code)
    flaky.centre.settings = replace(flaky.centre.settings, settle_seconds=0)
    tries: list[str] = []
    shares: list[tuple[str, float | None]] = []
    opened, chosen = Lines.open, module.choose_packages

    def watched_open(self, connection, pace):  # type: ignore[no-untyped-def]
        shares.append((connection.unit_code, pace.share_seconds))
        return opened(self, connection, pace)

    def stumbling_choice(connection, names, codes, years):  # type: ignore[no-untyped-def]
        tries.extend(codes)
        if list(codes) == ["MZ"] and tries.count("MZ") == 1:
            raise TypeError("only once")
        return chosen(connection, names, codes, years)

    monkeypatch.setattr(Lines, "open", watched_open)
    monkeypatch.setattr(module, "choose_packages", stumbling_choice)

    done = take_in_all(flaky.centre)
    of_many, shares[:] = list(shares), []
    flaky.file("JY", name="002", carrier_number="002")
    take_in_all(flaky.centre, units=["JY"], looks_again=False)

    assert (done.failed, [one.unit_code for one in done.taken]) == ({}, ["JY", "MZ"])
    assert ("JY", None) not in of_many
    assert ("MZ", LAST_SHARE_SECONDS) in of_many
    assert ("JY", None) in shares


def test_connections_that_are_being_written_in_a_pause_end_nothing(flaky: FilingHouse) -> None:
    """S5: half a file is no reason to lose what the run has done; it is read again at the next look."""
    path = flaky.centre.settings.connections_file
    whole: list[str] = []

    def write_half(_seconds: int, _unknown: Mapping[str, Reason]) -> None:
        whole.append(path.read_text())
        path.write_text(whole[0][: len(whole[0]) // 2])

    done = take_in_all(flaky.centre, watchers=Watchers(on_wait=write_half))

    assert dict(done.looked.unknown) == {"CZ": "ConnectionConfigError"}
    assert done.failed == {}
