"""Where the papers of a package lie."""

from __future__ import annotations

import pytest

from lantai.journey.intake.checks.locate_documents import judge_zero_report, locate_documents

SIGNED = [("Zero-Report-Statement", "无应报送"), ("zero-report-signed-by", "王强")]


@pytest.mark.parametrize(
    ("paths", "is_bag", "found"),
    [
        (["metadata/catalogue.xlsx", "data/catalogue.csv"], True, "metadata/catalogue.xlsx"),
        (["metadata/机读目录.CSV"], True, "metadata/机读目录.CSV"),
        (["catalogue.xlsx"], True, ""),
        (["目录.xlsx", "a/b/目录.xlsx"], False, "目录.xlsx"),
        (["报送/归档文件目录.csv"], False, "报送/归档文件目录.csv"),
        (["metadata/catalogue.xls"], True, "metadata/catalogue.xls"),
        (["metadata/catalogue.docx", "metadata/list.xlsx"], True, ""),
        ([], True, ""),
    ],
)
def test_catalogue_is_found_by_place_and_name(paths, is_bag, found):
    """R1-14, R1-13; one of an old kind is found too, so that the unit reads that it cannot be read and not that it is missing."""
    catalogue, _, findings = locate_documents(paths, is_bag=is_bag)

    assert (catalogue, findings) == (found, [])


def test_second_catalogue_is_a_fault_that_names_both():
    """R1-13."""
    _, _, (finding,) = locate_documents(["metadata/catalogue.csv", "metadata/catalogue.xlsx"], is_bag=True)

    assert (finding.rule, finding.values["found"]) == (
        "catalogue_twice",
        ("metadata/catalogue.csv", "metadata/catalogue.xlsx"),
    )


def test_forms_are_found_in_a_bare_folder_too():
    """R1-25, R1-26, R1-28, R1-30."""
    names = ["backup-statement.xlsx", "metadata/management-register.xlsx"]

    assert locate_documents(names, is_bag=True)[1] == {"management_register": "metadata/management-register.xlsx"}
    assert locate_documents(names, is_bag=False)[1] == {
        "backup_statement": "backup-statement.xlsx",
        "management_register": "metadata/management-register.xlsx",
    }


@pytest.mark.parametrize(
    ("tags", "paths", "payload", "lacking"),
    [
        (SIGNED, ["bagit.txt", "metadata/zero-report.pdf"], [], []),
        (SIGNED, ["metadata/zero-report.txt"], ["data/1.txt"], ["zero_report_with_payload"]),
        (SIGNED[:1], ["metadata/zero-report.txt"], [], ["zero_report_unsigned"]),
        ([("Zero-Report-Statement", ""), SIGNED[1]], ["metadata/zero-report.txt"], [], ["zero_report_unsigned"]),
        (SIGNED, ["metadata/readme.txt"], [], ["zero_report_statement_missing"]),
        (
            [],
            [],
            ["data/1", "data/2"],
            ["zero_report_with_payload", "zero_report_unsigned", "zero_report_statement_missing"],
        ),
    ],
)
def test_zero_report_is_a_signed_statement_and_nothing_else(tags, paths, payload, lacking):
    """R1-22."""
    assert [f.rule for f in judge_zero_report(tags, paths, payload)] == lacking
