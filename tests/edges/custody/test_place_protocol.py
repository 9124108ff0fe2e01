"""What is done with files at any place: read whole or in blocks, written whole however little is taken at a time."""

from __future__ import annotations

import hashlib
import io
from io import BufferedReader, FileIO
from pathlib import Path

import pytest

from lantai.edges.custody.file_place import FilePlace
from lantai.edges.custody.place_protocol import BLOCK_BYTES, WRITE_BYTES, blocks, read_small, sha256_of, write_all
from lantai.errors import FixityError, PlaceUnavailableError


@pytest.fixture
def place(tmp_path: Path) -> FilePlace:
    made = FilePlace(tmp_path / "place")
    made.prepare()
    return made


@pytest.mark.parametrize(
    ("held", "asked", "expected"),
    [
        (BLOCK_BYTES + 1, None, [BLOCK_BYTES, 1]),
        (BLOCK_BYTES + 1, BLOCK_BYTES, [BLOCK_BYTES]),
        (10, 4, [4]),
        (10, 20, [10]),
        (10, 0, []),
        (0, None, []),
    ],
)
def test_file_is_read_in_blocks_to_its_end_or_to_the_size_that_was_asked(
    held: int, asked: int | None, expected: list[int]
) -> None:
    content = bytes(range(256)) * (held // 256 + 1)
    file = BufferedReader(io.BytesIO(content[:held]))

    found = list(blocks(file, asked))

    assert [len(block) for block in found] == expected
    assert b"".join(found) == content[: sum(expected)]


def test_digest_and_content_are_those_of_the_file_at_the_place(place: FilePlace) -> None:
    content = b"x" * (BLOCK_BYTES + 7)
    place.write_new("carriers/C/pack.tar", [content])

    assert sha256_of(place, "carriers/C/pack.tar") == hashlib.sha256(content).hexdigest()
    assert read_small(place, "carriers/C/pack.tar") == content


@pytest.mark.parametrize("read", [sha256_of, read_small])
def test_file_that_is_not_there_is_lost_and_not_empty(place: FilePlace, read) -> None:
    with pytest.raises(FixityError):
        read(place, "carriers/C/pack.tar")


@pytest.mark.parametrize("read", [sha256_of, read_small])
def test_file_that_cannot_be_read_is_told_with_its_place(read) -> None:
    """A process's own memory opens and has nothing at its beginning: the system's error comes with the first read."""

    class Torn(FilePlace):
        def open(self, name: str) -> BufferedReader:
            return Path("/proc/self/mem").open("rb")

    with pytest.raises(PlaceUnavailableError, match="Input/output error"):
        read(Torn(Path("/nowhere")), "any")


@pytest.mark.parametrize("kind", [bytes, memoryview])
def test_chunk_of_any_length_is_written_whole_where_less_is_taken_at_a_time(tmp_path: Path, kind) -> None:
    """A disk that is nearly full, or a signal, lets a write end early."""
    content = bytes(range(256)) * (WRITE_BYTES // 128) + b"end"
    asked = []

    class Slow(FileIO):
        def write(self, part) -> int:
            asked.append(len(part))
            return super().write(part[: max(1, len(part) // 2)])

    with Slow(tmp_path / "file", "w") as file:
        write_all(file, kind(content))

    assert (tmp_path / "file").read_bytes() == content
    assert max(asked) == WRITE_BYTES
