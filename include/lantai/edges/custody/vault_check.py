"""Checking a carrier at a place from the first byte of each file to the last.

What lies between the payloads (tar headers, padding, end) follows from the
manifest and is compared too, so that no changed bit goes by.

Source: vault.md, "Where things lie".
"""

from __future__ import annotations

import hashlib

from lantai.edges.custody.file_place import Place, blocks
from lantai.edges.custody.vault_reader import Generation, header_members
from lantai.edges.files.system_error import translated
from lantai.errors import FixityError
from lantai.formats.vault import pack
from lantai.formats.vault.manifest import HeadersManifest, carrier_folder, headers_path


def check_whole(place: Place, generation: Generation) -> dict[str, str]:
    """Read every byte of a generation at a place (I1).

    Returns:
        SHA-256 of each pack, payloads' and headers', by path.

    Raises:
        FixityError: Any byte differs from what was sealed; the message names file and record.
        PlaceUnavailableError: A file could not be read.
    """
    folder = carrier_folder(generation.manifest.carrier_id)
    sums: dict[str, str] = {}
    for path in generation.packs:
        records = [record for record in generation.manifest.records if f"{folder}/{record.pack}" == path]
        members = pack.layout((record.payload, record.payload_bytes) for record in records)
        sums[path] = check_pack(place, path, members, [record.payload_sha256 for record in records])
    path, found = check_headers(place, generation.headers)
    sums[path] = found
    return sums


def check_headers(place: Place, headers: HeadersManifest) -> tuple[str, str]:
    """Read every byte of the headers' pack; return its path and SHA-256.

    Raises:
        FixityError: Any byte differs from what was sealed.
        PlaceUnavailableError: It could not be read.
    """
    path = headers_path(headers.carrier_id, headers.generation)
    members = header_members(headers)
    found = check_pack(place, path, members, [header.sha256 for header in headers.headers])
    if found != headers.pack_sha256:
        raise FixityError(f"{place.name}: {path} has sha256 {found}, expected {headers.pack_sha256}")
    return path, found


def check_pack(place: Place, path: str, members: list[pack.Member], sha256s: list[str]) -> str:
    """Read a pack from its first byte to its last, and return its SHA-256 (V1, D3).

    Raises:
        FixityError: A tar header, a member, the padding or the end is not what was written.
        PlaceUnavailableError: It could not be read.
    """
    whole = hashlib.sha256()

    def literal(expected: bytes, what: str) -> None:
        found = file.read(len(expected))
        whole.update(found)
        if found != expected:
            raise FixityError(f"{place.name}: {path} has other bytes than written {what}")

    with place.open(path) as file, translated(place.name):
        for member, expected in zip(members, sha256s, strict=True):
            literal(member.header, f"in the tar header of {member.name}")
            digest = hashlib.sha256()
            for block in blocks(file, member.size_bytes):
                digest.update(block)
                whole.update(block)
            if digest.hexdigest() != expected:
                raise FixityError(
                    f"{place.name}: {path}, {member.name} has sha256 {digest.hexdigest()}, expected {expected}"
                )
            literal(bytes(pack.padding_bytes(member.size_bytes)), f"after {member.name}")
        literal(pack.END, "at its end")
        if file.read(1):
            raise FixityError(f"{place.name}: {path} goes on after its end")
    return whole.hexdigest()
