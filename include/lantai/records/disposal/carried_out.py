"""What is known of a list that is being carried out: its files, what places say, its delivery, its certificate.

Source: vault.md, "Destruction, in order"; 电子档案移交与接收办法 (2012).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lantai.records.custody.file_digest import FileDigest
from lantai.records.disposal.lists import ListKind


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of a record on a list.

    Attributes:
        row_no: The record's row on the list, from 1.
        record_id: The record.
        file_no: The file's number within the record, from 1.
        digest: The file as it arrived.
    """

    row_no: int
    record_id: str
    file_no: int
    digest: FileDigest


@dataclass(frozen=True, slots=True)
class LiveTwin:
    """A record that stays and has a file with the same bytes as one that goes: named on the certificate.

    Attributes:
        record_id: The record that goes.
        twin_id: The record that stays.
        carrier_id: The carrier of the one that stays.
    """

    record_id: str
    twin_id: str
    carrier_id: str


@dataclass(frozen=True, slots=True)
class PlaceErasure:
    """What was found at a place after the erasure.

    Attributes:
        carrier_id: The carrier that was looked at.
        place: Its name.
        erasure_class: What removing a file amounts to there.
        generation: The generation that lies there now; 0 where nothing of the carrier lies.
        manifest_sha256: Digest of its manifest; empty likewise.
        looked_at: When every byte of it was read.
        remaining: What was still found there of the records, or beside the generation; empty when nothing was.
    """

    carrier_id: str
    place: str
    erasure_class: str
    generation: int
    manifest_sha256: str
    looked_at: datetime
    remaining: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A package that was handed over to the archive and read back there.

    Attributes:
        package_name: Where it lies at the archive.
        package_sha256: Its digest, in hex.
        size_bytes: Its size.
        delivered_at: When it was read back.
    """

    list_id: str
    package_name: str
    package_sha256: str
    size_bytes: int
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate of a list: there is one, and it never changes.

    Attributes:
        body_json: What is signed, as canonical JSON.
        signature: Over these bytes, in base64.
        paper_path: The PDF for people, below the folder of papers.
        paper_sha256: Its digest, in hex.
        made_at: When it was issued.
    """

    certificate_id: str
    list_id: str
    kind: ListKind
    body_json: str
    signature: str
    paper_path: str
    paper_sha256: str
    made_at: datetime
