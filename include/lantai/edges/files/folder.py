"""Reading a local folder as a list of files, and writing one beside it.

Names are bytes until they are decoded; links are never followed, and what is
no regular file is named instead of being read.

Source: reliability.md, "Facts".
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lantai.edges.files.regular import open_regular
from lantai.errors import AlreadyThereError, DiskFullError, InputFileError, LantaiError, PlaceUnavailableError
from lantai.formats.vault.stream_digest import take_digests

OnBytes = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class FolderFile:
    """One entry below a folder: its raw name with `/`, where it lies, its size; `is_regular` is false for links and devices."""

    raw_name: bytes
    path: Path
    size_bytes: int
    mtime: int
    is_regular: bool


def list_folder(folder: Path) -> list[FolderFile]:
    """Return every file below a folder in order of raw names.

    Raises:
        InputFileError: There is no such folder.
        PlaceUnavailableError: A folder below could not be listed; nothing is left out silently.
    """
    if not folder.is_dir():
        raise InputFileError(f"{folder}: found {'a file' if folder.exists() else 'nothing'}, expected a folder")
    return sorted(_walk(os.fsencode(folder), b""), key=lambda f: f.raw_name)


def _walk(root: bytes, below: bytes) -> Iterator[FolderFile]:
    """Yield what lies below a folder; what is no regular file is named, and no link is followed (S2)."""
    try:
        entries = list(os.scandir(os.path.join(root, below)))  # noqa: PTH118 - names are bytes here, a Path would decode them
    except OSError as error:
        raise PlaceUnavailableError(f"{os.fsdecode(below) or '.'}: cannot be listed ({error.strerror})") from error
    for entry in entries:
        raw_name = below + b"/" + entry.name if below else entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, raw_name)
            continue
        status = entry.stat(follow_symlinks=False)
        yield FolderFile(
            raw_name,
            Path(os.fsdecode(entry.path)),
            status.st_size,
            int(status.st_mtime),
            stat.S_ISREG(status.st_mode),
        )


def open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading, never through a link at its end.

    Raises:
        PlaceUnavailableError: It cannot be opened, or is no regular file.
    """
    try:
        return os.fdopen(open_regular(path, follows=False), "rb")
    except OSError as error:
        raise PlaceUnavailableError(f"{path}: cannot be read ({error.strerror})") from error


def digest_file(path: Path, algorithms: Collection[str], on_bytes: OnBytes | None = None) -> tuple[int, dict[str, str]]:
    """Return size and digests of a file, see `take_digests`.

    Args:
        path: The file.
        algorithms: Which digests.
        on_bytes: Told how many more bytes have been read.

    Raises:
        PlaceUnavailableError: It cannot be read.
    """
    with open_file(path) as stream:
        try:
            return take_digests(_Passing(stream, None, on_bytes), algorithms)  # type: ignore[arg-type]  # read() is all that is used
        except OSError as error:
            raise PlaceUnavailableError(f"{path}: cannot be read ({error.strerror})") from error


def read_bytes(path: Path, most_bytes: int = 64 * 1024 * 1024) -> bytes:
    """Return the content of a file that is small enough to hold.

    Raises:
        PlaceUnavailableError: It cannot be read, or is larger than `most_bytes`.
    """
    with open_file(path) as stream:
        content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise PlaceUnavailableError(f"{path}: found more than {most_bytes} bytes, expected a small file")
    return content


def write_file(path: Path, content: bytes) -> None:
    """Write a new file and the folders above it; an existing one is never replaced.

    Raises:
        AlreadyThereError: It exists already.
        PlaceUnavailableError: It cannot be written.
        DiskFullError: No space is left.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as target:
            target.write(content)
    except OSError as error:
        raise _translated(path, error) from error


def refuse_existing(paths: Iterable[Path]) -> None:
    """Refuse to begin where something lies already, so that several files are written all or none.

    Raises:
        AlreadyThereError: One of them is there; the message names every one.
    """
    found = [str(path) for path in paths if path.exists()]
    if found:
        raise AlreadyThereError(f"{', '.join(found)}: is there already, expected nothing of that name")


def copy_file(
    source: Path, target: Path, algorithms: Collection[str], on_bytes: OnBytes | None = None
) -> tuple[int, dict[str, str]]:
    """Copy a file to a new name and return size and digests of what was written, taken in the same pass.

    Args:
        source: What is copied.
        target: Its new name; the folders above it are made.
        algorithms: Which digests.
        on_bytes: Told how many more bytes have been written.

    Raises:
        PlaceUnavailableError: The target exists already, or one of the two fails.
        DiskFullError: No space is left.

    Source: R1-32, the digest is made in the same step as the package.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open_file(source) as reader, target.open("xb") as writer:
            return take_digests(_Passing(reader, writer, on_bytes), algorithms)  # type: ignore[arg-type]  # read() is all that is used
    except OSError as error:
        raise _translated(target, error) from error


def put_in_place(unfinished: Path, finished: Path) -> None:
    """Rename a finished folder to its own name; an existing one is never replaced.

    Raises:
        AlreadyThereError: The name is taken.
        PlaceUnavailableError: The folder cannot be renamed.
    """
    if finished.exists():
        raise AlreadyThereError(f"{finished}: is there already, expected nothing of that name")
    try:
        unfinished.rename(finished)
    except OSError as error:
        raise _translated(finished, error) from error


def remove_folder(folder: Path) -> None:
    """Remove a folder that we made and its content; nothing happens when it is not there."""
    shutil.rmtree(folder, ignore_errors=True)


class _Passing:
    """A reader that writes down what it reads, and says how much that was."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO | None, on_bytes: OnBytes | None) -> None:
        self._reader = reader
        self._writer = writer
        self._on_bytes = on_bytes

    def read(self, size: int = -1) -> bytes:
        block = self._reader.read(size)
        if self._writer is not None:
            self._writer.write(block)
        if self._on_bytes is not None:
            self._on_bytes(len(block))
        return block


def _translated(path: Path, error: OSError) -> LantaiError:
    if isinstance(error, FileExistsError):
        return AlreadyThereError(f"{path}: is there already, expected nothing of that name")
    kind = DiskFullError if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else PlaceUnavailableError
    return kind(f"{path}: cannot be written ({error.strerror})")
