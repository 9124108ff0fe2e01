"""Reading one carrier at one place: its newest signed generation, or one record of it.

Trusts nothing but the signature under the manifests: where a member lies, how
its tar header looks and what its digest is all follow from them. Whether the
generation is the one that the ledger knows is asked in the journey.

Source: vault.md, "Where things lie"; docs/vault-format.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader

from lantai.edges.custody.file_place import Place, read_small
from lantai.edges.custody.one_pass import Payload
from lantai.edges.files.system_error import translated
from lantai.edges.keys.files import Verifier
from lantai.errors import FixityError, MalformedError, SignatureInvalidError
from lantai.formats.vault import pack
from lantai.formats.vault.manifest import (
    SIGNATURE_SUFFIX,
    HeadersManifest,
    carrier_folder,
    generation_of,
    header_name,
    headers_folder,
    headers_generation_of,
    headers_manifest_path,
    headers_path,
    manifest_path,
    parse_headers,
    parse_manifest,
    sums_path,
)
from lantai.records.custody.manifest import Manifest, SealedRecord


@dataclass(frozen=True, slots=True)
class Generation:
    """One signed generation of a carrier.

    Attributes:
        manifest: What the payload manifest says, the digests of the headers with it.
        manifest_sha256: Digest of the payload manifest's bytes; what the ledger carries.
        headers: What the headers' manifest says. Its generation may be ahead of the payloads'.
        headers_sha256: Digest of the headers' manifest.
    """

    manifest: Manifest
    manifest_sha256: str
    headers: HeadersManifest
    headers_sha256: str

    @property
    def packs(self) -> tuple[str, ...]:
        """Paths of the packs, in order."""
        folder = carrier_folder(self.manifest.carrier_id)
        return tuple(dict.fromkeys(f"{folder}/{record.pack}" for record in self.manifest.records))

    @property
    def content(self) -> tuple[str, ...]:
        """Paths of everything but the payload manifest: written first."""
        carrier_id = self.manifest.carrier_id
        sums = sums_path(carrier_id, self.manifest.generation)
        return (*self.packs, *header_files(carrier_id, self.headers.generation), sums)

    @property
    def commit(self) -> tuple[str, ...]:
        """Paths of the payload manifest, signature first: the manifest's name is the commit point."""
        path = manifest_path(self.manifest.carrier_id, self.manifest.generation)
        return (path + SIGNATURE_SUFFIX, path)

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of all files of this generation, in the order in which they are written."""
        return self.content + self.commit

    def record(self, record_id: str) -> SealedRecord:
        """Return one sealed record.

        Raises:
            FixityError: The manifest does not name it.
        """
        for record in self.manifest.records:
            if record.record_id == record_id:
                return record
        raise FixityError(f"manifest of {self.manifest.carrier_id}: found no {record_id}, expected it")


def header_files(carrier_id: str, generation: int) -> tuple[str, ...]:
    """Return the paths of one generation of headers, the manifest last: its name is their commit point."""
    path = headers_manifest_path(carrier_id, generation)
    return (headers_path(carrier_id, generation), path + SIGNATURE_SUFFIX, path)


def all_files(place: Place, carrier_id: str) -> list[str]:
    """Return the paths of everything that lies at a place for a carrier, whatever it is."""
    return place.list(carrier_folder(carrier_id)) + place.list(headers_folder(carrier_id))


def read_newest(place: Place, carrier_id: str, verifier: Verifier) -> Generation | None:
    """Read the newest manifests of a carrier at a place; None when it has none there.

    An older generation is never taken because the newest is damaged (V1).

    Raises:
        FixityError: A manifest does not verify, or the two do not fit each other.
        PlaceUnavailableError: The place could not be read.
    """
    number = _newest(place.list(carrier_folder(carrier_id)), generation_of)
    headers = read_newest_headers(place, carrier_id, verifier)
    if number is None:
        return None
    if headers is None:
        raise FixityError(f"{place.name}: {carrier_id} has payloads of generation {number} but no headers")
    text = _read_signed(place, manifest_path(carrier_id, number), verifier)
    with _malformed_is_damage(place):
        manifest = parse_manifest(text, {header.record_id: header.sha256 for header in headers[0].headers})
    if (manifest.carrier_id, manifest.generation) != (carrier_id, number):
        raise FixityError(
            f"{place.name}: found the manifest of {manifest.carrier_id} generation {manifest.generation} "
            f"in the place of {carrier_id} generation {number}"
        )
    _require_fit(place, manifest, headers[0])
    return Generation(manifest, hashlib.sha256(text).hexdigest(), headers[0], headers[1])


def read_newest_headers(place: Place, carrier_id: str, verifier: Verifier) -> tuple[HeadersManifest, str] | None:
    """Read the newest headers' manifest and return it with its digest; None when there is none.

    Raises:
        FixityError: It does not verify.
        PlaceUnavailableError: The place could not be read.
    """
    number = _newest(place.list(headers_folder(carrier_id)), headers_generation_of)
    if number is None:
        return None
    text = _read_signed(place, headers_manifest_path(carrier_id, number), verifier)
    with _malformed_is_damage(place):
        headers = parse_headers(text)
    if (headers.carrier_id, headers.generation) != (carrier_id, number):
        raise FixityError(
            f"{place.name}: found the headers of {headers.carrier_id} generation {headers.generation} "
            f"in the place of {carrier_id} generation {number}"
        )
    return headers, hashlib.sha256(text).hexdigest()


def header_members(headers: HeadersManifest) -> list[pack.Member]:
    """Return where every header lies in the headers' pack."""
    return pack.layout((header_name(header.record_id), header.size_bytes) for header in headers.headers)


