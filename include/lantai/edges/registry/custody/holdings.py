"""Rows of what the centre keeps: records, files, seals, copies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from lantai.edges import tables
from lantai.edges.database.database import query, stream
from lantai.edges.database.loading import load
from lantai.records.centre.unit import DataForm
from lantai.records.custody.copy import Copy, CopyState
from lantai.records.custody.manifest import SealedRecord
from lantai.records.custody.record import Record, RecordStatus, Retention


@dataclass(frozen=True, slots=True)
class KeptTitle:
    """What a retention schedule judges a kept record by; `retention` is the period it has."""

    record_id: str
    archival_code: str
    title: str
    doc_type: str
    retention: Retention


@dataclass(frozen=True, slots=True)
class FullBackup:
    """An accepted full backup that is still there; `carrier_number` is the unit's own number of it."""

    carrier_id: str
    carrier_number: str
    size_bytes: int


def register_records(connection: Connection, records: Sequence[Record]) -> None:
    """Register records and their files, set-based.

    Raises:
        RegistryConflictError: One of them is registered already, or is not of its carrier's unit.
    """
    load(connection, tables.record, map(_record_values, records))
    load(connection, tables.record_file, _file_values(records))


def kept_count(connection: Connection, units: Sequence[str] | None) -> int:
    """Return how many records are kept, of some units or, with None, of all."""
    table = tables.record
    statement = select(func.count()).select_from(table).where(table.c.status == RecordStatus.KEPT.value)
    if units is not None:
        statement = statement.where(table.c.unit_code.in_(units))
    return int(connection.execute(statement).scalar_one())


def kept_titles(connection: Connection, units: Sequence[str] | None) -> Iterator[KeptTitle]:
    """Return what a retention schedule judges records by, as it comes, in order of their ids; None is every unit."""
    for row in stream(connection, "kept_titles", every_unit=units is None, units=list(units or ())):
        yield KeptTitle(row.record_id, row.archival_code, row.title, row.doc_type, Retention(row.retention))


def put_seals(connection: Connection, carrier_id: str, sealed: Iterable[SealedRecord]) -> None:
    """Register how the records of a carrier are sealed."""
    load(
        connection,
        tables.sealed_record,
        (
            {
                "record_id": seal.record_id,
                "carrier_id": carrier_id,
                "seal_id": seal.seal_id,
                "pack": seal.pack,
                "payload": seal.payload,
                "payload_bytes": seal.payload_bytes,
                "payload_sha256": seal.payload_sha256,
                "header_sha256": seal.header_sha256,
            }
            for seal in sealed
        ),
    )


def copies_of(connection: Connection, carrier_id: str) -> list[Copy]:
    """Return what is known of the copies of a carrier, by place."""
    table = tables.copy
    found = connection.execute(select(table).where(table.c.carrier_id == carrier_id).order_by(table.c.place))
    return [
        Copy(row.carrier_id, row.place, row.generation, CopyState(row.state), row.manifest_sha256, row.verified_at)
        for row in found
    ]


def count_copies(connection: Connection) -> dict[str, int]:
    """Return how many copies are registered at each place, by the place's name."""
    table = tables.copy
    rows = connection.execute(select(table.c.place, func.count()).group_by(table.c.place).order_by(table.c.place))
    return {str(place): int(count) for place, count in rows}


def put_copies(connection: Connection, copies: Iterable[Copy]) -> None:
    """Register what is known of copies; a row of the same carrier and place is brought up to date."""
    table = tables.copy
    for copy in copies:
        values: dict[str, Any] = {
            "generation": copy.generation,
            "state": copy.state.value,
            "manifest_sha256": copy.manifest_sha256,
            "verified_at": copy.verified_at,
        }
        key = (table.c.carrier_id == copy.carrier_id, table.c.place == copy.place)
        if connection.execute(update(table).where(*key).values(values)).rowcount == 0:
            connection.execute(insert(table).values(carrier_id=copy.carrier_id, place=copy.place, **values))


