"""Whether a bag is what its manifests say: the judgement, without opening a file.

The caller hands over the text files of the bag and, for every file, its size
and digests. All faults are returned, never the first only. Stricter than BagIt
on purpose: fetch.txt is refused, and so is any name that could lead outside
the bag on some system.

Source: RFC 8493; interfaces.md, "A carrier".
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lantai.formats.bag import manifests as bag_manifests
from lantai.formats.bag import profile as bag_profile
from lantai.formats.bag import tag_file
from lantai.formats.bag.manifests import FoundFile
from lantai.formats.bag.tag_file import ALGORITHMS, ManifestFile
from lantai.records.intake.finding import Finding, Severity
from lantai.records.text import spelling

KNOWN_VERSIONS = frozenset({(0, 93), (0, 94), (0, 95), (0, 96), (0, 97), (1, 0)})
_PROBLEMS = {"byte order mark": "declaration_mark", "not UTF-8": "declaration_encoding"}
_OXUM = re.compile(r"(\d{1,19})\.(\d{1,12})")


class NeededDigests(NamedTuple):
    """Algorithms that the manifests ask for: of files under data/, and of all other files."""

    payload: frozenset[str]
    tags: frozenset[str]


@dataclass(slots=True)
class _Bag:
    """The text files of a bag, read."""

    version: tuple[int, int]
    manifests: list[ManifestFile] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    tags: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def needed_digests(tag_files: Mapping[str, bytes]) -> NeededDigests:
    """Return which digests have to be taken before `judge` is asked.

    Args:
        tag_files: Content by path of the files that `tag_file.is_read_by_bagit`.
    """
    asked: dict[bool, set[str]] = {False: set(), True: set()}
    for path in tag_files:
        named = tag_file.manifest_name(path)
        if named and named[1] in ALGORITHMS:
            asked[named[0]].add(named[1])
    return NeededDigests(frozenset(asked[False]), frozenset(asked[True]))


def read_bag_info(tag_files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Return the (label, value) pairs of bag-info.txt in order; none when it is not there or cannot be read."""
    return _read(tag_files).tags


def judge(
    tag_files: Mapping[str, bytes], found: Mapping[str, FoundFile], profile: Mapping[str, Any] | None
) -> list[Finding]:
    """Return everything that is wrong or odd about a bag.

    Args:
        tag_files: Content by path of the files that `tag_file.is_read_by_bagit`.
        found: Every file of the bag, tag files included, by path with `/`; with the digests of `needed_digests`.
        profile: A BagIt profile, or None for BagIt alone.

    Returns:
        Faults and warnings; none for a perfect bag.

    Source: R1-45, R1-50.
    """
    bag = _read(tag_files)
    findings = [*bag.findings, *_judge_names(found)]
    if tag_file.FETCH in found:
        findings.append(Finding("fetch_refused", Severity.FAULT, tag_file.FETCH, {}, "GD-2-11"))
    if not bag.unread and all(manifest.is_tag_manifest for manifest in bag.manifests):
        findings.append(Finding("manifest_missing", Severity.FAULT, "", {}, "GD-1-13"))
    findings += bag_manifests.judge(bag.manifests, bag.version, found)
    findings += _judge_oxum(bag.tags, found)
    if profile is not None:
        findings += bag_profile.judge_tags(bag.tags, profile)
        findings += bag_profile.judge_manifests(bag.manifests, profile)
        findings += bag_profile.judge_files(found, bag.version, profile)
    return findings


def _read(tag_files: Mapping[str, bytes]) -> _Bag:
    if tag_file.DECLARATION in tag_files:
        declaration = tag_file.read_declaration(tag_files[tag_file.DECLARATION])
        bag = _Bag(declaration.version)
        if declaration.problem:
            values = {"found": declaration.problem, "reason": _PROBLEMS.get(declaration.problem, "")}
            bag.findings.append(Finding("declaration_malformed", Severity.FAULT, "bagit.txt", values, "GD-1-13"))
        elif declaration.version not in KNOWN_VERSIONS:
            values = {"found": f"{declaration.version[0]}.{declaration.version[1]}", "expected": "1.0"}
            bag.findings.append(Finding("bagit_version", Severity.FAULT, "bagit.txt", values, "GD-1-13"))
        encoding = declaration.encoding
    else:
        bag, encoding = _Bag((1, 0)), "utf-8"
        bag.findings.append(Finding("declaration_missing", Severity.FAULT, "bagit.txt", {}, "GD-1-13"))
    for path in sorted(tag_files):
        if path == tag_file.DECLARATION or not tag_file.is_read_by_bagit(path) or path == tag_file.FETCH:
            continue
        text = _text(bag, path, tag_files[path], encoding)
        if text is not None:
            _take(bag, path, text)
    return bag


