"""What a file is known by: its name, its size and its digests."""

from __future__ import annotations

from dataclasses import dataclass


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
