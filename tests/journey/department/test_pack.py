"""Carriers made by departments."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from factories_bag import SENDER, carrier, filing, order, rules
from lantai.edges.files.folder import list_folder
from lantai.errors import AlreadyThereError, CatalogueError, InputFileError, UnsafeNameError, UsageError
from lantai.journey.department.check_carrier import check_carrier
from lantai.journey.department.pack import pack
from lantai.journey.intake.checks.verify import PackageKind, check_folder
from lantai.records.centre.unit import DataForm


def content(folder: Path) -> dict[bytes, bytes]:
    return {entry.raw_name: entry.path.read_bytes() for entry in list_folder(folder)}


def test_same_input_gives_the_same_bytes(tmp_path):
    """R1-31."""
    made = filing(tmp_path)

    one, two = (pack(made.folder, SENDER, order(), made.catalogue, tmp_path / place) for place in ("a", "b"))

    assert one.name == "JY-2025-E-001"
    assert content(one) == content(two)
    assert len(content(one)) == 3 + 1 + 3 + 2 + 4


def test_what_a_killed_run_left_half_made_is_no_part_of_the_carrier(tmp_path):
    """R1-31."""
    left = tmp_path / "outbox" / "JY-2025-E-001.part" / "data" / "left.txt"
    left.parent.mkdir(parents=True)
    left.write_text("half")

    bag = carrier(tmp_path)

    assert sorted(p.name for p in (bag / "data").iterdir()) == ["1.txt", "2.txt", "3.txt"]
    assert [p.name for p in bag.parent.iterdir()] == [bag.name]


def test_packing_tells_how_many_bytes_are_done_of_how_many(tmp_path):
    """R1-32: progress is told while the digests are taken."""
    made = filing(tmp_path)
    told = []

    pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "out", lambda *of: told.append(of))

    total = sum(path.stat().st_size for path in made.folder.iterdir())
    assert list(dict.fromkeys(what for what, _, _ in told)) == ["1/3", "2/3", "3/3"]
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert (told[-1][1], {every for _, _, every in told}) == (total, {total})


def test_digests_are_of_what_was_written(tmp_path):
    """R1-32."""
    bag = carrier(tmp_path)

    lines = (bag / "manifest-sha256.txt").read_text("utf-8").splitlines()

    assert len(lines) == 3
    for line in lines:
        digest, _, path = line.partition("  ")
        assert hashlib.sha256((bag / path).read_bytes()).hexdigest() == digest
    assert check_folder(bag, None) == []


def test_catalogue_within_the_folder_is_not_packed_twice(tmp_path):
    """R1-31."""
    made = filing(tmp_path)
    inside = made.catalogue.rename(made.folder / "目录.csv")

    bag = pack(made.folder, SENDER, order(), inside, tmp_path / "out")

    assert sorted(p.name for p in (bag / "data").iterdir()) == ["1.txt", "2.txt", "3.txt"]
    assert check_carrier(bag, order().packed_on).findings == ()


def test_existing_carrier_is_never_replaced_and_nothing_half_made_is_left(tmp_path):
    """R1-31."""
    bag = carrier(tmp_path)
    before = content(bag)

    with pytest.raises(AlreadyThereError, match="there already"):
        carrier(tmp_path)

    assert content(bag) == before
    assert [p.name for p in bag.parent.iterdir()] == [bag.name]


@pytest.mark.parametrize(
    ("changes", "has_catalogue", "error"),
    [
        ({}, False, UsageError),
        ({"data_form": DataForm.BUSINESS_DATA}, False, UsageError),
        ({"zero_signed_by": "王强"}, True, UsageError),
    ],
)
def test_order_that_does_not_go_together_is_refused(tmp_path, changes, has_catalogue, error):
    """R1-31, R1-12."""
    made = filing(tmp_path)

    with pytest.raises(error):
        pack(made.folder, SENDER, order(**changes), made.catalogue if has_catalogue else None, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_link_unreadable_name_and_unreadable_catalogue_are_refused(tmp_path):
    """R1-31."""
    made = filing(tmp_path)
    link = made.folder / "link"
    link.symlink_to(made.catalogue)
    with pytest.raises(UnsafeNameError, match="link"):
        pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "out")
    link.unlink()
    odd = Path(os.fsdecode(os.fsencode(made.folder) + b"/\xff\xff\xff"))
    odd.write_text("x")
    with pytest.raises(UnsafeNameError, match="GB18030"):
        pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "out")
    odd.unlink()
    made.catalogue.write_bytes(b'"')
    with pytest.raises(CatalogueError):
        pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "out")
    with pytest.raises(InputFileError, match="expected a folder"):
        pack(tmp_path / "nowhere", SENDER, order(), made.catalogue, tmp_path / "out")

    assert list((tmp_path / "out").iterdir()) == []


def test_names_that_manifests_have_to_escape_are_packed_and_read_back(tmp_path):
    """R1-32."""
    made = filing(tmp_path)
    (made.folder / "100%0A.txt").write_text("percent")
    (made.folder / "两\n行.txt").write_text("line end")

    bag = pack(made.folder, SENDER, order(), made.catalogue, tmp_path / "out")

    assert rules(check_folder(bag, None)) == {"name_control_character"}


def test_zero_report_is_checked_like_any_other_carrier(tmp_path):
    """R1-22."""
    bag = pack(None, SENDER, order(zero_signed_by="王强"), None, tmp_path)

    checked = check_carrier(bag, order().packed_on)

    assert (checked.findings, checked.verified.kind) == ((), PackageKind.ZERO_REPORT)
    assert "" not in {value for _, value in checked.verified.tags}
    assert "零报告" in (bag / "metadata" / "zero-report.txt").read_text("utf-8")
