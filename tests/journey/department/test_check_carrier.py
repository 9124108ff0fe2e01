"""A carrier held against what it says of itself, before it is sent."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from factories_bag import carrier, rules
from lantai.journey.department.check_carrier import check_carrier
from lantai.records.intake.finding import Severity

TODAY = date(2026, 3, 2)


def test_look_that_leaves_out_catalogue_and_papers_tells_what_is_wrong_with_the_bag_alone(tmp_path: Path) -> None:
    """R1-50."""
    bag = carrier(tmp_path)
    (bag / "data" / "1.txt").write_text("tampered")
    (bag / "metadata" / "catalogue.csv").write_text("no catalogue")

    whole, half = (check_carrier(bag, TODAY, is_whole=is_whole) for is_whole in (True, False))

    assert rules(whole.findings, Severity.FAULT) == {"digest_mismatch", "tag_file_changed", "catalogue_columns"}
    assert rules(half.findings) == {"digest_mismatch", "tag_file_changed", "oxum_mismatch"}


@pytest.mark.parametrize(
    ("year", "rule"),
    [("", "tag_missing"), ("25", "wrong_folder"), ("next year", "wrong_folder"), ("20255", "wrong_folder")],
)
def test_year_that_is_none_is_told_once_and_spoils_no_row(tmp_path: Path, year: str, rule: str) -> None:
    """R1-50: every form and row was said to be of another year than 0, and the tag itself was not named."""
    bag = carrier(tmp_path)
    info = bag / "bag-info.txt"
    info.write_text(info.read_text("utf-8").replace("Filing-Year: 2025", f"Filing-Year: {year}"), encoding="utf-8")

    found = {each.rule: each.subject for each in check_carrier(bag, TODAY).findings}

    assert found == {"tag_file_changed": "bag-info.txt", rule: "Filing-Year"}


def test_link_in_a_carrier_is_named_as_it_will_be_at_the_centre(tmp_path: Path) -> None:
    """R1-50, GD-4-3."""
    bag = carrier(tmp_path)
    (bag / "data" / "链接.txt").symlink_to(bag / "data" / "1.txt")

    found = {each.rule: each.values["found"] for each in check_carrier(bag, TODAY).findings}

    assert found == {"file_not_regular": "data/链接.txt"}


def test_carrier_that_does_not_say_its_number_is_called_by_its_name_without_the_ending_of_its_archive(
    tmp_path: Path,
) -> None:
    """R1-50: as the centre will call it; a folder has no ending, whatever its name ends with."""
    folder = tmp_path / "报送.zip"
    folder.mkdir()
    (folder / "1.txt").write_text("x")
    shutil.make_archive(str(tmp_path / "压缩"), "zip", folder)

    assert check_carrier(folder, TODAY).verified.carrier_number == "报送.zip"
    assert check_carrier(tmp_path / "压缩.zip", TODAY).verified.carrier_number == "压缩"
