"""What the offices of the demo send is as they meant it: sound where nothing is wrong, else faulty in the way that is named."""

from __future__ import annotations

from datetime import date

import pytest

from factories_bag import arrive, context, rules, verified
from lantai.demo.county.units import UNITS, by_code
from lantai.demo.documents.flaws import put_in_outbox, spoil
from lantai.demo.documents.packages import PACKAGES, Flaw
from lantai.demo.documents.packing import documents_of, make_carrier
from lantai.journey.intake.checks.validate import validate
from lantai.records.centre.unit import DataForm
from lantai.records.intake.finding import Severity

TODAY = date(2026, 6, 30)
FAULTS = {
    Flaw.FILE_MISSING: {"file_missing", "catalogue_file_missing"},
    Flaw.FILE_CHANGED: {"digest_mismatch"},
    Flaw.CODES_WRONG: {"archival_code_mismatch", "field_missing", "item_no_gap", "page_count_invalid"},
    Flaw.CLASSIFIED: {"classified_record"},
    Flaw.TWIN_NAMES: {"name_normalisation_twin", "file_uncatalogued"},
}
"""What the centre finds at least; a flaw that is not here is no fault of the package itself."""


def outcome(package, tmp_path):
    bag = make_carrier(package, tmp_path, TODAY)
    spoil(bag, package.flaw)
    unit = by_code(package.unit_code)
    known = {"unit_code": unit.unit_code, "filing_year": package.year, "fonds_no": unit.fonds_no}
    found = verified(bag, **known, data_form=package.form)
    against = context(
        unit=unit.as_unit("P001", 2005),
        filing_year=package.year,
        today=TODAY,
        archive_level="county",
        has_agreement=True,
    )
    return validate(found, arrive(bag).read, against)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_package_shows_exactly_the_flaw_it_was_given(package, tmp_path):
    found = outcome(package, tmp_path)

    faults = rules(found.findings, Severity.FAULT)
    if package.flaw in FAULTS:
        assert faults >= FAULTS[package.flaw]
    else:
        assert faults == set()
    assert rules(found.findings, Severity.HOLD) == set()


def test_interrupted_transfer_leaves_half_of_the_files_and_no_sign_that_it_is_ready(tmp_path):
    package = next(p for p in PACKAGES if p.flaw is Flaw.HALF_UPLOAD)
    bag = make_carrier(package, tmp_path / "work", TODAY)

    put_in_outbox(bag, tmp_path / "outbox", package.flaw)

    left = [path.name for path in (tmp_path / "outbox" / package.name / "data").iterdir()]
    assert len(left) == package.count // 2
    assert sum(name.endswith(".filepart") for name in left) == 1
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == [package.name]


def test_carrier_that_comes_again_takes_the_place_of_the_returned_one(tmp_path):
    package = next(p for p in PACKAGES if p.comes_again)
    for number, flaw in enumerate((package.flaw, Flaw.NONE)):
        bag = make_carrier(package, tmp_path / f"work{number}", TODAY)
        spoil(bag, flaw)
        put_in_outbox(bag, tmp_path / "outbox", flaw)

    files = list((tmp_path / "outbox" / package.name / "data").iterdir())

    assert len(files) == package.count
    assert sorted(path.name for path in (tmp_path / "outbox").iterdir()) == [package.name, f"{package.name}.ready"]


def test_twelve_offices_send_or_stay_silent():
    senders = {package.unit_code for package in PACKAGES}

    assert len(UNITS) == 12
    assert {unit.unit_code for unit in UNITS} - senders == {"WL"}
    assert [package.unit_code for package in PACKAGES if package.is_zero_report] == ["SJ"]
    assert {package.year for package in PACKAGES} == {2005, 2014, 2025}
    assert len({package.name for package in PACKAGES}) == len(PACKAGES)


def test_no_code_stands_in_two_carriers_of_an_office():
    codes = [
        document.archival_code
        for package in PACKAGES
        if package.form is not DataForm.BUSINESS_DATA and not package.is_zero_report
        for document in documents_of(package)
    ]

    assert len(set(codes)) == len(codes)
