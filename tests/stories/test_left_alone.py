"""Stories of what is not taken in, or not yet, and of troubles that stop nobody else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from filing_house import FilingHouse
from lantai.edges.centre import Centre
from lantai.errors import KeyMissingError, LantaiError, UnexpectedError
from lantai.journey.intake.assess import assess
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.locales import put
from lantai.records.centre.unit import Unit
from lantai.records.intake.package import Package
from lantai.records.intake.submission import RoundState

pytestmark = pytest.mark.server("sshd")


def test_half_an_upload_is_left_alone_until_it_is_whole(house: FilingHouse, tmp_path: Path) -> None:
    """R1-42, S1."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    shutil.move(carrier / "data" / "2.txt", tmp_path / "late.txt")

    early = look(house.centre)
    shutil.move(tmp_path / "late.txt", carrier / "data" / "2.txt")
    late = look(house.centre)

    assert (dict(early.ready), early.unsettled) == ({}, 1)
    assert dict(late.ready) == {"JY": 1}


def test_what_lies_where_nobody_takes_it_is_named_and_the_rest_is_taken(house: FilingHouse) -> None:
    """I8, R1-24: a package in the folder of a year that was never opened is not nothing, nor is one beside the folders."""
    house.add_unit()
    house.open_year()
    good = house.file()
    outbox = good.parents[1]
    shutil.copytree(good, outbox / "2023" / "001")
    shutil.copytree(good, outbox / "忘了年度")
    (outbox / "2022").mkdir()
    (outbox / "2025" / "目录.xlsx").write_bytes(b"x")
    (outbox / "2025" / "link").symlink_to(good)
    for litter in (".DS_Store", "Thumbs.db", "001.ready", "002.filepart"):
        (outbox / "2025" / litter).write_bytes(b"x")

    looked = look(house.centre)
    done = take_in(house.centre, "JY")

    assert dict(looked.strays) == {
        "JY": ["outbox/2023", "outbox/2025/link", "outbox/2025/目录.xlsx", "outbox/忘了年度"]
    }
    assert (dict(looked.ready), done.accepted) == ({"JY": 1}, 1)


def test_folder_of_a_closed_year_is_no_stray(house: FilingHouse) -> None:
    """R1-24: the outbox is the unit's, and what it filed in earlier years stays there."""
    house.add_unit()
    house.open_year(2024)
    house.open_year(2025)
    house.file(year=2024)

    looked = look(house.centre, [2025])

    assert (dict(looked.strays), dict(looked.ready)) == ({}, {})


def test_fault_of_the_program_in_one_package_stops_no_other(
    house: FilingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1-50: it is named as what it is, the other package is accepted, and a rerun takes up the rest."""
    house.add_unit()
    house.open_year()
    house.file(name="001", carrier_number="001")
    house.file(name="002", carrier_number="002", rows=[house.row("JY", 4)])
    look(house.centre)

    def stumbling(centre: Centre, unit: Unit, package: Package, *rest: Any, **named: Any) -> Any:
        if package.raw_name == b"001":
            raise ZeroDivisionError("division by zero")
        return assess(centre, unit, package, *rest, **named)

    monkeypatch.setattr("lantai.journey.intake.take_in.assess", stumbling)
    with pytest.raises(UnexpectedError, match="JY: ZeroDivisionError"):
        take_in(house.centre, "JY")
    early = house.numbers()
    monkeypatch.undo()
    done = take_in(house.centre, "JY")

    assert early == {"SL2025-JY-E001": "002"}
    assert (done.accepted, house.states()) == (1, [(1, RoundState.ACCEPTED), (1, RoundState.ACCEPTED)])


def test_answer_that_cannot_be_delivered_stops_no_other_and_is_tried_again(house: FilingHouse) -> None:
    """I4: each answer by itself, and once."""
    house.add_unit()
    house.open_year()
    house.file(name="001", carrier_number="001")
    house.file(name="002", carrier_number="002", rows=[house.row("JY", 4)])
    in_the_way = house.sshd.files / "JY" / "inbox" / "2025" / "001.SL2025-JY-E001-R1.receipt.pdf"
    in_the_way.mkdir(parents=True)
    look(house.centre)
    with pytest.raises(LantaiError):
        take_in(house.centre, "JY")
    early = {path.name for path in in_the_way.parent.glob("*.json")}

    in_the_way.rmdir()
    done = take_in(house.centre, "JY")

    assert early == {"002.SL2025-JY-E002-R1.receipt.json"}
    assert (done.answered, len(house.inbox())) == (1, 6)


def test_unreachable_unit_is_unknown_and_the_others_are_taken_in(house: FilingHouse) -> None:
    """I8, S4: could not look is never nothing there."""
    house.add_unit("JY")
    house.add_unit("MZ")
    house.open_year()
    house.file("JY")
    house.connect("MZ", house.sshd.files / "elsewhere")

    looked = look(house.centre)
    done = take_in(house.centre, "JY")

    assert set(looked.unknown) == {"MZ"}
    assert house.board_state("MZ") == "unknown"
    assert done.accepted == 1


def test_changed_host_key_is_unknown_by_name(house: FilingHouse) -> None:
    """P1."""
    house.add_unit()
    house.open_year()
    stranger = (house.sshd.folder / "stranger_key.pub").read_text().split()
    house.connect("JY", house.sshd.files / "JY", host_key=" ".join(stranger[:2]))

    looked = look(house.centre)

    assert dict(looked.unknown) == {"JY": "HostKeyMismatchError"}


def test_package_that_was_taken_away_before_it_was_whole_is_forgotten(house: FilingHouse) -> None:
    """R11-03: the board says what is there now."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    (carrier / "data" / "2.txt").unlink()
    waiting = look(house.centre)
    seen = house.board_state()

    shutil.rmtree(carrier)
    look(house.centre)

    assert "data/2.txt" in put(waiting.waiting["JY"][0], "zh")
    assert (seen, house.board_state()) == ("unfinished", "open")


def test_package_taken_out_of_the_outbox_before_it_was_sealed_is_still_accepted(house: FilingHouse) -> None:
    """I2: what was received whole is not lost because its unit tidied up."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    recipients = house.centre.settings.recipients_file
    hidden = recipients.rename(recipients.with_suffix(".away"))
    look(house.centre)
    with pytest.raises(KeyMissingError):
        take_in(house.centre, "JY")

    hidden.rename(recipients)
    shutil.rmtree(carrier)
    looked = look(replace(house.centre))
    done = take_in(replace(house.centre), "JY")

    assert dict(looked.ready) == {"JY": 1}
    assert (done.accepted, done.records, done.answered) == (1, 3, 1)
