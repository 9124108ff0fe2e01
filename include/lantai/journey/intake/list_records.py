"""The records of an accepted package: ids, due dates and files, in the catalogue's order.

Source: interfaces.md, "A carrier" (one snapshot of business data is one record).
"""

from __future__ import annotations

from collections.abc import Sequence

from lantai.errors import UsageError
from lantai.journey.intake.checks.validate import Context
from lantai.journey.intake.checks.verify import Verified
from lantai.locales import say
from lantai.records.custody.file_digest import FileDigest
from lantai.records.custody.record import AccessLevel, Record
from lantai.records.intake.catalogue_entry import CatalogueEntry
from lantai.records.intake.snapshot import Snapshot
from lantai.records.intake.submission import record_id
from lantai.rules.disposal.retention import due_dates
from lantai.rules.intake.snapshot import formed_on


def list_records(
    verified: Verified, entries: Sequence[CatalogueEntry], context: Context, carrier_id: str
) -> list[Record]:
    """Return the records of a package that may be accepted.

    Args:
        verified: The package.
        entries: Its catalogue as `validate` returned it.
        context: What it was held against.
        carrier_id: Our id of its carrier.

    Returns:
        One record per row, numbered from 1 in the catalogue's order; one for a snapshot; none for a zero report.

    Raises:
        UsageError: The package has a fault or waits for a person's decision, so that it has no records yet.
    """
    if verified.is_zero_report:
        return []
    if verified.snapshot is not None:
        return [_snapshot(verified.snapshot, verified, context, record_id(carrier_id, 1), carrier_id)]
    return [
        _record(entry, verified, context, record_id(carrier_id, number), carrier_id)
        for number, entry in enumerate(entries, start=1)
    ]


def _record(entry: CatalogueEntry, verified: Verified, context: Context, our_id: str, carrier_id: str) -> Record:
    """Return the record of a row, with the days on which it falls due (N2) and the period in force by its code (R9-10)."""
    row, retention, due = entry.written, entry.retention_in_force, entry.due
    if retention is None:
        raise UsageError(
            f"{row.sheet} row {row.row_no}: found no retention period in force; a person decides what an old one means"
        )
    is_whole = bool(entry.files) and verified.payload.keys() >= set(entry.files)
    if entry.formed_on is None or due is None or entry.access_level is None or not is_whole:
        raise UsageError(f"{row.sheet} row {row.row_no}: a package with faults has no records yet")
    return Record(
        record_id=our_id,
        carrier_id=carrier_id,
        unit_code=context.unit.unit_code,
        archival_code=entry.archival_code,
        title=row.title,
        author=row.author,
        doc_no=row.doc_no,
        formed_on=entry.formed_on,
        filing_year=context.filing_year,
        retention=retention,
        page_count=entry.page_count or 0,
        doc_type=row.doc_type,
        dept_or_subject=row.dept_or_subject,
        item_no=row.item_no,
        access_level=entry.access_level,
        transfer_due_on=due.transfer_due_on,
        destroy_due_on=due.destroy_due_on,
        remarks=row.remarks,
        files=_files(verified, entry.files),
    )


def _snapshot(snapshot: Snapshot, verified: Verified, context: Context, our_id: str, carrier_id: str) -> Record:
    """Return the one record of a snapshot; its period runs from the end of the year it shows."""
    if snapshot.retention is None:
        raise UsageError("Retention-Period: a package with faults has no records yet")
    day = formed_on(snapshot, context.filing_year)
    due = due_dates(day, snapshot.retention, context.retention_rules)
    title = snapshot.description or say(
        "on_paper.snapshot_title", "zh", unit=context.unit.name, year=context.filing_year
    )
    return Record(
        record_id=our_id,
        carrier_id=carrier_id,
        unit_code=context.unit.unit_code,
        archival_code=our_id,
        title=title,
        author=context.unit.name,
        doc_no="",
        formed_on=day,
        filing_year=context.filing_year,
        retention=snapshot.retention,
        page_count=0,
        doc_type="",
        dept_or_subject="",
        item_no="",
        access_level=AccessLevel.CLOSED,
        transfer_due_on=due.transfer_due_on,
        destroy_due_on=due.destroy_due_on,
        remarks="",
        files=_files(verified, sorted(verified.payload)),
    )


def _files(verified: Verified, paths: Sequence[str]) -> tuple[FileDigest, ...]:
    return tuple(verified.payload[path].digest.named(path) for path in paths)
