"""A carrier as it lies in the quarantine, ready to be sealed: valid by default, contents by choice."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from sqlalchemy import insert, update

from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.database.lease import Lease, leased
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre.units import put_unit
from lantai.edges.registry.custody import holdings
from lantai.journey.custody.seal import CarrierFacts, Sealed, seal
from lantai.journey.custody.store import store
from lantai.records.centre.unit import DataForm, Unit
from lantai.records.custody.copy import Copy
from lantai.records.custody.file_digest import FileDigest
from lantai.records.custody.record import AccessLevel, Record, Retention
from lantai.records.intake.carrier import ReceivedFile
from lantai.records.ledger.event import EventKind

CARRIER = "SL2025-JY-E001-R1"
DEFAULT = (
    (("data/甲.txt", "第一件".encode()),),
    (("data/乙.txt", b"B" * 70_000), ("data/附件/丙.bin", b"")),
    (("data/丁.pdf", b"%PDF-"),),
)


@dataclass
class Carrier:
    """A received carrier.

    Attributes:
        contents: Bytes of the received files by their number.
    """

    carrier_id: str
    records: tuple[Record, ...]
    papers: tuple[ReceivedFile, ...]
    contents: dict[int, bytes] = field(repr=False)
    file_of_path: dict[str, int]

    @property
    def facts(self) -> CarrierFacts:
        return CarrierFacts(self.carrier_id, "JY", 2025, "e_document", 1)

    def open_file(self, file_no: int) -> BinaryIO:
        return io.BytesIO(self.contents[file_no])


def carrier(
    files: Sequence[Sequence[tuple[str, bytes]]] = DEFAULT,
    papers: Sequence[tuple[str, bytes]] = (("bagit.txt", b"BagIt-Version: 1.0\n"), ("metadata/目录.csv", b"x" * 600)),
    carrier_id: str = CARRIER,
) -> Carrier:
    """A carrier whose records have these files."""
    contents: dict[int, bytes] = {}
    file_of_path: dict[str, int] = {}
    records = []
    for number, of_record in enumerate(files, start=1):
        record_files = []
        for path, content in of_record:
            file_of_path[path] = len(contents) + 1
            contents[len(contents) + 1] = content
            record_files.append(FileDigest(path, len(content), *digests(content)))
        records.append(_record(carrier_id, number, tuple(record_files)))
    received = []
    for path, content in papers:
        contents[len(contents) + 1] = content
        received.append(
            ReceivedFile(len(contents), path.encode(), path, FileDigest(path, len(content), *digests(content)))
        )
    return Carrier(carrier_id, tuple(records), tuple(received), contents, file_of_path)


def digests(content: bytes) -> tuple[str, str]:
    return hashlib.sha256(content).hexdigest(), hashlib.new("sm3", content).hexdigest()


def held(centre: Centre, carrier_id: str = CARRIER) -> AbstractContextManager[Lease]:
    """The lease that work on a carrier needs."""
    return leased(centre.database, f"carrier:{carrier_id}", centre.holder, centre.clock.now_at)


def seal_it(centre: Centre, received: Carrier, lease: Lease) -> Sealed:
    return seal(
        centre, received.facts, received.records, received.papers, received.open_file, received.file_of_path, lease
    )


def keep(centre: Centre, received: Carrier) -> Sealed:
    """Seal, store and register a carrier, as take-in does."""
    with held(centre, received.carrier_id) as lease:
        sealed = seal_it(centre, received, lease)
        copies = store(centre, sealed, lease)
    register(centre, received, sealed, copies)
    return sealed


def register(centre: Centre, received: Carrier, sealed: Sealed, copies: Sequence[Copy]) -> None:
    """Write the rows that take-in writes after the copies are read back."""
    now_at = centre.clock.now_at()
    carrier_id = received.carrier_id
    with centre.database.begin() as connection:
        put_unit(connection, Unit("JY", "教育局", "0001", (DataForm.E_DOCUMENT,)))
        connection.execute(
            insert(tables.submission).values(
                submission_id=carrier_id.rpartition("-")[0],
                unit_code="JY",
                filing_year=2025,
                data_form="e_document",
                carrier_number=carrier_id,
                received_at=now_at,
            )
        )
        connection.execute(insert(tables.carrier).values(**_carrier_row(received, sealed, now_at)))
        holdings.register_records(connection, received.records)
        holdings.put_seals(connection, carrier_id, sealed.manifest.records)
        holdings.put_copies(connection, copies)
        facts = {"generation": sealed.manifest.generation, "manifest_sha256": sealed.manifest_sha256}
        append(connection, EventKind.CARRIER_ACCEPTED, carrier_id, "system", now_at, facts)


def condemn(centre: Centre, record_ids: Sequence[str]) -> None:
    """Say in the rows that records are being destroyed."""
    table = tables.record
    with centre.database.begin() as connection:
        connection.execute(update(table).where(table.c.record_id.in_(record_ids)).values(status="destroying"))


def _carrier_row(received: Carrier, sealed: Sealed, now_at: object) -> dict[str, object]:
    return {
        "carrier_id": received.carrier_id,
        "submission_id": received.carrier_id.rpartition("-")[0],
        "unit_code": "JY",
        "round_no": 1,
        "raw_name_hex": "00",
        "kind": "folder",
        "fingerprint": "f" * 64,
        "state": "accepted",
        "received_at": now_at,
        "is_on_time": True,
        "days_late": 0,
        "is_zero_report": False,
        "file_count": len(received.contents),
        "size_bytes": 0,
        "record_count": len(received.records),
        "generation": 1,
        "manifest_sha256": sealed.manifest_sha256,
    }


def _record(carrier_id: str, number: int, files: tuple[FileDigest, ...]) -> Record:
    return Record(
        record_id=f"{carrier_id}-{number:05d}",
        carrier_id=carrier_id,
        unit_code="JY",
        archival_code=f"0001-WS·2025·D10-{number:04d}",
        title=f"关于第{number}件事的通知",
        author="教育局",
        doc_no="",
        formed_on=date(2025, 3, 1),
        filing_year=2025,
        retention=Retention.D10,
        page_count=1,
        doc_type="通知",
        dept_or_subject="办公室",
        item_no=f"{number:04d}",
        access_level=AccessLevel.OPEN,
        transfer_due_on=None,
        destroy_due_on=date(2036, 1, 1),
        remarks="",
        files=files,
    )
