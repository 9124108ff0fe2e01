"""An archive is taken apart by a process that nobody believes.

Covers: edges.intake.archive_child.
"""

from __future__ import annotations

import signal
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest

from confined_scripts import script_of
from lantai.edges.intake import opened_archive
from lantai.edges.intake.archive import ArchiveLimits
from lantai.errors import ArchiveLimitError, LantaiError, PackageError, ReaderMisledError, ValidationUnavailableError

ARCHIVES = {
    "a name twice": "send_message(line, [['61', 1], ['61', 1]])",
    "no name": "send_message(line, [['', 1]])",
    "a name that is none": "send_message(line, [['zz', 1]])",
    "a negative size": "send_message(line, [['61', -1]])",
    "a size beyond all": "send_message(line, [['61', 10**15]])",
    "more in all than it packs": "send_message(line, [['61', 9 * 2**20], ['62', 9 * 2**20]]); send_message(line, 'end')",
    "more than it packs": "send_message(line, [['61', 10**10]])",
    "no list": "send_message(line, 'x')",
    "too much of a file": "tell([['61', 3]]); send_block(line, b'xxxx')",
    "a word within a file": "tell([['61', 3]]); send_block(line, b'x'); send_message(line, 'end')",
    "an empty block": "tell([['61', 3]]); send_block(line, b'')",
    "bytes after the end": "tell([['61', 1]]); send_block(line, b'x'); send_block(line, b'x')",
}
TELL = """
def tell(members):
    send_message(line, members); send_message(line, "end"); receive(line)
receive(line)
"""


def taken_from(source: BinaryIO) -> list[bytes]:
    """Return the bytes of the first file of an archive, block by block."""
    with opened_archive.open_archive(source) as archive:
        return [bytes(block) for _, blocks in archive.take({0: 0}) for block in blocks]


@pytest.mark.parametrize("lie", ARCHIVES)
def test_archive_reader_that_lies_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: str) -> None:
    """S5: what a parser that was taken over says is held against what an archive can be."""
    monkeypatch.setattr(opened_archive, "_CHILD", script_of(tmp_path, TELL + ARCHIVES[lie] + "\nreceive(line)"))

    with tempfile.TemporaryFile() as source, pytest.raises(ReaderMisledError, match="nothing of it was taken over"):
        taken_from(source)


def test_archive_whose_names_are_as_long_as_names_can_be_is_listed_whole() -> None:
    """S5: what is told of it goes over in many words, for one of its size would not be believed."""
    names = [f"{number:03}".ljust(60_000, "n") for number in range(400)]
    with tempfile.TemporaryFile() as source:
        with zipfile.ZipFile(source, "w") as archive:
            for name in names:
                archive.writestr(name, "")
        source.flush()

        with opened_archive.open_archive(source) as opened:
            found = [member.raw_name.decode() for member in opened.members]

    assert found == names


def test_archive_of_as_much_as_is_allowed_is_listed_and_one_of_more_is_not(tmp_path: Path) -> None:
    """S5: by the process itself, which says so before we would not believe it."""
    with tempfile.TemporaryFile() as source:
        with zipfile.ZipFile(source, "w") as archive:
            archive.writestr("a", b"x" * 1000)
            archive.writestr("empty", b"")
        source.flush()

        with opened_archive.open_archive(source, limits=ArchiveLimits(unpacked_bytes=1000)) as opened:
            found = opened.members

        with (
            pytest.raises(ArchiveLimitError, match="at most 999 bytes"),
            opened_archive.open_archive(source, limits=ArchiveLimits(unpacked_bytes=999)),
        ):
            pass

    assert found == ((b"a", 1000), (b"empty", 0))


def test_reader_that_was_killed_says_nothing_about_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """I8: the system may pick this process when another one has taken the memory."""
    monkeypatch.setattr(
        opened_archive, "_CHILD", script_of(tmp_path, "receive(line); os.kill(os.getpid(), signal.SIGKILL)")
    )

    with tempfile.TemporaryFile() as source, pytest.raises(LantaiError) as raised:
        taken_from(source)

    assert (type(raised.value), raised.value.retryable) == (ValidationUnavailableError, True)
    assert not isinstance(raised.value, PackageError)
    assert str(signal.SIGKILL.value) not in str(raised.value)
