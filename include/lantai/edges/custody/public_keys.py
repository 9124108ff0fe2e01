"""The public halves of the centre's keys at every place: whoever has a copy can verify what was signed about it.

Source: vault.md, "The ledger".
"""

from __future__ import annotations

from collections.abc import Iterable

from lantai.edges.custody.place_protocol import Place
from lantai.edges.keys.files import PUBLIC_SUFFIX, key_files, load_verifier, public_path
from lantai.settings import Settings


def lay_public_keys(places: Iterable[Place], settings: Settings) -> None:
    """Copy the public halves that the home has into `keys/` at places, which are made where they are missing.

    Args:
        places: Every place of the vault.
        settings: Where the home's keys lie.

    Raises:
        PlaceUnavailableError: A place holds something else, or could not be written.
        FixityError: A place holds another public key under the same name.
    """
    for place in places:
        place.prepare()
        for name, path in key_files(settings).items():
            if path.exists() or public_path(path).exists():
                place.write_new(f"keys/{path.stem}{PUBLIC_SUFFIX}", [load_verifier(name, path).public_pem])
