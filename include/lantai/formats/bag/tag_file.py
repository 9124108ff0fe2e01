"""The text files of a bag: declaration, bag-info, manifests; and the names that stand in them.

Bytes become lines and pairs here; whether they agree with the files is judged
in `bag`. Nothing is ever opened by a name that is read here.

Source: RFC 8493, sections 2.1 to 2.3; drafts 0.93 to 0.97 of BagIt.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

ALGORITHMS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128, "sm3": 64}
"""Digest algorithms that can be checked, with the hex digits of each."""

MOST_BYTES = 32 * 1024 * 1024
"""A tag file that is longer is not read: its package comes back for it. 200,000 files with names of 90 bytes fit in."""

MOST_BYTES_IN_ALL = 64 * 1024 * 1024
"""Of all tag files of a package together."""

MOST_MALFORMED = 10_000
"""So many lines that are none are kept of a file; it is not read on."""

MOST_ENTRIES = 250_000
"""Files that one list may name: more than any package may hold."""

MOST_TAGS = 10_000
"""Pairs of a bag-info; what stands behind them is malformed."""

DECLARATION = "bagit.txt"
BAG_INFO = ("bag-info.txt", "package-info.txt")
"""Names of the file of facts, the newer one first; drafts before 0.96 called it package-info.txt."""
FETCH = "fetch.txt"

_LINE = re.compile(r"[^\r\n]+")
_MANIFEST_NAME = re.compile(r"(tag)?manifest-([A-Za-z0-9-]+)\.txt")
_DECLARATION_LINE = re.compile(r"(BagIt-Version|Tag-File-Character-Encoding): (\S+)[ \t]*")
_MANIFEST_LINE = re.compile(r"([0-9A-Fa-f]+)[ \t]+\*?(.*)")
_TAG_LINE = re.compile(r"([^\s:\0][^:\0]*):([^\0]*)")
"""No two parts may match the same character: with blanks matched twice a line of them took time by the square of its length."""
_ESCAPED = re.compile(r"%(0[AaDd]|25)")
_ESCAPED_LINE_END = re.compile(r"%(0[AaDd])")
_DRIVE_OR_VARIABLE = re.compile(r"[A-Za-z]:|%[A-Za-z()0-9]+%[\\/]")
_ENCODINGS = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "iso8859-1", "gb18030", "gbk", "gb2312", "big5"}
)
"""Encodings of tag files that are read, by Python's names; codecs that are no text encodings are not among them."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What bagit.txt says; `problem` names what is wrong with it, empty when nothing is."""

    version: tuple[int, int]
    encoding: str
    problem: str = ""


@dataclass(slots=True)
class ManifestFile:
    """One manifest as written: `entries` in order with the name as it stands there, decoded."""

    name: str
    is_tag_manifest: bool
    algorithm: str
    entries: list[tuple[str, str]] = field(default_factory=list)
    malformed: list[str] = field(default_factory=list)


def is_read_by_bagit(path: str) -> bool:
    """Return whether a file of the bag is one whose content BagIt itself reads."""
    return path in (DECLARATION, FETCH, *BAG_INFO) or _MANIFEST_NAME.fullmatch(path) is not None


def manifest_name(path: str) -> tuple[bool, str] | None:
    """Return (is a tag manifest, algorithm in lower case) when the path is a manifest's, else None."""
    found = _MANIFEST_NAME.fullmatch(path)
    return (found[1] is not None, found[2].lower().replace("-", "")) if found else None


