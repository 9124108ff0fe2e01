"""A run is killed just after a package has its round, and the unit takes the package away or renames it: the end is the same.

Covers: journey.intake.receive.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from filing_house import FilingHouse
from lantai.edges.centre import Centre
from lantai.journey.intake import take_in as taking_in
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import TakenIn, take_in
from servers.openssh import OpenSsh

pytestmark = pytest.mark.server("sshd")

CARRIER = "SL2025-JY-E001-R1"


class KilledError(BaseException):
    """The process is gone."""


@pytest.fixture
def house(centre: Centre, sshd: OpenSsh, tmp_path: Path) -> FilingHouse:
    house = FilingHouse(centre, sshd, tmp_path / "work")
    house.add_unit()
    house.open_year()
    return house


def outbox(house: FilingHouse) -> Path:
    return house.sshd.files / "JY" / "outbox" / "2025"


def killed(house: FilingHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take in until a round is given, and no further."""

    def dies(*_args: object, **_more: object) -> None:
        raise KilledError

    look(house.centre)
    with monkeypatch.context() as patch:
        patch.setattr(taking_in, "accept_or_return", dies)
        with pytest.raises(KilledError):
            take_in(house.centre, "JY")


def again(house: FilingHouse) -> TakenIn:
    look(house.centre)
    return take_in(house.centre, "JY")


def test_package_with_a_link_in_it_comes_back_and_is_not_accepted(
    house: FilingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I1: the link is not among the bytes that came, and was the only fault."""
    house.file()
    (outbox(house) / "001" / "data" / "link").symlink_to("/etc/passwd")
    killed(house, monkeypatch)
    shutil.rmtree(outbox(house) / "001")

    done = again(house)

    assert (done.accepted, done.returned) == (0, 1)
    assert "file_not_regular" in house.told(CARRIER)


def test_archive_that_cannot_be_taken_apart_is_answered_all_the_same(
    house: FilingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I2: nothing of it lies unpacked in the quarantine, and its round is not forgotten for that."""
    outbox(house).mkdir(parents=True, exist_ok=True)
    (outbox(house) / "001.zip").write_bytes(b"PK\x03\x04garbage" * 100)
    (outbox(house) / "001.ready").touch()
    killed(house, monkeypatch)
    for name in ("001.zip", "001.ready"):
        (outbox(house) / name).unlink()

    done = again(house)

    assert (done.accepted, done.returned) == (0, 1)
    assert set(house.told(CARRIER)) == {"archive_refused"}


def test_package_with_a_state_secret_comes_back_for_that_and_for_nothing_else(
    house: FilingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1-40: what was not picked up is not missing."""
    house.file(rows=[house.row("JY", 1, classification="机密"), house.row("JY", 2)])
    killed(house, monkeypatch)
    shutil.rmtree(outbox(house) / "001")

    again(house)

    assert set(house.told(CARRIER)) == {"classified_record", "not_picked_up"}


def test_package_that_was_renamed_meanwhile_is_one_round_and_leaves_nothing_behind(
    house: FilingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I4, I6: the same bytes are the same round, whatever they are called now."""
    house.file()
    killed(house, monkeypatch)
    (outbox(house) / "001").rename(outbox(house) / "002")
    if (outbox(house) / "001.ready").exists():
        (outbox(house) / "001.ready").rename(outbox(house) / "002.ready")

    done = again(house)
    later = again(house)

    assert (done.accepted, done.returned, later.accepted) == (1, 0, 0)
    assert house.centre.quarantine.ids() == []
