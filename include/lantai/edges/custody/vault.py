"""The vault: the first place and its copies, and how a generation is laid down and copied between places.

Every place has the same shape. The order of the steps, who may take them and
what the registry has to say is the journey's business.

Source: vault.md, "Where things lie" and "Copies".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from lantai.edges.custody.file_place import FilePlace, Place, blocks, sha256_of
from lantai.edges.custody.vault_reader import Generation, all_files
from lantai.edges.files.system_error import translated
from lantai.errors import FixityError, NotFoundError, PlaceUnavailableError, SettingsError
from lantai.formats.vault.manifest import (
    SIGNATURE_SUFFIX,
    HeadersManifest,
    SealedHeader,
    carrier_folder,
    dump_headers,
    dump_manifest,
    dump_sums,
    header_name,
    headers_manifest_path,
    headers_path,
    manifest_path,
    sums_path,
)
from lantai.formats.vault.pack import small_pack
from lantai.records.custody.manifest import Manifest
from lantai.settings import shown_address

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Vault:
    """All places of a centre; the first is the vault itself."""

    places: tuple[Place, ...]

    @classmethod
    def at(cls, vault_url: str, copy_urls: Sequence[str]) -> Self:
        """Return the vault at these addresses; nothing is touched yet.

        Raises:
            SettingsError: An address is of a kind that is not known.
        """
        return cls(tuple(FilePlace.at(url) for url in (vault_url, *copy_urls)))

    @property
    def first(self) -> Place:
        """The vault itself."""
        return self.places[0]

    def prepare(self) -> None:
        """Make the places that are missing; what is there stays."""
        for place in self.places:
            place.prepare()

    def places_with(self, names: Iterable[str]) -> tuple[Place, ...]:
        """Return all configured places, then those of these names that no setting names any more; nothing is touched yet.

        Raises:
            PlaceUnavailableError: A name is no address that can be opened.
        """
        known = {place.name for place in self.places}
        former: list[Place] = []
        for name in sorted(set(names) - known):
            try:
                former.append(FilePlace.at(name))
            except SettingsError as error:
                raise PlaceUnavailableError(
                    f"copies are registered at a place that cannot be opened: {error}"
                ) from error
        return (*self.places, *former)

    def place(self, name: str) -> Place:
        """Return a place by its name in rows.

        Raises:
            NotFoundError: The settings know no such place.
        """
        for place in self.places:
            if place.name == name:
                return place
        raise NotFoundError(
            f"place {shown_address(name)}: found {[shown_address(place.name) for place in self.places]}"
        )


def write_headers(
    folder: Place,
    carrier_id: str,
    generation: int,
    recipient_ids: Sequence[str],
    headers: Sequence[tuple[str, str, bytes]],
    sign: Sign,
) -> HeadersManifest:
    """Lay down one generation of headers: pack, signature, manifest.

    Args:
        folder: A place or work folder.
        carrier_id: Whose headers.
        generation: Counts from 1.
        recipient_ids: Whom the headers are sealed to.
        headers: Record id, seal id and header, in the order of the payloads.
        sign: Signs the manifest.
    """
    content = small_pack((header_name(record_id), header) for record_id, _, header in headers)
    pack_sha256 = folder.write_new(headers_path(carrier_id, generation), content)
    manifest = HeadersManifest(
        carrier_id,
        generation,
        tuple(sorted(set(recipient_ids))),
        pack_sha256,
        tuple(
            SealedHeader(record_id, seal_id, len(header), hashlib.sha256(header).hexdigest())
            for record_id, seal_id, header in headers
        ),
    )
    _write_signed(folder, headers_manifest_path(carrier_id, generation), dump_headers(manifest), sign)
    return manifest


def write_manifest(
    folder: Place, manifest: Manifest, headers: HeadersManifest, sums: Mapping[str, str], sign: Sign
) -> Generation:
    """Lay down the list for `sha256sum -c`, then the payload manifest, which commits the generation.

    Args:
        folder: A place or work folder in which packs and headers lie already.
        manifest: What it says.
        headers: The headers' manifest.
        sums: SHA-256 of every payload pack, by path.
        sign: Signs the manifest.
    """
    text, headers_text = dump_manifest(manifest), dump_headers(headers)
    generation = Generation(
        manifest, hashlib.sha256(text).hexdigest(), headers, hashlib.sha256(headers_text).hexdigest()
    )
    path = manifest_path(manifest.carrier_id, manifest.generation)
    listed = {
        **{pack_path: sums[pack_path] for pack_path in generation.packs},
        headers_path(manifest.carrier_id, headers.generation): headers.pack_sha256,
        headers_manifest_path(manifest.carrier_id, headers.generation): generation.headers_sha256,
        path: generation.manifest_sha256,
    }
    folder.write_new(
        sums_path(manifest.carrier_id, manifest.generation),
        [dump_sums((_from_carrier_folder(manifest.carrier_id, name), sha256) for name, sha256 in listed.items())],
    )
    _write_signed(folder, path, text, sign)
    return generation


def copy_files(source: Place, place: Place, names: Iterable[str], tick: Callable[[], None]) -> dict[str, str]:
    """Copy files from one place to another, byte for byte; those that are there with the same bytes stay.

    Args:
        source: Where they lie.
        place: Where they go.
        names: In the order in which they get their names.
        tick: Called before every file; may refuse.

    Returns:
        SHA-256 of each as it was written, by name.

    Raises:
        FixityError: The source lacks a file, or the place has other bytes under its name.
        DiskFullError: There is no space left.
        PlaceUnavailableError: One of the two could not be reached.
    """
    written: dict[str, str] = {}
    for name in names:
        tick()
        with source.open(name) as file, translated(source.name):
            written[name] = place.write_new(name, blocks(file))
    return written


def copy_missing(
    sources: Sequence[Place], place: Place, names: Iterable[str], tick: Callable[[], None]
) -> dict[str, str]:
    """Copy the files that a place lacks from the first source that has each.

    Returns:
        SHA-256 of each as it was written, by name; what was there already is not among them.

    Raises:
        FixityError: No source has a file.
        DiskFullError: There is no space left.
        PlaceUnavailableError: A place could not be reached.
    """
    written: dict[str, str] = {}
    for name in names:
        if place.size(name) is None:
            source = next((source for source in sources if source.size(name) is not None), sources[0])
            written |= copy_files(source, place, [name], tick)
    return written


def require_read_back(place: Place, written: Mapping[str, str]) -> None:
    """Read files at a place again and compare.

    Raises:
        FixityError: A file differs from what was written.
        PlaceUnavailableError: It could not be read.
    """
    for name, expected in written.items():
        found = sha256_of(place, name)
        if found != expected:
            raise FixityError(f"{place.name}: {name} read back with sha256 {found}, expected {expected}")


def remove_unnamed(place: Place, carrier_id: str, keep: Iterable[str]) -> list[str]:
    """Erase everything of a carrier at a place that is not to be kept, manifests first; return what went.

    Raises:
        PlaceUnavailableError: The place could not be looked at or written.
    """
    kept = set(keep)
    gone = [name for name in all_files(place, carrier_id) if name not in kept]
    # A manifest goes before what it names, so that no reader is led to a file that is being erased.
    gone.sort(key=lambda name: (not name.endswith(".json"), name))
    for name in gone:
        place.remove(name)
    return gone


def _write_signed(folder: Place, path: str, text: bytes, sign: Sign) -> None:
    folder.write_new(path + SIGNATURE_SUFFIX, [sign(text)])
    folder.write_new(path, [text])


def _from_carrier_folder(carrier_id: str, path: str) -> str:
    folder = carrier_folder(carrier_id)
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else f"../../{path}"