def put_begun(connection: Connection, carrier_id: str, places: Iterable[str], begun_at: datetime) -> None:
    """Say that bytes of a carrier may lie at these places from now on; a place whose copy is registered stays as it is."""
    table = tables.begun_copy
    known = {copy.place for copy in copies_of(connection, carrier_id)} | begun_places(connection, carrier_id)
    for place in dict.fromkeys(places):
        if place not in known:
            connection.execute(insert(table).values(carrier_id=carrier_id, place=place, begun_at=begun_at))


def begun_places(connection: Connection, carrier_id: str) -> set[str]:
    """Return the places at which a copy of a carrier was begun and is not registered."""
    table = tables.begun_copy
    return set(connection.execute(select(table.c.place).where(table.c.carrier_id == carrier_id)).scalars())


def forget_begun(connection: Connection, carrier_id: str, places: Collection[str]) -> None:
    """Forget that copies of a carrier were begun at these places: they are registered now, or nothing lies there."""
    table = tables.begun_copy
    connection.execute(delete(table).where(table.c.carrier_id == carrier_id, table.c.place.in_(list(places))))


def count_begun(connection: Connection) -> dict[str, int]:
    """Return how many copies are begun and not registered at each place, by the place's name."""
    table = tables.begun_copy
    rows = connection.execute(select(table.c.place, func.count()).group_by(table.c.place).order_by(table.c.place))
    return {str(place): int(count) for place, count in rows}


def accepted_count(connection: Connection, unit_code: str, data_form: DataForm, filing_year: int) -> int | None:
    """Return how many records a unit filed in a year and form, None when it filed nothing then."""
    submission, carrier = tables.submission, tables.carrier
    statement = (
        select(func.sum(carrier.c.record_count))
        .join(submission, submission.c.submission_id == carrier.c.submission_id)
        .where(submission.c.unit_code == unit_code, submission.c.data_form == data_form.value)
        .where(submission.c.filing_year == filing_year, carrier.c.state == "accepted")
    )
    found = connection.execute(statement).scalar_one()
    return None if found is None else int(found)


def full_backups(connection: Connection, unit_code: str, data_form: DataForm) -> list[FullBackup]:
    """Return the accepted full backups of a unit that are still there, oldest first."""
    rows = query(connection, "full_backups", unit_code=unit_code, data_form=data_form.value)
    return [FullBackup(row.carrier_id, row.carrier_number, row.size_bytes) for row in rows]


def registered_codes(connection: Connection, unit_code: str, codes: Sequence[str], submission_id: str) -> set[str]:
    """Return which of these archival codes the unit has used already, in other submissions than this one."""
    table, found = tables.record, set[str]()
    own = select(tables.carrier.c.carrier_id).where(tables.carrier.c.submission_id == submission_id)
    for start in range(0, len(codes), 500):
        part = codes[start : start + 500]
        statement = select(table.c.archival_code).where(
            table.c.unit_code == unit_code,
            table.c.archival_code.in_(part),
            table.c.carrier_id.not_in(own),
        )
        found.update(connection.execute(statement).scalars())
    return found


def _record_values(record: Record) -> dict[str, Any]:
    return {
        "record_id": record.record_id,
        "carrier_id": record.carrier_id,
        "unit_code": record.unit_code,
        "archival_code": record.archival_code,
        "title": record.title,
        "author": record.author,
        "doc_no": record.doc_no,
        "formed_on": record.formed_on,
        "filing_year": record.filing_year,
        "retention": record.retention.value,
        "page_count": record.page_count,
        "doc_type": record.doc_type,
        "dept_or_subject": record.dept_or_subject,
        "item_no": record.item_no,
        "access_level": record.access_level.value,
        "remarks": record.remarks,
        "transfer_due_on": record.transfer_due_on,
        "destroy_due_on": record.destroy_due_on,
        "status": RecordStatus.KEPT.value,
        "file_count": len(record.files),
        "size_bytes": sum(file.size_bytes for file in record.files),
    }


def _file_values(records: Sequence[Record]) -> Iterator[dict[str, Any]]:
    for record in records:
        for number, file in enumerate(record.files, start=1):
            yield {
                "record_id": record.record_id,
                "file_no": number,
                "path": file.path,
                "size_bytes": file.size_bytes,
                "sha256": file.sha256,
                "sm3": file.sm3,
            }
