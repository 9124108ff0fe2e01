"""What lies where in the package of a transfer, and the inventory that is signed in it.

Source: 电子档案移交与接收办法 (2012): metadata moved together; RFC 8493.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from lantai.formats.disposal.certificates import FORMAT, digest_body, sign_offs_body
from lantai.formats.ledger.canonical import Json
from lantai.records.disposal.carried_out import ListedFile
from lantai.records.disposal.kept_sign_off import KeptSignOff
from lantai.records.disposal.laid_out_row import LaidOutRow


@dataclass(frozen=True, slots=True)
class InventoryBody:
    """Every record of a package with its fields, files and digests.

    Attributes:
        unit: Name of the unit.
        due_on: The day for which the list was drawn up.
        list_digest: What the signatures are under, in hex.
        sign_offs: The signatures that count.
        rows: The rows of the list; those without a file in the package are left out.
        files: The files of the package.
    """

    list_id: str
    unit_code: str
    unit: str
    fonds_no: str
    due_on: date
    list_digest: str
    sign_offs: Sequence[KeptSignOff]
    rows: Sequence[LaidOutRow]
    files: Sequence[ListedFile]

    def as_mapping(self) -> dict[str, Json]:
        """Return the inventory as it is signed."""
        files: dict[str, list[Json]] = {}
        for file in self.files:
            files.setdefault(file.record_id, []).append(_file(file))
        return {
            "format": FORMAT,
            "list_id": self.list_id,
            "unit_code": self.unit_code,
            "unit": self.unit,
            "fonds_no": self.fonds_no,
            "due_on": self.due_on.isoformat(),
            "list_digest": digest_body(self.list_digest),
            "sign_offs": sign_offs_body(self.sign_offs),
            "records": [{**_record(row), "files": files[row.record_id]} for row in self.rows if row.record_id in files],
        }


def member_name(file: ListedFile) -> str:
    """Return where a file lies in the package, below the bag's folder."""
    return f"data/{file.record_id}/{file.digest.path.removeprefix('data/')}"


def payload_bytes(files: Iterable[ListedFile]) -> int:
    """Return how many bytes these files have."""
    return sum(file.digest.size_bytes for file in files)


def _file(file: ListedFile) -> Json:
    return {
        "path": member_name(file),
        "received_as": file.digest.path,
        "bytes": file.digest.size_bytes,
        "sha256": file.digest.sha256,
        "sm3": file.digest.sm3,
    }


def _record(row: LaidOutRow) -> dict[str, Json]:
    return {
        "row_no": row.row_no,
        "record_id": row.record_id,
        "archival_code": row.archival_code,
        "title": row.title,
        "author": row.author,
        "doc_no": row.doc_no,
        "retention": row.retention,
        "filing_year": row.filing_year,
        "remarks": row.remarks,
        "formed_on": row.formed_on.isoformat(),
        "page_count": row.page_count,
    }