def read_declaration(content: bytes) -> Declaration:
    """Read bagit.txt; on a problem the version is 1.0 and the encoding UTF-8, so that the rest can be looked at too."""
    fallback = (1, 0)
    if content.startswith(codecs.BOM_UTF8):
        return Declaration(fallback, "utf-8", "byte order mark")
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        return Declaration(fallback, "utf-8", "not UTF-8")
    pairs: dict[str, str] = {}
    for line in lines:
        found = _DECLARATION_LINE.fullmatch(line)
        if line.strip() and (not found or found[1] in pairs):
            return Declaration(fallback, "utf-8", line[:80])
        if found:
            pairs[found[1]] = found[2]
    version = re.fullmatch(r"(\d{1,3})\.(\d{1,3})", pairs.get("BagIt-Version", ""))
    if not version:
        return Declaration(fallback, "utf-8", "BagIt-Version")
    if "Tag-File-Character-Encoding" not in pairs:
        return Declaration((int(version[1]), int(version[2])), "utf-8", "Tag-File-Character-Encoding")
    encoding = known_encoding(pairs["Tag-File-Character-Encoding"])
    problem = "" if encoding else pairs["Tag-File-Character-Encoding"]
    return Declaration((int(version[1]), int(version[2])), encoding or "utf-8", problem)


def known_encoding(name: str) -> str | None:
    """Return Python's name of an encoding that tag files may have, or None."""
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return known if known in _ENCODINGS else None


def read_text(content: bytes, encoding: str) -> tuple[str, bool]:
    """Return a tag file's text and whether it began with a byte order mark, which is taken off.

    Raises:
        UnicodeDecodeError: The bytes are not in that encoding.
    """
    text = content.decode(encoding)
    return text.removeprefix("\ufeff"), text.startswith("\ufeff")


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of a text that hold more than white space, one by one: a list of them could be a hundred times the file."""
    for found in _LINE.finditer(text):
        if found[0].strip():
            yield found[0]


def read_tags(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the (label, value) pairs of a bag-info in order, and the lines that are neither pair nor continuation.

    A line that begins with white space continues the value before it.
    """
    pairs: list[tuple[str, list[str]]] = []
    malformed: list[str] = []
    for line in lines_of(text):
        if len(malformed) >= MOST_MALFORMED:
            break
        found = _TAG_LINE.fullmatch(line)
        if line[0] in " \t" and pairs and "\0" not in line and len(pairs[-1][1]) < MOST_TAGS:
            pairs[-1][1].append(line.strip())
        elif found and len(pairs) < MOST_TAGS:
            pairs.append((found[1].strip(), [found[2].strip()]))
        else:
            malformed.append(line)
    return [(label, " ".join(parts).strip()) for label, parts in pairs], malformed


def read_manifest(path: str, text: str, version: tuple[int, int] = (1, 0)) -> ManifestFile:
    """Read a manifest, whose `path` is one by `manifest_name`; line ends are LF, CR or CRLF.

    Before version 1.0 a percent sign itself was not escaped.
    """
    is_tag_manifest, algorithm = manifest_name(path) or (False, "")
    manifest = ManifestFile(path, is_tag_manifest, algorithm)
    for line in lines_of(text):
        if len(manifest.malformed) >= MOST_MALFORMED or len(manifest.entries) >= MOST_ENTRIES:
            break
        found = _MANIFEST_LINE.fullmatch(line)
        if found and found[2] and len(found[1]) == ALGORITHMS.get(algorithm, len(found[1])):
            manifest.entries.append((unescape(found[2], version), found[1].lower()))
        else:
            manifest.malformed.append(line)
    return manifest


def unescape(name: str, version: tuple[int, int] = (1, 0)) -> str:
    """Return a name with %0A, %0D and, from version 1.0 on, %25 decoded; any other percent sign stands for itself."""
    pattern = _ESCAPED if version >= (1, 0) else _ESCAPED_LINE_END
    return pattern.sub(lambda found: chr(int(found[1], 16)), name)


def escape(name: str) -> str:
    """Return a name as a manifest writes it."""
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def is_unsafe(name: str) -> bool:
    r"""Return whether a name points outside its folder on some system, or cannot be a file's name.

    That is: empty, NUL, absolute, `~`, a drive letter, `\\server`, `%VARIABLE%\`, or a part that is `..`.
    """
    if not name or "\0" in name or name[0] in "/\\~" or _DRIVE_OR_VARIABLE.match(name):
        return True
    return ".." in re.split(r"[\\/]", name)


def plain_path(name: str) -> str:
    """Return a safe name without `./` and doubled slashes."""
    return "/".join(part for part in name.split("/") if part not in ("", "."))
