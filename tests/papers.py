"""Contents of every kind of paper and rows of lists, valid by default; tests change what their story needs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from lantai.records.disposal.laid_out_row import RegisterRow
from lantai.records.disposal.lists import Decision

LOCAL = timezone(timedelta(hours=8))
NOW = datetime(2026, 6, 30, 9, 5, tzinfo=UTC).astimezone(LOCAL)
SHA256 = "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b"
DIGEST = {"algorithm": "SHA-256", "value": SHA256}
CHECKPOINT = {"origin": "centre.example/lantai", "size": 1284, "root": "qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs="}
PROOF = {"leaf_index": 1280, "hashes": [SHA256] * 11}
PROPERTIES = ("authenticity", "integrity", "usability", "security")


def record_row(row_no: int = 1, **changes: Any) -> RegisterRow:
    """Return a row of a list as worksheets and registers take it."""
    row: dict[str, Any] = {
        "row_no": row_no,
        "record_id": f"SL2014-JY-E001-R1-{row_no:05d}",
        "archival_code": f"Z109-WS·2014-D10-BGS-{row_no:04d}",
        "title": f"关于做好教师招聘工作的通知（{row_no}）",
        "author": "江源市教育局",
        "doc_no": f"江教〔2014〕{row_no}号",
        "formed_on": date(2014, 5, 6),
        "filing_year": 2014,
        "retention": "10年",
        "elapsed": "11年",
        "page_count": 12,
        "due_on": date(2025, 1, 1),
        "file_count": 3,
        "size_bytes": 123456,
        "destroyed_on": None,
        "remarks": "",
    }
    return RegisterRow(**row | changes)


def paper(kind: str, **changes: Any) -> dict[str, Any]:
    """Return the whole content of a paper of that kind."""
    return _KINDS[kind]() | changes


def _plain() -> dict[str, Any]:
    return {"paper_no": "SL2025-JY-E001-R1", "centre": "江源市档案登记备份中心", "printed_at": NOW}


def _filing() -> dict[str, Any]:
    return _plain() | {
        "unit": "江源市教育局",
        "unit_code": "JY",
        "fonds_no": "Z109",
        "filing_year": 2025,
        "data_form": "e_document",
        "submission_id": "SL2025-JY-E001",
        "package_name": "JY-2025-E-003",
        "carrier_number": "003",
        "round_no": 1,
        "received_at": NOW,
        "due_on": date(2026, 6, 30),
        "days_late": 0,
    }


def _counts() -> dict[str, Any]:
    place = {"place": "异地库", "verified_at": NOW, "result": "verified"}
    sizes = {"record_count": 120, "file_count": 365, "total_bytes": 73400320}
    return sizes | {"manifest_digest": DIGEST, "places": [place], "checkpoint": CHECKPOINT}


def carrier(**changes: Any) -> dict[str, Any]:
    """Return one carrier with its digest."""
    return {"carrier": "JY-2025-01", "algorithm": "SHA-256", "digest": SHA256, "bytes": 73400320} | changes


def _inspection() -> dict[str, Any]:
    checks = [{"property": each, "check": "检测内容", "centre_result": "pass"} for each in PROPERTIES]
    unit_side = {"unit_results": dict.fromkeys(PROPERTIES, "合格"), "unit_preparer": "李强", "unit_reviewer": "王芳"}
    content = {"carriers": [carrier()], "checks": checks, "outcome": "accepted"}
    return _filing() | _counts() | unit_side | content


def finding(**changes: Any) -> dict[str, Any]:
    """Return one line of opinions."""
    line = {
        "where": "data/001.pdf",
        "found": "文件不存在",
        "expected": "清单所列文件均在包内",
        "source": "DA/T 70 GD-2-7",
    }
    return line | {"fix": "补入该文件，重新生成清单。", "severity": "fault"} | changes


def _opinions() -> dict[str, Any]:
    return _filing() | {"findings": [finding()], "supplement_by": date(2026, 7, 10), "resubmit_to": "outbox/2025/"}


def _notice() -> dict[str, Any]:
    return _filing() | {"findings": [finding(severity="hold")]}


def _receipt() -> dict[str, Any]:
    return (
        _filing()
        | _counts()
        | {"receipt_no": "SL2025-JY-E001", "accepted_at": NOW, "proof": PROOF, "signed_with": "intake"}
    )


def signer(**changes: Any) -> dict[str, Any]:
    """Return one sign-off without a personal key."""
    person = {"duty": "leader", "stage": "approve", "name": "赵国庆", "person_id": "P009", "signed_at": NOW}
    return person | {"fingerprint": None} | changes


def _list() -> dict[str, Any]:
    rows = [
        record_row(1, decision=Decision.DISPOSE),
        record_row(2, decision=Decision.KEEP, extend_years=10, reason="仍有查考价值"),
    ]
    days = {"on": date(2026, 9, 1), "approved_on": date(2026, 9, 20)}
    named = {"list_id": "D-2026-001", "units": "江源市教育局", "list_digest": DIGEST, "signers": [signer()]}
    return _plain() | days | named | {"rows": rows}


def _transfer_register() -> dict[str, Any]:
    checks = [{"property": each, "sender_result": "pass", "receiver_result": ""} for each in PROPERTIES]
    return _plain() | {
        "job_name": "2026年第一批移交",
        "description": "2014年度文书类电子档案",
        "sender": "江源市教育局",
        "receiver": "江源市档案馆",
        "record_count": 60,
        "total_bytes": 1_234_500_000,
        "carrier_range": "0001—0003",
        "carrier_kind": "online",
        "checks": checks,
        "digests": [carrier()],
        "formed_due_on": date(2019, 12, 31),
        "class_due_on": date(2025, 1, 1),
        "sender_keep_until": date(2031, 6, 30),
    }


def _certificate() -> dict[str, Any]:
    looked = {"looked_at": NOW, "looked_by": "P003", "place": "异地库"}
    residue = {"erasure_class": "residue_until", "result": "residue", "residue_until": date(2026, 9, 28)}
    return _plain() | {
        "list_id": "D-2026-001",
        "units": "江源市教育局",
        "record_count": 60,
        "list_digest": DIGEST,
        "destroyed_at": NOW,
        "places": [looked | residue],
        "twins": [{"record_id": "SL2025-JY-E002-R1-00004", "where": "主办单位在管"}],
        "signers": [signer(duty="witness", stage="before", name="孙一", person_id="P003")],
        "checkpoint": CHECKPOINT,
        "proof": PROOF,
    }


def _board() -> dict[str, Any]:
    line = {"unit": "江源市教育局", "data_form": "e_document", "due_on": date(2026, 6, 30), "state": "overdue"}
    rows = [line | {"received_on": None, "days_late": 3, "rounds": 0}]
    return _plain() | {"filing_year": 2025, "on": date(2026, 7, 3), "rows": rows}


_KINDS = {
    "acceptance_inspection": _inspection,
    "opinions": _opinions,
    "notice": _notice,
    "receipt": _receipt,
    "board": _board,
    "transfer_inventory": _list,
    "transfer_register": _transfer_register,
    "destruction_register": _list,
    "destruction_certificate": _certificate,
}
