"""Whether a package in an outbox is there with all it lists for itself.

Half an upload is never touched: a manifest that names a file which is not
there yet, an amount that is not reached, a name that clients give to a file on
its way. What the manifests say of the content is judged after it was brought
in; here only names and sizes count.

Source: interfaces.md, "A department's folder"; R1-42; reliability.md, S1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from lantai.edges.outbox import PackageKind, PackageSeen
from lantai.formats import tag_file
from lantai.records.carrier import decode_name, is_on_its_way

MANIFEST_LIMIT_BYTES = 32 * 1024 * 1024
_OXUM = re.compile(r"(\d{1,19})\.(\d{1,12})")

ReadSmall = Callable[[bytes, int], bytes]


def is_whole(package: PackageSeen, read_small: ReadSmall) -> bool:
    """Return whether every file that the package lists for itself is there; see `still_missing`."""
    return still_missing(package, read_small) is None


def still_missing(package: PackageSeen, read_small: ReadSmall) -> str | None:
    """Return the first thing that is still missing, as a short English phrase, or None when the package is whole.

    An archive, or a folder without manifests, lists nothing for itself: it is
    whole as soon as it is there, and only its settling, or its `.ready`, says
    that it is complete.

    Args:
        package: As one look saw it.
        read_small: Reads a file of the unit's server, e.g. `Session.read_small`.

    Raises:
        RemoteChangedError: A manifest changed while it was read: not settled.
        RemoteProtocolError: A manifest is longer than `MANIFEST_LIMIT_BYTES`.
    """
    half = _half_upload(package)
    if half is not None or package.kind is not PackageKind.FOLDER:
        return half
    sizes = {_spelling(name): file.bytes for file in package.files if (name := decode_name(file.name)) is not None}
    manifests = sorted(name for name in sizes if tag_file.manifest_name(name))
    if not manifests:
        return "bagit.txt is there, its manifest is not" if tag_file.DECLARATION in sizes else None
    encoding = "utf-8"
    if tag_file.DECLARATION in sizes:
        encoding = tag_file.read_declaration(_content(package, tag_file.DECLARATION, read_small)).encoding
    for name in manifests:
        text = _text(_content(package, name, read_small), encoding)
        for listed, _ in tag_file.read_manifest(name, text).entries:
            if _spelling(tag_file.plain_path(listed)) not in sizes and not tag_file.is_unsafe(listed):
                return f"{name} lists {listed}"
    return _short_of_oxum(package, sizes, encoding, read_small)


def _half_upload(package: PackageSeen) -> str | None:
    for file in package.files:
        if is_on_its_way(file.name):
            return f"{decode_name(file.name) or file.name!r} is still on its way"
    if package.unread:
        return "a folder in it could not be listed"
    return None if package.files else "the folder is empty"


def _content(package: PackageSeen, name: str, read_small: ReadSmall) -> bytes:
    return read_small(package.path_of(name.encode()), MANIFEST_LIMIT_BYTES)


def _text(content: bytes, encoding: str) -> str:
    """Return a tag file's text; bytes that are not in its encoding are a finding for later, not a reason to wait."""
    try:
        return tag_file.read_text(content, encoding)[0]
    except UnicodeDecodeError:
        return decode_name(content) or content.decode("latin-1")


def _spelling(name: str) -> str:
    """Return a name in the one spelling in which listing and manifest are compared."""
    return unicodedata.normalize("NFC", name)


def _short_of_oxum(package: PackageSeen, sizes: dict[str, int], encoding: str, read_small: ReadSmall) -> str | None:
    for info in tag_file.BAG_INFO:
        if info not in sizes:
            continue
        tags, _ = tag_file.read_tags(_text(_content(package, info, read_small), encoding))
        said = next((value for label, value in tags if label.lower() == "payload-oxum"), "")
        oxum = _OXUM.fullmatch(said)
        payload = [file.bytes for file in package.files if file.name.startswith(b"data/")]
        if oxum is not None and (sum(payload), len(payload)) != (int(oxum[1]), int(oxum[2])):
            return f"Payload-Oxum: found {sum(payload)}.{len(payload)}, expected {said}"
    return None
