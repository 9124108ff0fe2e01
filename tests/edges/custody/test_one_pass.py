"""The sealing pass at the edges of its blocks, chunks and packs.

Covers: edges.custody.plaintext, edges.custody.write_behind.
"""

import hashlib
import io
import os
import threading

import pytest

from lantai.edges.custody.one_pass import BLOCK_BYTES, INLINE_BYTES, SealingPass
from lantai.edges.custody.plaintext import PlainFile, PlainRecord
from lantai.errors import DiskFullError, FixityError, PlaceUnavailableError, UsageError
from lantai.formats.age import file as age
from lantai.formats.vault import pack
from lantai.records.custody.file_digest import FileDigest

CHUNK = age.CHUNK_BYTES
IDENTITY = age.generate_identity()


def file(content, name="a", opener=None):
    sm3 = hashlib.new("sm3", content).hexdigest()
    digest = FileDigest(name, len(content), hashlib.sha256(content).hexdigest(), sm3)
    return PlainFile(digest, opener or (lambda: io.BytesIO(content)))


def seal_all(folder, records):
    with SealingPass(folder, [IDENTITY.recipient], 1) as sealing_pass:
        for record in records:
            sealing_pass.seal(record)
    return sealing_pass.sealings


def opened(folder, sealings):
    """Every record's plaintext, read as docs/vault-format.md says."""
    found = {}
    for name in {sealing.sealed.pack for sealing in sealings}:
        with (folder / name).open("rb") as stream:
            for member, _, chunks in pack.unpack(stream):
                found[member] = b"".join(chunks)
    return [b"".join(age.decrypt(s.header + found[s.sealed.payload], [IDENTITY])) for s in sealings]


SIZES = [
    0,
    1,
    CHUNK - 1,
    CHUNK,
    CHUNK + 1,
    INLINE_BYTES,
    INLINE_BYTES + 1,
    BLOCK_BYTES - 1,
    BLOCK_BYTES,
    BLOCK_BYTES + 1,
]


@pytest.mark.parametrize("size", [*SIZES, 2 * BLOCK_BYTES, 5 * BLOCK_BYTES + 7])
def test_record_of_any_size_comes_back(tmp_path, size):
    content = os.urandom(size)

    sealings = seal_all(tmp_path, [PlainRecord("R", (file(content),), is_tar=False)])

    assert opened(tmp_path, sealings) == [content]
    assert sealings[0].sealed.payload_bytes == age.payload_bytes(size)


def test_many_records_of_mixed_sizes_come_back_from_one_pack(tmp_path):
    contents = [os.urandom(size) for size in (*SIZES, 3, 0, 2 * BLOCK_BYTES, 5)]

    records = [PlainRecord(f"R{n}", (file(content),), is_tar=False) for n, content in enumerate(contents)]

    assert opened(tmp_path, seal_all(tmp_path, records)) == contents


def test_stream_that_gives_a_little_at_a_time_is_read_whole(tmp_path):
    """A short read is not the end of a file."""
    content = os.urandom(2 * BLOCK_BYTES + 3)

    class Dribble(io.BytesIO):
        def readinto(self, space):
            return super().readinto(memoryview(space)[:70_001])

    record = PlainRecord("R", (file(content, opener=lambda: Dribble(content)),), is_tar=False)

    assert opened(tmp_path, seal_all(tmp_path, [record])) == [content]


def test_no_two_records_share_a_file_key_or_a_seal(tmp_path):
    records = [PlainRecord(f"R{number}", (file(b"same"),), is_tar=False) for number in range(50)]

    sealings = seal_all(tmp_path, records)

    assert len({age.unwrap(sealing.header, [IDENTITY]) for sealing in sealings}) == 50
    assert len({sealing.sealed.seal_id for sealing in sealings}) == 50
    assert len({sealing.sealed.payload_sha256 for sealing in sealings}) == 50


def test_same_record_twice_is_refused(tmp_path):
    record = PlainRecord("R", (file(b"x"),), is_tar=False)

    with pytest.raises(UsageError, match="twice"):
        seal_all(tmp_path, [record, record])


def test_unreadable_file_is_no_fixity_finding(tmp_path):
    """D2: EIO while reading says nothing about the bytes."""

    class Broken(io.BytesIO):
        def readinto(self, space):
            raise OSError(5, "Input/output error")

    record = PlainRecord("R", (file(b"x" * 10, opener=lambda: Broken(b"")),), is_tar=False)

    with pytest.raises(PlaceUnavailableError, match="Input/output error"):
        seal_all(tmp_path, [record])


def test_pack_on_a_full_device_is_told_as_such_and_no_thread_stays(tmp_path):
    """D1: the real ENOSPC of the system, met by the writing thread."""
    before = threading.active_count()
    (tmp_path / "packs").mkdir()
    sealing_pass = SealingPass(tmp_path / "packs", [IDENTITY.recipient], 1)
    record = PlainRecord("R", (file(bytes(4 * BLOCK_BYTES)),), is_tar=False)

    def seal_on_a_full_device():
        with sealing_pass:
            out = sealing_pass._begin_pack()
            with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123 - a device, not a path
                os.dup2(full.fileno(), out._file.fileno())
            sealing_pass.seal(record)

    with pytest.raises(DiskFullError, match="No space"):
        seal_on_a_full_device()

    assert threading.active_count() == before


def test_payload_that_does_not_open_to_what_was_sealed_is_found_before_the_key_is_forgotten(tmp_path):
    """Open-after-write."""

    def seal_and_damage():
        with SealingPass(tmp_path, [IDENTITY.recipient], 1) as sealing_pass:
            sealing_pass.seal(PlainRecord("R1", (file(b"x" * 3 * BLOCK_BYTES),), is_tar=False))
            out = sealing_pass._pack
            out.room(BLOCK_BYTES * 2)
            out._worker.wait()
            os.pwrite(out._file.fileno(), b"\0\0\0\0", 2000)

    with pytest.raises((FixityError, age.PayloadError)):
        seal_and_damage()
