"""What a profile asks of a bag."""

from __future__ import annotations

import pytest

from lantai.formats.bag.profile import judge_files, judge_manifests, judge_serialization, judge_tags
from lantai.formats.bag.tag_file import ManifestFile
from lantai.records.intake.finding import Severity

PROFILE = {
    "Bag-Info": {
        "Unit-Code": {"required": True, "repeatable": False},
        "Data-Form": {"values": ["a", "b"]},
        "Note": {"required": False},
    },
    "Manifests-Required": ["sm3"],
    "Manifests-Allowed": ["sm3", "sha256"],
    "Tag-Manifests-Required": ["sha256"],
    "Tag-Files-Required": ["metadata/catalogue.xlsx"],
    "Tag-Files-Allowed": ["*.txt", "metadata/*"],
    "Accept-BagIt-Version": ["1.0"],
    "Serialization": "required",
    "Accept-Serialization": ["application/zip"],
}


def manifest(algorithm, is_tag=False):
    return ManifestFile(f"{'tag' if is_tag else ''}manifest-{algorithm}.txt", is_tag, algorithm)


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ([("Unit-Code", "JY"), ("data-form", "a"), ("Other", "x")], []),
        ([], [("tag_missing", "Unit-Code")]),
        ([("Unit-Code", "")], [("tag_missing", "Unit-Code")]),
        ([("Unit-Code", "JY"), ("unit-code", "JY")], [("tag_repeated", "Unit-Code")]),
        ([("Unit-Code", "JY"), ("Data-Form", "c"), ("Data-Form", "a")], [("tag_value", "Data-Form")]),
        ([("Unit-Code", "JY"), ("Note", "1"), ("Note", "2")], []),
    ],
)
def test_tags_are_required_allowed_and_given_once(tags, told):
    """R1-45."""
    assert [(f.rule, f.subject) for f in judge_tags(tags, PROFILE)] == told


def test_manifests_are_required_and_allowed():
    """R1-45."""
    good = [manifest("sm3"), manifest("sha256"), manifest("sha256", is_tag=True)]

    assert list(judge_manifests(good, PROFILE)) == []
    assert [(f.rule, f.subject) for f in judge_manifests([manifest("md5")], PROFILE)] == [
        ("manifest_required", "manifest-sm3.txt"),
        ("manifest_not_allowed", "manifest-md5.txt"),
        ("manifest_required", "tagmanifest-sha256.txt"),
    ]
    tags_alone = [manifest("sm3", is_tag=True), manifest("sha256", is_tag=True)]
    assert [f.subject for f in judge_manifests(tags_alone, PROFILE)] == ["manifest-sm3.txt"]


def test_tag_files_and_version_are_required_and_allowed():
    """R1-45."""
    good = ["bagit.txt", "bag-info.txt", "metadata/catalogue.xlsx", "data/anything.exe"]

    assert list(judge_files(good, (1, 0), PROFILE)) == []
    assert [(f.rule, f.subject) for f in judge_files(["bagit.txt", "notes.docx"], (0, 97), PROFILE)] == [
        ("tag_file_required", "metadata/catalogue.xlsx"),
        ("tag_file_not_allowed", "notes.docx"),
        ("bagit_version", "bagit.txt"),
    ]


@pytest.mark.parametrize(
    ("container", "serialization", "is_fine"),
    [
        (None, "optional", True),
        (None, "required", False),
        ("application/zip", "required", True),
        ("application/zip", "forbidden", False),
        ("application/x-tar", "optional", False),
    ],
)
def test_packing_is_as_the_profile_says(container, serialization, is_fine):
    """R1-45."""
    found = list(judge_serialization(container, PROFILE | {"Serialization": serialization}))

    told = (Severity.FAULT, container or "folder", "application/zip")
    assert [(f.severity, f.values["found"], f.values["expected"]) for f in found] == ([] if is_fine else [told])


def test_profile_that_asks_for_nothing_finds_nothing():
    """R1-45."""
    assert [*judge_tags([], {}), *judge_manifests([], {}), *judge_files(["x"], (0, 93), {})] == []
