"""Rows of what was done by a list: statuses of its records, tombstones, deliveries, certificates.

Each function is one set-based statement or a few; which of them may be called
when is the journey's. The registry's triggers refuse a status that may not
follow another.

Source: vault.md, "Destruction, in order".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection, case, func, insert, select, update

from lantai.edges import tables
from lantai.edges.database.database import query
from lantai.edges.database.loading import load_missing
from lantai.records.custody.file_digest import FileDigest
from lantai.records.custody.record import RecordStatus
from lantai.records.disposal.carried_out import Certificate, Delivery, ListedFile, LiveTwin
from lantai.records.disposal.lists import Decision, ListKind
from lantai.records.ledger.event import EventKind


@dataclass(frozen=True, slots=True)
class Telling:
    """The event that tells of a step, and when that was."""

    event_id: str
    occurred_at: datetime


def begin_disposing(connection: Connection, list_id: str, panel_count: int, status: RecordStatus) -> int:
    """Give every record that the whole panel disposed of its next status; return how many there are.

    Counted again in the database: a row with fewer decisions than panel members, or one KEEP among them, stays.
    """
    rows, said, record = tables.list_row, tables.row_decision, tables.record
    unanimous = (
        select(rows.c.record_id)
        .join(said, (said.c.list_id == rows.c.list_id) & (said.c.row_no == rows.c.row_no))
        .where(rows.c.list_id == list_id)
        .group_by(rows.c.record_id)
        .having(func.count() == panel_count)
        .having(func.sum(case((said.c.decision == Decision.DISPOSE.value, 1), else_=0)) == panel_count)
    )
    changed = connection.execute(
        update(record)
        .where(record.c.record_id.in_(unanimous), record.c.status == RecordStatus.KEPT.value)
        .values(status=status.value),
    )
    return changed.rowcount


def move_records(connection: Connection, list_id: str, before: RecordStatus, after: RecordStatus) -> int:
    """Give the records of a list that have one status the next; return how many."""
    rows, record = tables.list_row, tables.record
    on_list = select(rows.c.record_id).where(rows.c.list_id == list_id)
    changed = connection.execute(
        update(record)
        .where(record.c.record_id.in_(on_list), record.c.status == before.value)
        .values(status=after.value),
    )
    return changed.rowcount


def records_by_carrier(connection: Connection, list_id: str, statuses: Iterable[RecordStatus]) -> dict[str, list[str]]:
    """Return the records of a list that have one of these statuses, by carrier, in order of its rows."""
    rows, record = tables.list_row, tables.record
    found: dict[str, list[str]] = {}
    statement = (
        select(record.c.carrier_id, record.c.record_id)
        .join(rows, rows.c.record_id == record.c.record_id)
        .where(rows.c.list_id == list_id, record.c.status.in_([status.value for status in statuses]))
        .order_by(rows.c.row_no)
    )
    for row in connection.execute(statement):
        found.setdefault(row.carrier_id, []).append(row.record_id)
    return dict(sorted(found.items()))


def files(connection: Connection, list_id: str, statuses: Iterable[RecordStatus]) -> list[ListedFile]:
    """Return the files of the records of a list that have one of these statuses, in the order of its rows."""
    rows = query(connection, "list_files", list_id=list_id, statuses=[status.value for status in statuses])
    return [
        ListedFile(row.row_no, row.record_id, row.file_no, FileDigest(row.path, row.size_bytes, row.sha256, row.sm3))
        for row in rows
    ]


def twins(connection: Connection, list_id: str) -> list[LiveTwin]:
    """Return live records that share a file's bytes with a record that goes."""
    rows = query(connection, "list_twins", list_id=list_id)
    return [LiveTwin(row.record_id, row.twin_id, row.carrier_id) for row in rows]


def live_chains(connection: Connection, list_id: str) -> dict[int, str]:
    """Return the rows of a list that a live backup builds on: row number -> id of a carrier that does."""
    return {row.row_no: row.carrier_id for row in query(connection, "live_chains", list_id=list_id)}


def put_tombstones(
    connection: Connection, list_id: str, unit_code: str, digests: Iterable[tuple[str, str]], destroyed_at: datetime
) -> int:
    """Write a tombstone for each record: its id and the keyed digest of its file set."""
    return load_missing(
        connection,
        tables.tombstone,
        (
            {
                "record_id": record_id,
                "list_id": list_id,
                "unit_code": unit_code,
                "files_digest": files_digest,
                "destroyed_at": destroyed_at,
            }
            for record_id, files_digest in digests
        ),
    )


def has_tombstones(connection: Connection) -> bool:
    """Return whether anything was ever destroyed here."""
    return connection.execute(select(tables.tombstone.c.record_id).limit(1)).one_or_none() is not None


def extend(connection: Connection, record_id: str, due_on: date) -> None:
    """Give a kept record the new day on which it falls due. Source: 档案法实施条例 (2024) art. 24."""
    record = tables.record
    connection.execute(update(record).where(record.c.record_id == record_id).values(destroy_due_on=due_on))


def newest_event(connection: Connection, list_id: str, kind: EventKind) -> Telling | None:
    """Return the newest event of a kind about a list, None when there is none."""
    event = tables.event
    found = connection.execute(
        select(event.c.event_id, event.c.occurred_at)
        .where(event.c.subject == list_id, event.c.kind == kind.value)
        .order_by(event.c.occurred_at.desc(), event.c.event_id)
        .limit(1),
    ).one_or_none()
    return None if found is None else Telling(found.event_id, found.occurred_at)


def add_certificate(connection: Connection, certificate: Certificate) -> None:
    """Add the certificate of a list.

    Raises:
        RegistryConflictError: It has one.
    """
    connection.execute(insert(tables.certificate).values({**asdict(certificate), "kind": certificate.kind.value}))


def certificate_of(connection: Connection, list_id: str) -> Certificate | None:
    """Return the certificate of a list, None before it is issued."""
    table = tables.certificate
    row = connection.execute(select(table).where(table.c.list_id == list_id)).one_or_none()
    if row is None:
        return None
    return Certificate(
        certificate_id=row.certificate_id,
        list_id=row.list_id,
        kind=ListKind(row.kind),
        body_json=row.body_json,
        signature=row.signature,
        paper_path=row.paper_path,
        paper_sha256=row.paper_sha256,
        made_at=row.made_at,
    )


def add_delivery(connection: Connection, delivery: Delivery) -> None:
    """Record that a package was handed over and read back.

    Raises:
        RegistryConflictError: The list has a delivery.
    """
    connection.execute(insert(tables.delivery).values(asdict(delivery)))


def delivery_of(connection: Connection, list_id: str) -> Delivery | None:
    """Return the delivery of a list, None before it was handed over."""
    table = tables.delivery
    row = connection.execute(select(table).where(table.c.list_id == list_id)).one_or_none()
    if row is None:
        return None
    return Delivery(row.list_id, row.package_name, row.package_sha256, row.size_bytes, row.delivered_at)


def note_receipt(
    connection: Connection, list_id: str, receipt_no: str, receipt_sha256: str, receipted_at: datetime
) -> None:
    """Record the archive's receipt for a delivery."""
    table = tables.delivery
    connection.execute(
        update(table)
        .where(table.c.list_id == list_id)
        .values(receipt_no=receipt_no, receipt_sha256=receipt_sha256, receipted_at=receipted_at),
    )
