"""Files under a temporary name: which process writes them, and taking away what dead ones have left.

A temporary name says who writes, as a lease's holder does. What a dead process
has left is taken away by whoever next writes into the same folder; where death
cannot be proved (another machine, another boot), when nobody has written to it
for a day, by the clock of the file system itself.

Source: vault.md, "What a hard second look ... showed" (temporary names of a dead run).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import tempfile
from pathlib import Path

from lantai.edges.files.worker import has_died, proof_of

PART_SUFFIX = ".part"
ABANDONED_SECONDS = 24 * 60 * 60
"""A file that is being written is written to all the time; after a day without, its writer is gone."""

_NAME_BYTES = 200
_NAME = re.compile(r"\..+\.(?:([0-9]+)-([0-9]+)-([0-9a-f]{16})-)?[0-9a-f]{8}\.part", re.DOTALL)


def part_beside(path: Path) -> Path:
    """Return a temporary name in the folder of a file, of this process and used once."""
    place, began = _here()
    who = f"{os.getpid()}-{began}-{place}-" if began else ""
    name = path.name.encode()[:_NAME_BYTES].decode("utf-8", "ignore")
    return path.with_name(f".{name}.{who}{secrets.token_hex(4)}{PART_SUFFIX}")


def sweep(folder: Path) -> None:
    """Take away the temporary files in a folder whose writers are dead; those of living ones stay (K1).

    Raises:
        OSError: The folder could not be read.
    """
    with os.scandir(folder) as entries:
        parts = [(Path(entry.path), match) for entry in entries if (match := _NAME.fullmatch(entry.name))]
    for path, match in parts:
        if _is_dead(match) or _is_abandoned(path):
            path.unlink(missing_ok=True)


def _here() -> tuple[str, str]:
    """Return what stands for this boot and its namespaces in a name, and when this process began; empty where it is not told."""
    where, _, began = proof_of(os.getpid()).rpartition(":")
    return hashlib.sha256(where.encode()).hexdigest()[:16], began


def _is_dead(match: re.Match[str]) -> bool:
    pid, began, place = match.groups()
    if pid is None or _here()[0] != place:
        return False
    where = proof_of(os.getpid()).rpartition(":")[0]
    return bool(where) and has_died(f":{pid}:{where}:{began}")


def _is_abandoned(path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError), tempfile.TemporaryFile(dir=path.parent) as fresh:
        return os.fstat(fresh.fileno()).st_mtime - path.stat().st_mtime > ABANDONED_SECONDS
    return False
