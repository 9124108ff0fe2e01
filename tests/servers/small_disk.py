"""A real small disk: a file system in memory with a size of its own, put where a folder is."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

__all__ = ["SmallDisk", "small_disk"]


class SmallDisk:
    """A folder that lies on a disk of its own; what was in it stays in it."""

    def __init__(self, folder: Path, kibibytes: int) -> None:
        """Put a disk of that size there; `OSError` where this user may not mount."""
        self.folder = folder
        kept = folder.with_name(f"{folder.name}.kept")
        if folder.exists():
            folder.rename(kept)
        folder.mkdir(parents=True)
        self._mount("-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", str(folder))
        if kept.exists():
            shutil.copytree(kept, folder, dirs_exist_ok=True)
            shutil.rmtree(kept)

    def grow(self, kibibytes: int) -> None:
        """Make space."""
        self._mount("-o", f"remount,size={kibibytes}k", str(self.folder))

    def lock(self) -> None:
        """Let nothing be written there any more, as a disk with a fault does."""
        self._mount("-o", "remount,ro", str(self.folder))

    def take_away(self) -> None:
        """Take the disk away with all that is on it."""
        subprocess.run(["umount", str(self.folder)], check=True)

    def _mount(self, *words: str) -> None:
        done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise OSError(done.stderr.strip())


@pytest.fixture
def small_disk() -> Iterator[Callable[[Path, int], SmallDisk]]:
    """Make small disks that are taken away again; skips where nobody may mount one (a container without that right), but never in CI."""
    made: list[SmallDisk] = []

    def make(folder: Path, kibibytes: int) -> SmallDisk:
        try:
            made.append(SmallDisk(folder, kibibytes))
        except OSError as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"no small disk can be mounted here: {error}")
        return made[-1]

    yield make
    for disk in made:
        disk.take_away()
