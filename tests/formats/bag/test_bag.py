"""Bags judged in memory."""

from __future__ import annotations

import unicodedata

import pytest

from factories_bag import bag_of, found_in, rules
from lantai import profiles
from lantai.formats.bag.bag import judge, needed_digests, read_bag_info
from lantai.formats.bag.tag_file import escape, is_unsafe, unescape
from lantai.records.intake.finding import Severity

PAYLOAD = {"data/通知.txt": b"one", "data/b/附件.pdf": b"two"}


def judged(files, profile=None):
    return judge(files, found_in(files), profile)


def test_whole_bag_is_found_without_fault():
    """R1-45."""
    files = bag_of(PAYLOAD, ("md5", "sha1", "sha256", "sha512", "sm3"), bag_info=b"Note: x\nPayload-Oxum: 6.2\n")

    assert judged(files) == []


def test_tampered_byte_is_found_and_named_with_both_digests():
    """R1-45, GD-1-1, R1-47."""
    files = bag_of(PAYLOAD, ("sm3",)) | {"data/通知.txt": b"onf"}

    (finding,) = judged(files)

    assert (finding.rule, finding.subject, finding.check_code) == ("digest_mismatch", "data/通知.txt", "GD-1-1")
    assert finding.values["algorithm"] == "sm3"
    assert finding.values["expected"] != finding.values["found"]


def test_every_fault_is_told_in_one_go():
    """R1-50."""
    files = bag_of(PAYLOAD, bag_info=b"Payload-Oxum: 9.9\nno colon here\n") | {"data/extra": b"", "fetch.txt": b""}
    del files["data/b/附件.pdf"]
    files["bagit.txt"] = b"BagIt-Version: 3.0\nTag-File-Character-Encoding: UTF-8\n"

    found = rules(judged(files))

    assert found == {
        "file_missing",
        "file_unlisted",
        "oxum_mismatch",
        "fetch_refused",
        "bagit_version",
        "line_malformed",
    }


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        (bag_of(PAYLOAD, bagit=None), "declaration_missing"),
        (bag_of(PAYLOAD, bagit=b"\xef\xbb\xbfBagIt-Version: 1.0\n"), "declaration_malformed"),
        (bag_of(PAYLOAD, bagit=b"BagIt-Version: 1.0\nTag-File-Character-Encoding: rot13\n"), "declaration_malformed"),
        (bag_of(PAYLOAD, ()), "manifest_missing"),
        (bag_of(PAYLOAD, bag_info="Source-Organization: 教育局".encode("gbk")), "tag_file_encoding"),
        (bag_of(PAYLOAD, bag_info=b"Payload-Oxum: 6\n"), "oxum_malformed"),
        (bag_of(PAYLOAD) | {"manifest-sha256.txt": b"abc  data/x\n"}, "line_malformed"),
        (bag_of(PAYLOAD | {"outside.txt": b"x"}), "listed_in_wrong_manifest"),
    ],
)
def test_broken_bag_gets_the_name_of_its_fault(files, rule):
    """R1-45."""
    assert rule in rules(judged(files), Severity.FAULT)


def test_mark_before_the_text_of_a_tag_file_is_remarked_upon_and_the_file_is_read():
    """R1-45, GD-1-13."""
    found = judged(bag_of(PAYLOAD, bag_info=b"\xef\xbb\xbfPayload-Oxum: 1.1\n"))

    assert "tag_file_bom" in rules(found, Severity.WARNING)
    assert "oxum_mismatch" in rules(found, Severity.FAULT)


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "a/../../x",
        "/etc/passwd",
        "~root/x",
        "~",
        "C:\\x",
        "C:x",
        "\\\\server\\x",
        "..\\x",
        "%HomeDrive%\\x",
        "a\0b",
        "",
    ],
)
def test_name_that_leads_outside_is_unsafe(name):
    """R1-45."""
    assert is_unsafe(name)


@pytest.mark.parametrize("name", ["data/~root", "data/...", "data/100%", "data/a:b", "data/-rf", "data/..x/y"])
def test_odd_name_that_stays_inside_is_not_refused(name):
    """R1-45."""
    assert not is_unsafe(name)


def test_percent_encoded_line_ends_are_read_as_written():
    """R1-45."""
    name = "data/第1行\n第2行 100%25.txt"
    files = bag_of({})
    files |= {
        name: b"x",
        "manifest-sha256.txt": f"{found_in({'': b'x'})[''].digests['sha256']}  {escape(name)}\n".encode(),
    }

    assert rules(judged(files), Severity.FAULT) == set()
    assert unescape(escape(name)) == name


def test_lines_nobody_can_read_are_told_once_and_their_files_are_not_said_to_be_unlisted():
    """R1-50: a manifest as another tool writes it is one fault, not one per file."""
    files = bag_of(PAYLOAD)
    digests = {path: found_in(PAYLOAD)[path].digests["sha256"] for path in PAYLOAD}
    files["manifest-sha256.txt"] = "".join(f"SHA256 ({p}) = {d}\n" for p, d in digests.items()).encode()

    (finding,) = judged(files)

    assert (finding.rule, finding.subject, finding.values["count"]) == ("line_malformed", "manifest-sha256.txt", "2")


