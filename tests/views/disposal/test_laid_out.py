"""A list as people read and sign it: its rows are Chinese whatever the screen, and its digest stays what it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lantai.records.centre.unit import DataForm, Unit
from lantai.records.custody.record import RecordStatus, Retention
from lantai.records.disposal.listed_record import ListedRecord
from lantai.records.disposal.lists import ListKind
from lantai.views.disposal.laid_out import lay_out

LIST, ON = "D-2026-JY-001", date(2026, 3, 2)
UNIT = Unit("JY", "市教育局", "Z109", (DataForm.E_DOCUMENT,))
RECORDS = [
    ListedRecord(
        row_no=number,
        record_id=f"SL2015-JY-E001-R1-{number:04d}",
        carrier_id="SL2015-JY-E001-R1",
        archival_code=f"Z109-WS·2015-D10-BGS-{number:04d}",
        title="关于工作的通知",
        author="市教育局",
        doc_no="",
        formed_on=date(2015, 5, 4),
        filing_year=2015,
        retention=Retention.D10,
        page_count=2,
        transfer_due_on=date(2025, 1, 1),
        destroy_due_on=date(2026, 1, 1),
        file_count=1,
        size_bytes=10,
        remarks="",
        status=RecordStatus.KEPT,
    )
    for number in (1, 2)
]


@pytest.mark.parametrize(
    ("kind", "sheet", "digest"),
    [
        (ListKind.TRANSFER, "transfer_inventory", "6e684d3d7209269bd06276476fee2ec0a9bc7b53dba01a4b00399d5fdc6d0f39"),
        (ListKind.DESTRUCTION, "appraisal", "cfd2e0cb441e40138beac72795b0d478ea60c8394b3969246b5bda72b61b76ca"),
    ],
)
def test_digest_of_a_list_that_people_have_signed_stays_what_it_was(kind: ListKind, sheet: str, digest: str) -> None:
    """R9-19: an open list whose signatures a newer program no longer found would have to be signed again."""
    laid_out = lay_out(LIST, kind, ON, UNIT, RECORDS)

    assert (laid_out.sheet_kind, laid_out.digest) == (sheet, digest)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "另一份通知"},
        {"retention": Retention.D30},
        {"destroy_due_on": date(2027, 1, 1)},
        {"page_count": 3},
        {"record_id": "SL2015-JY-E001-R1-0009"},
    ],
)
def test_record_that_is_another_one_in_any_way_makes_the_list_another_list(changed: dict[str, object]) -> None:
    """I3."""
    before = lay_out(LIST, ListKind.DESTRUCTION, ON, UNIT, RECORDS)

    after = lay_out(LIST, ListKind.DESTRUCTION, ON, UNIT, [RECORDS[0], replace(RECORDS[1], **changed)])

    assert after.digest != before.digest


def test_status_of_a_record_is_no_part_of_what_is_signed() -> None:
    """What becomes of a record on the way is what was approved, and changes no approval."""
    gone = [replace(each, status=RecordStatus.DESTROYED) for each in RECORDS]

    assert (
        lay_out(LIST, ListKind.DESTRUCTION, ON, UNIT, gone).digest
        == lay_out(LIST, ListKind.DESTRUCTION, ON, UNIT, RECORDS).digest
    )
