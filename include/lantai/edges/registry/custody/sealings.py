"""What the registry knows of sealed records: which seal is the right one, and which records may not come back.

Source: vault.md, "Where things lie" and "Destruction"; RecordStatus.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from lantai.edges import tables
from lantai.errors import LedgerError, NotFoundError
from lantai.formats.ledger import canonical
from lantai.records.custody.copy import CopyState
from lantai.records.custody.file_digest import FileDigest
from lantai.records.custody.manifest import Manifest, SealedRecord
from lantai.records.custody.record import RecordStatus
from lantai.records.ledger.event import EventKind

GONE = (RecordStatus.DESTROYING, RecordStatus.DESTROYED)
"""From here repair, copy, rotate and restore refuse a record. Source: vault.md, "Destruction", 3."""

_TELLS_MANIFEST = (EventKind.CARRIER_SEALED, EventKind.CARRIER_ACCEPTED)
_IDS_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class KnownGeneration:
    """The newest generation of a carrier that the ledger tells of."""

    generation: int
    manifest_sha256: str


def sealed_of_carrier(connection: Connection, carrier_id: str) -> Mapping[str, SealedRecord]:
    """Return the seals of a carrier by record id, `catalogue` and `papers` among them.

    Raises:
        NotFoundError: Nothing of that carrier was sealed.
    """
    table = tables.sealed_record
    rows = connection.execute(select(table).where(table.c.carrier_id == carrier_id).order_by(table.c.record_id))
    found = {
        row.record_id: SealedRecord(
            row.record_id,
            row.seal_id,
            row.pack,
            row.payload,
            row.payload_bytes,
            row.payload_sha256,
            row.header_sha256,
        )
        for row in rows
    }
    if not found:
        raise NotFoundError(f"carrier {carrier_id}: found no sealed record of it")
    return found


def carrier_of(connection: Connection, record_id: str) -> str | None:
    """Return the carrier in which a record was sealed; None when there is no such record."""
    table = tables.sealed_record
    found: str | None = connection.execute(select(table.c.carrier_id).where(table.c.record_id == record_id)).scalar()
    return found


def gone_of_carrier(connection: Connection, carrier_id: str) -> frozenset[str]:
    """Return the records of a carrier that are being destroyed, or are, by status or tombstone."""
    record, tombstone = tables.record, tables.tombstone
    by_status = select(record.c.record_id).where(
        record.c.carrier_id == carrier_id,
        record.c.status
        != RecordStatus.KEPT.value,  # says the same as the next line needs, in the words of ix_record__gone
        record.c.status.in_(GONE),
    )
    of_carrier = select(tables.sealed_record.c.record_id).where(tables.sealed_record.c.carrier_id == carrier_id)
    by_stone = select(tombstone.c.record_id).where(tombstone.c.record_id.in_(of_carrier))
    return frozenset(connection.execute(by_status.union(by_stone)).scalars())


def not_gone(connection: Connection, record_ids: Collection[str]) -> list[str]:
    """Return those of these records that are not being destroyed, sorted: nothing may be erased of them."""
    table, gone = tables.record, set[str]()
    ids = sorted(record_ids)
    for start in range(0, len(ids), _IDS_AT_A_TIME):
        part = ids[start : start + _IDS_AT_A_TIME]
        gone.update(
            connection.execute(
                select(table.c.record_id).where(table.c.record_id.in_(part), table.c.status.in_(GONE))
            ).scalars()
        )
    return [record_id for record_id in ids if record_id not in gone]


def files_of_record(connection: Connection, record_id: str) -> tuple[FileDigest, ...]:
    """Return the files of a registered record, in order; none for `catalogue` and `papers`."""
    table = tables.record_file
    rows = connection.execute(select(table).where(table.c.record_id == record_id).order_by(table.c.file_no))
    return tuple(FileDigest(row.path, row.size_bytes, row.sha256, row.sm3) for row in rows)


def known_generation(connection: Connection, carrier_id: str) -> KnownGeneration:
    """Return the newest manifest that an event of the ledger tells of for a carrier.

    Raises:
        LedgerError: No event tells of one.
    """
    table = tables.event
    leaves = connection.execute(
        select(table.c.leaf)
        .where(table.c.subject == carrier_id, table.c.kind.in_(_TELLS_MANIFEST))
        .order_by(table.c.occurred_at, table.c.event_id)
    ).scalars()
    newest: KnownGeneration | None = None
    for leaf in leaves:
        body = canonical.loads(bytes(leaf))
        if not isinstance(body, dict) or not isinstance(body.get("manifest_sha256"), str):
            continue
        number = body.get("generation", 1)
        told = KnownGeneration(number if isinstance(number, int) else 1, str(body["manifest_sha256"]))
        if newest is None or told.generation >= newest.generation:
            newest = told
    if newest is None:
        raise LedgerError(f"carrier {carrier_id}: found no event that tells its manifest, expected one")
    return newest


def move_to_generation(
    connection: Connection, manifest: Manifest, manifest_sha256: str, places: Collection[str], verified_at: datetime
) -> None:
    """Say that a carrier now lies in another generation: at the carrier, its copies, and the seals whose pack is new.

    Args:
        connection: The transaction that also writes the event.
        manifest: The new generation.
        manifest_sha256: Digest of its payload manifest.
        places: Where it was read back.
        verified_at: When.
    """
    carrier, copy, sealed = tables.carrier, tables.copy, tables.sealed_record
    digest = {"generation": manifest.generation, "manifest_sha256": manifest_sha256}
    connection.execute(update(carrier).where(carrier.c.carrier_id == manifest.carrier_id).values(**digest))
    connection.execute(
        update(copy)
        .where(copy.c.carrier_id == manifest.carrier_id, copy.c.place.in_(list(places)))
        .values(**digest, state=CopyState.VERIFIED.value, verified_at=verified_at)
    )
    for record in manifest.records:
        connection.execute(
            update(sealed)
            .where(sealed.c.record_id == record.record_id, sealed.c.pack != record.pack)
            .values(pack=record.pack)
        )
