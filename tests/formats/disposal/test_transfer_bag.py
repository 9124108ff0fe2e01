"""The inventory in the package of a transfer: every record with its fields, and every file under the name it has in the package."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lantai.formats.disposal.transfer_bag import InventoryBody, member_name, payload_bytes
from lantai.records.custody.file_digest import FileDigest
from lantai.records.disposal.carried_out import ListedFile
from papers import record_row

FILE = ListedFile(1, "SL2014-JY-E001-R1-00001", 1, FileDigest("data/通知/1.pdf", 10, "a" * 64, "b" * 64))
OTHER = replace(FILE, file_no=2, digest=replace(FILE.digest, path="papers/2.pdf", size_bytes=5))
INVENTORY = InventoryBody(
    list_id="T-2026-JY-001",
    unit_code="JY",
    unit="江源市教育局",
    fonds_no="Z109",
    due_on=date(2026, 9, 1),
    list_digest="d" * 64,
    sign_offs=(),
    rows=[record_row(1), record_row(2)],
    files=[FILE, OTHER],
)


def test_file_lies_below_its_record_whatever_folder_it_came_in() -> None:
    """N7."""
    assert [member_name(each) for each in (FILE, OTHER)] == [
        "data/SL2014-JY-E001-R1-00001/通知/1.pdf",
        "data/SL2014-JY-E001-R1-00001/papers/2.pdf",
    ]
    assert payload_bytes([FILE, OTHER]) == 15


def test_inventory_has_the_records_that_are_handed_over_with_every_field_and_file() -> None:
    """N7: metadata and documents go together; a row that the panel kept is not in the package and not in its inventory."""
    inventory = INVENTORY.as_mapping()

    assert {key: inventory[key] for key in ("format", "list_id", "unit_code", "unit", "fonds_no", "due_on")} == {
        "format": 1,
        "list_id": "T-2026-JY-001",
        "unit_code": "JY",
        "unit": "江源市教育局",
        "fonds_no": "Z109",
        "due_on": "2026-09-01",
    }
    assert (inventory["list_digest"], inventory["sign_offs"]) == ({"algorithm": "SHA-256", "value": "d" * 64}, [])
    assert inventory["records"] == [
        {
            "row_no": 1,
            "record_id": "SL2014-JY-E001-R1-00001",
            "archival_code": "Z109-WS·2014-D10-BGS-0001",
            "title": "关于做好教师招聘工作的通知（1）",
            "author": "江源市教育局",
            "doc_no": "江教〔2014〕1号",
            "retention": "10年",
            "filing_year": 2014,
            "remarks": "",
            "formed_on": "2014-05-06",
            "page_count": 12,
            "files": [
                {
                    "path": "data/SL2014-JY-E001-R1-00001/通知/1.pdf",
                    "received_as": "data/通知/1.pdf",
                    "bytes": 10,
                    "sha256": "a" * 64,
                    "sm3": "b" * 64,
                },
                {
                    "path": "data/SL2014-JY-E001-R1-00001/papers/2.pdf",
                    "received_as": "papers/2.pdf",
                    "bytes": 5,
                    "sha256": "a" * 64,
                    "sm3": "b" * 64,
                },
            ],
        }
    ]
