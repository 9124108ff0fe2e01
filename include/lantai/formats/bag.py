"""Whether a bag is what its manifests say: the judgement, without opening a file.

The caller hands over the text files of the bag and, for every file, its size
and digests. All faults are returned, never the first only. Stricter than BagIt
on purpose: fetch.txt is refused, and so is any name that could lead outside
the bag on some system.

Source: RFC 8493; R1-45, R1-47, R1-50; interfaces.md, "A carrier".
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lantai.formats import bag_profile, tag_file
from lantai.formats.tag_file import ALGORITHMS, ManifestFile
from lantai.records.finding import Finding, Severity

KNOWN_VERSIONS = frozenset({(0, 93), (0, 94), (0, 95), (0, 96), (0, 97), (1, 0)})
_WEAK = frozenset({"md5", "sha1"})
_OXUM = re.compile(r"(\d{1,19})\.(\d{1,12})")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file of a bag as it lies there: its size, and its digests in lower-case hex by algorithm."""

    bytes: int
    digests: Mapping[str, str]


class NeededDigests(NamedTuple):
    """Algorithms that the manifests ask for: of files under data/, and of all other files."""

    payload: frozenset[str]
    tags: frozenset[str]


@dataclass(slots=True)
class _Bag:
    """The text files of a bag, read."""

    version: tuple[int, int]
    manifests: list[ManifestFile] = field(default_factory=list)
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
    """
    bag = _read(tag_files)
    findings = [*bag.findings, *_judge_names(found)]
    if tag_file.FETCH in found:
        findings.append(Finding("fetch_refused", Severity.FAULT, tag_file.FETCH, {}, "GD-2-11"))
    if not any(m.algorithm in ALGORITHMS and not m.is_tag_manifest for m in bag.manifests):
        findings.append(Finding("manifest_missing", Severity.FAULT, "", {}, "GD-1-13"))
    for manifest in bag.manifests:
        findings += _judge_manifest(manifest, found)
    findings += _judge_unlisted(bag, found)
    findings += _judge_oxum(bag.tags, found)
    findings += _judge_weakness(bag.manifests)
    if profile is not None:
        findings += bag_profile.judge_tags(bag.tags, profile)
        findings += bag_profile.judge_manifests(bag.manifests, profile)
        findings += bag_profile.judge_files(found, bag.version, profile)
    return list(_unique(findings))


def _read(tag_files: Mapping[str, bytes]) -> _Bag:
    if tag_file.DECLARATION in tag_files:
        declaration = tag_file.read_declaration(tag_files[tag_file.DECLARATION])
        bag = _Bag(declaration.version)
        if declaration.problem:
            values = {"found": declaration.problem}
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
    for line in malformed:
        bag.findings.append(Finding("line_malformed", Severity.FAULT, path, {"found": line[:120]}, "GD-1-13"))


def _judge_names(found: Mapping[str, FoundFile]) -> Iterator[Finding]:
    composed: dict[str, list[str]] = defaultdict(list)
    folded: dict[str, list[str]] = defaultdict(list)
    for path in sorted(found):
        if tag_file.is_unsafe(path):
            yield Finding("name_unsafe", Severity.FAULT, path, {"found": path}, "GD-1-6")
        if any(unicodedata.category(letter) == "Cc" for letter in path):
            yield Finding("name_control_character", Severity.WARNING, path, {"found": repr(path)}, "GD-1-6")
        composed[unicodedata.normalize("NFC", path)].append(path)
    for name, twins in composed.items():
        if len(twins) > 1:
            values = {"found": twins[0], "expected": ascii(twins[1])}
            yield Finding("name_normalisation_twin", Severity.FAULT, twins[1], values, "GD-1-10")
        folded[name.casefold()].append(name)
    for twins in folded.values():
        if len(twins) > 1:
            values = {"found": twins[0], "expected": twins[1]}
            yield Finding("name_case_twin", Severity.WARNING, twins[1], values, "GD-1-10")


def _judge_manifest(manifest: ManifestFile, found: Mapping[str, FoundFile]) -> Iterator[Finding]:
    listed: dict[str, str] = {}
    spellings = _spellings(found)
    for name, digest in manifest.entries:
        if tag_file.is_unsafe(name):
            yield _fault("name_unsafe", name, "GD-1-6", found=name, manifest=manifest.name)
            continue
        path = tag_file.plain_path(name)
        if path != name:
            yield Finding("path_not_plain", Severity.WARNING, name, {"found": name, "expected": path}, "GD-1-13")
        if path in listed:
            if listed[path] == digest:
                yield Finding("listed_twice", Severity.WARNING, path, {"manifest": manifest.name}, "GD-1-8")
            else:
                yield _fault("listed_twice_differently", path, "GD-1-8", manifest=manifest.name)
            continue
        listed[path] = digest
        if manifest.is_tag_manifest == path.startswith("data/"):
            yield _fault("listed_in_wrong_manifest", path, "GD-1-13", manifest=manifest.name)
    for path, digest in listed.items():
        yield from _judge_entry(manifest, path, digest, found, spellings)


def _judge_entry(
    manifest: ManifestFile,
    path: str,
    digest: str,
    found: Mapping[str, FoundFile],
    spellings: Mapping[str, Sequence[str]],
) -> Iterator[Finding]:
    present = _present(path, found, spellings)
    if present is None:
        yield _fault("file_missing", path, "GD-2-11", manifest=manifest.name)
        return
    if present != path:
        values = {"found": present, "expected": path, "manifest": manifest.name}
        yield Finding("name_spelt_differently", Severity.WARNING, path, values, "GD-1-10")
    actual = found[present].digests.get(manifest.algorithm)
    if actual != digest:
        rule = "tag_file_changed" if manifest.is_tag_manifest else "digest_mismatch"
        values = {"algorithm": manifest.algorithm, "expected": digest, "found": actual or "-"}
        yield _fault(rule, path, "GD-1-1", manifest=manifest.name, **values)


def _judge_unlisted(bag: _Bag, found: Mapping[str, FoundFile]) -> Iterator[Finding]:
    """Every payload file stands in every payload manifest; before version 1.0 one of them was enough."""
    payload = [path for path in found if path.startswith("data/")]
    manifests = [m for m in bag.manifests if not m.is_tag_manifest]
    spellings = _spellings(found)
    listed = {m.name: {_present(name, found, spellings) for name, _ in m.entries} for m in manifests}
    for path in sorted(payload):
        lacking = [name for name, paths in listed.items() if path not in paths]
        if lacking and (bag.version >= (1, 0) or len(lacking) == len(manifests)):
            yield _fault("file_unlisted", path, "GD-4-3", found=path, manifest=", ".join(lacking))


def _judge_oxum(tags: Sequence[tuple[str, str]], found: Mapping[str, FoundFile]) -> Iterator[Finding]:
    sizes = [f.bytes for path, f in found.items() if path.startswith("data/")]
    counted = f"{sum(sizes)}.{len(sizes)}"
    for label, value in tags:
        if label.lower() != "payload-oxum":
            continue
        oxum = _OXUM.fullmatch(value)
        if not oxum:
            yield _fault("oxum_malformed", "Payload-Oxum", "GD-2-2", found=value, expected=counted)
        elif (int(oxum[1]), int(oxum[2])) != (sum(sizes), len(sizes)):
            yield _fault("oxum_mismatch", "Payload-Oxum", "GD-2-2", found=counted, expected=value)


def _judge_weakness(manifests: Sequence[ManifestFile]) -> Iterator[Finding]:
    algorithms = {m.algorithm for m in manifests if not m.is_tag_manifest}
    if algorithms and algorithms <= _WEAK:
        values = {"found": ", ".join(sorted(algorithms)), "expected": "sha256, sm3"}
        yield Finding("digest_weak", Severity.WARNING, "", values, "GD-1-1")


def _spellings(found: Mapping[str, FoundFile]) -> Mapping[str, Sequence[str]]:
    spellings: dict[str, list[str]] = defaultdict(list)
    for path in found:
        spellings[_spelling(path)].append(path)
    return spellings


def _present(name: str, found: Mapping[str, FoundFile], spellings: Mapping[str, Sequence[str]]) -> str | None:
    """Return the path of the file that a manifest means: the same, or the only one that differs in case or accents."""
    path = tag_file.plain_path(name)
    twins = spellings.get(_spelling(path), ())
    return path if path in found else twins[0] if len(twins) == 1 else None


def _spelling(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _unique(findings: Sequence[Finding]) -> Iterator[Finding]:
    seen = set()
    for finding in findings:
        key = (finding.rule, finding.subject, tuple(sorted(finding.values.items())))
        if key not in seen:
            seen.add(key)
            yield finding


def _fault(rule: str, subject: str, code: str, **values: str) -> Finding:
    return Finding(rule, Severity.FAULT, subject, values, code)
