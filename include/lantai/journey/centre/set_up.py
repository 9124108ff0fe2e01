"""Set a centre up: folders, registry, keys. Nothing that is there is ever overwritten.

Source: interfaces.md, "The command"; vault.md, "The ledger" (three signers).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lantai.edges.centre import Centre
from lantai.edges.custody.apart import require_apart
from lantai.edges.custody.public_keys import lay_public_keys
from lantai.edges.database.migrations import upgrade
from lantai.edges.files.machine import files_of, make_folder, missing_of
from lantai.edges.keys.files import make_home_keys
from lantai.settings import place_folder


@dataclass(frozen=True, slots=True)
class SetUp:
    """What was made."""

    revision: str
    made: tuple[Path, ...]
    home: Path


def set_up(centre: Centre, *, has_custody: bool) -> SetUp:
    """Make what is missing and upgrade the registry; safe to run again at any moment.

    Args:
        centre: The centre, whose schema need not be current.
        has_custody: Whether the identity and the disposal key are kept on this machine; a real centre leaves both to custodians.

    Raises:
        SettingsError: Two places are one folder, or one lies inside the other; nothing is made then.
    """
    require_apart(centre.vault.places)
    settings = centre.settings
    folders = (settings.home, settings.keys, settings.quarantine, settings.papers, settings.work)
    places = [Path(place_folder(place.name, "place")) for place in centre.vault.places]
    missing = missing_of((*folders, *places))
    keys_before = files_of(settings.keys)
    for path in folders:
        make_folder(path, is_private=True)
    revision = upgrade(centre.database)
    make_home_keys(settings, has_custody=has_custody)
    lay_public_keys(centre.vault.places, settings)
    made_keys = sorted(files_of(settings.keys) - keys_before)
    return SetUp(revision, (*missing, *made_keys), settings.home)
