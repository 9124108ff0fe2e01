"""What a BagIt profile asks of a bag beyond BagIt itself.

The profile comes as a mapping in the format of BagIt Profiles 1.4; the one of
a carrier is shipped as `lantai.profiles.carrier_profile`.

Source: BagIt Profiles specification 1.4.0; interfaces.md, "A carrier".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from lantai.formats.bag.tag_file import ManifestFile
from lantai.records.intake.finding import Finding, Severity


def judge_tags(tags: Sequence[tuple[str, str]], profile: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what the pairs of a bag-info lack: required tags, allowed values, tags given once. Source: R1-45."""
    for label, rule in profile.get("Bag-Info", {}).items():
        values = [value for name, value in tags if name.lower() == label.lower()]
        given = [value for value in values if value]
        if rule.get("required") and not given:
            yield _fault("tag_missing", label, expected=label)
        if len(values) > 1 and not rule.get("repeatable", True):
            yield _fault("tag_repeated", label, found=str(len(values)), expected="1")
        allowed = rule.get("values")
        for value in given:
            if allowed and value not in allowed:
                yield _fault("tag_value", label, found=value, expected=", ".join(allowed))


def judge_manifests(manifests: Sequence[ManifestFile], profile: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield manifests that the profile requires and are not there, and such as it does not allow. Source: R1-45."""
    for is_tag, prefix in ((False, ""), (True, "Tag-")):
        present = {m.algorithm for m in manifests if m.is_tag_manifest is is_tag}
        name = "tagmanifest" if is_tag else "manifest"
        for algorithm in profile.get(f"{prefix}Manifests-Required", []):
            if algorithm not in present:
                yield _fault("manifest_required", f"{name}-{algorithm}.txt", expected=f"{name}-{algorithm}.txt")
        allowed = profile.get(f"{prefix}Manifests-Allowed")
        for algorithm in sorted(present):
            if allowed is not None and algorithm not in allowed:
                yield _fault(
                    "manifest_not_allowed", f"{name}-{algorithm}.txt", found=algorithm, expected=", ".join(allowed)
                )


def judge_files(paths: Collection[str], version: tuple[int, int], profile: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield tag files that are missing or not allowed, and a version of BagIt that is not accepted. Source: R1-45."""
    tag_files = [path for path in paths if not path.startswith("data/")]
    for path in profile.get("Tag-Files-Required", []):
        if path not in tag_files:
            yield _fault("tag_file_required", path, expected=path)
    allowed = profile.get("Tag-Files-Allowed", ["*"])
    for path in tag_files:
        if not any(fnmatchcase(path, pattern) for pattern in allowed):
            yield _fault("tag_file_not_allowed", path, found=path)
    accepted = profile.get("Accept-BagIt-Version")
    written = f"{version[0]}.{version[1]}"
    if accepted is not None and written not in accepted:
        yield _fault("bagit_version", "bagit.txt", found=written, expected=", ".join(accepted))


def judge_serialization(media_type: str | None, profile: Mapping[str, Any]) -> list[Finding]:
    """Return whether a bag may come in the container it came in.

    Args:
        media_type: e.g. `application/zip`; None for a plain folder.
        profile: The profile.

    Source: R1-45.
    """
    policy = profile.get("Serialization", "optional")
    accepted = profile.get("Accept-Serialization", [])
    wrong = policy == "required" if media_type is None else policy == "forbidden" or media_type not in accepted
    return [_fault("serialization", "", found=media_type or "folder", expected=", ".join(accepted))] if wrong else []


def _fault(rule: str, subject: str, **values: str) -> Finding:
    return Finding(rule, Severity.FAULT, subject, values, "GD-2-10")
