"""The list of digests beside a package that is no bag: `sha256sums.txt`, `摘要.txt` and the like.

One file per line, digest first, as the common tools write it. Which algorithm
it is follows from the list's name, else from the number of digits.

Source: interfaces.md, "A carrier".
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator, Mapping

from lantai.formats.bag.manifests import FoundFile, may_be_named
from lantai.formats.bag.tag_file import ALGORITHMS, DECLARATION, MOST_ENTRIES, MOST_MALFORMED, is_unsafe, plain_path
from lantai.records.intake.carrier import decode_name
from lantai.records.intake.finding import Finding, Severity
from lantai.records.text import spelling

_NAME = re.compile(
    r"((tag)?manifest-(?P<manifest>[a-z0-9]+)|(?P<sums>md5|sha1|sha256|sha512|sm3)(sums?)?|checksums?|digests?|摘要|数字摘要|校验码)"
    r"\.(txt|md5|sha1|sha256|sha512|sm3|list)",
    re.IGNORECASE,
)
_RAW_LINE = re.compile(rb"[^\r\n]+")
_LINE = re.compile(r"[ \t]*(\\?)([0-9A-Fa-f]{32,128})(?:  | \*|[ \t,]+\*?)(.+)")
"""A backslash before the digest says that the name behind it is escaped, as GNU's tools write names with odd characters."""
_ESCAPED, _ESCAPES = re.compile(r"\\([\\nr])"), {"\\": "\\", "n": "\n", "r": "\r"}
_BY_LENGTH = {32: ("md5",), 40: ("sha1",), 64: ("sha256", "sm3"), 128: ("sha512",)}
WEAK = frozenset({"md5", "sha1"})


def is_digest_list(path: str) -> bool:
    """Return whether a file at the top of a package is a list of digests, by its name."""
    return _NAME.fullmatch(path) is not None


def top_folder(paths: Collection[str]) -> str:
    """Return the folder that holds a whole package, with its slash, where a package was made of the folder itself."""
    tops = {path.partition("/")[0] for path in paths}
    if len(tops) != 1:
        return ""
    top = f"{tops.pop()}/"
    is_top = f"{top}{DECLARATION}" in paths or any(
        is_digest_list(path.removeprefix(top)) for path in paths if path.startswith(top)
    )
    return top if is_top else ""


def algorithms_of(path: str, content: bytes) -> frozenset[str]:
    """Return the algorithms that have to be taken to judge a list: SM3 as well as SHA-256. Source: rules N11."""
    named = _named(path)
    if named:
        return frozenset({named})
    lengths = {len(digest) for _, digest in _read(content)[0]}
    return frozenset(name for length in lengths for name in _BY_LENGTH.get(length, ()))


def first_missing(content: bytes, names: Collection[str]) -> str | None:
    """Return the first file of a list that is not among the names of a package, spelt in NFC; None when all are."""
    for written, _ in _read(content)[0]:
        if not is_unsafe(written) and _meant(spelling.composed(written), names) not in names:
            return written
    return None


def judge(path: str, content: bytes, found: Mapping[str, FoundFile]) -> Iterator[Finding]:
    """Yield what a list of digests and the files disagree about, in both directions.

    Args:
        path: Name of the list.
        content: Its bytes; each line is read by itself in UTF-8, else GB18030.
        found: The files it has to cover, with the digests of `algorithms_of`.

    Source: R1-45, R1-50.
    """
    listed: set[str] = set()
    used: set[str] = set()
    entries, malformed = _read(content)
    for written, digest in entries:
        if is_unsafe(written):
            yield _fault("name_unsafe", written, "GD-1-6", found=written, manifest=path)
            continue
        name = _meant(written, found)
        listed.add(name)
        candidates = (_named(path),) if _named(path) else _BY_LENGTH.get(len(digest), ())
        used.update(candidates)
        yield from _judge_line(path, name, digest, candidates, found)
    if malformed:
        yield _fault("line_malformed", path, "GD-1-13", found=malformed[0][:120], count=str(len(malformed)))
    for name in sorted(found.keys() - listed):
        if not may_be_named(name, malformed):
            yield _fault("file_unlisted", name, "GD-4-3", found=name, manifest=path)
    if used and used <= WEAK:
        values = {"found": ", ".join(sorted(used)), "expected": "sha256, sm3"}
        yield Finding("digest_weak", Severity.WARNING, path, values, "GD-1-1")


def _read(content: bytes) -> tuple[list[tuple[str, str]], list[str]]:
    """Return names with digests, and the lines that are neither that nor a comment."""
    entries: list[tuple[str, str]] = []
    malformed: list[str] = []
    for found in _RAW_LINE.finditer(content, len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0):
        if len(malformed) >= MOST_MALFORMED or len(entries) >= MOST_ENTRIES:
            break
        raw = found[0]
        line = decode_name(raw) or raw.decode("utf-8", "replace")
        entry = _LINE.fullmatch(line)
        if entry:
            name = _ESCAPED.sub(lambda found: _ESCAPES[found[1]], entry[3]) if entry[1] else entry[3]
            entries.append((name, entry[2].lower()))
        elif line.strip() and not line.startswith("#"):
            malformed.append(line)
    return entries, malformed


def _meant(written: str, found: Collection[str]) -> str:
    """Return the name of the file that a line means: as written, else without spaces around it or with `/` for a backslash."""
    spellings = (plain_path(written), plain_path(written.strip()), plain_path(written.strip().replace("\\", "/")))
    return next((name for name in spellings if name in found), spellings[1])


def _judge_line(
    path: str, name: str, digest: str, candidates: tuple[str, ...], found: Mapping[str, FoundFile]
) -> Iterator[Finding]:
    """Yield what is wrong with the file of one line; with the algorithm and both values where it is not the same. Source: R1-47."""
    if name not in found:
        yield _fault("file_missing", name, "GD-2-11", manifest=path)
        return
    actual = [found[name].digests.get(algorithm, "-") for algorithm in candidates]
    if digest not in actual:
        values = {"algorithm": "/".join(candidates) or "?", "expected": digest, "found": "/".join(actual) or "-"}
        yield _fault("digest_mismatch", name, "GD-1-1", manifest=path, **values)


def _named(path: str) -> str:
    found = _NAME.fullmatch(path)
    name = (found["manifest"] or found["sums"] or found[0].rpartition(".")[2]).lower() if found else ""
    return name if name in ALGORITHMS else ""


def _fault(rule: str, subject: str, code: str, **values: str) -> Finding:
    return Finding(rule, Severity.FAULT, subject, values, code)
