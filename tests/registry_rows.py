"""Rows of a small registry, written as plain as they come."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import insert, select

from lantai.edges import tables
from lantai.edges.database.database import Database

NOW = datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC)
UNIT = {
    "unit_code": "JY",
    "name": "教育局",
    "fonds_no": "J001",
    "scope_class": "statutory",
    "business_frequency": "year",
}


def add_carrier(database: Database, state: str = "seen", *, is_stalled: bool = False) -> None:
    with database.begin() as connection:
        connection.execute(
            insert(tables.unit).values(UNIT),
        )
        connection.execute(
            insert(tables.submission).values(
                submission_id="SL2025-JY-E001",
                unit_code="JY",
                filing_year=2025,
                data_form="e_document",
                carrier_number="1",
                received_at=NOW,
            ),
        )
        connection.execute(
            insert(tables.carrier).values(
                carrier_id="SL2025-JY-E001-R1",
                submission_id="SL2025-JY-E001",
                unit_code="JY",
                round_no=1,
                raw_name_hex="31",
                kind="folder",
                fingerprint="f" * 64,
                state=state,
                received_at=NOW,
                is_on_time=True,
                days_late=0,
                is_zero_report=False,
                file_count=1,
                size_bytes=1,
                record_count=0,
                generation=0,
                is_stalled=is_stalled,
            ),
        )


def record_row(number: int) -> dict[str, object]:
    return {
        "record_id": f"SL2025-JY-E001-R1-{number:05d}",
        "carrier_id": "SL2025-JY-E001-R1",
        "unit_code": "JY",
        "archival_code": f"J001-WS·2025-D10-BGS-{number:04d}",
        "title": "关于开展\t“制表符\\N”检查的通知\n第二行",
        "author": "教育局",
        "doc_no": "",
        "formed_on": date(2025, 5, 6),
        "filing_year": 2025,
        "retention": "D10",
        "page_count": 3,
        "doc_type": "通知",
        "dept_or_subject": "BGS",
        "item_no": f"{number:04d}",
        "access_level": "open",
        "remarks": "",
        "transfer_due_on": None,
        "destroy_due_on": date(2036, 1, 1),
        "status": "kept",
        "file_count": 1,
        "size_bytes": 10,
    }


def first_record(database: Database) -> dict[str, object]:
    with database.read() as connection:
        found = connection.execute(select(tables.record).order_by(tables.record.c.record_id).limit(1)).one()
    return dict(found._mapping)
