"""What a list still lacks, in both languages: people at the centre read it before they sign and before they act."""

from __future__ import annotations

from typing import Self


class Shortfall(str):
    """One thing that is missing: English as it stands in errors and in the ledger, with the same in Chinese for screens.

    Attributes:
        zh: The Chinese words.
    """

    __slots__ = ("zh",)

    zh: str

    def __new__(cls, zh: str, en: str) -> Self:
        """Keep both."""
        made = super().__new__(cls, en)
        made.zh = zh
        return made
