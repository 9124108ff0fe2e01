"""Stories of backup chains: an incremental backup is worth nothing without the full one it builds on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update

from factories_disposal import ON, approve, decide_all, draft, make_people, state_of, witness
from filing_house import FilingHouse
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.registry.intake.findings import findings_of
from lantai.errors import NotPermittedError
from lantai.journey.disposal.acts.destroy import destroy, prepare
from lantai.journey.disposal.appraise import appraise
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.records.centre.unit import DataForm
from lantai.records.custody.record import Retention
from lantai.records.disposal.lists import ListKind
from lantai.records.intake.carrier import BackupStrategy
from servers.openssh import OpenSsh

pytestmark = pytest.mark.server("sshd")

FULL, ADDED = "SL2025-GT-B001-R1", "SL2025-GT-B002-R1"
DUE_ON = date(2026, 1, 1)


@pytest.fixture
def house(centre: Centre, sshd: OpenSsh, tmp_path: Path) -> FilingHouse:
    """A unit whose full backup 001 and incremental backup 002 were accepted."""
    house = FilingHouse(centre, sshd, tmp_path / "work")
    make_people(centre)
    house.add_unit("GT", forms=(DataForm.BUSINESS_DATA,))
    house.open_year()
    send(house, "001", BackupStrategy.FULL)
    send(house, "002", BackupStrategy.INCREMENTAL, "001")
    return house


def send(house: FilingHouse, name: str, strategy: BackupStrategy, base: str = "") -> None:
    house.file(
        "GT",
        name=name,
        data_form=DataForm.BUSINESS_DATA,
        strategy=strategy,
        base_carrier=base,
        retention=Retention.D10,
        description="户籍库快照",
    )
    look(house.centre)
    take_in(house.centre, "GT")


def fall_due(house: FilingHouse, *carrier_ids: str) -> None:
    """Let ten years pass over the records of these carriers."""
    table = tables.record
    with house.centre.database.begin() as connection:
        aged = {"destroy_due_on": DUE_ON, "formed_on": date(2015, 5, 4)}
        connection.execute(update(table).where(table.c.carrier_id.in_(carrier_ids)).values(aged))


def destroyed(house: FilingHouse, list_id: str) -> None:
    decide_all(house.centre, list_id, [1])
    approve(house.centre, list_id)
    prepare(house.centre)
    witness(house.centre, list_id)
    destroy(house.centre, list_id, "C01")
    witness(house.centre, list_id)
    destroy(house.centre, list_id, "C01")
    assert state_of(house.centre, list_id) == "done"


def test_incremental_backup_is_accepted_on_its_full_one_and_remembers_it(house: FilingHouse) -> None:
    """R1-15."""
    with house.centre.database.read() as connection:
        table = tables.carrier
        found = connection.execute(select(table.c.carrier_id, table.c.state, table.c.base_carrier_id)).all()

    assert set(map(tuple, found)) == {(FULL, "accepted", None), (ADDED, "accepted", FULL)}


def test_base_of_a_live_chain_is_not_proposed_and_comes_up_when_the_chain_is_gone(house: FilingHouse) -> None:
    """vault.md, destruction 1; R1-15: the incremental backup goes first, then what it was built on."""
    fall_due(house, FULL, ADDED)

    first = draft(house.centre)
    destroyed(house, first)

    assert records_of(house, first) == [f"{ADDED}-00001"]
    second = draft(house.centre)
    assert records_of(house, second) == [f"{FULL}-00001"]
    destroyed(house, second)


def test_chain_that_began_after_the_approval_stops_the_destruction_of_its_base(house: FilingHouse) -> None:
    """I3; vault.md, destruction 1: looked at again at the act, every shortfall named; nothing is erased."""
    fall_due(house, FULL, ADDED)
    destroyed(house, draft(house.centre))
    approved = draft(house.centre)
    decide_all(house.centre, approved, [1])
    approve(house.centre, approved)
    prepare(house.centre)
    witness(house.centre, approved)
    send(house, "003", BackupStrategy.DIFFERENTIAL, "001")

    with pytest.raises(NotPermittedError, match=r"row 1: SL2025-GT-B003-R1 builds on it and is kept"):
        destroy(house.centre, approved, "C01")

    with house.centre.database.read() as connection:
        table = tables.record
        assert connection.execute(select(table.c.status).where(table.c.carrier_id == FULL)).scalar_one() == "kept"


def test_backup_on_a_base_that_was_destroyed_is_returned(house: FilingHouse) -> None:
    """R1-15: a chain gap is an error."""
    fall_due(house, FULL, ADDED)
    destroyed(house, draft(house.centre))
    destroyed(house, draft(house.centre))

    send(house, "003", BackupStrategy.INCREMENTAL, "001")

    with house.centre.database.read() as connection:
        assert "base_carrier_missing" in {f.rule for f in findings_of(connection, "SL2025-GT-B003-R1")}
    assert appraise(house.centre, ListKind.DESTRUCTION, ON, actor="P01") == []


def records_of(house: FilingHouse, list_id: str) -> list[str]:
    table = tables.list_row
    with house.centre.database.read() as connection:
        return list(connection.execute(select(table.c.record_id).where(table.c.list_id == list_id)).scalars())
