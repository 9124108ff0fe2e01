"""What the benchmarks work on: folders of files with random content, and what a folder's files amount to."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK_BYTES = 1024 * 1024
FILES_PER_FOLDER = 500


@dataclass(frozen=True, slots=True)
class Bench:
    """Where and how large: `folder` is empty, `share` is the part of the full size, `runs` how often each runs."""

    folder: Path
    share: float
    runs: int

    def count(self, full: int) -> int:
        """Return how many of `full` there are at this share, at least one."""
        return max(1, round(full * self.share))


def make_small_files(folder: Path, count: int, size_bytes: int) -> None:
    """Fill a folder with files of random bytes, 500 in each folder of it."""
    for number in range(count):
        path = folder / f"{number // FILES_PER_FOLDER:03d}" / f"{number:06d}.bin"
        if number % FILES_PER_FOLDER == 0:
            path.parent.mkdir(parents=True)
        path.write_bytes(os.urandom(size_bytes))


def make_large_file(path: Path, size_bytes: int) -> None:
    """Write one file of random bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for begin in range(0, size_bytes, BLOCK_BYTES):
            file.write(os.urandom(min(BLOCK_BYTES, size_bytes - begin)))


def files_below(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder, in order."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names))


def digest_of_digests(digests: Iterable[str]) -> str:
    """Return one digest for the digests of many files, whatever their order."""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def in_words(size_bytes: int) -> str:
    """Return a size for people, e.g. `8 KiB`."""
    for unit, step in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size_bytes >= step:
            return f"{size_bytes / step:.4g} {unit}"
    return f"{size_bytes} B"
