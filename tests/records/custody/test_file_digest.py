"""What a file is known by."""

from __future__ import annotations

import hashlib

from lantai.records.custody.file_digest import DIGESTS_TAKEN, FileDigest

CONTENT = "第1件".encode()
HEXES = {name: hashlib.new(name, CONTENT).hexdigest() for name in DIGESTS_TAKEN}


def test_digests_are_found_under_the_names_they_were_taken_by() -> None:
    """R1-45 (digests of a file)."""
    digest = FileDigest.of("data/1.txt", len(CONTENT), {**HEXES, "md5": "0" * 32})

    assert digest == FileDigest("data/1.txt", len(CONTENT), HEXES["sha256"], HEXES["sm3"])
    assert digest.hexes == HEXES


def test_file_under_another_name_is_the_same_file() -> None:
    digest = FileDigest.of("上交/data/1.txt", len(CONTENT), HEXES)

    assert digest.named("data/1.txt") == FileDigest.of("data/1.txt", len(CONTENT), HEXES)
