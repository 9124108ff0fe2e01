"""The signed manifests of a carrier in the vault, and the names of the files they speak of.

Payload manifest and headers' manifest are canonical JSON; the signature stands
in a file of its own (`.sig`, raw Ed25519). No titles, paths, archival codes or
plaintext digests stand in them: a digest confirms a guess.

Source: vault.md, "Where things lie"; docs/vault-format.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lantai.errors import MalformedError
from lantai.formats.ledger import canonical
from lantai.records.custody.manifest import Manifest, SealedRecord

FORMAT = 1
SIGNATURE_SUFFIX = ".sig"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_GENERATION = re.compile(r"manifest\.g([1-9][0-9]*)\.json")
_HEADERS_GENERATION = re.compile(r"headers\.g([1-9][0-9]*)\.json")


@dataclass(frozen=True, slots=True)
class SealedHeader:
    """One header in the headers' pack; `size_bytes` is its size."""

    record_id: str
    seal_id: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class HeadersManifest:
    """One generation of a carrier's headers.

    Attributes:
        recipient_ids: Short names of whom the headers are sealed to, sorted.
        pack_sha256: Digest of the headers' pack.
        headers: In the order in which they lie in the pack.
    """

    carrier_id: str
    generation: int
    recipient_ids: tuple[str, ...]
    pack_sha256: str
    headers: tuple[SealedHeader, ...]


def require_id(text: str) -> str:
    """Return an id that may stand in a file name.

    Raises:
        MalformedError: It holds something else than letters, digits, dot, dash and underscore, or is over 64 long.
    """
    if not _ID.fullmatch(text):
        raise MalformedError(f"found the id {text!r}, expected up to 64 letters, digits, dots, dashes, underscores")
    return text


def carrier_folder(carrier_id: str) -> str:
    """Return the folder of a carrier's payloads and manifests."""
    return f"carriers/{require_id(carrier_id)}"


def headers_folder(carrier_id: str) -> str:
    """Return the folder of a carrier's headers."""
    return f"headers/{require_id(carrier_id)}"


def pack_name(pack_no: int, generation: int) -> str:
    """Return the file name of a pack; packs count from 1."""
    return f"pack-{pack_no:04d}.g{generation}.tar"


def payload_name(record_id: str) -> str:
    """Return the member name of a payload."""
    return f"{require_id(record_id)}.payload"


def header_name(record_id: str) -> str:
    """Return the member name of a header."""
    return f"{require_id(record_id)}.hdr"


def manifest_path(carrier_id: str, generation: int) -> str:
    """Return where the payload manifest of a generation lies."""
    return f"{carrier_folder(carrier_id)}/manifest.g{generation}.json"


def sums_path(carrier_id: str, generation: int) -> str:
    """Return where the list for `sha256sum -c` lies."""
    return f"{carrier_folder(carrier_id)}/sha256sums.g{generation}"


def headers_path(carrier_id: str, generation: int) -> str:
    """Return where the headers' pack lies."""
    return f"{headers_folder(carrier_id)}/headers.g{generation}.tar"


def headers_manifest_path(carrier_id: str, generation: int) -> str:
    """Return where the headers' manifest lies."""
    return f"{headers_folder(carrier_id)}/headers.g{generation}.json"


def generation_of(path: str) -> int | None:
    """Return the generation of a payload manifest by its path, None for any other file."""
    match = _GENERATION.fullmatch(path.rpartition("/")[2])
    return int(match[1]) if match else None


def headers_generation_of(path: str) -> int | None:
    """Return the generation of a headers' manifest by its path, None for any other file."""
    match = _HEADERS_GENERATION.fullmatch(path.rpartition("/")[2])
    return int(match[1]) if match else None


def dump_manifest(manifest: Manifest) -> bytes:
    """Return the payload manifest as it is signed and stored."""
    return canonical.dumps(
        {
            "format": FORMAT,
            "carrier": manifest.carrier_id,
            "unit": manifest.unit_code,
            "filing_year": manifest.filing_year,
            "data_form": manifest.data_form,
            "round": manifest.round_no,
            "generation": manifest.generation,
            "previous_sha256": manifest.previous_sha256,
            "catalogue": manifest.catalogue,
            "papers": manifest.papers,
            "records": [
                {
                    "record_id": record.record_id,
                    "seal_id": record.seal_id,
                    "pack": record.pack,
                    "payload": record.payload,
                    "payload_bytes": record.payload_bytes,
                    "payload_sha256": record.payload_sha256,
                }
                for record in manifest.records
            ],
        }
    )


