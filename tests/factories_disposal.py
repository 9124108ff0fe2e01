"""A centre with people, units and sealed records, ready to be appraised: valid by default, one keyword breaks one thing."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import insert, update

from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.database.lease import leased
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre import people
from lantai.edges.registry.centre.units import put_unit
from lantai.edges.registry.custody import holdings
from lantai.edges.registry.disposal.list_duties import give_duty
from lantai.edges.registry.disposal.lists import disposal_list
from lantai.formats.ledger import ssh_signature
from lantai.formats.vault.stream_digest import take_digests
from lantai.formats.workbooks.sheet_layout import RowAnswer
from lantai.journey.centre.appoint import enrol_key
from lantai.journey.custody.seal import CarrierFacts, seal
from lantai.journey.custody.store import store
from lantai.journey.disposal.acts.destroy import prepare
from lantai.journey.disposal.appraise import appraise
from lantai.journey.disposal.approval.decide import DecidedList, decide
from lantai.journey.disposal.approval.note_documents import note_report
from lantai.journey.disposal.approval.sign import SignedList, sign
from lantai.records.centre.person import Appointment, Person, Role
from lantai.records.centre.unit import DataForm, Unit
from lantai.records.custody.file_digest import FileDigest
from lantai.records.custody.record import AccessLevel, Record, Retention
from lantai.records.disposal.lists import Decision, DutyHeld, ListDuty, ListKind
from lantai.records.intake.carrier import ReceivedFile
from lantai.records.ledger.event import EventKind

ON = date(2026, 3, 2)
"""The day of the `centre` fixture."""

PEOPLE = {
    "P01": Role.PREPARER,
    "M01": Role.PANEL_MEMBER,
    "M02": Role.PANEL_MEMBER,
    "M03": Role.PANEL_MEMBER,
    "L01": Role.LEADER,
    "W01": Role.WITNESS,
    "W02": Role.WITNESS,
    "C01": Role.CUSTODIAN,
    "X01": Role.AUDITOR,
}
PANEL = ("M01", "M02", "M03")
WITNESSES = ("W01", "W02")


@dataclass
class Office:
    """The people's private keys, by staff id; who is not in it has none."""

    keys: dict[str, Path]


def make_people(centre: Centre) -> None:
    """Everybody is appointed from 2020 on."""
    with centre.database.begin() as connection:
        for person_id, role in PEOPLE.items():
            people.add_person(connection, Person(person_id, f"职员{person_id}"))
            people.appoint(connection, Appointment(person_id, role, date(2020, 1, 1)))


def make_unit(centre: Centre, unit_code: str = "JY", name: str = "市教育局", fonds_no: str = "Z109") -> None:
    """A unit that files documents."""
    with centre.database.begin() as connection:
        put_unit(connection, Unit(unit_code, name, fonds_no, (DataForm.E_DOCUMENT,)))


def enrol(centre: Centre, folder: Path, person_ids: Iterable[str]) -> dict[str, Path]:
    """A key for each person; return the private key files."""
    made = {}
    for person_id in person_ids:
        pem, public = ssh_signature.generate_key(person_id)
        made[person_id] = folder / f"{person_id}.key"
        made[person_id].write_bytes(pem)
        others = [other for other in PEOPLE if other != person_id][:2]
        enrol_key(centre, person_id, public, *others)
    return made


def record(
    number: int,
    carrier_id: str = "SL2015-JY-E001-R1",
    *,
    unit_code: str = "JY",
    formed_on: date = date(2015, 5, 4),
    retention: Retention = Retention.D10,
    transfer_due_on: date | None = None,
    destroy_due_on: date | None = date(2026, 1, 1),
    contents: Sequence[bytes] | None = None,
    suffix: str = "txt",
) -> Record:
    """A record that fell due for destruction on 1 January 2026."""
    contents = contents or (f"{carrier_id} 第{number}件".encode(),)
    files = []
    for place, content in enumerate(contents, start=1):
        size, digests = take_digests(io.BytesIO(content), ("sha256", "sm3"))
        files.append(FileDigest.of(f"data/{number:04d}-{place}.{suffix}", size, digests))
    return Record(
        record_id=f"{carrier_id}-{number:04d}",
        carrier_id=carrier_id,
        unit_code=unit_code,
        archival_code=f"Z109-WS·2015-D10-BGS-{number:04d}",
        title=f"关于第{number}项工作的通知",
        author="市教育局",
        doc_no=f"教发〔2015〕{number}号",
        formed_on=formed_on,
        filing_year=2015,
        retention=retention,
        page_count=number,
        doc_type="通知",
        dept_or_subject="BGS",
        item_no=f"{number:04d}",
        access_level=AccessLevel.OPEN,
        transfer_due_on=transfer_due_on,
        destroy_due_on=destroy_due_on,
        remarks="",
        files=tuple(files),
    )


def receive_carrier(
    centre: Centre,
    carrier_id: str = "SL2015-JY-E001-R1",
    unit_code: str = "JY",
    *,
    contents: Sequence[bytes] = (b"x",),
    record_count: int = 1,
) -> None:
    """Register a round that has come in and was not yet decided."""
    now_at = centre.clock.now_at()
    with centre.database.begin() as connection:
        connection.execute(
            insert(tables.submission).values(
                submission_id=carrier_id.rsplit("-", 1)[0],
                unit_code=unit_code,
                filing_year=2015,
                data_form="e_document",
                carrier_number=carrier_id,
                received_at=now_at,
            )
        )
        connection.execute(
            insert(tables.carrier).values(
                carrier_id=carrier_id,
                submission_id=carrier_id.rsplit("-", 1)[0],
                unit_code=unit_code,
                round_no=1,
                raw_name_hex="aa",
                kind="folder",
                fingerprint=hashlib.sha256(carrier_id.encode()).hexdigest(),
                state="collected",
                received_at=now_at,
                is_on_time=True,
                days_late=0,
                is_zero_report=False,
                file_count=len(contents),
                size_bytes=sum(map(len, contents)),
                record_count=record_count,
                generation=1,
            )
        )


