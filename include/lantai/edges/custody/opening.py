"""Opening one sealed record at one place: its plaintext, and the files in it.

Only where an identity is handed in. Which place is good and whether the record
may be opened at all is the journey's business.

Source: vault.md, "Sealed records".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lantai.edges.custody.file_place import Place
from lantai.edges.custody.vault_reader import Generation, open_payload, read_header
from lantai.edges.files.system_error import translated
from lantai.errors import FixityError
from lantai.formats.age import file as age
from lantai.formats.vault import pack


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """One file of an opened record; `chunks` has to be taken before the next file is asked for."""

    path: str
    size_bytes: int
    chunks: Iterator[bytes] = field(repr=False)


def check_record(place: Place, generation: Generation, record_id: str) -> None:
    """Read a record's header and payload and compare them with the manifests; opens nothing.

    Raises:
        FixityError: One of them is not what was sealed.
        PlaceUnavailableError: One of them could not be read.
    """
    read_header(place, generation.headers, record_id)
    expected = generation.record(record_id).payload_sha256
    with open_payload(place, generation, record_id) as payload, translated(place.name):
        while payload.read(1024 * 1024):
            pass
        found = payload.sha256.hexdigest()
    if found != expected:
        raise FixityError(f"{place.name}: the payload of {record_id} has sha256 {found}, expected {expected}")


def open_plain(
    place: Place, generation: Generation, record_id: str, identities: Sequence[age.Identity]
) -> Iterator[bytes]:
    """Yield the plaintext of a record in pieces of at most 64 KiB, each verified.

    Raises:
        NoIdentityMatchError: None of the identities opens it.
        AgeError: Header and payload do not belong together.
        FixityError: Something of it is not there.
        PlaceUnavailableError: It could not be read.
    """
    file_key = age.unwrap(read_header(place, generation.headers, record_id), identities)
    with open_payload(place, generation, record_id) as payload, translated(place.name):
        yield from age.decrypt_payload(file_key, payload)


def open_files(
    place: Place,
    generation: Generation,
    record_id: str,
    single_name: str | None,
    identities: Sequence[age.Identity],
) -> Iterator[OpenedFile]:
    """Yield the files of a record.

    Args:
        place: Where it lies.
        generation: What lies there.
        record_id: Which record.
        single_name: Name of its only file; None when it is a tar.
        identities: Private keys.

    Raises:
        As `open_plain`; MalformedError for a tar that is none.
    """
    pieces = open_plain(place, generation, record_id, identities)
    if single_name is not None:
        sealed_bytes = generation.record(record_id).payload_bytes
        yield OpenedFile(single_name, _plain_bytes(sealed_bytes), pieces)
        return
    for name, size_bytes, chunks in pack.unpack(_Pieces(pieces)):
        yield OpenedFile(name, size_bytes, chunks)
    # Whatever follows the last member has to verify too.
    for _ in pieces:
        pass


def _plain_bytes(payload_bytes: int) -> int:
    sealed_chunk_bytes = age.payload_bytes(age.CHUNK_BYTES) - age.NONCE_BYTES
    sealed_bytes = payload_bytes - age.NONCE_BYTES
    chunk_count = -(-sealed_bytes // sealed_chunk_bytes)
    return sealed_bytes - chunk_count * (sealed_chunk_bytes - age.CHUNK_BYTES)


class _Pieces:
    """Pieces as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        found = bytearray()
        while len(found) < size:
            if not self._rest:
                self._rest = next(self._pieces, b"")
                if not self._rest:
                    break
            wanted = size - len(found)
            found += self._rest[:wanted]
            self._rest = self._rest[wanted:]
        return bytes(found)
