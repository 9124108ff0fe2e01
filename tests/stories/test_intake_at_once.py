"""The same intake run several times at once, and several units' at once: one effect each.

Covers: journey.intake.look_ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from at_once import at_once, crew
from factories_disposal import events
from filing_house import FilingHouse
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.database.database import run_checks
from lantai.edges.registry.intake.packages import note_look, note_package
from lantai.errors import LantaiError, LeaseLostError
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.journey.ledger.verify_ledger import verify
from lantai.journey.year.open_year import open_year
from lantai.records.intake.carrier import Packaging
from lantai.records.intake.package import Package
from servers.openssh import OpenSsh

pytestmark = [pytest.mark.server("sshd"), pytest.mark.both_databases]

UNITS = ("JY", "WS", "CZ")


@pytest.fixture
def house(centre: Centre, sshd: OpenSsh, tmp_path: Path) -> FilingHouse:
    house = FilingHouse(centre, sshd, tmp_path / "work")
    for code in UNITS:
        house.add_unit(code)
    return house


@pytest.fixture
def workers(house: FilingHouse) -> Iterator[list[Centre]]:
    with crew(house.centre, len(UNITS)) as found:
        yield found


def errors(found: list[object]) -> set[type]:
    return {type(each) for each in found if isinstance(each, LantaiError)}


def is_sound(centre: Centre) -> bool:
    with centre.database.read() as connection:
        checked = run_checks(connection)
    return not any(checked.values()) and not verify(centre).problems


def test_year_opened_three_times_at_once_is_opened_once(workers: list[Centre]) -> None:
    """R1."""
    found = at_once([partial(open_year, worker, 2025, "system") for worker in workers])

    assert errors(found) == set()
    assert sorted(each.is_new for each in found) == [False, False, True]
    assert sum(each.new_duties for each in found) == len(UNITS)
    assert events(workers[0], "year_opened") == ["2025"]


def test_outboxes_looked_at_three_times_at_once_are_seen_alike(house: FilingHouse, workers: list[Centre]) -> None:
    """R1: a look by the DAG and one by hand, at packages that nobody has seen before."""
    house.open_year()
    for code in UNITS:
        house.file(code)

    found = at_once([partial(look, worker) for worker in workers])

    assert errors(found) == set()
    assert [(dict(each.ready), dict(each.unknown)) for each in found] == [(dict.fromkeys(sorted(UNITS), 1), {})] * 3
    with house.centre.database.read() as connection:
        assert len(connection.execute(tables.package_seen.select()).all()) == len(UNITS)


def test_package_that_several_looks_see_first_is_remembered_once(house: FilingHouse, workers: list[Centre]) -> None:
    """R1: the same between two statements."""

    def see(worker: Centre, number: int) -> None:
        with worker.database.begin() as connection:
            now_at = worker.clock.now_at()
            package = Package(2025, b"%d" % number, Packaging.FOLDER, "f" * 64)
            note_package(connection, "JY", package, now_at, is_whole=True)
            note_look(connection, UNITS[number % 3], now_at, None)

    found = [each for number in range(12) for each in at_once([partial(see, worker, number) for worker in workers])]

    assert errors(found) == set()
    with house.centre.database.read() as connection:
        assert len(connection.execute(tables.package_seen.select()).all()) == 12


def test_unit_taken_in_three_times_at_once_is_taken_in_once(house: FilingHouse, workers: list[Centre]) -> None:
    """R1, I4: by the schedule, by hand, and by a map index that was cleared."""
    house.open_year()
    house.file()
    look(house.centre)

    found = at_once([partial(take_in, worker, "JY") for worker in workers])
    again = take_in(house.centre, "JY")

    assert errors(found) <= {LeaseLostError}
    assert sum(each.accepted for each in found if not isinstance(each, LantaiError)) == 1
    assert (again.accepted, again.answered) == (0, 0)
    for kind in ("carrier_received", "carrier_sealed", "carrier_accepted"):
        assert events(house.centre, kind) == ["SL2025-JY-E001-R1"]
    assert set(house.inbox()) == {
        "001.SL2025-JY-E001-R1.receipt.json",
        "001.SL2025-JY-E001-R1.receipt.pdf",
        "001.SL2025-JY-E001-R1.receipt.sig",
    }
    assert is_sound(house.centre)


def test_units_taken_in_at_once_do_not_hinder_each_other(house: FilingHouse, workers: list[Centre]) -> None:
    """R1.f: mapped tasks; each makes checkpoints over what all have done."""
    house.open_year()
    for code in UNITS:
        house.file(code)
    look(house.centre)

    found = at_once([partial(take_in, worker, code) for worker, code in zip(workers, UNITS, strict=True)])

    assert errors(found) == set()
    assert [(each.accepted, each.records, each.answered) for each in found] == [(1, 3, 1)] * 3
    assert is_sound(house.centre)
