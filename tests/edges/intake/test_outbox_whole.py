"""Whether a package is there with all it lists for itself, by what one look saw of it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lantai.edges.intake.outbox import PackageSeen
from lantai.edges.intake.outbox_whole import is_whole, still_missing
from lantai.errors import LantaiError, RemotePermissionError
from lantai.formats.bag.tag_file import MOST_BYTES
from lantai.locales import put
from lantai.records.intake.carrier import Packaging, RemoteFile
from lantai.records.intake.package import Package
from lantai.records.text.words import Words

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST = b"0" * 64 + b"  data/a.txt\n" + b"1" * 64 + b"  data/b.txt\n"
BAG = {b"bagit.txt": DECLARATION, b"manifest-sha256.txt": MANIFEST, b"data/a.txt": b"a", b"data/b.txt": b"b"}


def package_of(
    sizes: Mapping[bytes, int],
    packaging: Packaging = Packaging.FOLDER,
    unread: Mapping[bytes, LantaiError] | None = None,
) -> PackageSeen:
    files = [RemoteFile(name, size, 7) for name, size in sizes.items()]
    package = Package(2025, b"001", packaging, "state")
    return PackageSeen(package, files, has_ready=False, unread=dict(unread or {}))


def missing_of(contents: Mapping[bytes, bytes], sizes: Mapping[bytes, int] | None = None) -> str | None:
    """Return what a folder of these files lacks; sizes are those of the files unless said otherwise."""
    listed = {name: len(content) for name, content in contents.items()} | dict(sizes or {})
    package = package_of(listed)

    def read_small(path: bytes, limit_bytes: int) -> bytes:
        assert limit_bytes == MOST_BYTES
        return contents[path.removeprefix(b"outbox/2025/001/")]

    found = still_missing(package, read_small)
    assert is_whole(package, read_small) is (found is None)
    return None if found is None else put(found, "en")


def unasked(_path: bytes, _limit_bytes: int) -> bytes:
    raise AssertionError("nothing is asked of the server")


@pytest.mark.parametrize("left_out", [b"data/a.txt", b"data/b.txt"])
def test_bag_lacks_what_its_manifest_lists_and_is_not_there(left_out: bytes) -> None:
    """R1-42."""
    there = {name: content for name, content in BAG.items() if name != left_out}

    assert missing_of(BAG) is None
    assert missing_of(there) == f"manifest-sha256.txt lists {left_out.decode()}"


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        (b"manifest-sha256.txt", "bagit.txt is there, its manifest is not"),
        (b"bagit.txt", None),
    ],
)
def test_either_file_of_a_bag_shows_that_it_is_one(left_out: bytes, missing: str | None) -> None:
    """R1-42: a manifest without its declaration is still a list of what has to come."""
    there = {name: content for name, content in BAG.items() if name != left_out}

    assert missing_of(there) == missing
    if missing is None:
        assert missing_of({name: content for name, content in there.items() if name != b"data/b.txt"}) is not None


def test_name_of_no_encoding_keeps_nobody_waiting() -> None:
    """R1-42: it is told of when the package is here."""
    assert missing_of(BAG | {b"data/\xff\xff.txt": b"?"}) is None


@pytest.mark.parametrize(
    ("sizes", "missing"),
    [
        ({b"manifest-sha256.txt": MOST_BYTES}, "manifest-sha256.txt lists data/b.txt"),
        ({b"manifest-sha256.txt": MOST_BYTES + 1}, None),
        ({b"bagit.txt": MOST_BYTES + 1}, None),
        ({b"data/a.txt": MOST_BYTES + 1}, "manifest-sha256.txt lists data/b.txt"),
    ],
)
def test_list_that_nobody_would_read_is_no_reason_to_wait_and_a_large_document_is_none_to_hurry(
    sizes: Mapping[bytes, int], missing: str | None
) -> None:
    """R1-42."""
    there = {name: content for name, content in BAG.items() if name != b"data/b.txt"}

    assert missing_of(there, sizes) == missing


def test_folder_without_any_list_is_not_whole() -> None:
    """R1-42."""
    assert missing_of({b"a.txt": b"a"}) == "neither a manifest nor a list of digests is there"


@pytest.mark.parametrize("packaging", [Packaging.ZIP, Packaging.TAR])
def test_archive_is_whole_as_soon_as_it_is_there(packaging: Packaging) -> None:
    """R1-42."""
    assert still_missing(package_of({b"one.zip": 3}, packaging), unasked) is None


def test_upload_that_shows_as_one_is_not_looked_into() -> None:
    """S1."""
    refused = {b"data": RemotePermissionError("no")}

    assert still_missing(package_of({b"data/a.txt": 1, b"data/b.txt.filepart": 1}), unasked) == Words.of(
        "lacks.on_its_way", name="data/b.txt.filepart"
    )
    assert still_missing(package_of({b"bagit.txt": 1}, unread=refused), unasked) == Words("lacks.unread_folder")
    assert still_missing(package_of({}), unasked) == Words("lacks.empty_folder")
    assert still_missing(package_of({b"one.zip.filepart": 1}, Packaging.ZIP), unasked) == Words.of(
        "lacks.on_its_way", name="one.zip.filepart"
    )
