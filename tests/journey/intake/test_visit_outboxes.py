"""One visit to the outboxes of units: what is ready, what waits, what strays, and of whom nothing is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from filing_house import FilingHouse
from lantai.edges.bulkhead.patience import Pace
from lantai.edges.connections import connections_of
from lantai.journey.intake.choose_packages import choose_packages
from lantai.journey.intake.visit_outboxes import OutboxesSeen, WantedPackages, visit_outboxes
from lantai.locales import LOCALES, put

pytestmark = pytest.mark.server("sshd")


def visited(house: FilingHouse, *codes: str, carriers: list[str] | None = None) -> tuple[OutboxesSeen, list[str]]:
    """Visit units once; return what was found, and who was told to be ready meanwhile."""
    centre, found, told = house.centre, OutboxesSeen(), []
    with centre.database.read() as connection:
        wanted = WantedPackages([2025], choose_packages(connection, carriers, codes, [2025]), Pace())
    servers = connections_of(centre.settings.connections_file, codes)
    assert visit_outboxes(centre, servers, wanted, found, None, told.append) == len(codes)
    return found, told


def test_each_unit_is_told_by_what_lies_in_its_outbox(house: FilingHouse) -> None:
    """R1-42, I8: what cannot be looked at is unknown, and stops no other."""
    house.add_unit()
    whole = house.file()
    (whole.parent / "note.txt").write_bytes(b"for you")
    half = house.add_unit("WH") / "outbox" / "2025" / "002"
    half.mkdir(parents=True)
    (half / "a.txt.filepart").write_bytes(b"a")
    (house.add_unit("CZ") / "outbox").rmdir()
    house.open_year()
    house.centre = replace(house.centre, settings=replace(house.centre.settings, settle_seconds=0))

    found, told = visited(house, "CZ", "JY", "WH")

    assert (found.ready, told) == ({"JY": 1}, ["JY"])
    assert found.strays["JY"] == ["outbox/2025/note.txt"]
    assert (found.unsettled, found.unfinished["WH"]) == ({"WH": 1}, 1)
    zh, en = (put(found.waiting["WH"][0], locale) for locale in LOCALES)
    assert zh.startswith("002：a.txt.filepart 尚在上传；至 ")
    assert en.startswith("002: a.txt.filepart is still on its way; returned as it is ")
    assert found.reasons()["CZ"].error_class == "OutboxMissingError"
    assert sorted(package.name for package in found.seen) == ["001", "002"]


def test_package_that_has_not_rested_is_worth_another_visit(house: FilingHouse) -> None:
    """R1-42: it is whole, and only has to be found the same once more."""
    house.add_unit()
    house.file()
    house.open_year()
    house.centre = replace(house.centre, settings=replace(house.centre.settings, settle_seconds=3600))

    found, told = visited(house, "JY")

    assert (found.ready, found.unsettled, told) == ({}, {"JY": 1}, [])
    assert found.resting() == {"JY"}
    found.forget("JY")
    assert found.told(1).unsettled == 0


def test_package_that_nobody_asked_for_is_seen_and_not_counted(house: FilingHouse) -> None:
    """interfaces: take_in_filings by hand with the names of packages."""
    house.add_unit()
    house.file(name="001")
    house.file(name="002", carrier_number="002")
    house.open_year()

    found, _ = visited(house, "JY", carriers=["002"])

    assert len(found.seen) == 2
    assert found.ready.get("JY", 0) + found.unsettled.get("JY", 0) == 1
