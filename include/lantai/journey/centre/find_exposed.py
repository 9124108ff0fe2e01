"""Find the files of a centre that other users of the machine can read though they are secret, or change though they are believed.

Source: interfaces.md, "The command" (doctor); reliability.md, "Security".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lantai.edges.centre import Centre
from lantai.edges.connections import secret_files
from lantai.edges.custody.file_place import FilePlace
from lantai.edges.files.exposure import others_may_enter, others_may_read, others_may_write
from lantai.edges.files.machine import files_of, is_folder, is_there
from lantai.edges.keys.files import key_files, public_path
from lantai.edges.keys.tombstone_key import FILE_NAME as TOMBSTONE_KEY


class Danger(StrEnum):
    """What others can do: change what is believed, read what is secret, or look at what offices filed."""

    WRITE = "others_write"
    READ = "others_read"
    LOOK = "others_look"


@dataclass(frozen=True, slots=True)
class Exposed:
    """A file or folder that others reach, and what it is to them."""

    path: Path
    danger: Danger


def find_exposed(centre: Centre) -> tuple[int, list[Exposed]]:
    """Return how many files and folders were looked at, and those that others can read or change (P2, P5).

    Raises:
        PlaceUnavailableError: A file could not be looked at.
    """
    secret = {path for path in _secrets(centre) if is_there(path)}
    believed = secret | {path for path in (*_believed(centre), *_places(centre)) if is_there(path)}
    records = {path for path in _records(centre) if is_there(path)}
    found = [Exposed(path, Danger.WRITE) for path in sorted(believed | records) if others_may_write(path)]
    found += [Exposed(path, Danger.READ) for path in sorted(secret) if others_may_read(path)]
    found += [
        Exposed(path, Danger.LOOK)
        for path in sorted(records)
        if (others_may_enter(path) if is_folder(path) else others_may_read(path))
    ]
    return len(believed | records), found


def _secrets(centre: Centre) -> Iterator[Path]:
    settings = centre.settings
    yield from key_files(settings).values()
    yield settings.keys / "identity.txt"
    yield settings.keys / TOMBSTONE_KEY
    yield settings.airflow_login_file
    if is_there(settings.connections_file):
        yield from secret_files(settings.connections_file)


def _records(centre: Centre) -> Iterator[Path]:
    """Yield where the contents of filings lie in the clear, and what is known of them."""
    settings = centre.settings
    yield from (settings.quarantine, settings.papers, settings.work)
    if centre.database.file is not None:
        yield centre.database.file


def _believed(centre: Centre) -> Iterator[Path]:
    settings = centre.settings
    yield settings.recipients_file
    yield settings.connections_file
    yield from (public_path(path) for path in key_files(settings).values())


def _places(centre: Centre) -> Iterator[Path]:
    """Yield the vault, the places of copies and the folders that lie directly in them; what is in them is sealed, and believed."""
    for place in centre.vault.places:
        if isinstance(place, FilePlace):
            yield place.root
            yield from filter(is_folder, files_of(place.root))
