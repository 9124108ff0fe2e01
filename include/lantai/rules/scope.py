"""What may come through this channel, and what belongs elsewhere.

Classified records never do: the network and the ciphers here are for open
records only. Records whose time for the archive has come are remarked upon.

Source: R1-05, R1-40; 密码法 art. 6 to 8; rules N11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from lantai.records import spelling
from lantai.records.finding import Finding, Severity
from lantai.records.record import CatalogueRow

_STATE_SECRET = re.compile(r"绝密|机密|秘密|SECRET|CONFIDENTIAL")
_OTHER_SECRET = re.compile(r"工作秘密|商业秘密")
_OPEN = frozenset(
    {
        "",
        "无",
        "否",
        "公开",
        "非密",
        "普通",
        "一般",
        "不涉密",
        "非涉密",
        "内部",
        "NO",
        "NONE",
        "OPEN",
        "UNCLASSIFIED",
        "-",
        "/",
    }
)
_STARRED = re.compile(r"(?:绝密|机密|秘密)\s*[★☆⭐*]")
_BRACKETED = re.compile(
    r"^[(【\[〔](?:绝密|机密|秘密)[)】\]〕]|[(【\[〔](?:绝密|机密|秘密)[)】\]〕]$|^(?:绝密|机密|秘密)$"
)
_MARKED_COLUMNS = ("title", "author", "doc_no", "doc_type", "dept_or_subject", "remarks")

CLASSIFIED = frozenset({"classified_record", "classified_mark"})
"""Rules whose findings say that something is here that may not be: its bytes do not stay."""


def check_classification(row: CatalogueRow) -> list[Finding]:
    """Return a fault for a record marked 秘密, 机密 or 绝密, and a hold where the mark leaves it open.

    Source: R1-40.
    """
    mark = re.sub(r"\s", "", spelling.plain(row.classification)).upper()
    if mark in _OPEN:
        return []
    values = {"found": row.classification}
    if _STATE_SECRET.search(mark) and not _OTHER_SECRET.search(mark):
        return [Finding("classified_record", Severity.FAULT, row.archival_code, values, "GD-4-7", row.row_no)]
    return [Finding("classification_unclear", Severity.HOLD, row.archival_code, values, "GD-1-4", row.row_no)]


def check_marks(row: CatalogueRow) -> list[Finding]:
    """Return a fault for each cell outside 密级 that bears the mark of a state secret, as documents do: 秘密★1年, （机密）.

    A title that only speaks of secrets (国家秘密载体管理) has no such mark.

    Source: R1-40; GB/T 9704-2012, 7.2.2.
    """
    return [
        Finding("classified_mark", Severity.FAULT, row.archival_code, {"found": mark}, "GD-4-7", row.row_no)
        for column in _MARKED_COLUMNS
        if (mark := _mark(getattr(row, column)))
    ]


def check_names(paths: Iterable[str]) -> list[Finding]:
    """Return a fault for each file whose name, or that of a folder above it, bears the mark of a state secret.

    Source: R1-40.
    """
    return [
        Finding("classified_mark", Severity.FAULT, path, {"found": path}, "GD-4-7")
        for path in paths
        if any(_mark(part) or _mark(part.rpartition(".")[0]) for part in path.split("/"))
    ]


def _mark(text: str) -> str:
    """Return the text when it bears the mark of a state secret, else nothing."""
    plain = spelling.plain(text).strip()
    return text if _STARRED.search(plain) or _BRACKETED.search(plain) else ""


def check_transfer_due(row: CatalogueRow, transfer_due_on: date | None, today: date) -> list[Finding]:
    """Return a remark for a record that is already due for the archive: it belongs to transfer, not to backup.

    Args:
        row: One row of the catalogue.
        transfer_due_on: First day on which the archive may receive it, None when it never does.
        today: The day of the check.

    Source: R1-02, R1-05.
    """
    if transfer_due_on is None or transfer_due_on > today:
        return []
    values = {"found": transfer_due_on.isoformat()}
    return [Finding("due_for_transfer", Severity.WARNING, row.archival_code, values, "GD-2-9", row.row_no)]
