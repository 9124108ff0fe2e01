"""Whether a package in an outbox is there with all it lists for itself.

Half an upload is never touched: a manifest that names a file which is not
there yet, an amount that is not reached, a name that clients give to a file on
its way. What the manifests say of the content is judged after it was brought
in; here only names and sizes count.

Source: interfaces.md, "A department's folder"; reliability.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from lantai.edges.intake.outbox import PackageSeen
from lantai.formats.bag import digest_list, tag_file
from lantai.records.intake.carrier import Packaging, RemoteFile, decode_name, is_on_its_way, shown_name
from lantai.records.text import spelling
from lantai.records.text.shown import on_one_line
from lantai.records.text.words import Words

_OXUM = re.compile(r"(\d{1,19})\.(\d{1,12})")

MOST_SHOWN = 200
"""Characters of a name in a message."""

LACKS = frozenset(
    f"lacks.{name}"
    for name in ("no_list", "listed", "no_manifest", "on_its_way", "unread_folder", "empty_folder", "amount")
)
"""All that a package can be said to lack, by the name of its words."""

ReadSmall = Callable[[bytes, int], bytes]


def is_whole(seen: PackageSeen, read_small: ReadSmall) -> bool:
    """Return whether every file that the package lists for itself is there; see `still_missing`."""
    return still_missing(seen, read_small) is None


def still_missing(seen: PackageSeen, read_small: ReadSmall) -> Words | None:
    """Return the first thing that is still missing, to be put into words, or None when the package is whole (R1-42).

    An archive lists nothing for itself: it is whole as soon as it is there, and only its settling, or its `.ready`, says
    that it is complete. A folder is whole with a manifest, or a list of digests, and all files that it names.

    Args:
        seen: As one look saw it.
        read_small: Reads a file of the unit's server, e.g. `Session.read_small`.

    Raises:
        RemoteChangedError: A manifest changed while it was read: not settled.
    """
    half = _half_upload(seen)
    if half is not None or seen.package.packaging is not Packaging.FOLDER:
        return half
    names = {_spelling(name): file for file in seen.files if (name := decode_name(file.name)) is not None}
    top = digest_list.top_folder(names)
    files = {name.removeprefix(top): file for name, file in names.items()}
    # A list that nobody reads is no reason to wait: its package is brought in, and comes back for it.
    if any(file.size_bytes > tag_file.MOST_BYTES for name, file in files.items() if _is_read(name)):
        return None

    def content(name: str) -> bytes:
        return read_small(seen.path_of(files[name].name), tag_file.MOST_BYTES)

    manifests = sorted(name for name in files if tag_file.manifest_name(name))
    if tag_file.DECLARATION not in files and not manifests:
        return _missing_of_lists(files, content)
    return _missing_of_bag(files, manifests, content)


def _is_read(name: str) -> bool:
    return tag_file.is_read_by_bagit(name) or digest_list.is_digest_list(name)


def _missing_of_lists(files: Mapping[str, RemoteFile], content: Callable[[str], bytes]) -> Words | None:
    lists = sorted(filter(digest_list.is_digest_list, files))
    if not lists:
        return Words("lacks.no_list")
    for name in lists:
        missing = digest_list.first_missing(content(name), files.keys())
        if missing is not None:
            return Words.of("lacks.listed", by=on_one_line(name), name=shortened(missing))
    return None


def _missing_of_bag(
    files: Mapping[str, RemoteFile], manifests: Sequence[str], content: Callable[[str], bytes]
) -> Words | None:
    if not manifests:
        return Words("lacks.no_manifest")
    encoding = "utf-8"
    if tag_file.DECLARATION in files:
        encoding = tag_file.read_declaration(content(tag_file.DECLARATION)).encoding
    for name in manifests:
        for listed, _ in tag_file.read_manifest(name, _text(content(name), encoding)).entries:
            if _spelling(tag_file.plain_path(listed)) not in files and not tag_file.is_unsafe(listed):
                return Words.of("lacks.listed", by=on_one_line(name), name=shortened(listed))
    return _short_of_oxum(files, encoding, content)


def _half_upload(seen: PackageSeen) -> Words | None:
    """Return what shows without a look into it that a package is still being uploaded (S1)."""
    for file in seen.files:
        if is_on_its_way(file.name):
            return Words.of("lacks.on_its_way", name=shortened(shown_name(file.name)))
    if seen.unread:
        return Words("lacks.unread_folder")
    return None if seen.files else Words("lacks.empty_folder")


def shortened(text: str) -> str:
    """Return a name as it may stand in a message: one that a department writes may have megabytes, or lines of its own."""
    return on_one_line(text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…")


def _text(content: bytes, encoding: str) -> str:
    """Return a tag file's text; bytes that are not in its encoding are a finding for later, not a reason to wait."""
    try:
        return tag_file.read_text(content, encoding)[0]
    except UnicodeDecodeError:
        return decode_name(content) or content.decode("latin-1")


def _spelling(name: str) -> str:
    """Return a name in the one spelling in which listing and manifest are compared."""
    return spelling.composed(name)


def _short_of_oxum(files: Mapping[str, RemoteFile], encoding: str, content: Callable[[str], bytes]) -> Words | None:
    for info in tag_file.BAG_INFO:
        if info not in files:
            continue
        tags, _ = tag_file.read_tags(_text(content(info), encoding))
        said = next((value for label, value in tags if label.lower() == "payload-oxum"), "")
        oxum = _OXUM.fullmatch(said)
        payload = [file.size_bytes for name, file in files.items() if name.startswith("data/")]
        if oxum is not None and (sum(payload), len(payload)) != (int(oxum[1]), int(oxum[2])):
            found = f"{sum(payload)}.{len(payload)}"
            return Words.of("lacks.amount", found=found, expected=shortened(said))
    return None
