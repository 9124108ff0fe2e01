"""The same journey on PostgreSQL: intake, rerun, and a list of what is due, with real people and a real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from filing_house import FilingHouse
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.clock import Clock
from lantai.edges.database import Database, run_checks
from lantai.edges.keys import make_home_keys
from lantai.edges.migrations import upgrade
from lantai.journey.appoint import appoint
from lantai.journey.appraise import appraise
from lantai.journey.look import look
from lantai.journey.take_in import take_in
from lantai.journey.verify_ledger import verify
from lantai.records.disposal import ListKind
from lantai.records.person import Person, Role
from lantai.settings import Settings
from servers.openssh import OpenSsh

pytestmark = pytest.mark.server("sshd", "postgres", "initdb")


@pytest.fixture
def house(settings: Settings, postgres_url: str, sshd: OpenSsh, tmp_path: Path) -> Iterator[FilingHouse]:
    settings = replace(settings, registry_url=postgres_url)
    settings.home.mkdir(parents=True)
    make_home_keys(settings)
    database = Database(postgres_url)
    upgrade(database)
    centre = Centre(settings, Clock(settings.zone, date(2026, 3, 2)), database, "test:1:bbbb")
    yield FilingHouse(centre, sshd, tmp_path / "work")
    database.close()


def test_journey_ends_the_same_on_postgresql(house: FilingHouse) -> None:
    """Issue item 2: the same SQL files on both; R1-43 to R1-54, N2."""
    house.add_unit()
    house.open_year(2005)
    house.open_year(2025)
    code = f"{house.unit('JY').fonds_no}-WS·2005-D10-BGS-0001"
    house.file(year=2005, rows=[house.row("JY", 1, 2005, archival_code=code, retention="10年")])
    house.file(year=2025)
    appoint(house.centre, Person("P1", "甲"), [Role.PREPARER], date(2020, 1, 1), None, "system")

    look(house.centre)
    first = take_in(house.centre, "JY")
    second = take_in(house.centre, "JY")
    lists = appraise(house.centre, ListKind.DESTRUCTION, date(2026, 3, 2), None, "P1")
    again = appraise(house.centre, ListKind.DESTRUCTION, date(2026, 3, 2), None, "P1")

    assert (first.accepted, first.records, second.accepted) == (2, 4, 0)
    assert len(lists) == 1
    assert again == lists
    with house.centre.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(tables.record)).scalar_one() == 4
        assert not any(run_checks(connection).values())
    assert not verify(house.centre).problems
