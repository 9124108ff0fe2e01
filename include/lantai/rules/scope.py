"""What may come through this channel, and what belongs elsewhere.

Classified records never do: the network and the ciphers here are for open
records only. Records whose time for the archive has come are remarked upon.

Source: R1-05, R1-40; 密码法 art. 6 to 8; rules N11.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from lantai.records.finding import Finding, Severity
from lantai.records.record import CatalogueRow

_STATE_SECRET = re.compile(r"绝密|机密|秘密|TOP ?SECRET|SECRET|CONFIDENTIAL")
_OTHER_SECRET = re.compile(r"工作秘密|商业秘密")
_OPEN = frozenset(
    {"", "无", "公开", "非密", "普通", "一般", "不涉密", "内部", "NONE", "OPEN", "UNCLASSIFIED", "-", "/"}
)


def check_classification(row: CatalogueRow) -> list[Finding]:
    """Return a fault for a record marked 秘密, 机密 or 绝密, and a hold where the mark leaves it open.

    Source: R1-40.
    """
    mark = unicodedata.normalize("NFKC", row.classification).strip().upper()
    if mark in _OPEN:
        return []
    values = {"found": row.classification}
    if _STATE_SECRET.search(mark) and not _OTHER_SECRET.search(mark):
        return [Finding("classified_record", Severity.FAULT, row.archival_code, values, "GD-4-7", row.row_no)]
    return [Finding("classification_unclear", Severity.HOLD, row.archival_code, values, "GD-1-4", row.row_no)]


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
