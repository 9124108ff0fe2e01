"""What the demo did, counted in the registry and looked up in the folders, never remembered.

Source: interfaces.md, "summary.json of the demo".
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, func, select

from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.records.custody.copy import CopyState
from lantai.records.custody.record import RecordStatus
from lantai.records.intake.submission import RoundState
from lantai.views.year import board
from lantai.views.year.board import BoardRow

FILE_NAME = "summary.json"
_COPIES_OF_RECORDS = (RecordStatus.TRANSFERRED, RecordStatus.DESTROYED)


@dataclass(frozen=True, slots=True)
class ListLine:
    """What became of one list."""

    list_id: str
    kind: str
    unit_code: str
    state: str
    disposed: int
    kept: int


def boards(centre: Centre) -> dict[int, list[BoardRow]]:
    """Return the board of every open year."""
    today = centre.clock.today_on()
    with centre.database.read() as connection:
        years = [row[0] for row in connection.execute(select(tables.filing_year.c.filing_year).order_by("filing_year"))]
        return {year: board.show(connection, year, today) for year in years}


def summarise(centre: Centre, seconds: Mapping[str, float]) -> dict[str, Any]:
    """Return the summary in the shape of interfaces.md.

    Args:
        centre: The centre.
        seconds: How long each step took.
    """
    duties = [row for rows in boards(centre).values() for row in rows]
    with centre.database.read() as connection:
        carrier, record = tables.carrier, tables.record
        accepted = select(func.count()).select_from(carrier).where(carrier.c.state == RoundState.ACCEPTED.value)
        status = _counts(connection, select(record.c.status, func.count()).group_by(record.c.status))
        verified = select(func.count()).select_from(tables.copy).where(tables.copy.c.state == CopyState.VERIFIED.value)
        return {
            "today": centre.clock.today_on().isoformat(),
            "units": _count(connection, select(func.count()).select_from(tables.unit)),
            "duties": len({row.duty_id for row in duties}),
            "submissions": {
                **_newest_states(connection),
                "accepted": _count(connection, accepted.where(carrier.c.is_zero_report.is_(False))),
                "zero_report": _count(connection, accepted.where(carrier.c.is_zero_report.is_(True))),
                "overdue": _duties_in("overdue", duties),
                "open": _duties_in("open", duties),
                "unfinished": _duties_in("unfinished", duties),
                "unknown": _duties_in("unknown", duties),
            },
            "rounds": _count(connection, select(func.count()).select_from(carrier)),
            "accepted": sum(status.values()),
            "files": _count(connection, select(func.count()).select_from(tables.record_file)),
            "bytes": _count(connection, select(func.coalesce(func.sum(tables.record_file.c.size_bytes), 0))),
            "copies_verified": _count(connection, verified),
            "transferred": status.get(RecordStatus.TRANSFERRED.value, 0),
            "destroyed": status.get(RecordStatus.DESTROYED.value, 0),
            "certificates": _count(connection, select(func.count()).select_from(tables.certificate)),
            "papers": [str(path) for path in papers(centre.settings.papers)],
            "seconds": dict(seconds),
        }


def write(folder: Path, summary: Mapping[str, Any]) -> Path:
    """Write the summary into the demo's folder and return where it is."""
    path = folder / FILE_NAME
    path.write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def papers(folder: Path) -> list[Path]:
    """Return the papers that the centre gave out: PDFs and worksheets."""
    return sorted(path for path in folder.rglob("*") if path.suffix in (".pdf", ".xlsx", ".docx"))


def lists(centre: Centre) -> list[ListLine]:
    """Return what became of every list, by id."""
    chosen, row, record = tables.disposal_list, tables.list_row, tables.record
    statement = (
        select(chosen.c.list_id, chosen.c.kind, chosen.c.unit_code, chosen.c.state, record.c.status)
        .join(row, row.c.list_id == chosen.c.list_id)
        .join(record, record.c.record_id == row.c.record_id)
        .order_by(chosen.c.list_id)
    )
    counts: Counter[tuple[str, str, str, str, bool]] = Counter()
    with centre.database.read() as connection:
        for each in connection.execute(statement):
            is_disposed = each.status in {status.value for status in _COPIES_OF_RECORDS}
            counts[each.list_id, each.kind, each.unit_code, each.state, is_disposed] += 1
    names = sorted({key[:4] for key in counts})
    return [ListLine(*name, disposed=counts[*name, True], kept=counts[*name, False]) for name in names]


def answers(centre: Centre) -> Iterable[tuple[str, str, str]]:
    """Return carrier id, kind of answer and path of its paper, by carrier."""
    table = tables.answer
    statement = select(table.c.carrier_id, table.c.kind, table.c.paper_path).order_by(table.c.carrier_id)
    with centre.database.read() as connection:
        return [(row.carrier_id, row.kind, row.paper_path) for row in connection.execute(statement)]


def _duties_in(state: str, rows: Iterable[BoardRow]) -> int:
    return len({row.duty_id for row in rows if row.state == state})


def _newest_states(connection: Connection) -> dict[str, int]:
    """Return how many submissions stand where with their newest round, the accepted ones left aside."""
    carrier = tables.carrier
    newest = select(carrier.c.submission_id, func.max(carrier.c.round_no).label("round_no")).group_by(
        carrier.c.submission_id
    )
    last = newest.subquery()
    statement = (
        select(carrier.c.state, func.count())
        .join(last, (last.c.submission_id == carrier.c.submission_id) & (last.c.round_no == carrier.c.round_no))
        .group_by(carrier.c.state)
    )
    found = _counts(connection, statement)
    found.pop(RoundState.ACCEPTED.value, None)
    return {state.value: found.get(state.value, 0) for state in (RoundState.RETURNED, RoundState.HELD)} | found


def _counts(connection: Connection, statement: Select[Any]) -> dict[str, int]:
    return {str(name): int(count) for name, count in connection.execute(statement)}


def _count(connection: Connection, statement: Select[Any]) -> int:
    return int(connection.execute(statement).scalar_one())
