"""What the registry says of a filing once it is in: when it was due and came, what it holds, where its copies lie."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from filing_house import FilingHouse
from lantai.edges import tables
from lantai.edges.clock import Clock
from lantai.edges.registry.intake.rounds import rounds
from lantai.formats.ledger import canonical
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.records.centre.unit import DataForm
from lantai.records.custody.record import RecordStatus
from lantai.records.intake.round import Round

pytestmark = pytest.mark.server("sshd")


@pytest.fixture
def opened(house: FilingHouse) -> FilingHouse:
    """The year 2025 of one unit, whose filing is due by 30 June 2026."""
    house.add_unit()
    house.open_year()
    return house


def taken_in(house: FilingHouse, *codes: str) -> list[Round]:
    """Take units in and return all rounds there are, in order."""
    look(house.centre)
    for code in codes or ("JY",):
        take_in(house.centre, code)
    with house.centre.database.read() as connection:
        return rounds(connection)


@pytest.mark.parametrize(("day", "days_late"), [(date(2026, 6, 30), 0), (date(2026, 7, 1), 1), (date(2026, 7, 12), 12)])
def test_day_a_filing_was_due_the_moment_it_came_and_its_days_late_are_kept(
    opened: FilingHouse, day: date, days_late: int
) -> None:
    """R1-23: kept with the round, told on the receipt, and the same however long ago it was."""
    opened.centre.clock = Clock(opened.centre.settings.zone, day)
    opened.file()

    (found,) = taken_in(opened)
    opened.centre.clock = Clock(opened.centre.settings.zone, date(2027, 1, 5))
    (later,) = taken_in(opened)

    receipt = canonical.loads(opened.inbox()[f"001.{found.carrier_id}.receipt.json"])
    with opened.centre.database.read() as connection:
        (duty,) = connection.execute(select(tables.duty)).all()
        (row,) = connection.execute(select(tables.carrier)).all()
    assert (duty.deadline_on, duty.duty_id) == (date(2026, 6, 30), found.duty_id)
    assert (found.days_late, later.days_late, row.is_on_time) == (days_late, days_late, days_late == 0)
    assert found.received_at.astimezone(opened.centre.settings.zone).date() == day
    assert later.received_at == found.received_at
    assert receipt["days_late"] == days_late


def test_acceptance_has_a_number_and_a_time_that_no_rerun_changes(opened: FilingHouse) -> None:
    """R1-43: the number is on the receipt and leads to the round."""
    opened.file()
    (found,) = taken_in(opened)
    told = canonical.loads(opened.inbox()[f"001.{found.carrier_id}.receipt.json"])

    (again,) = taken_in(opened)

    assert found.submission_id
    assert (told["submission_id"], told["carrier_id"], told["round"]) == (found.submission_id, found.carrier_id, 1)
    assert (again.submission_id, again.received_at) == (found.submission_id, found.received_at)
    assert canonical.loads(opened.inbox()[f"001.{found.carrier_id}.receipt.json"]) == told


def test_carriers_of_one_number_have_ids_of_their_own_over_units_and_years(opened: FilingHouse) -> None:
    """R1-34, R13-01: every unit and every year may call its carrier 001."""
    opened.add_unit("GA")
    opened.open_year(2024)
    for code, year in (("JY", 2025), ("JY", 2024), ("GA", 2025), ("GA", 2024)):
        opened.file(code, year=year, carrier_number="001")

    found = taken_in(opened, "JY", "GA")

    assert {each.carrier_number for each in found} == {"001"}
    assert {(each.unit_code, each.filing_year) for each in found} == {
        (code, year) for code in ("JY", "GA") for year in (2024, 2025)
    }
    assert len({each.carrier_id for each in found}) == len({each.submission_id for each in found}) == 4
    for each in found:
        assert each.unit_code in each.carrier_id
        assert str(each.filing_year) in each.carrier_id


def test_accepted_carrier_has_its_entry_and_every_record_its_own(opened: FilingHouse) -> None:
    """R1-54: unit, year, form, count, size and digest; of each record what the catalogue says and the digests of its files."""
    carrier = opened.file()
    sent = {path.name: path.read_bytes() for path in (carrier / "data").iterdir()}

    (found,) = taken_in(opened)

    with opened.centre.database.read() as connection:
        records = connection.execute(select(tables.record).order_by(tables.record.c.record_id)).all()
        files = connection.execute(select(tables.record_file).order_by(tables.record_file.c.record_id)).all()
    assert (found.unit_code, found.filing_year, found.data_form) == ("JY", 2025, DataForm.E_DOCUMENT)
    assert found.record_count == len(records) == len(sent) == 3
    everything = [path for path in carrier.rglob("*") if path.is_file()]
    assert (found.file_count, found.size_bytes) == (len(everything), sum(path.stat().st_size for path in everything))
    assert found.manifest_sha256 is not None
    assert [row.archival_code[-4:] for row in records] == ["0001", "0002", "0003"]
    assert [(row.title, row.status) for row in records] == [
        (f"关于第{number}次会议安排的通知", RecordStatus.KEPT.value) for number in (1, 2, 3)
    ]
    assert [(row.path, row.sha256, row.sm3) for row in files] == [
        (f"data/{name}", hashlib.sha256(body).hexdigest(), hashlib.new("sm3", body).hexdigest())
        for name, body in sorted(sent.items())
    ]


def test_every_copy_of_an_accepted_carrier_is_named_with_place_and_moment_and_is_what_was_signed(
    opened: FilingHouse,
) -> None:
    """R1-53: read back at each place before the receipt said so."""
    opened.file()

    (found,) = taken_in(opened)

    with opened.centre.database.read() as connection:
        copies = connection.execute(select(tables.copy).order_by(tables.copy.c.place)).all()
    settings = opened.centre.settings
    assert [copy.place for copy in copies] == sorted([settings.vault_url, *settings.copy_urls])
    assert len(copies) == 2
    for copy in copies:
        manifest = Path(copy.place.removeprefix("file://")) / "carriers" / found.carrier_id / "manifest.g1.json"
        assert (copy.state, copy.generation) == ("verified", 1)
        assert hashlib.sha256(manifest.read_bytes()).hexdigest() == copy.manifest_sha256 == found.manifest_sha256
        assert copy.verified_at >= found.received_at
