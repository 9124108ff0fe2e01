"""The records of an accepted package: ids, due dates and files, in the catalogue's order.

Source: interfaces.md, "A carrier" (one snapshot of business data is one record).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lantai.errors import UsageError
from lantai.journey.intake.checks.validate import Context
from lantai.journey.intake.checks.verify import Verified
from lantai.locales import say
from lantai.records.centre.unit import DataForm
from lantai.records.custody.file_digest import FileDigest
from lantai.records.custody.record import AccessLevel, CatalogueRow, Record, Retention
from lantai.records.intake.ruling import RulingChoice
from lantai.records.intake.submission import record_id
from lantai.rules.disposal.retention import IN_FORCE, MEANS_TODAY, due_on, read_retention
from lantai.rules.intake.archival_code import normalise
from lantai.rules.intake.completeness import read_access_level, read_page_count
from lantai.rules.year.calendar import read_date


def list_records(verified: Verified, rows: Sequence[CatalogueRow], context: Context, carrier_id: str) -> list[Record]:
    """Return the records of a package that may be accepted.

    Args:
        verified: The package.
        rows: Its catalogue as `validate` returned it.
        context: What it was held against.
        carrier_id: Our id of its carrier.

    Returns:
        One record per row, numbered from 1 in the catalogue's order; one for a snapshot; none for a zero report.

    Raises:
        UsageError: The package has a fault or waits for a person's decision, so that it has no records yet.
    """
    if verified.is_zero_report:
        return []
    if verified.data_form is DataForm.BUSINESS_DATA:
        return [_snapshot(verified, context, record_id(carrier_id, 1), carrier_id)]
    return [
        _record(row, verified, context, record_id(carrier_id, number), carrier_id)
        for number, row in enumerate(rows, start=1)
    ]


def _record(row: CatalogueRow, verified: Verified, context: Context, our_id: str, carrier_id: str) -> Record:
    """Return the record of a row, with the days on which it falls due (N2)."""
    formed_on, retention = read_date(row.formed_on), _decided(row, context)
    access_level = read_access_level(row.access_level)
    is_whole = bool(row.files) and verified.payload.keys() >= set(row.files)
    if formed_on is None or access_level is None or not is_whole:
        raise UsageError(f"{row.sheet} row {row.row_no}: a package with faults has no records yet")
    return Record(
        record_id=our_id,
        carrier_id=carrier_id,
        unit_code=context.unit.unit_code,
        archival_code=normalise(row.archival_code),
        title=row.title,
        author=row.author,
        doc_no=row.doc_no,
        formed_on=formed_on,
        filing_year=context.filing_year,
        retention=retention,
        page_count=read_page_count(row.page_count) or 0,
        doc_type=row.doc_type,
        dept_or_subject=row.dept_or_subject,
        item_no=row.item_no,
        access_level=access_level,
        transfer_due_on=context.transfer_due_on(formed_on, retention),
        destroy_due_on=due_on(formed_on, retention.keep_years),
        remarks=row.remarks,
        files=_files(verified, row.files),
    )


def _snapshot(verified: Verified, context: Context, our_id: str, carrier_id: str) -> Record:
    """Return the one record of a snapshot; its period runs from the end of the year it shows."""
    info = verified.bag_info
    retention = read_retention(info.get("Retention-Period", ""))
    if retention not in IN_FORCE:
        raise UsageError("Retention-Period: a package with faults has no records yet")
    year_end = date(context.filing_year, 12, 31)
    formed_on = min(read_date(info.get("Bagging-Date", "")) or year_end, year_end)
    title = info.get("External-Description") or say(
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
        formed_on=formed_on,
        filing_year=context.filing_year,
        retention=retention,
        page_count=0,
        doc_type="",
        dept_or_subject="",
        item_no="",
        access_level=AccessLevel.CLOSED,
        transfer_due_on=context.transfer_due_on(formed_on, retention),
        destroy_due_on=due_on(formed_on, retention.keep_years),
        remarks="",
        files=_files(verified, sorted(verified.payload)),
    )


def _decided(row: CatalogueRow, context: Context) -> Retention:
    """Return the period in force by its code (R9-10); what an old one means today is what the centre's ruling on the round says."""
    retention = read_retention(row.retention)
    is_accepted = context.ruling is not None and context.ruling.choice is RulingChoice.ACCEPT
    means = dict(MEANS_TODAY) if is_accepted else {}
    if retention in means:
        retention = means[retention]
    if retention not in IN_FORCE:
        raise UsageError(
            f"{row.sheet} row {row.row_no}: found no retention period in force; a person decides what an old one means"
        )
    return retention


def _files(verified: Verified, paths: Sequence[str]) -> tuple[FileDigest, ...]:
    received = [(path, verified.payload[path]) for path in paths]
    return tuple(f.digest_as(path) for path, f in received)
