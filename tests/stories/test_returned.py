"""Stories of packages that go back to their unit: every fault by name, and nothing of them in the vault.

Covers: journey.intake.purge_returned.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from filing_house import FilingHouse
from lantai.edges import tables
from lantai.edges.clock import Clock
from lantai.formats.bag import tag_file
from lantai.formats.ledger import canonical
from lantai.journey.intake.checks.read_catalogue import MOST_CSV_BYTES
from lantai.journey.intake.look import look
from lantai.journey.intake.purge_returned import purge_returned
from lantai.journey.intake.take_in import take_in
from lantai.records.intake.submission import RoundState

pytestmark = pytest.mark.server("sshd")


def test_faulty_filing_is_returned_with_every_fault_and_the_next_one_is_round_two(house: FilingHouse) -> None:
    """R1-49, R1-50, R4-08: all faults in one go, a date to supplement by, both rounds stay."""
    house.add_unit()
    house.open_year()
    faulty = [
        house.row("JY", 1, title=""),
        house.row("JY", 2, retention="五年"),
        house.row("JY", 3, formed_on="2025-13-40"),
    ]
    house.file(rows=faulty)
    look(house.centre)
    first = take_in(house.centre, "JY")
    opinions = canonical.loads(house.inbox()["001.SL2025-JY-E001-R1.opinions.json"])

    house.file()
    look(house.centre)
    second = take_in(house.centre, "JY")

    assert (first.returned, first.accepted) == (1, 0)
    assert {finding["rule"] for finding in opinions["findings"]} >= {
        "field_missing",
        "retention_unknown",
        "date_unreadable",
    }
    assert opinions["supplement_by"] == date(2026, 3, 12).isoformat()
    assert all(finding["fix"] and finding["message"] for finding in opinions["findings"])
    assert (second.accepted, second.returned) == (1, 0)
    assert house.states() == [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED)]
    assert {"001.SL2025-JY-E001-R1.opinions.pdf", "001.SL2025-JY-E001-R2.receipt.json"} <= set(house.inbox())


def test_packages_of_one_number_in_one_run_each_get_their_answer(house: FilingHouse) -> None:
    """R1-49, R1-50: each took the place of the one before it, and only the last was answered."""
    house.add_unit()
    house.open_year()
    house.file(name="甲", rows=[house.row("JY", 1, title="")])
    house.file(name="乙", rows=[house.row("JY", 1, retention="长期", archival_code="")])
    house.file(name="丙", rows=[house.row("JY", 1, retention="五年")])

    look(house.centre)
    done = take_in(house.centre, "JY")

    answers = {name for name in house.inbox() if name.endswith(".json")}
    assert (done.returned, done.answered, len(answers)) == (3, 3, 3)
    assert {name.partition(".")[0] for name in answers} == {"甲", "乙", "丙"}
    assert [state for _, state in house.states()] == [RoundState.SUPERSEDED] * 2 + [RoundState.RETURNED]


def test_missing_file_is_named_when_the_unit_says_it_is_ready(house: FilingHouse) -> None:
    """R1-50: the unit's own word that it is ready makes the gap a fault."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    (carrier / "data" / "2.txt").unlink()
    carrier.with_name("001.ready").touch()

    look(house.centre)
    done = take_in(house.centre, "JY")

    assert done.returned == 1
    assert [(f["rule"], f["record_no"], f["message"]) for f in house.opinions()["findings"]] == [
        ("catalogue_file_missing", 3, "第 3 行列有 data/2.txt，包内没有。")
    ]


