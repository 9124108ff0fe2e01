"""The catalogue that is sealed with a carrier."""

from __future__ import annotations

import json
from dataclasses import replace

from carriers import carrier
from lantai.formats.vault.sealed_catalogue import dump_record


def test_line_names_the_record_and_its_files_as_the_format_page_says_and_nothing_else() -> None:
    """L1 (its line in the catalogue): docs/vault-format.md tells strangers these names."""
    [record] = carrier([[("data/甲.txt", b"a"), ("data/乙.txt", b"bc")]]).records

    line = dump_record(replace(record, archival_code="Z109-WS·2025-D30-BGS-0001", title="题名\n二行"))

    assert b"\n" not in line
    assert json.loads(line) == {
        "record_id": record.record_id,
        "archival_code": "Z109-WS·2025-D30-BGS-0001",
        "title": "题名\n二行",
        "files": [
            {"path": file.path, "bytes": size, "sha256": file.sha256, "sm3": file.sm3}
            for file, size in zip(record.files, (1, 2), strict=True)
        ],
    }
