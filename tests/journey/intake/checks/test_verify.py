"""Packages verified as they arrive."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from pathlib import Path

import pytest

from factories_bag import SENDER, carrier, csv_of, filing, order, row, rules, verified
from lantai.formats.bag import tag_file
from lantai.journey.department.pack import pack
from lantai.journey.intake.checks.verify import FORMS, PackageKind, check_folder
from lantai.records.centre.unit import DataForm
from lantai.records.intake.finding import Severity

SUITE = "bagit/loc-conformance-suite"
REMARKED_ON_PURPOSE = {"digest_weak"}
"""Stricter than the suite on purpose: md5 and sha1 alone are remarked upon in bags that it calls valid."""


def bare(tmp_path: Path, digests: str | None = None) -> Path:
    made = filing(tmp_path)
    (made.folder / "catalogue.csv").write_bytes(csv_of([row(n, files=(f"{n}.txt",)) for n in (1, 2, 3)]))
    if digests is None:
        files = sorted(p for p in made.folder.iterdir())
        digests = "".join(f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}\n" for p in files)
    if digests:
        (made.folder / "sha256sums.txt").write_text(digests)
    return made.folder


@pytest.mark.shared
@pytest.mark.parametrize("verdict", ["valid", "invalid", "warning", "linux-only", "windows-only"])
def test_conformance_suite_gets_its_verdicts(shared_data, verdict):
    """R1-45."""
    bags = sorted((shared_data / SUITE).glob(f"v*/{verdict}/*"))

    found = {bag: check_folder(bag, None) for bag in bags}

    assert bags
    for bag, findings in found.items():
        faults, remarks = rules(findings, Severity.FAULT), rules(findings, Severity.WARNING) - REMARKED_ON_PURPOSE
        if verdict == "valid":
            assert (faults, remarks) == (set(), set()), bag
        elif verdict == "warning":
            assert not faults and remarks, bag  # noqa: PT018 - one verdict
        else:
            assert faults, bag


@pytest.mark.shared
def test_paths_out_of_the_bag_are_refused_by_name(shared_data):
    """R1-45."""
    bags = sorted((shared_data / SUITE).glob("v*/*/out-of-scope*"))

    assert len(bags) >= 7
    assert all("name_unsafe" in rules(check_folder(bag, None)) for bag in bags)


def test_perfect_carrier_has_nothing_to_remark(tmp_path):
    """R1-45."""
    found = verified(carrier(tmp_path))

    assert found.findings == ()
    assert found.kind is PackageKind.BAG
    assert sorted(found.payload) == ["data/1.txt", "data/2.txt", "data/3.txt"]
    assert found.catalogue_path == "metadata/catalogue.csv"
    assert set(found.forms) == {"backup_statement", "management_register", "acceptance_inspection"}
    assert (found.carrier_number, found.data_form) == ("001", DataForm.E_DOCUMENT)


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ({"unit_code": "CZ"}, "Unit-Code"),
        ({"filing_year": 2024}, "Filing-Year"),
        ({"fonds_no": "Z001"}, "Fonds-Number"),
    ],
)
def test_carrier_in_the_wrong_folder_is_a_fault(tmp_path, declared, tag):
    """R1-24."""
    found = verified(carrier(tmp_path), **declared)

    assert [(f.rule, f.subject) for f in found.findings] == [("wrong_folder", tag)]


def test_truncated_swapped_and_missing_files_are_all_named(tmp_path):
    """R1-45, R1-47, R1-50."""
    bag = carrier(tmp_path)
    one, two, three = (bag / "data" / f"{n}.txt" for n in (1, 2, 3))
    one.write_bytes(one.read_bytes()[:-1])
    two.rename(bag / "data" / "extra.txt")
    three.unlink()

    found = {(f.rule, f.subject) for f in verified(bag).findings}

    assert found >= {
        ("digest_mismatch", "data/1.txt"),
        ("file_missing", "data/2.txt"),
        ("file_unlisted", "data/extra.txt"),
        ("file_missing", "data/3.txt"),
        ("oxum_mismatch", "Payload-Oxum"),
    }


def test_undecodable_name_is_named_in_hex_and_spoils_nothing_else(tmp_path):
    """R1-45, R1-50."""
    bag = carrier(tmp_path)
    Path(os.fsdecode(os.fsencode(bag / "data") + b"/\xed\xa0\x80.txt")).write_bytes(b"x")

    found = verified(bag)

    (undecodable,) = [f for f in found.findings if f.rule == "name_undecodable"]
    assert undecodable.values["found"].endswith("ed a0 80 2e 74 78 74")
    assert sorted(found.payload) == ["data/1.txt", "data/2.txt", "data/3.txt"]


def test_gbk_name_is_read_and_matches_the_manifest(tmp_path):
    """R1-45."""
    made = filing(tmp_path, [row(1, files=("data/档案目录.txt",))])
    source = made.folder / "档案目录.txt"
    source.rename(os.fsdecode(os.fsencode(made.folder) + b"/" + "档案目录.txt".encode("gbk")))

    bag = pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "outbox")
    raw = os.fsencode(bag / "data") + b"/"
    Path(os.fsdecode(raw + "档案目录.txt".encode())).rename(os.fsdecode(raw + "档案目录.txt".encode("gbk")))

    found = verified(bag)

    assert found.findings == ()
    assert list(found.payload) == ["data/档案目录.txt"]


def test_twins_of_accents_are_a_named_refusal(tmp_path):
    """R1-45."""
    bag = carrier(tmp_path)
    for form in ("NFC", "NFD"):
        (bag / "data" / unicodedata.normalize(form, "é.txt")).write_text("x")

    assert "name_normalisation_twin" in rules(verified(bag).findings, Severity.FAULT)


@pytest.mark.parametrize("line", ["", "Payload-Oxum: \n"])
def test_bag_that_does_not_say_how_much_it_holds_is_remarked_upon(tmp_path, line):
    """R1-45, GD-2-2."""
    bag = carrier(tmp_path)
    info = bag / "bag-info.txt"
    lines = [each for each in info.read_text("utf-8").splitlines(keepends=True) if not each.startswith("Payload-Oxum")]
    info.write_text("".join([*lines, line]), encoding="utf-8")

    assert "oxum_missing" in rules(verified(bag).findings, Severity.WARNING)


def test_package_called_like_a_number_of_ours_is_a_fault(tmp_path):
    """R1-45, GD-1-6."""
    bag = carrier(tmp_path)

    found = verified(bag, package_name="SL2025-JY-E001")

    assert [(f.rule, f.values["found"]) for f in found.findings] == [("named_like_a_number", "SL2025-JY-E001")]
    assert verified(bag, package_name="JY-2025-E-001").findings == ()


def test_what_is_no_document_is_told_as_the_papers_of_the_package(tmp_path):
    """R1-45: they are kept beside the records."""
    of_bag, of_folder = verified(carrier(tmp_path / "a")), verified(bare(tmp_path / "b"))

    forms = [f"metadata/{name}.xlsx" for name in sorted(FORMS.values())]
    tags = [f"{kind}-{algorithm}.txt" for kind in ("manifest", "tagmanifest") for algorithm in ("sha256", "sm3")]
    assert of_bag.papers == tuple(sorted(["bag-info.txt", "bagit.txt", "metadata/catalogue.csv", *forms, *tags]))
    assert of_folder.papers == ("catalogue.csv", "sha256sums.txt")


@pytest.mark.parametrize(("limit", "is_told"), [("MOST_BYTES", True), ("MOST_BYTES_IN_ALL", True), (None, False)])
def test_tag_file_of_as_many_bytes_as_are_read_is_read_and_one_more_is_told(tmp_path, monkeypatch, limit, is_told):
    """R1-45, GD-1-13."""
    bag = carrier(tmp_path)
    sizes = {path.name: path.stat().st_size for path in bag.iterdir() if path.is_file()}
    monkeypatch.setattr(tag_file, "MOST_BYTES", max(sizes.values()) - (limit == "MOST_BYTES"))
    monkeypatch.setattr(tag_file, "MOST_BYTES_IN_ALL", sum(sizes.values()) - (limit == "MOST_BYTES_IN_ALL"))

    assert ("tag_file_too_large" in rules(verified(bag).findings)) == is_told


def test_bare_folder_with_catalogue_and_digests_is_accepted_with_a_remark(tmp_path):
    """R1-45."""
    found = verified(bare(tmp_path))

    assert [(f.rule, f.severity) for f in found.findings] == [("not_a_bag", Severity.WARNING)]
    assert found.kind is PackageKind.BARE
    assert sorted(found.payload) == ["1.txt", "2.txt", "3.txt"]


def test_bare_folder_without_digests_is_refused(tmp_path):
    """R1-45."""
    assert rules(verified(bare(tmp_path, "")).findings, Severity.FAULT) == {"digest_list_missing"}


def test_bare_folder_is_held_against_its_digests(tmp_path):
    """R1-45, R1-47, R1-50."""
    found = verified(bare(tmp_path, f"{'0' * 64}  1.txt\n{'0' * 64}  ../x\nnonsense\n"))

    assert rules(found.findings, Severity.FAULT) == {
        "digest_mismatch",
        "name_unsafe",
        "line_malformed",
        "file_unlisted",
    }


def test_zero_report_is_recognised_and_complete(tmp_path):
    """R1-22."""
    bag = pack(None, SENDER, order(zero_signed_by="王强"), None, tmp_path)

    found = verified(bag)

    assert found.findings == ()
    assert found.is_zero_report
    assert not (bag / "data").exists()


def test_zero_report_nobody_signed_is_a_fault(tmp_path):
    """R1-22."""
    bag = pack(None, SENDER, order(zero_signed_by="王强"), None, tmp_path)
    info = bag / "bag-info.txt"
    info.write_text("".join(line for line in info.read_text().splitlines(keepends=True) if "Signed-By" not in line))

    assert "zero_report_unsigned" in rules(verified(bag).findings, Severity.FAULT)


def test_archive_of_the_folder_itself_is_read_from_its_one_folder(tmp_path):
    """R1-38, R1-45."""
    bag = carrier(tmp_path)
    (tmp_path / "around").mkdir()
    bag.rename(tmp_path / "around" / "my carrier")

    assert verified(tmp_path / "around").findings == ()


def test_archive_of_a_bare_folder_is_read_from_its_one_folder_too(tmp_path):
    """R1-38: as a file manager packs it: the folder itself, not what is in it."""
    folder = bare(tmp_path)
    (tmp_path / "around").mkdir()
    folder.rename(tmp_path / "around" / "报送")

    found = verified(tmp_path / "around")

    assert rules(found.findings) == {"not_a_bag"}
    assert sorted(found.payload) == ["1.txt", "2.txt", "3.txt"]


def test_link_in_a_local_folder_is_named_and_not_followed(tmp_path):
    """S2."""
    bag = carrier(tmp_path)
    (bag / "data" / "link").symlink_to("/etc/hostname")

    found = check_folder(bag, None)

    assert ("file_not_regular", "data/link") in {(f.rule, f.subject) for f in found}
