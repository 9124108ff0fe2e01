"""The list of digests beside a package that is no bag."""

from __future__ import annotations

import hashlib
import subprocess

import pytest

from factories_bag import found_in
from lantai.formats.bag.digest_list import algorithms_of, is_digest_list, judge
from lantai.formats.bag.tag_file import MOST_ENTRIES
from lantai.records.intake.finding import Severity

FILES = {"1.txt": b"one", "目录.csv": b"two"}


def listed(algorithm="sha256", files=None):
    return "".join(f"{hashlib.new(algorithm, body).hexdigest()}  {name}\n" for name, body in (files or FILES).items())


def told(path, text, files=None):
    content = text if isinstance(text, bytes) else text.encode()
    return [(f.rule, f.subject, f.severity) for f in judge(path, content, found_in(files or FILES))]


@pytest.mark.parametrize(
    ("name", "is_list"),
    [
        ("sha256sums.txt", True),
        ("SHA256SUM.txt", True),
        ("sm3.txt", True),
        ("摘要.txt", True),
        ("manifest-sm3.txt", True),
        ("checksums.md5", True),
        ("a/sha256sums.txt", False),
        ("摘要.docx", False),
        ("sums.txt", False),
    ],
)
def test_list_is_known_by_its_name_at_the_top(name, is_list):
    """R1-45."""
    assert is_digest_list(name) is is_list


def test_algorithm_follows_from_the_name_or_the_number_of_digits():
    """R1-45, N11."""
    assert algorithms_of("sm3.txt", b"") == {"sm3"}
    assert algorithms_of("checksums.md5", b"") == {"md5"}
    text = f"{'a' * 64}  x\n{'b' * 32}  y\n# comment\n{'c' * 128} z\n"

    assert algorithms_of("摘要.txt", text.encode()) == {
        "sha256",
        "sm3",
        "md5",
        "sha512",
    }


@pytest.mark.parametrize("algorithm", ["sha256", "sm3", "sha512"])
def test_files_that_are_as_listed_have_no_finding(algorithm):
    """R1-45, N11."""
    assert told("摘要.txt", f"# 2026-03-02\n\n{listed(algorithm)}") == []


def test_weak_digests_alone_are_remarked_upon():
    """R1-45."""
    mixed = listed("md5", {"1.txt": FILES["1.txt"]}) + listed("sha1", {"目录.csv": FILES["目录.csv"]})

    assert told("md5.txt", listed("md5")) == [("digest_weak", "md5.txt", Severity.WARNING)]
    assert told("摘要.txt", mixed) == [("digest_weak", "摘要.txt", Severity.WARNING)]
    assert (
        told("摘要.txt", mixed.replace(listed("sha1", {"目录.csv": b"two"}), listed("sm3", {"目录.csv": b"two"}))) == []
    )


@pytest.mark.parametrize(
    ("text", "files", "rule", "subject"),
    [
        (listed(), {**FILES, "1.txt": b"onf"}, "digest_mismatch", "1.txt"),
        (listed(), {"1.txt": b"one"}, "file_missing", "目录.csv"),
        (listed(files={"1.txt": b"one"}), FILES, "file_unlisted", "目录.csv"),
        (listed() + f"{'0' * 64}  ../../etc/passwd\n", FILES, "name_unsafe", "../../etc/passwd"),
        (listed() + "Get-FileHash 1.txt\n", FILES, "line_malformed", "sha256sums.txt"),
    ],
)
def test_disagreement_is_told_once(text, files, rule, subject):
    """R1-45, R1-47."""
    assert told("sha256sums.txt", text, files) == [(rule, subject, Severity.FAULT)]


def test_changed_file_is_named_with_algorithm_and_both_digests():
    """R1-47: by the name of the list, by the number of digits, and where neither says it."""
    sha256, sm3 = (hashlib.new(name, b"one").hexdigest() for name in ("sha256", "sm3"))
    told_of = {}
    for path, digest in (("sm3.txt", "0" * 64), ("摘要.txt", "0" * 64), ("校验码.txt", "0" * 60)):
        (finding,) = judge(path, f"{digest}  1.txt\n".encode(), found_in({"1.txt": b"one"}))
        told_of[path] = (finding.rule, finding.values["algorithm"], finding.values["found"])
        assert (finding.values["expected"], finding.values["manifest"]) == (digest, path)

    assert told_of == {
        "sm3.txt": ("digest_mismatch", "sm3", sm3),
        "摘要.txt": ("digest_mismatch", "sha256/sm3", f"{sha256}/{sm3}"),
        "校验码.txt": ("digest_mismatch", "?", "-"),
    }


def test_list_as_another_tool_writes_it_is_one_fault():
    """R1-50: not one per file, and no file is said to be unlisted besides."""
    text = "".join(f"SHA256 ({name}) = {hashlib.sha256(body).hexdigest()}\n" for name, body in FILES.items())

    assert told("sha256sums.txt", text) == [("line_malformed", "sha256sums.txt", Severity.FAULT)]


@pytest.mark.parametrize(
    "name", [" lead.txt", "trail.txt ", "a\\b.txt", "两\n行.txt", "\u2028.txt", "*star.txt", "目录.txt"]
)
def test_odd_name_is_read_as_the_common_tool_writes_it(name, tmp_path):
    """R1-45: GNU's sha256sum itself, names with line ends and backslashes included."""
    (tmp_path / name).write_bytes(b"x")
    done = subprocess.run(["sha256sum", name], cwd=tmp_path, capture_output=True, check=True)

    assert told("sha256sums.txt", done.stdout, {name: b"x"}) == []


def test_list_in_the_encoding_of_a_chinese_windows_is_read():
    """R1-45."""
    content = listed().encode("gbk").replace(b"\n", b"\r\n")

    assert told("sha256sums.txt", content) == []
    assert told("sha256sums.txt", b"\xef\xbb\xbf" + listed().encode()) == []


def test_backslashes_of_a_windows_path_are_understood():
    """R1-45."""
    digest = hashlib.sha256(b"x").hexdigest()

    assert told("sha256sums.txt", f"{digest} *正文\\1.txt\n", {"正文/1.txt": b"x"}) == []


def test_list_of_rubbish_is_given_up_after_ten_thousand_lines():
    """S5: what a department lays out may not become a hundred times as much in memory."""
    content = b"x\n" * 500_000

    [finding] = judge("sha256sums.txt", content, {})

    assert (finding.rule, finding.values["count"]) == ("line_malformed", "10000")


def test_list_of_more_files_than_a_package_may_hold_is_not_read_to_its_end():
    """S5."""
    content = b"".join(b"%064x  %d\n" % (number, number) for number in range(MOST_ENTRIES + 5))

    missing = [found for found in judge("sha256sums.txt", content, {}) if found.rule == "file_missing"]

    assert len(missing) == MOST_ENTRIES
