"""Several digests of a stream in one pass."""

from __future__ import annotations

import hashlib
import io

import pytest

from lantai.formats.vault.stream_digest import BLOCK_BYTES, take_digests


@pytest.mark.parametrize("size", [0, 1, BLOCK_BYTES, BLOCK_BYTES + 1])
def test_digests_are_of_every_byte_from_where_the_stream_stands(size):
    """R1-45."""
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    stream = io.BytesIO(b"before" + content)
    stream.seek(len(b"before"))

    counted, digests = take_digests(stream, ("sm3", "sha256"))

    assert counted == size
    assert digests == {name: hashlib.new(name, content).hexdigest() for name in ("sm3", "sha256")}


def test_bytes_are_counted_where_no_digest_is_asked_for():
    """R1-45."""
    assert take_digests(io.BytesIO(b"123"), ()) == (3, {})


def test_algorithm_that_nobody_knows_is_refused():
    """R1-45."""
    with pytest.raises(ValueError, match="no-such"):
        take_digests(io.BytesIO(b"123"), ("no-such",))
