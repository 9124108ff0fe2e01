"""Stories of uploads that never become whole: waited for, answered when they have stalled, and never accepted.

Covers: journey.intake.collect, journey.intake.assess, journey.intake.receive.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from filing_house import FilingHouse
from lantai.edges.centre import Centre
from lantai.edges.clock import Clock
from lantai.edges.connections import load_connections
from lantai.edges.registry.centre.units import units
from lantai.edges.registry.intake.findings import findings_of
from lantai.edges.registry.intake.rounds import rounds
from lantai.formats.ledger import canonical
from lantai.journey.intake.assess import assess
from lantai.journey.intake.collect import Budget, collect
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import TakenIn, take_in
from lantai.locales import put
from lantai.records.intake.finding import Finding
from lantai.records.intake.submission import RoundState
from lantai.tasks.unit_report import lines_of_look, visits_of
from lantai.views.year import board
from lantai.views.year.board import BoardRow
from servers.openssh import OpenSsh

pytestmark = pytest.mark.server("sshd")

FIRST = date(2026, 3, 2)


@pytest.fixture
def house(centre: Centre, sshd: OpenSsh, tmp_path: Path) -> FilingHouse:
    """One unit, the year open, on 2 March; an upload stalls after three days."""
    house = FilingHouse(centre, sshd, tmp_path / "work")
    house.add_unit()
    house.open_year()
    return house


def days_later(house: FilingHouse, days: int) -> None:
    """The clock moves: so many days after the first."""
    clock = Clock(house.centre.settings.zone, FIRST + timedelta(days=days))
    house.centre = replace(house.centre, clock=clock)


def night(house: FilingHouse) -> TakenIn:
    """One run of take_in_filings; a unit without anything to take in is not asked."""
    looked = look(house.centre)
    return take_in(house.centre, "JY") if looked.ready else TakenIn("JY", unsettled=looked.unsettled)


def states(house: FilingHouse) -> list[tuple[int, RoundState]]:
    with house.centre.database.read() as connection:
        return [(found.round_no, found.state) for found in rounds(connection)]


def told(house: FilingHouse, carrier: str = "SL2025-JY-E001-R1") -> list[Finding]:
    with house.centre.database.read() as connection:
        return findings_of(connection, carrier)


def rules(house: FilingHouse) -> set[str]:
    return {finding.rule for finding in told(house)}


def on_the_board(house: FilingHouse) -> BoardRow:
    with house.centre.database.read() as connection:
        [row] = board.show(connection, 2025, house.centre.clock.today_on())
    return row


def cut_short(carrier: Path, folder: Path) -> None:
    """Two of three documents have not come yet."""
    for name in ("2.txt", "3.txt"):
        shutil.move(carrier / "data" / name, folder / name)


def test_stalled_upload_is_returned_with_every_missing_file_and_the_rest_makes_round_two(
    house: FilingHouse, tmp_path: Path
) -> None:
    """R1-42, R1-50, R1-49: left alone for three days, then answered; what comes later is the next round."""
    carrier = house.file()
    cut_short(carrier, tmp_path)

    early = night(house)
    looked = look(house.centre)
    zh, en = (put(looked.waiting["JY"][0], locale) for locale in ("zh", "en"))
    [(_, logged)] = lines_of_look(looked, visits_of(house.centre))
    seen = on_the_board(house)
    days_later(house, 2)
    still = night(house)
    before = (states(house), house.inbox(), house.centre.quarantine.ids())
    days_later(house, 4)
    returned = night(house)
    opinions = canonical.loads(house.inbox()["001.SL2025-JY-E001-R1.opinions.json"])
    idle = look(house.centre)
    for name in ("2.txt", "3.txt"):
        shutil.move(tmp_path / name, carrier / "data" / name)
    accepted = night(house)

    assert (early.unsettled, still.unsettled, before) == (1, 1, ([], {}, []))
    assert all(part in zh for part in ("data/2.txt，尚未到", "2026-03-05", "仍无变化即按现状退回"))
    assert all(part in en for part in ("lists data/2.txt", "2026-03-05", "returned as it is"))
    assert not re.search("[\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]", en)
    assert f"{zh} / not whole yet: {en}" in logged
    assert (seen.state, seen.waits_until_at.astimezone(house.centre.settings.zone).date()) == (
        "unfinished",
        date(2026, 3, 5),
    )
    assert (returned.returned, returned.answered) == (1, 1)
    said = "\n".join(finding["message"] for finding in opinions["findings"])
    assert [name in said for name in ("data/1.txt", "data/2.txt", "data/3.txt")] == [False, True, True]
    assert opinions["findings"][0]["rule"] == "upload_stalled"
    assert (dict(idle.ready), idle.unsettled, dict(idle.waiting)) == ({}, 0, {})
    assert accepted.accepted == 1
    assert states(house) == [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED)]
    assert "001.SL2025-JY-E001-R2.receipt.json" in house.inbox()


def test_upload_that_still_grows_is_never_taken(house: FilingHouse, tmp_path: Path) -> None:
    """S1: slow is not stalled; one more byte a day and the days are counted anew."""
    carrier = house.file()
    cut_short(carrier, tmp_path)
    growing = carrier / "data" / "2.txt"

    nights = []
    for day in range(0, 12, 2):
        days_later(house, day)
        with growing.open("ab") as file:
            file.write(b"x")
        nights.append(night(house))

    assert {(one.unsettled, one.returned) for one in nights} == {(1, 0)}
    assert states(house) == []


def test_file_touched_on_the_last_day_starts_the_days_anew(house: FilingHouse, tmp_path: Path) -> None:
    """S1: touched after, not a byte more."""
    carrier = house.file()
    cut_short(carrier, tmp_path)
    night(house)

    days_later(house, 2)
    os.utime(carrier / "data" / "1.txt", (1, 1))
    night(house)
    days_later(house, 4)
    waited = night(house)
    days_later(house, 6)
    returned = night(house)

    assert (waited.returned, returned.returned) == (0, 1)


@pytest.mark.parametrize("bytes_there", [1000, None])
@pytest.mark.parametrize("ending", [".filepart", ".part"])
def test_archive_under_the_name_of_a_half_upload_is_returned_whatever_is_in_it(
    house: FilingHouse, bytes_there: int | None, ending: str
) -> None:
    """R1-31, R1-42: even when every byte is there: its client has not said so; under its own name it is round two."""
    carrier = house.file()
    archive = Path(shutil.make_archive(str(carrier), "zip", carrier.parent, carrier.name))
    whole = archive.read_bytes()
    shutil.rmtree(carrier)
    half = archive.rename(archive.with_name(archive.name + ending))
    half.write_bytes(whole[:bytes_there])
    archive.with_name(archive.stem + ".ready").touch()

    night(house)
    days_later(house, 2)
    early = night(house)
    days_later(house, 4)
    returned = night(house)
    found = told(house)
    half.rename(archive)
    archive.write_bytes(whole)
    accepted = night(house)

    assert (early.unsettled, returned.returned, accepted.accepted) == (1, 1, 1)
    assert {finding.subject for finding in found if finding.rule == "file_half_uploaded"} == {f"001.zip{ending}"}
    assert states(house) == [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED)]
    assert {"001.SL2025-JY-E001-R1.opinions.pdf", "001.SL2025-JY-E001-R2.receipt.pdf"} <= set(house.inbox())


def test_half_that_cannot_say_its_number_is_round_one_of_the_package_that_can(house: FilingHouse) -> None:
    """R1-49: the folder is called otherwise than the carrier, and bag-info.txt had not come."""
    carrier = house.file(name="教育局2025", carrier_number="E-7")
    info = (carrier / "bag-info.txt").read_bytes()
    document = (carrier / "data" / "2.txt").read_bytes()
    (carrier / "bag-info.txt").unlink()
    (carrier / "data" / "2.txt").unlink()

    night(house)
    days_later(house, 4)
    night(house)
    (carrier / "bag-info.txt").write_bytes(info)
    (carrier / "data" / "2.txt").write_bytes(document)
    accepted = night(house)

    with house.centre.database.read() as connection:
        found = rounds(connection)
    assert accepted.accepted == 1
    assert {(this.submission_id, this.carrier_number) for this in found} == {("SL2025-JY-E001", "E-7")}
    assert [this.state for this in found] == [RoundState.SUPERSEDED, RoundState.ACCEPTED]


def test_folder_without_a_bag_that_holds_a_half_file_is_never_accepted(house: FilingHouse) -> None:
    """Perfect as far as its list of digests goes, which names the half file by its half name."""
    carrier = house.file()
    for name in ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "manifest-sm3.txt"):
        (carrier / name).unlink(missing_ok=True)
    for path in carrier.glob("tagmanifest-*"):
        path.unlink()
    (carrier / "data" / "1.txt").rename(carrier / "data" / "1.txt.filepart")
    listed = sorted(path for path in carrier.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(carrier)}\n" for path in listed]
    (carrier / "sha256sums.txt").write_text("".join(lines), encoding="utf-8")

    night(house)
    days_later(house, 4)
    returned = night(house)

    assert returned.returned == 1
    assert rules(house) >= {"upload_stalled", "file_half_uploaded"}
    assert {f.subject for f in told(house) if f.rule == "file_half_uploaded"} == {"data/1.txt.filepart"}


def test_folder_that_holds_nothing_is_never_answered(house: FilingHouse) -> None:
    """Silence of an empty folder is no upload; the duty stays open and is dunned for as any other."""
    (house.sshd.files / "JY" / "outbox" / "2025" / "空").mkdir(parents=True)

    night(house)
    days_later(house, 30)
    looked = look(house.centre)

    assert (dict(looked.ready), states(house), house.inbox()) == ({}, [], {})
    assert on_the_board(house).waits_until_at is None
    assert [put(each, "zh") for each in looked.waiting["JY"]] == ["空：目录为空"]


def test_unit_that_says_ready_is_not_kept_waiting(house: FilingHouse, tmp_path: Path) -> None:
    """Interfaces: `.ready` makes the gap a fault at once, as ever, and the round is an ordinary one."""
    carrier = house.file()
    cut_short(carrier, tmp_path)
    carrier.with_name("001.ready").touch()

    done = night(house)

    assert done.returned == 1
    assert "upload_stalled" not in rules(house)


def test_stalled_round_stays_one_after_a_kill_and_after_its_package_was_taken_away(
    house: FilingHouse, tmp_path: Path
) -> None:
    """K1, I1: killed between the round's row and its findings, then only the quarantine knows the package."""
    carrier = house.file()
    (carrier / "data" / "1.txt").rename(carrier / "data" / "1.txt.filepart")
    night(house)
    days_later(house, 4)
    centre = house.centre
    with centre.database.read() as connection:
        unit = units(connection, ["JY"])[0]
    with centre.lines.open(load_connections(centre.settings.connections_file)["sftp_JY"]) as line:
        [seen] = line.look([2025])[0]
        collected = collect(centre, line, "JY", seen, Budget.of(centre))
    assess(centre, unit, seen.package, collected, None, is_stalled=True)
    killed = states(house)

    shutil.rmtree(carrier)
    done = night(house)

    assert killed == [(1, RoundState.COLLECTED)]
    assert done.returned == 1
    assert rules(house) >= {"upload_stalled", "file_half_uploaded"}
