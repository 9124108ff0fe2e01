"""What the vault keeps of a carrier, as the signed manifests say it. Source: vault.md, "Where things lie"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """One sealed record: one age file, header and payload apart.

    Attributes:
        record_id: Our id; the carrier's `catalogue` and `papers` are records too.
        seal_id: Random, one per sealing, 16 bytes in hex.
        pack: File name of the pack that holds the payload, e.g. `pack-0001.g1.tar`.
        payload: Member name, `<record_id>.payload`.
        payload_bytes: Size of the payload, age's 16-byte nonce included.
        payload_sha256: Digest of the payload in hex.
        header_sha256: Digest of the header in hex; stands in the headers' manifest, not in the payloads'.
    """

    record_id: str
    seal_id: str
    pack: str
    payload: str
    payload_bytes: int
    payload_sha256: str
    header_sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation of a carrier in the vault, the commit point of its change."""

    carrier_id: str
    unit_code: str
    filing_year: int
    data_form: str
    round_no: int
    generation: int
    previous_sha256: str
    catalogue: str
    papers: str
    records: tuple[SealedRecord, ...]