def _text(bag: _Bag, path: str, content: bytes, encoding: str) -> str | None:
    try:
        text, has_mark = tag_file.read_text(content, encoding)
    except UnicodeDecodeError:
        bag.findings.append(Finding("tag_file_encoding", Severity.FAULT, path, {"expected": encoding}, "GD-3-1"))
        if tag_file.manifest_name(path):
            bag.unread.append(path)
        return None
    if has_mark:
        bag.findings.append(Finding("tag_file_bom", Severity.WARNING, path, {}, "GD-1-13"))
    return text


def _take(bag: _Bag, path: str, text: str) -> None:
    if tag_file.manifest_name(path):
        manifest = tag_file.read_manifest(path, text, bag.version)
        if manifest.algorithm in ALGORITHMS:
            bag.manifests.append(manifest)
            malformed = manifest.malformed
        else:
            values = {"found": manifest.algorithm, "expected": ", ".join(ALGORITHMS)}
            bag.findings.append(Finding("algorithm_unknown", Severity.WARNING, path, values, "GD-1-1"))
            malformed = []
    else:
        pairs, malformed = tag_file.read_tags(text)
        bag.tags = bag.tags or pairs
    if malformed:
        values = {"found": malformed[0][:120], "count": str(len(malformed))}
        bag.findings.append(Finding("line_malformed", Severity.FAULT, path, values, "GD-1-13"))


def _judge_names(found: Mapping[str, FoundFile]) -> Iterator[Finding]:
    # Twins are shown with their letters spelled out: printed as they are, nobody could tell them apart.
    composed: dict[str, list[str]] = defaultdict(list)
    folded: dict[str, list[str]] = defaultdict(list)
    for path in sorted(found):
        if tag_file.is_unsafe(path):
            yield Finding("name_unsafe", Severity.FAULT, path, {"found": path}, "GD-1-6")
        if any(unicodedata.category(letter) == "Cc" for letter in path):
            yield Finding("name_control_character", Severity.WARNING, path, {"found": repr(path)}, "GD-1-6")
        composed[spelling.composed(path)].append(path)
    for name, twins in composed.items():
        if len(twins) > 1:
            values = {"found": ascii(twins[0])[1:-1], "expected": ascii(twins[1])[1:-1]}
            yield Finding("name_normalisation_twin", Severity.FAULT, twins[1], values, "GD-1-10")
        folded[name.casefold()].append(name)
    for twins in folded.values():
        if len(twins) > 1:
            values = {"found": twins[0], "expected": twins[1]}
            yield Finding("name_case_twin", Severity.WARNING, twins[1], values, "GD-1-10")


def _judge_oxum(tags: Sequence[tuple[str, str]], found: Mapping[str, FoundFile]) -> Iterator[Finding]:
    sizes = [f.size_bytes for path, f in found.items() if path.startswith("data/")]
    counted = f"{sum(sizes)}.{len(sizes)}"
    for label, value in tags:
        if label.lower() != "payload-oxum":
            continue
        oxum = _OXUM.fullmatch(value)
        if not oxum:
            yield _fault("oxum_malformed", "Payload-Oxum", "GD-2-2", found=value, expected=counted)
        elif (int(oxum[1]), int(oxum[2])) != (sum(sizes), len(sizes)):
            yield _fault("oxum_mismatch", "Payload-Oxum", "GD-2-2", found=counted, expected=value)


def _fault(rule: str, subject: str, code: str, **values: str) -> Finding:
    return Finding(rule, Severity.FAULT, subject, values, code)