def read_header(place: Place, headers: HeadersManifest, record_id: str) -> bytes:
    """Return the header of one record, checked against the headers' manifest.

    Raises:
        FixityError: It is not there, or not what was sealed.
        PlaceUnavailableError: It could not be read.
    """
    path = headers_path(headers.carrier_id, headers.generation)
    for header, member in zip(headers.headers, header_members(headers), strict=True):
        if header.record_id == record_id:
            with place.open(path) as file, translated(place.name):
                _seek_member(place, path, file, member)
                content = file.read(member.size_bytes)
            if hashlib.sha256(content).hexdigest() != header.sha256:
                raise FixityError(f"{place.name}: {path}, {member.name} is not the header that was sealed")
            return content
    raise FixityError(f"{place.name}: {path} has no header of {record_id}, expected one")


@contextmanager
def open_payload(place: Place, generation: Generation, record_id: str) -> Iterator[Payload]:
    """Open the payload of one record as a stream that digests what is read (I1).

    Raises:
        FixityError: It is not there, or its tar header is not what was written.
        PlaceUnavailableError: It could not be read.
    """
    wanted = generation.record(record_id)
    records = [record for record in generation.manifest.records if record.pack == wanted.pack]
    members = pack.layout((record.payload, record.payload_bytes) for record in records)
    member = members[records.index(wanted)]
    path = f"{carrier_folder(generation.manifest.carrier_id)}/{wanted.pack}"
    with place.open(path) as file, translated(place.name):
        _seek_member(place, path, file, member)
        yield Payload(file, member.size_bytes)


def _require_fit(place: Place, manifest: Manifest, headers: HeadersManifest) -> None:
    # Headers run ahead of payloads while a destruction is under way, and after a rotation; never behind.
    if headers.generation < manifest.generation:
        raise FixityError(
            f"{place.name}: {manifest.carrier_id} has headers of generation {headers.generation}, "
            f"expected {manifest.generation} or newer"
        )
    seal_ids = {record.record_id: record.seal_id for record in manifest.records}
    for header in headers.headers:
        if seal_ids.get(header.record_id) != header.seal_id:
            raise FixityError(
                f"{place.name}: {manifest.carrier_id}, the header of {header.record_id} is of sealing {header.seal_id}, "
                f"expected {seal_ids.get(header.record_id, 'none')}"
            )


def _seek_member(place: Place, path: str, file: BufferedReader, member: pack.Member) -> None:
    """Go to a member of a pack, where nothing but its own tar header may stand (D3)."""
    file.seek(member.header_offset)
    if file.read(len(member.header)) != member.header:
        raise FixityError(f"{place.name}: {path} has other bytes than written in the tar header of {member.name}")


def _newest(paths: list[str], number_of: Callable[[str], int | None]) -> int | None:
    return max((number for path in paths if (number := number_of(path)) is not None), default=None)


def _read_signed(place: Place, path: str, verifier: Verifier) -> bytes:
    text = read_small(place, path)
    try:
        verifier.verify(text, read_small(place, path + SIGNATURE_SUFFIX))
    except SignatureInvalidError as error:
        raise FixityError(f"{place.name}: {path}: {error}") from error
    return text


@contextmanager
def _malformed_is_damage(place: Place) -> Iterator[None]:
    try:
        yield
    except MalformedError as error:
        raise FixityError(f"{place.name}: {error}") from error
