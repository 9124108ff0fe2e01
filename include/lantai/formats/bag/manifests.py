"""Whether the files of a bag are those that its manifests list.

Each fault of a file is told once, however many manifests show it. Names that
lead outside the bag are named and looked at no further.

Source: RFC 8493, sections 2.1.3 and 3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lantai.formats.bag import tag_file
from lantai.formats.bag.tag_file import ManifestFile
from lantai.records.intake.finding import Finding, Severity
from lantai.records.text import spelling

_WEAK = frozenset({"md5", "sha1"})
_LINES_LOOKED_AT = 1_000
"""With more lines than this that nobody could read, the list is worth nothing, and no file is said to be missing from it."""
_DIGEST_RULES = frozenset({"digest_mismatch", "tag_file_changed"})
_OF_ONE_MANIFEST = frozenset({"algorithm", "expected", "found"})
"""Values that differ from manifest to manifest where the fault is the same: those of the first one are told."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file of a bag as it lies there: its size, and its digests in lower-case hex by algorithm."""

    size_bytes: int
    digests: Mapping[str, str]


def judge(
    manifests: Sequence[ManifestFile], version: tuple[int, int], found: Mapping[str, FoundFile]
) -> Iterator[Finding]:
    """Yield what manifests and files disagree about, in both directions.

    Args:
        manifests: All of the bag, tag manifests included; their algorithms are known ones.
        version: Of BagIt: before 1.0 a file had to stand in one of the manifests only.
        found: Every file of the bag by path, with the digests that the manifests ask for.

    Source: R1-45.
    """
    of_payload = [manifest for manifest in manifests if not manifest.is_tag_manifest]
    findings = [finding for manifest in manifests for finding in _judge_manifest(manifest, found)]
    yield from _once_per_file(findings, _confirmed(of_payload, found))
    yield from _judge_unlisted(of_payload, version, found)
    yield from _judge_weakness(of_payload)


def _judge_manifest(manifest: ManifestFile, found: Mapping[str, FoundFile]) -> Iterator[Finding]:
    listed: dict[str, str] = {}
    spellings = _spellings(found)
    for name, digest in manifest.entries:
        if tag_file.is_unsafe(name):
            if name not in found:  # Else it is told of as the name of a file.
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
    """Yield what is wrong with one file; with the algorithm and both values where it is not the same. Source: R1-47."""
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


def _judge_unlisted(
    manifests: Sequence[ManifestFile], version: tuple[int, int], found: Mapping[str, FoundFile]
) -> Iterator[Finding]:
    """Every payload file stands in every payload manifest; before version 1.0 one of them was enough."""
    payload = [path for path in found if path.startswith("data/")]
    spellings = _spellings(found)
    listed = {m.name: {_present(name, found, spellings) for name, _ in m.entries} for m in manifests}
    for path in sorted(payload):
        lacking = [m.name for m in manifests if path not in listed[m.name] and not may_be_named(path, m.malformed)]
        if lacking and (version >= (1, 0) or len(lacking) == len(manifests)):
            yield _fault("file_unlisted", path, "GD-4-3", found=path, manifest=", ".join(lacking))


def may_be_named(path: str, malformed: Sequence[str]) -> bool:
    """Return whether a file may be what one of the lines that nobody could read is about: those are told of by themselves."""
    return len(malformed) > _LINES_LOOKED_AT or any(path in line for line in malformed)


def _judge_weakness(manifests: Sequence[ManifestFile]) -> Iterator[Finding]:
    algorithms = {m.algorithm for m in manifests}
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
    return spelling.composed(path).casefold()


def _confirmed(manifests: Sequence[ManifestFile], found: Mapping[str, FoundFile]) -> set[str]:
    """Return the names of the files that are what at least one payload manifest says."""
    return {
        path
        for manifest in manifests
        for name, digest in manifest.entries
        if (path := tag_file.plain_path(name)) in found and found[path].digests.get(manifest.algorithm) == digest
    }


def _once_per_file(findings: Sequence[Finding], confirmed: Collection[str]) -> Iterator[Finding]:
    """Yield each fault of a file once, naming every manifest that shows it.

    A file that one manifest confirms and another does not is whole; it is the manifests that disagree.

    Source: R1-47, R1-50.
    """
    gathered: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        told = finding
        if finding.rule == "digest_mismatch" and finding.subject in confirmed:
            told = Finding("manifests_disagree", Severity.FAULT, finding.subject, finding.values, finding.check_code)
        passed_over = {"manifest", *(_OF_ONE_MANIFEST if finding.rule in _DIGEST_RULES else ())}
        key = (told.rule, told.subject, *sorted(p for p in told.values.items() if p[0] not in passed_over))
        gathered.setdefault(key, []).append(told)
    for same in gathered.values():
        manifests = ", ".join(dict.fromkeys(str(f.values["manifest"]) for f in same if "manifest" in f.values))
        strong = next((f for f in same if f.values.get("algorithm") not in _WEAK), same[0])
        yield replace(strong, values={**strong.values, "manifest": manifests}) if manifests else strong


def _fault(rule: str, subject: str, code: str, **values: str) -> Finding:
    return Finding(rule, Severity.FAULT, subject, values, code)
