"""The written materials of a package: what is blank, what contradicts, and whose digest stands on them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from factories_bag import SENDER, arrive, carrier, csv_of, filing, order, row, verified
from lantai.formats.workbooks.workbook import unit_form
from lantai.journey.department.pack import pack
from lantai.journey.intake.checks.require_forms import require_forms
from lantai.journey.intake.checks.verify import FORMS
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.inspection import UnitHalf

STATEMENT, INSPECTION = "backup_statement", "acceptance_inspection"
OURS = {"number": "1", "carrier": "001", "algorithm": "SHA-256"}


def found(bag: Path) -> tuple[list[Finding], UnitHalf | None]:
    return require_forms(verified(bag), arrive(bag).read, "JY", 2025)


def with_form(
    tmp_path: Path, kind: str, values: dict[str, object], rows: tuple[dict[str, object], ...] = ()
) -> tuple[list[Finding], UnitHalf | None]:
    """Put a form in the place of that of a perfect carrier; return what is said of this one, and the unit's half."""
    bag = carrier(tmp_path)
    path = f"metadata/{FORMS[kind]}.xlsx"
    (bag / path).write_bytes(unit_form(kind, values, rows))
    findings, half = found(bag)
    return [each for each in findings if each.subject == path], half


@pytest.mark.parametrize("values", [{}, {"algorithm": "SHA-256"}, {"digest": "ab" * 32}])
def test_blank_cell_is_told_as_blank_and_as_nothing_else(tmp_path: Path, values: dict[str, object]) -> None:
    """R1-28, R1-30, R1-47: nothing contradicts what was not said."""
    findings, half = with_form(tmp_path, INSPECTION, values)

    assert [each.rule for each in findings] == ["form_incomplete"]
    assert half is not None
    assert (half.results, half.preparer, half.filled_on) == ({}, "", "")


def test_half_of_the_unit_is_what_it_filled_in(tmp_path: Path) -> None:
    """R1-28."""
    bag = carrier(tmp_path)

    findings, half = found(bag)

    assert findings == []
    assert half is not None
    assert half.results == dict.fromkeys(("authenticity", "integrity", "usability", "security"), "合格") | half.results
    assert (half.preparer, half.reviewer, half.filled_on) == ("李敏", "王强", "2026-03-02")
    assert half.digest == hashlib.sha256((bag / "manifest-sha256.txt").read_bytes()).hexdigest()


@pytest.mark.parametrize(("field", "value"), [("unit_code", "MZ"), ("filing_year", "2024")])
def test_form_of_another_unit_or_year_contradicts_its_package(tmp_path: Path, field: str, value: str) -> None:
    """R1-25, R1-30."""
    findings, _ = with_form(tmp_path, "management_register", {field: value})

    told = [(each.values["field"], each.values["found"]) for each in findings if each.rule == "form_contradicts"]
    assert told == [(field, value)]


def test_statement_has_a_row_for_the_carrier_whatever_other_rows_it_has(tmp_path: Path) -> None:
    """R1-26, R1-27."""
    whole = hashlib.sha256((carrier(tmp_path / "a") / "manifest-sha256.txt").read_bytes()).hexdigest()
    other, own = OURS | {"carrier": "002", "digest": "0" * 64}, OURS | {"number": "2", "digest": whole.upper()}

    with_it, _ = with_form(tmp_path / "b", STATEMENT, {}, (other, own))
    without, _ = with_form(tmp_path / "c", STATEMENT, {}, (other,))

    assert "statement_row_missing" not in {each.rule for each in with_it}
    assert "carrier_digest_mismatch" not in {each.rule for each in with_it}
    assert [each.values for each in without if each.rule == "statement_row_missing"] == [{"expected": "001"}]


@pytest.mark.parametrize(("algorithm", "computed"), [("SHA-256", None), ("SHA-1", "-"), ("暗号", "-")])
def test_digest_that_differs_is_told_with_that_of_the_carrier(
    tmp_path: Path, algorithm: str, computed: str | None
) -> None:
    """R1-45, R1-47: of an algorithm that the carrier has no manifest of there is none."""
    whole = hashlib.sha256((carrier(tmp_path / "a") / "manifest-sha256.txt").read_bytes()).hexdigest()

    findings, _ = with_form(tmp_path / "b", INSPECTION, {"algorithm": algorithm, "digest": "0" * 64})

    assert [each.values for each in findings if each.rule == "carrier_digest_mismatch"] == [
        {"carrier": "001", "algorithm": algorithm, "expected": "0" * 64, "found": computed or whole}
    ]


def test_form_that_cannot_be_read_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    """R1-30, R1-44."""
    bag = carrier(tmp_path)
    (bag / "metadata" / "backup-statement.xlsx").write_bytes(b"PK")

    findings, half = found(bag)

    assert [(each.rule, each.subject) for each in findings] == [("form_unreadable", "metadata/backup-statement.xlsx")]
    assert half is not None


def test_bare_folder_is_taken_without_forms_with_a_remark_and_a_zero_report_needs_none(tmp_path: Path) -> None:
    """R1-39, R1-44."""
    bare = filing(tmp_path).folder
    (bare / "catalogue.csv").write_bytes(csv_of([row(n, files=(f"{n}.txt",)) for n in (1, 2, 3)]))
    zero = pack(None, SENDER, order(zero_signed_by="王强"), None, tmp_path / "zero")

    findings, half = found(bare)

    assert [(each.rule, each.severity) for each in findings] == [("form_missing", Severity.WARNING)] * 3
    assert half is None
    assert found(zero) == ([], None)
