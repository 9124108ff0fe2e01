"""Files against manifests: each fault once, with every manifest that shows it."""

from __future__ import annotations

import hashlib

import pytest

from factories_bag import bag_of, found_in, rules
from lantai.formats.bag.manifests import FoundFile, judge
from lantai.formats.bag.tag_file import read_manifest
from lantai.records.intake.finding import Severity

PAYLOAD = {"data/通知.txt": b"one", "data/b/附件.pdf": b"two"}
BOTH = ("sha256", "sm3")


def judged(files, version=(1, 0), names=("manifest-sha256.txt", "manifest-sm3.txt", "manifest-md5.txt")):
    manifests = [read_manifest(name, files[name].decode()) for name in names if name in files]
    return list(judge(manifests, version, found_in(files)))


def test_changed_file_is_told_once_with_the_strong_digest_and_both_manifests():
    """R1-45, GD-1-1, R1-47."""
    names = ("manifest-md5.txt", "manifest-sha256.txt", "manifest-sm3.txt")

    (finding,) = judged(bag_of(PAYLOAD, ("md5", *BOTH)) | {"data/通知.txt": b"onf"}, names=names)

    assert (finding.rule, finding.subject) == ("digest_mismatch", "data/通知.txt")
    assert finding.values == {
        "algorithm": "sha256",
        "expected": hashlib.sha256(b"one").hexdigest(),
        "found": hashlib.sha256(b"onf").hexdigest(),
        "manifest": ", ".join(names),
    }


def test_file_of_which_no_digest_was_taken_is_not_said_to_be_whole():
    """R1-45, R1-47."""
    manifest = read_manifest("manifest-sm3.txt", f"{'0' * 64}  data/a\n")

    (finding,) = judge([manifest], (1, 0), {"data/a": FoundFile(1, {})})

    assert (finding.rule, finding.values["algorithm"], finding.values["found"]) == ("digest_mismatch", "sm3", "-")


def test_tag_manifest_lists_no_documents_and_nothing_is_missing_from_it():
    """R1-45."""
    files = bag_of(PAYLOAD)
    digest = hashlib.md5(files["bagit.txt"], usedforsecurity=False).hexdigest()
    files["tagmanifest-md5.txt"] = f"{digest}  bagit.txt\n".encode()

    assert judged(files, names=("manifest-sha256.txt", "tagmanifest-md5.txt")) == []
    assert judged({}) == []


def test_missing_file_is_told_once():
    """R1-45, R1-50."""
    files = bag_of(PAYLOAD, BOTH)
    del files["data/通知.txt"]

    assert [(f.rule, f.values["manifest"]) for f in judged(files)] == [
        ("file_missing", "manifest-sha256.txt, manifest-sm3.txt")
    ]


def test_file_that_one_manifest_confirms_is_whole_and_the_manifests_disagree():
    """R1-45, R1-47."""
    files = bag_of(PAYLOAD, BOTH)
    files["manifest-sm3.txt"] = b"".join(b"0" * 64 + line[64:] for line in files["manifest-sm3.txt"].splitlines(True))

    found = judged(files)

    assert [(f.rule, f.subject, f.values["manifest"]) for f in found] == [
        ("manifests_disagree", path, "manifest-sm3.txt") for path in sorted(PAYLOAD)
    ]
    assert all(f.severity is Severity.FAULT and f.values["algorithm"] == "sm3" for f in found)


def test_name_that_leads_outside_is_told_once_and_its_file_not_looked_for():
    """R1-45."""
    files = bag_of(PAYLOAD, BOTH)
    for name, digest in (("manifest-sha256.txt", b"0" * 64), ("manifest-sm3.txt", b"1" * 64)):
        files[name] += digest + b"  ../../etc/passwd\n"

    assert [(f.rule, f.subject) for f in judged(files)] == [("name_unsafe", "../../etc/passwd")]


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("{digest}  data/a\n", [("listed_twice", Severity.WARNING)]),
        ("{other}  data/a\n", [("listed_twice_differently", Severity.FAULT)]),
        ("{digest}  data/./a\n", [("path_not_plain", Severity.WARNING), ("listed_twice", Severity.WARNING)]),
        ("{digest}  gone.txt\n", [("listed_in_wrong_manifest", Severity.FAULT), ("file_missing", Severity.FAULT)]),
    ],
)
def test_second_line_about_a_file_is_remarked_upon_or_refused(second, told):
    """R1-45."""
    files = bag_of({"data/a": b"x"})
    digest = files["manifest-sha256.txt"].decode().split()[0]
    files["manifest-sha256.txt"] += second.format(digest=digest, other="0" * 64).encode()

    found = judged(files)

    assert [(f.rule, f.severity) for f in found] == told


def test_file_that_no_manifest_lists_names_all_that_lack_it():
    """R1-45."""
    files = bag_of(PAYLOAD, BOTH) | {"data/extra": b"x"}

    assert [(f.rule, f.values["manifest"]) for f in judged(files)] == [
        ("file_unlisted", "manifest-sha256.txt, manifest-sm3.txt")
    ]
    assert [f.rule for f in judged(files, version=(0, 97))] == ["file_unlisted"], "also when one of them was enough"


def test_list_of_thousands_of_lines_nobody_can_read_is_worth_nothing():
    """R1-50."""
    files = bag_of({"data/a": b"x", "data/b": b"y"}, ("sha256",))
    manifest = read_manifest("manifest-sha256.txt", "?\n" * 1001)

    assert list(judge([manifest], (1, 0), found_in(files))) == []


def test_weak_digests_alone_are_remarked_upon():
    """R1-45."""
    assert rules(judged(bag_of(PAYLOAD, ("md5",)))) == {"digest_weak"}
    assert rules(judged(bag_of(PAYLOAD, ("md5", "sha1")), names=("manifest-md5.txt", "manifest-sha1.txt"))) == {
        "digest_weak"
    }
    assert judged(bag_of(PAYLOAD, ("md5", "sm3"))) == []