def test_changed_file_is_returned_and_never_sealed(house: FilingHouse) -> None:
    """R1-47, I1."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    path = carrier / "data" / "2.txt"
    path.write_bytes(path.read_bytes()[:-1] + b"X")

    look(house.centre)
    done = take_in(house.centre, "JY")

    assert done.returned == 1
    assert "digest_mismatch" in house.told("SL2025-JY-E001-R1")
    assert not (Path(house.centre.vault.first.name.removeprefix("file://")) / "carriers").exists()


def test_classified_record_is_refused_before_it_is_picked_up(house: FilingHouse) -> None:
    """R1-40, N11."""
    house.add_unit()
    house.open_year()
    house.file(rows=[house.row("JY", 1, classification="秘密")])

    look(house.centre)
    done = take_in(house.centre, "JY")

    (arrival,) = house.centre.quarantine.ids()
    brought = {file.path for file in house.centre.quarantine.finish(arrival)}

    assert done.returned == 1
    assert house.told("SL2025-JY-E001-R1") == {"classified_record", "not_picked_up"}
    assert brought == {"bagit.txt", "bag-info.txt"}


def test_record_marked_on_a_second_sheet_is_refused_before_it_is_picked_up(house: FilingHouse) -> None:
    """R1-40, N11: it was sealed, because only the first sheet was read."""
    house.add_unit()
    house.open_year()
    house.file(sheets={"目录": [house.row("JY", 1)], "涉密件": [house.row("JY", 2, classification="机密")]})

    look(house.centre)
    done = take_in(house.centre, "JY")
    (arrival,) = house.centre.quarantine.ids()
    brought = {file.path for file in house.centre.quarantine.finish(arrival)}
    named = [(f["rule"], f["sheet"], f["record_no"]) for f in house.opinions()["findings"]]

    assert (done.returned, brought) == (1, {"bagit.txt", "bag-info.txt"})
    assert named == [("classified_record", "涉密件", 2), ("not_picked_up", "", 0)]


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        ("xlsx", b"PK\x05\x06" + bytes(18)),
        ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("csv", '档号,题名\n1,"某事\n'.encode()),
        ("csv", b"x" * (MOST_CSV_BYTES + 1)),
    ],
)
def test_package_whose_catalogue_cannot_be_looked_through_is_not_picked_up(
    house: FilingHouse, ending: str, content: bytes
) -> None:
    """R1-40, N11, I8: it was picked up with whatever marks stood where nobody could read."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    (carrier / "metadata" / f"catalogue.{ending}").write_bytes(content)

    look(house.centre)
    done = take_in(house.centre, "JY")
    (arrival,) = house.centre.quarantine.ids()
    brought = {file.path for file in house.centre.quarantine.finish(arrival)}

    assert (done.returned, brought) == (1, {"bagit.txt", "bag-info.txt"})
    assert house.told("SL2025-JY-E001-R1") in (
        {"catalogue_unreadable", "marks_not_seen"},
        {"catalogue_over_limit", "marks_not_seen"},
    )


def test_mark_before_the_place_where_a_catalogue_breaks_off_is_told(house: FilingHouse) -> None:
    """R1-40, I8."""
    house.add_unit()
    house.open_year()
    carrier = house.file(rows=[house.row("JY", 1, classification="秘密")])
    with (carrier / "metadata" / "catalogue.csv").open("ab") as file:
        file.write(b'"')

    look(house.centre)
    take_in(house.centre, "JY")

    assert house.told("SL2025-JY-E001-R1") == {"catalogue_unreadable", "classified_record", "not_picked_up"}


def test_classified_record_that_was_removed_makes_the_next_package_round_two(house: FilingHouse) -> None:
    """R1-40, R1-49: what was not picked up is the same submission all the same."""
    house.add_unit()
    house.open_year()
    house.file(carrier_number="K-7", rows=[house.row("JY", 1, classification="机密")])
    look(house.centre)
    take_in(house.centre, "JY")

    house.file(carrier_number="K-7", rows=[house.row("JY", 1)])
    look(house.centre)
    done = take_in(house.centre, "JY")

    assert (done.accepted, house.states()) == (1, [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED)])
    assert house.numbers() == {"SL2025-JY-E001": "K-7"}


def test_classified_record_in_an_archive_is_found_when_it_is_here_and_does_not_stay(house: FilingHouse) -> None:
    """R1-40: an archive shows its catalogue only when it has come."""
    house.add_unit()
    house.open_year()
    carrier = house.file(rows=[house.row("JY", 1, classification="秘密")])
    shutil.make_archive(str(carrier), "zip", carrier.parent, carrier.name)
    shutil.rmtree(carrier)

    look(house.centre)
    done = take_in(house.centre, "JY")
    purge_returned(house.centre)

    assert (done.returned, house.told("SL2025-JY-E001-R1")) == (1, {"classified_record"})
    assert house.centre.quarantine.ids() == []


def test_marks_of_a_secret_anywhere_return_the_package_and_nothing_of_it_stays(house: FilingHouse) -> None:
    """R1-40, I6: the ordinary channel is no place for it, not even for the days that a returned package is kept."""
    house.add_unit()
    house.open_year()
    house.file(
        rows=[house.row("JY", 1, title="机密★3年 关于某事的请示"), house.row("JY", 2, files=("data/（秘密）.txt",))]
    )

    look(house.centre)
    done = take_in(house.centre, "JY")
    lying = house.centre.quarantine.ids()
    purged = purge_returned(house.centre)

    assert done.returned == 1
    assert {f["record_no"] for f in house.opinions()["findings"] if f["rule"] == "classified_mark"} == {0, 2}
    assert (len(lying), purged, house.centre.quarantine.ids()) == (1, 1, [])
    assert look(house.centre).ready == {}


