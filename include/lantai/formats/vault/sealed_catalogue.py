"""The catalogue as it is sealed with its carrier: one line of JSON for each record.

By it a stranger with a key finds a record among payloads that have only ids.

Source: vault.md, "Sealed records"; docs/vault-format.md.
"""

from __future__ import annotations

from lantai.formats.ledger import canonical
from lantai.records.custody.record import Record

NAME = "catalogue.jsonl"
"""What the file is called when it is opened."""


def dump_record(record: Record) -> bytes:
    """Return the line about a record, without its line feed: canonical JSON (L1)."""
    return canonical.dumps(
        {
            "record_id": record.record_id,
            "archival_code": record.archival_code,
            "title": record.title,
            "files": [{"path": file.path, "bytes": file.size_bytes, **file.hexes} for file in record.files],
        }
    )
