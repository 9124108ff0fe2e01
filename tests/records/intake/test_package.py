"""What tells one package from another, from the listing of an outbox to a round."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lantai.records.intake.carrier import Packaging
from lantai.records.intake.package import Package, quarantine_id_of

PACKAGE = Package(2025, b"JY-2025-E-001.zip", Packaging.ZIP, "ab" * 32)


@pytest.mark.parametrize(
    "other",
    [
        replace(PACKAGE, filing_year=2024),
        replace(PACKAGE, raw_name=b"jy-2025-e-001.zip"),
        replace(PACKAGE, packaging=Packaging.FOLDER),
        replace(PACKAGE, fingerprint="cd" * 32),
    ],
)
def test_package_is_another_in_another_year_name_packaging_or_state(other: Package) -> None:
    """R1-42: what was found of the one is never taken for the other."""
    known = {PACKAGE: True}

    assert replace(PACKAGE) in known
    assert other not in known


def test_package_is_called_with_the_ending_of_its_archive_and_without() -> None:
    """R1-34."""
    folder = replace(PACKAGE, packaging=Packaging.FOLDER)

    assert (PACKAGE.name, PACKAGE.shown_name) == ("JY-2025-E-001", "JY-2025-E-001.zip")
    assert PACKAGE.names == {"JY-2025-E-001", "JY-2025-E-001.zip"}
    assert (PACKAGE.bare_name, PACKAGE.stand_in_number) == (b"JY-2025-E-001", "JY-2025-E-001")
    assert (folder.name, folder.names) == ("JY-2025-E-001.zip", {"JY-2025-E-001.zip"})


def test_name_in_no_encoding_is_told_as_the_numbers_of_its_bytes() -> None:
    """R1-38."""
    assert replace(PACKAGE, raw_name=b"\xff\xfe.zip").name == "ff fe"


def test_folder_in_the_quarantine_is_called_as_an_earlier_version_called_it() -> None:
    """K1: a run after an update finds what the run before it has brought in."""
    found = [quarantine_id_of("JY", PACKAGE), quarantine_id_of("JY", replace(PACKAGE, fingerprint="cd" * 32))]

    assert found[0] == "JY-2025-94e9193ba370d21b0264"
    assert len(set(found)) == 2