def lay_down_carrier(centre: Centre, records: Sequence[Record], contents: dict[str, bytes] | None = None) -> None:
    """Seal the records, store them at both places and register them, as take-in does."""
    carrier_id, unit_code = records[0].carrier_id, records[0].unit_code
    now_at = centre.clock.now_at()
    by_path = {}
    for each in records:
        for place, file in enumerate(each.files, start=1):
            default = f"{carrier_id} 第{int(each.item_no)}件".encode()
            by_path[file.path] = (contents or {}).get(file.path, default if place == 1 else b"")
    by_path["bagit.txt"] = b"BagIt-Version: 1.0\n"
    numbers = {path: number for number, path in enumerate(sorted(by_path), start=1)}
    raw = {numbers[path]: content for path, content in by_path.items()}
    _, digests = take_digests(io.BytesIO(by_path["bagit.txt"]), ("sha256", "sm3"))
    papers = [ReceivedFile.arrived(numbers["bagit.txt"], b"bagit.txt", len(by_path["bagit.txt"]), digests)]
    receive_carrier(centre, carrier_id, unit_code, contents=list(raw.values()), record_count=len(records))
    facts = CarrierFacts(carrier_id, unit_code, 2015, "e_document", 1)
    with leased(centre.database, f"carrier:{carrier_id}", centre.holder, centre.clock.now_at) as lease:
        sealed = seal(centre, facts, records, papers, lambda number: io.BytesIO(raw[number]), numbers, lease)
        copies = store(centre, sealed, lease)
    with centre.database.begin() as connection:
        connection.execute(
            update(tables.carrier)
            .where(tables.carrier.c.carrier_id == carrier_id)
            .values(state="sealed", manifest_sha256=sealed.manifest_sha256)
        )
        connection.execute(
            update(tables.carrier).where(tables.carrier.c.carrier_id == carrier_id).values(state="accepted")
        )
        holdings.register_records(connection, records)
        holdings.put_seals(connection, carrier_id, sealed.manifest.records)
        holdings.put_copies(connection, copies)
        told = {"generation": 1, "manifest_sha256": sealed.manifest_sha256}
        append(connection, EventKind.CARRIER_ACCEPTED, carrier_id, "system", now_at, told)


def draft(centre: Centre, kind: ListKind = ListKind.DESTRUCTION) -> str:
    """The one list that is due."""
    (list_id,) = appraise(centre, kind, ON, actor="P01")
    return list_id


def draft_with_panel(centre: Centre) -> str:
    """A drafted destruction list of three rows with a panel that has said nothing yet."""
    make_people(centre)
    make_unit(centre)
    lay_down_carrier(centre, [record(1), record(2), record(3)])
    made = draft(centre)
    with centre.database.begin() as connection:
        for person_id in PANEL:
            give_duty(connection, made, DutyHeld(person_id, ListDuty.PANEL_MEMBER))
    return made


def say(
    row_nos: Iterable[int], decision: Decision = Decision.DISPOSE, extend_years: int | None = None
) -> list[RowAnswer]:
    """The same answer for some rows."""
    return [RowAnswer(row_no, decision, extend_years, "") for row_no in row_nos]


def decide_all(centre: Centre, list_id: str, row_nos: Iterable[int], panel: Iterable[str] = PANEL) -> DecidedList:
    """Every member says dispose of every row."""
    rows = list(row_nos)
    for person_id in panel:
        decided = decide(centre, list_id, person_id, say(rows))
    return decided


def approve(centre: Centre, list_id: str, keys: dict[str, Path] | None = None) -> SignedList:
    """Panel, then leader; a destruction list with its appraisal report."""
    keys = keys or {}
    with centre.database.read() as connection:
        chosen = disposal_list(connection, list_id)
    if chosen.kind is ListKind.DESTRUCTION:
        note_report(centre, list_id, "教档鉴〔2026〕1号", "P01")
    for person_id in PANEL:
        sign(centre, list_id, ListDuty.PANEL_MEMBER, person_id, keys.get(person_id))
    return sign(centre, list_id, ListDuty.LEADER, "L01", keys.get("L01"))


def witness(centre: Centre, list_id: str, keys: dict[str, Path] | None = None) -> None:
    """Both witnesses sign, before or after as the list stands."""
    for person_id in WITNESSES:
        sign(centre, list_id, ListDuty.WITNESS, person_id, (keys or {}).get(person_id))


def lay_ready_list(centre: Centre) -> str:
    """A destruction list over two records that only the custodian has still to carry out."""
    make_people(centre)
    make_unit(centre)
    lay_down_carrier(centre, [record(1), record(2)])
    list_id = draft(centre)
    decide_all(centre, list_id, [1, 2])
    approve(centre, list_id)
    assert prepare(centre).ready == [list_id]
    witness(centre, list_id)
    return list_id


def state_of(centre: Centre, list_id: str) -> str:
    """The state of a list."""
    with centre.database.read() as connection:
        return disposal_list(connection, list_id).state.value


def statuses(centre: Centre) -> dict[str, str]:
    """Status of every record."""
    with centre.database.read() as connection:
        return {row.record_id: row.status for row in connection.execute(tables.record.select())}


def events(centre: Centre, kind: str) -> list[str]:
    """Subjects of all events of a kind."""
    with centre.database.read() as connection:
        rows = connection.execute(tables.event.select().where(tables.event.c.kind == kind))
        return [row.subject for row in rows]