def test_manifest_that_cannot_be_read_is_not_said_to_be_missing():
    """R1-45, R1-50."""
    files = bag_of(PAYLOAD)
    files["manifest-sha256.txt"] = files["manifest-sha256.txt"].decode().encode("gbk")

    assert rules(judged(files), Severity.FAULT) == {"tag_file_encoding"}


def test_names_that_look_alike_are_reported():
    """R1-45."""
    one, other = unicodedata.normalize("NFC", "data/é.txt"), unicodedata.normalize("NFD", "data/é.txt")
    files = bag_of({one: b"1", other: b"2", "data/A.txt": b"3", "data/a.txt": b"4"})

    found = judged(files)

    assert rules(found, Severity.FAULT) == {"name_normalisation_twin"}
    assert rules(found, Severity.WARNING) == {"name_case_twin"}


def test_name_that_leads_outside_or_acts_on_a_screen_is_told():
    """R1-45."""
    found = [
        (f.rule, f.severity, f.subject)
        for f in judged(bag_of(PAYLOAD) | {"~x": b"", "a\x07b": b""})
        if f.rule.startswith("name_")
    ]

    assert found == [
        ("name_control_character", Severity.WARNING, "a\x07b"),
        ("name_unsafe", Severity.FAULT, "~x"),
    ]


def test_file_whose_accents_are_composed_otherwise_is_still_checked():
    """R1-45."""
    listed, lying = unicodedata.normalize("NFC", "data/é.txt"), unicodedata.normalize("NFD", "data/é.txt")
    files = bag_of({listed: b"1"})
    files[lying] = files.pop(listed)

    assert rules(judged(files)) == {"name_spelt_differently"}
    assert "digest_mismatch" in rules(judged(files | {lying: b"2"}))


def test_file_in_only_one_of_two_manifests_is_unlisted_from_version_one_on():
    """R1-45."""
    files = bag_of(PAYLOAD, ("sha256", "sm3"))
    files["manifest-sm3.txt"] = files["manifest-sm3.txt"].splitlines(keepends=True)[0]

    assert rules(judged(files)) == {"file_unlisted"}
    files["bagit.txt"] = b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"
    assert judged(files) == []


def test_md5_alone_is_accepted_and_labelled_weak():
    """R1-45."""
    found = judged(bag_of(PAYLOAD, ("md5",)))

    assert [(f.rule, f.severity) for f in found] == [("digest_weak", Severity.WARNING)]


def test_only_digests_that_a_manifest_asks_for_are_needed():
    """R1-45."""
    files = bag_of(PAYLOAD, ("sha256", "md5")) | {"tagmanifest-sha1.txt": b"", "manifest-crc32.txt": b""}

    assert needed_digests(files) == (frozenset({"sha256", "md5"}), frozenset({"sha1"}))


def test_profile_asks_for_its_tags_and_values():
    """R1-45."""
    info = b"Unit-Code: JY\nUnit-Code: XX\nData-Form: letters\nBagging-Date: 2026-03-02\n"
    files = bag_of(PAYLOAD, bag_info=info)

    found = judged(files, profiles.carrier_profile())

    missing = {f.subject for f in found if f.rule == "tag_missing"}
    assert missing >= {"Source-Organization", "Fonds-Number", "Filing-Year", "Carrier-Number", "Contact-Name"}
    assert {(f.rule, f.subject) for f in found} >= {("tag_repeated", "Unit-Code"), ("tag_value", "Data-Form")}


def test_profile_asks_for_its_manifests_and_files():
    """R1-45."""
    profile = {"Manifests-Required": ["sm3"], "Tag-Files-Required": ["metadata/catalogue.xlsx"]}

    assert rules(judged(bag_of(PAYLOAD), profile)) == {"manifest_required", "tag_file_required"}


def test_facts_are_read_of_the_newer_file_and_of_no_other():
    """R1-45: neither of the declaration nor of a list of what to fetch."""
    files = bag_of(PAYLOAD, fetch=b"data/y\n")
    both = {"bag-info.txt": b"A: newer\n", "package-info.txt": b"A: older\n"}

    assert (read_bag_info(files), rules(judged(files))) == ([], {"fetch_refused"})
    assert read_bag_info(files | both) == [("A", "newer")]


def test_manifest_of_an_algorithm_that_nobody_knows_is_remarked_upon():
    """R1-45."""
    found = judged(bag_of(PAYLOAD) | {"manifest-crc32.txt": b"00000000  data/x\n"})

    assert [(f.rule, f.severity, f.values["found"]) for f in found] == [
        ("algorithm_unknown", Severity.WARNING, "crc32")
    ]


def test_long_value_goes_on_over_indented_lines():
    """R1-45."""
    files = bag_of(PAYLOAD, bag_info="说明: 第一行\n  第二行\nB: c\n".encode())

    assert read_bag_info(files) == [("说明", "第一行 第二行"), ("B", "c")]
