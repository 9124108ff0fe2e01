"""Rows of disposal lists: what is due, what is on a list, where the list stands.

Set-based: nothing here walks over records one by one. What the panel said
stands in `row_decisions`, who has which duty in `list_duties`, signatures in
`sign_offs`, what was done in `dispositions`. Who may do what is not decided
here, except by the constraints of the registry itself.

Source: vault.md, "Destruction, in order".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from lantai.edges import tables
from lantai.edges.database.database import query
from lantai.edges.database.loading import load
from lantai.edges.registry.disposal.list_duties import give_duty
from lantai.errors import NotFoundError
from lantai.records.custody.record import RecordStatus, Retention
from lantai.records.disposal.listed_record import ListedRecord
from lantai.records.disposal.lists import DisposalList, DutyHeld, ListDuty, ListKind, ListProgress, ListState

CANDIDATES_AT_A_TIME = 5000
"""Record ids bound to one statement; SQLite takes 32,766 at most."""


def due(connection: Connection, kind: ListKind, on: date, units: Sequence[str] | None) -> dict[str, list[str]]:
    """Return the ids of records due on a day by unit: kept, under no hold, on no open list.

    Args:
        connection: An open transaction.
        kind: For transfer or for destruction.
        on: The day.
        units: Codes of the units asked about; None is all.
    """
    name = "due_for_transfer" if kind is ListKind.TRANSFER else "due_for_destruction"
    found: dict[str, list[str]] = {}
    for row in query(connection, name, due_on=on, every_unit=units is None, units=list(units or ())):
        found.setdefault(row.unit_code, []).append(row.record_id)
    return found


def candidates(connection: Connection, record_ids: Sequence[str]) -> list[ListedRecord]:
    """Return what a list says of these records, numbered in order of archival code."""
    rows: list[Row[Any]] = []
    for start in range(0, len(record_ids), CANDIDATES_AT_A_TIME):
        part = record_ids[start : start + CANDIDATES_AT_A_TIME]
        rows.extend(query(connection, "list_candidates", record_ids=list(part)))
    rows.sort(key=lambda row: (row.archival_code, row.record_id))
    return [_listed(row, row_no) for row_no, row in enumerate(rows, start=1)]


def next_list_id(connection: Connection, kind: ListKind, year: int, unit_code: str) -> str:
    """Return the next free id, e.g. `D-2026-JY-001`."""
    stem = f"{kind.value[0].upper()}-{year}-{unit_code}-"
    table = tables.disposal_list
    taken = connection.execute(select(table.c.list_id).where(table.c.list_id.startswith(stem, autoescape=True)))
    last = max((int(list_id.removeprefix(stem)) for list_id in taken.scalars()), default=0)
    return f"{stem}{last + 1:03d}"


def add_list(connection: Connection, drafted: DisposalList, record_ids: Iterable[str]) -> int:
    """Add a drafted list with its rows in this order, the preparer among its duties; return how many rows it has.

    Raises:
        RegistryConflictError: A record is on another open list already.
    """
    connection.execute(
        insert(tables.disposal_list).values(
            list_id=drafted.list_id,
            kind=drafted.kind.value,
            unit_code=drafted.unit_code,
            due_on=drafted.due_on,
            state=drafted.state.value,
            content_sha256=drafted.content_sha256,
            drafted_by=drafted.drafted_by,
            drafted_at=drafted.drafted_at,
        ),
    )
    give_duty(connection, drafted.list_id, DutyHeld(drafted.drafted_by, ListDuty.PREPARER, None))
    rows = (
        {"list_id": drafted.list_id, "row_no": row_no, "record_id": record_id, "is_open": 1}
        for row_no, record_id in enumerate(record_ids, start=1)
    )
    return load(connection, tables.list_row, rows)


def disposal_list(connection: Connection, list_id: str, *, locks: bool = False) -> DisposalList:
    """Return one list.

    Args:
        connection: An open transaction.
        list_id: Its id.
        locks: Whether nobody else may change the row before this transaction ends.

    Raises:
        NotFoundError: No such list.
    """
    statement = select(tables.disposal_list).where(tables.disposal_list.c.list_id == list_id)
    row = connection.execute(statement.with_for_update() if locks else statement).one_or_none()
    if row is None:
        raise NotFoundError(f"list {list_id}: not in the registry")
    return _list(row)


def lists(
    connection: Connection,
    states: Iterable[ListState] = tuple(ListState),
    kind: ListKind | None = None,
    due_on: date | None = None,
) -> list[DisposalList]:
    """Return lists in order of their id."""
    table = tables.disposal_list
    statement = select(table).where(table.c.state.in_([state.value for state in states])).order_by(table.c.list_id)
    if kind is not None:
        statement = statement.where(table.c.kind == kind.value)
    if due_on is not None:
        statement = statement.where(table.c.due_on == due_on)
    return [_list(row) for row in connection.execute(statement)]


def overview(connection: Connection, states: Iterable[ListState] = tuple(ListState)) -> list[ListProgress]:
    """Return every list with the count of its rows, decisions and panel members, in order of their ids."""
    return [
        ListProgress(
            list_id=row.list_id,
            kind=ListKind(row.kind),
            unit_code=row.unit_code,
            due_on=row.due_on,
            state=ListState(row.state),
            row_count=row.row_count,
            decision_count=row.decision_count,
            panel_count=row.panel_count,
            drafted_at=row.drafted_at,
            approved_at=row.approved_at,
        )
        for row in query(connection, "lists_overview", states=[state.value for state in states])
    ]


def content(connection: Connection, list_id: str) -> list[ListedRecord]:
    """Return the rows of a list with what the registry says of their records now."""
    return [_listed(row, row.row_no) for row in query(connection, "list_content", list_id=list_id)]


def move(connection: Connection, list_id: str, state: ListState) -> None:
    """Set the state of a list; those that are more than a state have a function of their own below.

    Raises:
        RegistryConflictError: The list may not go from its state to this one.
    """
    table = tables.disposal_list
    connection.execute(update(table).where(table.c.list_id == list_id).values(state=state.value))


def note_decided(connection: Connection, list_id: str, decided_sha256: str | None) -> None:
    """Say with which digest the panel is through, so that the list is *reviewed*; None takes it back to *draft*.

    Raises:
        RegistryConflictError: The list may not go there from its state.
    """
    table = tables.disposal_list
    state = ListState.DRAFT if decided_sha256 is None else ListState.REVIEWED
    said = update(table).where(table.c.list_id == list_id).values(state=state.value, decided_sha256=decided_sha256)
    connection.execute(said)


def note_approved(connection: Connection, list_id: str, approved_at: datetime) -> None:
    """Say that a list is *approved*, and when.

    Raises:
        RegistryConflictError: The list may not go there from its state.
    """
    table = tables.disposal_list
    approved = update(table).where(table.c.list_id == list_id)
    connection.execute(approved.values(state=ListState.APPROVED.value, approved_at=approved_at))


def note_done(connection: Connection, list_id: str, finished_at: datetime) -> None:
    """Say that a list is *done*, and when; its records may be proposed on others again.

    Raises:
        RegistryConflictError: The list may not go there from its state.
    """
    table = tables.disposal_list
    done = update(table).where(table.c.list_id == list_id)
    close_rows(connection, list_id)
    connection.execute(done.values(state=ListState.DONE.value, finished_at=finished_at))


def note_report(connection: Connection, list_id: str, report_no: str) -> None:
    """Record the number of the appraisal report of a list. Source: 档案法实施条例 (2024) art. 24."""
    table = tables.disposal_list
    connection.execute(update(table).where(table.c.list_id == list_id).values(appraisal_report_no=report_no))


def note_filing(connection: Connection, list_id: str, receipt_no: str) -> None:
    """Record the number under which the authority filed a destruction register. Source: 浙江办法 (2017) art. 21."""
    table = tables.disposal_list
    connection.execute(update(table).where(table.c.list_id == list_id).values(filing_receipt_no=receipt_no))


def close_rows(connection: Connection, list_id: str) -> None:
    """Let the records of a list be proposed on others again."""
    table = tables.list_row
    connection.execute(update(table).where(table.c.list_id == list_id).values(is_open=0))


def counted(connection: Connection, list_id: str, statuses: Iterable[str]) -> tuple[int, int]:
    """Return how many records of a list have one of these statuses, and their pages: the recount against the registry."""
    record, rows = tables.record, tables.list_row
    found = connection.execute(
        select(func.count(), func.coalesce(func.sum(record.c.page_count), 0))
        .select_from(rows.join(record, record.c.record_id == rows.c.record_id))
        .where(rows.c.list_id == list_id, record.c.status.in_(list(statuses))),
    ).one()
    return int(found[0]), int(found[1])


def _listed(row: Row[Any], row_no: int) -> ListedRecord:
    return ListedRecord(
        row_no=row_no,
        record_id=row.record_id,
        carrier_id=row.carrier_id,
        archival_code=row.archival_code,
        title=row.title,
        author=row.author,
        doc_no=row.doc_no,
        formed_on=row.formed_on,
        filing_year=row.filing_year,
        retention=Retention(row.retention),
        page_count=row.page_count,
        transfer_due_on=row.transfer_due_on,
        destroy_due_on=row.destroy_due_on,
        file_count=row.file_count,
        size_bytes=row.size_bytes,
        remarks=row.remarks,
        status=RecordStatus(row.status),
    )


def _list(row: Row[Any]) -> DisposalList:
    return DisposalList(
        list_id=row.list_id,
        kind=ListKind(row.kind),
        unit_code=row.unit_code,
        due_on=row.due_on,
        state=ListState(row.state),
        content_sha256=row.content_sha256,
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        decided_sha256=row.decided_sha256,
        approved_at=row.approved_at,
        finished_at=row.finished_at,
        appraisal_report_no=row.appraisal_report_no,
        filing_receipt_no=row.filing_receipt_no,
    )
