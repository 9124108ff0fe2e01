"""What a look at the bytes of a file said: whether it is encrypted, whether it is packed."""

from __future__ import annotations

from dataclasses import dataclass

UNSEEN = "unseen"
"""Stands for a tool where it does not show whether the file is encrypted: never "not encrypted"."""


@dataclass(frozen=True, slots=True)
class LookedInto:
    """One file.

    Attributes:
        name: Its path.
        encryption: With which tool it is encrypted; empty where it is not, `UNSEEN` where that does not show.
        compression: The same of packing.
    """

    name: str
    encryption: str = ""
    compression: str = ""