@pytest.mark.parametrize("ending", ["rar", "7z", "tar.gz", "TGZ"])
def test_archive_of_a_kind_that_is_not_taken_comes_back_with_the_reason(house: FilingHouse, ending: str) -> None:
    """R1-31, R1-50: it was passed over in silence; the unit thought that it had filed."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    packed = Path(shutil.make_archive(str(carrier), "gztar", carrier.parent, carrier.name))
    packed.rename(carrier.with_name(f"001.{ending}"))
    shutil.rmtree(carrier)
    look(house.centre)
    first = take_in(house.centre, "JY")
    (opinion,) = house.opinions()["findings"]

    house.file()
    look(house.centre)
    second = take_in(house.centre, "JY")

    assert (first.returned, opinion["rule"]) == (1, "archive_refused")
    assert "rar、7z、tar.gz 等不受理" in opinion["message"]
    assert (second.accepted, house.states()) == (1, [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED)])


def test_archive_that_cannot_be_taken_apart_is_told_of_alone(house: FilingHouse) -> None:
    """R1-50: of what is in it nothing is known, so nothing is said to be missing."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    whole = Path(shutil.make_archive(str(carrier), "zip", carrier.parent, carrier.name))
    shutil.rmtree(carrier)
    good = whole.read_bytes()
    whole.write_bytes(good[:-40])

    look(house.centre)
    first = take_in(house.centre, "JY")
    told_first = house.told("SL2025-JY-E001-R1")
    whole.write_bytes(good)
    look(house.centre)
    second = take_in(house.centre, "JY")

    assert (first.returned, told_first) == (1, {"archive_refused"})
    assert (second.accepted, house.states()) == (1, [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED)])
    assert house.numbers() == {"SL2025-JY-E001": "001"}


def test_carrier_that_says_its_number_at_last_is_the_next_round_of_the_same_submission(house: FilingHouse) -> None:
    """R1-49: what came back without a number is mended, and no submission stays open for ever."""
    house.add_unit()
    house.open_year()
    carrier = house.file(name="报送", carrier_number="007")
    info = carrier / "bag-info.txt"
    info.write_text(info.read_text().replace("Carrier-Number: 007\n", ""))
    look(house.centre)
    take_in(house.centre, "JY")
    nameless = house.numbers()

    house.file(name="报送", carrier_number="007")
    house.file(name="另一", carrier_number="008", rows=[house.row("JY", n) for n in (4, 5)])
    look(house.centre)
    take_in(house.centre, "JY")

    assert nameless == {"SL2025-JY-E001": "报送"}
    assert house.numbers() == {"SL2025-JY-E001": "007", "SL2025-JY-E002": "008"}
    assert house.states() == [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED), (1, RoundState.ACCEPTED)]


def test_links_and_pipes_in_a_package_are_named_by_their_path(house: FilingHouse) -> None:
    """S2: not followed, not read, told to the unit."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    (carrier / "data" / "link.txt").symlink_to("/etc/passwd")
    os.mkfifo(carrier / "data" / "管道")

    look(house.centre)
    take_in(house.centre, "JY")

    assert {f["message"] for f in house.opinions()["findings"]} == {
        "data/link.txt 是链接或设备。",
        "data/管道 是链接或设备。",
    }


def test_archival_code_of_an_earlier_carrier_is_a_fault(house: FilingHouse) -> None:
    """N5: 档号 is unique and stable."""
    house.add_unit()
    house.open_year()
    house.file(name="001", carrier_number="001")
    look(house.centre)
    take_in(house.centre, "JY")

    house.file(name="002", carrier_number="002")
    look(house.centre)
    done = take_in(house.centre, "JY")

    assert done.returned == 1
    assert "archival_code_used_before" in house.told("SL2025-JY-E002-R1")


def test_returned_round_is_purged_when_its_time_is_over(house: FilingHouse) -> None:
    """I6: LANTAI_RETURNED_DAYS; the row and its findings stay, and that it was purged is an event."""
    house.add_unit()
    house.open_year()
    house.file(rows=[house.row("JY", 1, title="")])
    look(house.centre)
    take_in(house.centre, "JY")
    early = purge_returned(house.centre)
    kept = house.centre.quarantine.ids()
    later = replace(house.centre, clock=Clock(house.centre.settings.zone, date(2026, 4, 2)))

    purged = (purge_returned(later), purge_returned(later))

    assert (early, len(kept)) == (0, 1)
    assert purged == (1, 0)
    with house.centre.database.read() as connection:
        kinds = connection.execute(select(tables.event.c.kind)).scalars().all()
    assert kinds.count("quarantine_purged") == 1
    assert house.centre.quarantine.ids() == []
    assert house.states() == [(1, RoundState.RETURNED)]


def test_manifest_that_nobody_would_read_comes_back_by_name_and_the_others_are_taken_in(house: FilingHouse) -> None:
    """I8: one odd file does not make a unit unknown."""
    house.add_unit()
    house.open_year()
    odd = house.file(name="001", carrier_number="001")
    with (odd / "manifest-sha512.txt").open("wb") as manifest:
        manifest.truncate(tag_file.MOST_BYTES + 1)
    house.file(name="002", carrier_number="002", rows=[house.row("JY", 4)])

    looked = look(house.centre)
    done = take_in(house.centre, "JY")

    assert (dict(looked.unknown), dict(looked.ready)) == ({}, {"JY": 2})
    assert (done.returned, done.accepted) == (1, 1)
    assert "tag_file_too_large" in house.told("SL2025-JY-E001-R1")
