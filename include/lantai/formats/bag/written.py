"""The text files of a bag as we write them: declaration, facts, manifests. How they are read is in `tag_file`.

Source: RFC 8493, sections 2.1 and 2.2.
"""

from __future__ import annotations

from collections.abc import Iterable

from lantai.formats.bag.tag_file import escape

DECLARATION_TEXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
"""bagit.txt of every bag of ours."""


def write_manifest(digests: Iterable[tuple[str, str]]) -> bytes:
    """Return a manifest, one line a file, in the order in which they come.

    Args:
        digests: Path below the bag's folder, `/` between parts, and digest in hex.
    """
    return "".join(f"{digest}  {escape(path)}\n" for path, digest in digests).encode()


def write_bag_info(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Return bag-info.txt; a pair without a value is left out, and white space within one becomes single blanks.

    Args:
        pairs: Label and value, in the order in which they stand.
    """
    lines = [f"{label}: {' '.join(value.split())}\n" for label, value in pairs if value]
    return "".join(lines).encode()
