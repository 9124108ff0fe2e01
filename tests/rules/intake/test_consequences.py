"""Each cause once, and nothing left out that would still be wrong."""

from __future__ import annotations

from lantai.records.intake.finding import Finding, Severity
from lantai.rules.intake.consequences import causes


def fault(rule, subject="", **values):
    return Finding(rule, Severity.FAULT, subject, values)


def told(*findings):
    return [(f.rule, f.subject) for f in causes(findings)]


def test_finding_that_stands_alone_is_told():
    """R1-50."""
    alone = [
        fault("file_missing", "data/a"),
        fault("file_unlisted", "data/b"),
        fault("field_missing", "x", column="title"),
        fault("form_contradicts", "form", field="filing_year", found="2024"),
        fault("archival_code_mismatch", "code", part="fonds_no", found="Z001"),
    ]

    assert causes(alone) == alone
    assert told(fault("oxum_mismatch", "Payload-Oxum")) == [("oxum_mismatch", "Payload-Oxum")]


def test_missing_file_is_told_with_its_record():
    """R1-50."""
    assert told(
        fault("file_missing", "data/a"),
        fault("file_missing", "data/b"),
        fault("oxum_mismatch", "Payload-Oxum"),
        fault("catalogue_file_missing", "Z109-1", found="data/a"),
        fault("listed_twice", "data/a"),
    ) == [("file_missing", "data/b"), ("catalogue_file_missing", "Z109-1"), ("listed_twice", "data/a")]


def test_superfluous_file_is_told_once():
    """R1-50."""
    assert told(
        fault("file_unlisted", "data/extra"),
        fault("file_unlisted", "data/listed in the catalogue"),
        fault("file_uncatalogued", "data/extra"),
    ) == [("file_unlisted", "data/listed in the catalogue"), ("file_uncatalogued", "data/extra")]


def test_package_without_documents_lacks_them_once():
    """R1-50."""
    assert told(
        fault("file_missing", "data/a"),
        fault("payload_missing"),
        fault("name_spelt_differently", "data/b"),
        fault("catalogue_file_missing", "Z109-1", found="data/a"),
        fault("form_missing", "metadata/x"),
    ) == [("payload_missing", ""), ("form_missing", "metadata/x")]


def test_package_of_another_unit_contradicts_its_folder_once():
    """R1-50."""
    assert told(
        fault("wrong_folder", "Unit-Code", found="MZ"),
        fault("wrong_folder", "Fonds-Number", found="Z167"),
        fault("form_contradicts", "form", field="unit_code", found="MZ"),
        fault("form_contradicts", "form", field="unit_code", found="GA"),
        fault("archival_code_mismatch", "1", part="fonds_no", found="Z167"),
        fault("archival_code_mismatch", "2", part="fonds_no", found="Z999"),
        fault("archival_code_mismatch", "3", part="retention", found="D10"),
    ) == [
        ("wrong_folder", "Unit-Code"),
        ("form_contradicts", "form"),
        ("archival_code_mismatch", "2"),
        ("archival_code_mismatch", "3"),
    ]


def test_package_of_another_year_contradicts_its_folder_once():
    """R1-50."""
    assert told(
        fault("wrong_folder", "Filing-Year", found="2024"),
        fault("form_contradicts", "form", field="filing_year", found="2024"),
        fault("archival_code_mismatch", "1", part="filing_year", found="2024"),
        fault("archival_code_mismatch", "2", part="filing_year", found="2023"),
        fault("date_outside_year", "1", found="2024-03-01"),
        fault("date_after_filing", "3", found="2030-03-01"),
        fault("date_unreadable", "4", found="?"),
    ) == [("wrong_folder", "Filing-Year"), ("archival_code_mismatch", "2"), ("date_unreadable", "4")]