def dump_headers(headers: HeadersManifest) -> bytes:
    """Return the headers' manifest as it is signed and stored."""
    return canonical.dumps(
        {
            "format": FORMAT,
            "carrier": headers.carrier_id,
            "generation": headers.generation,
            "recipients": list(headers.recipient_ids),
            "pack_sha256": headers.pack_sha256,
            "headers": [
                {
                    "record_id": header.record_id,
                    "seal_id": header.seal_id,
                    "header": header_name(header.record_id),
                    "header_bytes": header.size_bytes,
                    "header_sha256": header.sha256,
                }
                for header in headers.headers
            ],
        }
    )


def parse_manifest(text: bytes, header_sha256: Mapping[str, str] | None = None) -> Manifest:
    """Read a payload manifest.

    Args:
        text: The stored bytes; their signature is the caller's business.
        header_sha256: Digests of the headers by record id, from the headers' manifest; None leaves them empty.

    Raises:
        MalformedError: Not a manifest of this format.
    """
    digests = header_sha256 or {}
    body = _body(text, "manifest")
    try:
        return Manifest(
            carrier_id=require_id(body["carrier"]),
            unit_code=str(body["unit"]),
            filing_year=int(body["filing_year"]),
            data_form=str(body["data_form"]),
            round_no=int(body["round"]),
            generation=int(body["generation"]),
            previous_sha256=str(body["previous_sha256"]),
            catalogue=str(body["catalogue"]),
            papers=str(body["papers"]),
            records=tuple(
                SealedRecord(
                    record_id=require_id(row["record_id"]),
                    seal_id=str(row["seal_id"]),
                    pack=require_id(row["pack"]),
                    payload=str(row["payload"]),
                    payload_bytes=int(row["payload_bytes"]),
                    payload_sha256=str(row["payload_sha256"]),
                    header_sha256=digests.get(row["record_id"], ""),
                )
                for row in body["records"]
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedError(f"manifest: found {error!r}, expected every field of format {FORMAT}") from error


def parse_headers(text: bytes) -> HeadersManifest:
    """Read a headers' manifest.

    Raises:
        MalformedError: Not a headers' manifest of this format.
    """
    body = _body(text, "headers' manifest")
    try:
        return HeadersManifest(
            carrier_id=require_id(body["carrier"]),
            generation=int(body["generation"]),
            recipient_ids=tuple(str(name) for name in body["recipients"]),
            pack_sha256=str(body["pack_sha256"]),
            headers=tuple(
                SealedHeader(
                    require_id(row["record_id"]),
                    str(row["seal_id"]),
                    int(row["header_bytes"]),
                    str(row["header_sha256"]),
                )
                for row in body["headers"]
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedError(f"headers' manifest: found {error!r}, expected every field of format {FORMAT}") from error


def dump_sums(sums: Iterable[tuple[str, str]]) -> bytes:
    """Return a list that `sha256sum -c` reads.

    Args:
        sums: Pairs of path, relative to the list's folder, and SHA-256 in hex.
    """
    return "".join(f"{sha256}  {path}\n" for path, sha256 in sums).encode("ascii")


def parse_sums(text: bytes) -> dict[str, str]:
    """Return SHA-256 by path from such a list.

    Raises:
        MalformedError: A line is not of this form.
    """
    found: dict[str, str] = {}
    for line in text.decode("ascii", "replace").splitlines():
        match = re.fullmatch(r"([0-9a-f]{64}) [ *](\S+)", line)
        if match is None:
            raise MalformedError(f"sha256sums: found the line {line[:100]!r}, expected a digest and a path")
        found[match[2]] = match[1]
    return found


def _body(text: bytes, what: str) -> dict[str, Any]:
    try:
        body = canonical.loads(text)
    except MalformedError as error:
        raise MalformedError(f"{what}: {error}") from error
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        found = body.get("format") if isinstance(body, dict) else body
        raise MalformedError(f"{what}: found format {found!r}, expected {FORMAT}")
    return body
