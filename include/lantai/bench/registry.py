"""A registry on PostgreSQL to measure on: its schema as `lantai init` lays it, one unit, one carrier, and records by number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from lantai.edges import tables
from lantai.edges.clock import Clock
from lantai.edges.database.database import Database
from lantai.edges.database.migrations import upgrade
from lantai.edges.registry.centre.units import put_unit
from lantai.records.centre.unit import DataForm, Unit

UNIT, CARRIER, YEAR = "B", "SL2025-B-E001-R1", 2025
FIRST_DUE_ON = date(2026, 1, 1)
LAST_DUE_ON = date(2045, 12, 31)

# One in five is permanent; the others fall due evenly over the twenty years, as they do in a registry that has grown evenly.
_FILL = """
INSERT INTO record (record_id, carrier_id, unit_code, archival_code, title, author, doc_no, formed_on, filing_year,
    retention, page_count, doc_type, dept_or_subject, item_no, access_level, remarks, transfer_due_on, destroy_due_on,
    status, file_count, size_bytes)
SELECT 'SL2025-B-E001-R1-' || lpad(n::text, 8, '0'), :carrier, :unit, 'Z001-WS·2025-D10-BGS-' || lpad(n::text, 8, '0'),
    '关于做好年度登记备份工作有关事项的通知', '示例局', '例发〔2025〕' || n || '号', DATE '2015-03-01', 2025,
    CASE WHEN n % 5 = 0 THEN 'Y' ELSE 'D10' END, 2, '通知', '办公室', n::text, 'open', '',
    CASE WHEN n % 5 = 0 THEN :first_due_on + (n::bigint * 7919 % :days)::integer END,
    CASE WHEN n % 5 <> 0 THEN :first_due_on + (n::bigint * 7919 % :days)::integer END,
    'kept', 1, 8192
FROM generate_series(1, :record_count) AS n
"""


def lay(url: str, clock: Clock) -> Database:
    """Lay the schema with one unit and one carrier, and return the registry."""
    database = Database(url)
    upgrade(database)
    with database.begin() as connection:
        put_unit(connection, Unit(UNIT, "示例局", "Z001", (DataForm.E_DOCUMENT,)))
        submission_id = CARRIER.rpartition("-")[0]
        submission = {
            "submission_id": submission_id,
            "unit_code": UNIT,
            "filing_year": YEAR,
            "data_form": DataForm.E_DOCUMENT.value,
            "carrier_number": "001",
            "received_at": clock.now_at(),
        }
        connection.execute(tables.submission.insert().values(submission))
        carrier = {
            "carrier_id": CARRIER,
            "submission_id": submission_id,
            "unit_code": UNIT,
            "round_no": 1,
            "raw_name_hex": "00",
            "kind": "folder",
            "fingerprint": "f" * 64,
            "state": "accepted",
            "received_at": clock.now_at(),
            "is_on_time": True,
            "days_late": 0,
            "is_zero_report": False,
            "file_count": 1,
            "size_bytes": 0,
            "record_count": 1,
            "generation": 1,
            "manifest_sha256": "0" * 64,
        }
        connection.execute(tables.carrier.insert().values(carrier))
    return database


def fill(database: Database, record_count: int) -> None:
    """Make many records inside the database; indexes and foreign keys are set aside meanwhile, and statistics taken."""
    indexes = sorted(tables.record.indexes, key=lambda index: str(index.name))
    with database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for index in indexes:
            index.drop(connection)
        days = (LAST_DUE_ON - FIRST_DUE_ON).days + 1
        values = {"carrier": CARRIER, "unit": UNIT, "first_due_on": FIRST_DUE_ON, "days": days}
        connection.execute(text(_FILL), values | {"record_count": record_count})
        for index in indexes:
            index.create(connection)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE) record"))


def rows(record_count: int) -> Iterator[dict[str, Any]]:
    """Yield rows of `record` as take-in hands them over."""
    template = {
        "carrier_id": CARRIER,
        "unit_code": UNIT,
        "title": "关于做好年度登记备份工作有关事项的通知",
        "author": "示例局",
        "formed_on": date(2015, 3, 1),
        "filing_year": YEAR,
        "retention": "D10",
        "page_count": 2,
        "doc_type": "通知",
        "dept_or_subject": "办公室",
        "access_level": "open",
        "remarks": "",
        "transfer_due_on": None,
        "status": "kept",
        "file_count": 1,
        "size_bytes": 8192,
    }
    for number in range(1, record_count + 1):
        yield {
            **template,
            "record_id": f"{CARRIER}-{number:08d}",
            "archival_code": f"Z001-WS·2025-D10-BGS-{number:08d}",
            "doc_no": f"例发〔2025〕{number}号",
            "item_no": str(number),
            "destroy_due_on": FIRST_DUE_ON + timedelta(days=number % 7300),
        }


def content(connection: Connection) -> dict[str, int]:
    """Return how many records there are, and a sum over all their columns."""
    statement = "SELECT count(*), coalesce(sum(hashtext(r::text)::bigint), 0) FROM record AS r"
    count, checksum = connection.execute(text(statement)).one()
    return {"records": int(count), "checksum": int(checksum)}
