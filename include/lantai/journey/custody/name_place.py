"""Name a place as papers name it: the vault, or which of the copy places; its address stays where a certificate needs it."""

from __future__ import annotations

from lantai.locales import say
from lantai.settings import Settings, shown_address


def name_place(settings: Settings, address: str) -> str:
    """Return the name of a place; one that is no longer among the settings is its address.

    Args:
        settings: Say which place is which.
        address: As rows and signed papers write it, e.g. `file:///var/lib/lantai/vault`.
    """
    if address == settings.vault_url:
        return say("places.vault", settings.locale)
    if address in settings.copy_urls:
        return say("places.copy", settings.locale, number=settings.copy_urls.index(address) + 1)
    return shown_address(address)
