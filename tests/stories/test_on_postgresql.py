"""The whole journey on PostgreSQL: from a department's outbox to the archive's receipt and a certificate of destruction."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from factories_disposal import statuses
from filing_house import FilingHouse
from lantai.demo.county import archive, desk
from lantai.demo.county.desk import Opinion, Shown
from lantai.demo.county.people import ARCHIVIST, AUDITOR, CUSTODIAN, Player, settle_in
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.database.database import run_checks
from lantai.edges.keys.files import DISPOSAL, INTAKE, LOG, key_files, load_identities, load_verifier
from lantai.errors import NotPermittedError
from lantai.journey.custody.restore import restore
from lantai.journey.disposal.acts import destroy, transfer
from lantai.journey.disposal.appraise import appraise
from lantai.journey.disposal.hold import hold, lift
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.journey.ledger.checkpoint import newest_note
from lantai.journey.ledger.verify_ledger import verify
from lantai.journey.ledger.verify_receipt import verify_receipt
from lantai.records.disposal.hold import HoldScope
from lantai.records.disposal.lists import DisposalList, ListKind, ListState
from lantai.records.intake.catalogue_entry import CatalogueRow
from servers.openssh import OpenSsh

pytestmark = pytest.mark.server("sshd", "postgres", "initdb")

OLD = "SL2005-JY-E001-R1"
TODAY = date(2026, 3, 2)


@pytest.fixture
def registry_on() -> str:
    return "postgresql"


@pytest.fixture
def house(centre: Centre, sshd: OpenSsh, tmp_path: Path) -> FilingHouse:
    house = FilingHouse(centre, sshd, tmp_path / "work")
    house.add_unit()
    house.open_year(2005)
    house.open_year(2025)
    house.file(year=2005, rows=old_records(house))
    house.file(year=2025)
    settle_in(centre, {})
    return house


def old_records(house: FilingHouse) -> list[CatalogueRow]:
    """Five records of 2005: two for the archive, three whose ten years are over."""
    periods = {"Y": ("永久", (1, 2)), "D10": ("10年", (1, 2, 3))}
    places = [(mark, words, number) for mark, (words, numbers) in periods.items() for number in numbers]
    fonds = house.unit("JY").fonds_no
    return [
        house.row(
            "JY",
            place,
            2005,
            archival_code=f"{fonds}-WS·2005-{mark}-BGS-{number:04d}",
            item_no=str(number),
            retention=words,
            title=f"关于第{place}项工作的{'决定' if mark == 'Y' else '通知'}",
        )
        for place, (mark, words, number) in enumerate(places, start=1)
    ]


def think(member: Player, kind: ListKind, shown: Shown) -> Opinion:
    """Everything may go, but for the last record, which every member wants kept for ten more years."""
    if kind is ListKind.DESTRUCTION and "第5项" in " ".join(shown.values()):
        return Opinion(True, "编史参考", 10)
    return Opinion(False, "同意")


def drafted(centre: Centre, kind: ListKind) -> DisposalList:
    (list_id,) = appraise(centre, kind, TODAY, actor=ARCHIVIST.person_id)
    (chosen,) = [each for each in desk.lists_in(centre, kind, ListState.DRAFT) if each.list_id == list_id]
    return chosen


def event_counts(centre: Centre) -> Counter[str]:
    with centre.database.read() as connection:
        return Counter(row.kind for row in connection.execute(tables.event.select()))


def test_journey_ends_on_postgresql_as_it_should(house: FilingHouse, tmp_path: Path) -> None:
    """R1-43, R1-48, R9-19, I1, I2, I3, I4, I5, I6, N2, N3, N7: one filing year from outbox to certificate."""
    centre, there = house.centre, house.add_archive()
    sent = {path.name: path.read_bytes() for path in house.sshd.files.glob("JY/outbox/2005/001/data/*")}

    look(centre)
    taken = take_in(centre, "JY")
    kept_outside = newest_note(centre)
    placed = hold(centre, HoldScope.UNIT, "JY", "专项审计", AUDITOR.person_id)
    under_hold = appraise(centre, ListKind.DESTRUCTION, TODAY, actor=ARCHIVIST.person_id)
    lift(centre, placed.hold.hold_id, AUDITOR.person_id)
    for_archive, for_end = (drafted(centre, kind) for kind in (ListKind.TRANSFER, ListKind.DESTRUCTION))
    for chosen in (for_archive, for_end):
        desk.refused_shortcut(centre, chosen)
        desk.decide_and_sign(centre, tmp_path / "desks", chosen, think)
        assert desk.approve(centre, chosen) is None
    ready = (transfer.prepare(centre).ready, destroy.prepare(centre).ready)
    handed_count = desk.hand_over(centre, for_archive)
    accessions = archive.receive(there)
    finished = transfer.prepare(centre).finished
    destroyed_count, certificate_id = desk.destroy_under_witness(centre, for_end)

    assert (taken.accepted, taken.records, taken.answered, under_hold) == (2, 8, 2, [])
    assert ready == ([for_archive.list_id], [for_end.list_id])
    assert (handed_count, [each.record_count for each in accessions], finished) == (2, [2], [for_archive.list_id])
    assert (destroyed_count, certificate_id) == (2, f"{for_end.list_id}-XH")
    assert [status for record_id, status in sorted(statuses(centre).items()) if record_id.startswith(OLD)] == [
        *("transferred", "transferred"),
        *("destroyed", "destroyed"),
        "kept",
    ]
    receipts_verify(house)
    certificate_verifies(centre, for_end.list_id)
    only_what_is_kept_comes_back(centre, tmp_path / "restored", sent["5.txt"])
    rerun_changes_nothing(house, for_archive, for_end)
    verdict = verify(centre, kept_outside)
    assert (verdict.problems, verdict.unknown, len(verdict.places)) == ((), (), 2)
    with centre.database.read() as connection:
        assert not any(run_checks(connection).values())
    assert centre.quarantine.ids() == []
    assert not [path for path in centre.settings.work.rglob("*") if path.is_file()]


def receipts_verify(house: FilingHouse) -> None:
    settings = house.centre.settings
    keys = load_verifier(INTAKE, settings.intake_key_file), load_verifier(LOG, settings.log_key_file)
    for year in (2005, 2025):
        found = house.inbox(year=year)
        verdict = verify_receipt(
            found[f"001.SL{year}-JY-E001-R1.receipt.json"], found[f"001.SL{year}-JY-E001-R1.receipt.sig"], *keys
        )
        assert (verdict.carrier_id, verdict.problems) == (f"SL{year}-JY-E001-R1", ())


def certificate_verifies(centre: Centre, list_id: str) -> None:
    folder = centre.settings.papers / list_id
    text = (folder / "销毁证明.json").read_bytes()
    load_verifier(DISPOSAL, key_files(centre.settings)[DISPOSAL]).verify(
        text, (folder / "销毁证明.json.sig").read_bytes()
    )
    body = json.loads(text)
    assert body["record_ids"] == [f"{OLD}-00003", f"{OLD}-00004"]
    assert all(place["remaining"] == [] for place in body["places"])
    assert all(each["fingerprint"] and each["signed_at"].endswith("+00:00") for each in body["sign_offs"])
    assert len(body["sign_offs"]) == 8
    assert body["destroyed_at"].endswith("+00:00")


def only_what_is_kept_comes_back(centre: Centre, folder: Path, sent: bytes) -> None:
    identities = load_identities(centre.settings.keys / "identity.txt")
    restore(centre, f"{OLD}-00005", folder, identities)
    (found,) = [path for path in folder.rglob("*") if path.is_file()]
    assert found.read_bytes() == sent
    with pytest.raises(NotPermittedError, match="destroyed"):
        restore(centre, f"{OLD}-00003", folder, identities)


def rerun_changes_nothing(house: FilingHouse, for_archive: DisposalList, for_end: DisposalList) -> None:
    """Every step once more, as a careless operator would."""
    centre = house.centre
    before, inbox = event_counts(centre), house.inbox(year=2005)
    look(centre)
    again = take_in(centre, "JY")
    assert (again.accepted, again.answered) == (0, 0)
    for kind in ListKind:
        assert appraise(centre, kind, TODAY, actor=ARCHIVIST.person_id) == []
    assert transfer.prepare(centre).finished == []
    assert desk.hand_over(centre, for_archive) == 2
    assert destroy.destroy(centre, for_end.list_id, CUSTODIAN.person_id).record_count == 2
    assert (event_counts(centre), house.inbox(year=2005)) == (before, inbox)
