"""The key of the tombstones' digests: 32 secret bytes, made once, never replaced while a tombstone stands.

Source: vault.md, destruction 6 (a plain digest would confirm a guess).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from lantai.edges.files.parts import part_beside, sweep
from lantai.edges.files.system_error import translated
from lantai.errors import KeyMissingError

KEY_BYTES = 32
FILE_NAME = "tombstone.key"


def tombstone_key(keys_folder: Path, *, may_be_made: bool) -> bytes:
    """Return the key, and make it when there is none yet.

    Args:
        keys_folder: Where the centre's keys lie.
        may_be_made: Whether no tombstone stands yet; with another key, older ones would never match again.

    Raises:
        KeyMissingError: There is none and none may be made, or what is there has another length.
        PlaceUnavailableError: The folder cannot be written.
    """
    path = keys_folder / FILE_NAME
    with translated(str(path)):
        if may_be_made and not path.exists():
            keys_folder.mkdir(parents=True, exist_ok=True)
            sweep(keys_folder)
            unfinished = part_beside(path)
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(unfinished, path)
            except FileExistsError:
                pass  # Another worker was first; its key counts.
            finally:
                unfinished.unlink()
        try:
            key = path.read_bytes()
        except FileNotFoundError as error:
            raise KeyMissingError(f"{path}: found no key, expected that of the tombstones that stand") from error
    if len(key) != KEY_BYTES:
        raise KeyMissingError(f"{path}: found {len(key)} bytes, expected {KEY_BYTES}")
    return key
