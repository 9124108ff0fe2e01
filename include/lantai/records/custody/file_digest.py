"""What a file is known by: its name, its size and its digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

DIGESTS_TAKEN = ("sha256", "sm3")
"""The two digests that are taken of every file, under the names that hashlib and manifests have for them."""


@dataclass(frozen=True, slots=True)
class FileDigest:
    """One file as it arrived, or as it has to be found again.

    Attributes:
        path: The department's name for it, below the bag's folder, `/` between parts; or a name of ours for a file of ours.
        size_bytes: 0 or more.
        sha256: In hex.
        sm3: The same, SM3.
    """

    path: str
    size_bytes: int
    sha256: str
    sm3: str

    @classmethod
    def of(cls, path: str, size_bytes: int, hexes: Mapping[str, str]) -> FileDigest:
        """Return what a file is known by whose digests were taken by name, those of `DIGESTS_TAKEN` among them."""
        return cls(path, size_bytes, hexes["sha256"], hexes["sm3"])

    @property
    def hexes(self) -> dict[str, str]:
        """The digests by the name of their algorithm."""
        return {"sha256": self.sha256, "sm3": self.sm3}

    def named(self, path: str) -> FileDigest:
        """Return the same file under another name."""
        return replace(self, path=path)
