"""The generation after a destruction: headers, then packs, without some records.

Built from what lies at a place, with nothing left to chance, so that building
it again after a crash gives the same bytes. The source is read whole and
checked before anything of it is taken over.

Source: vault.md, "Destruction, in order", 4.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from lantai.edges.custody.file_place import Place, blocks
from lantai.edges.custody.vault import Sign, write_headers, write_manifest
from lantai.edges.custody.vault_check import check_headers, check_pack
from lantai.edges.custody.vault_reader import Generation, header_members
from lantai.edges.files.system_error import translated
from lantai.errors import MalformedError
from lantai.formats.vault import pack
from lantai.formats.vault.manifest import HeadersManifest, carrier_folder, headers_path, pack_name
from lantai.records.custody.manifest import SealedRecord

_PACK_NO = re.compile(r"pack-([0-9]+)\.g[0-9]+\.tar")


def write_headers_without(
    source: Place, folder: Place, headers: HeadersManifest, gone: Collection[str], generation: int, sign: Sign
) -> HeadersManifest:
    """Lay down the next generation of headers.

    Args:
        source: Where the former one lies.
        folder: Work folder.
        headers: The former one.
        gone: Record ids to leave out.
        generation: Number of the next one.
        sign: Signs its manifest.

    Raises:
        FixityError: The source is damaged; nothing was written.
        PlaceUnavailableError: The source could not be read.
    """
    check_headers(source, headers)
    kept: list[tuple[str, str, bytes]] = []
    path = headers_path(headers.carrier_id, headers.generation)
    with source.open(path) as file, translated(source.name):
        for header, member in zip(headers.headers, header_members(headers), strict=True):
            if header.record_id not in gone:
                file.seek(member.offset)
                kept.append((header.record_id, header.seal_id, file.read(member.size_bytes)))
    return write_headers(folder, headers.carrier_id, generation, headers.recipient_ids, kept, sign)


def write_packs_without(
    source: Place, folder: Place, base: Generation, headers: HeadersManifest, generation: int, sign: Sign
) -> Generation:
    """Lay down the next generation of payloads: those of the former one that still have a header.

    A pack that loses nothing stays as it is, under its name; one that loses all is left out.

    Args:
        source: Where the former one lies.
        folder: Work folder; the new packs and the manifests go there.
        base: The former one.
        headers: The headers that are left.
        generation: Number of the next one.
        sign: Signs its manifest.

    Raises:
        FixityError: The source is damaged; no manifest was written.
        PlaceUnavailableError: The source could not be read.
    """
    kept = {header.record_id: header.sha256 for header in headers.headers}
    parent = carrier_folder(base.manifest.carrier_id)
    records: list[SealedRecord] = []
    sums: dict[str, str] = {}
    for path in base.packs:
        inside = [record for record in base.manifest.records if f"{parent}/{record.pack}" == path]
        left = [record for record in inside if record.record_id in kept]
        if not left:
            continue
        members = pack.layout((record.payload, record.payload_bytes) for record in inside)
        found = check_pack(source, path, members, [record.payload_sha256 for record in inside])
        name = inside[0].pack
        if len(left) < len(inside):
            name = pack_name(_pack_no(name), generation)
            wanted = [member for member, record in zip(members, inside, strict=True) if record.record_id in kept]
            found = folder.write_new(f"{parent}/{name}", _members(source, path, wanted))
        sums[f"{parent}/{name}"] = found
        records += [replace(record, pack=name, header_sha256=kept[record.record_id]) for record in left]
    manifest = replace(
        base.manifest,
        generation=generation,
        previous_sha256=base.manifest_sha256,
        catalogue=base.manifest.catalogue if base.manifest.catalogue in kept else "",
        papers=base.manifest.papers if base.manifest.papers in kept else "",
        records=tuple(records),
    )
    return write_manifest(folder, manifest, headers, sums, sign)


def _members(source: Place, path: str, members: Sequence[pack.Member]) -> Iterator[bytes]:
    with source.open(path) as file, translated(source.name):
        for member in members:
            yield member.header
            file.seek(member.offset)
            yield from blocks(file, member.size_bytes)
            yield bytes(pack.padding_bytes(member.size_bytes))
    yield pack.END


def _pack_no(name: str) -> int:
    match = _PACK_NO.fullmatch(name)
    if match is None:
        raise MalformedError(f"found the pack name {name!r}, expected one like pack-0001.g1.tar")
    return int(match[1])
