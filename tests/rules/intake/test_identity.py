"""What a package says of itself, held against where it lay."""

from __future__ import annotations

import pytest

from lantai.records.centre.unit import DataForm
from lantai.records.intake.carrier import MOST_NUMBER_CHARACTERS, BackupStrategy
from lantai.rules.intake.identity import identify

TAGS = {
    "Unit-Code": "JY",
    "Filing-Year": "2025",
    "Fonds-Number": "Z109",
    "Data-Form": "e_document",
    "Carrier-Number": "001",
    "Backup-Strategy": "incremental",
    "Base-Carrier": "000",
}


def identified(form=DataForm.E_DOCUMENT, **changes):
    tags = TAGS | {name.replace("_", "-"): value for name, value in changes.items()}
    return identify([(label, value) for label, value in tags.items() if value is not None], "JY", 2025, "Z109", form)


def test_package_that_says_what_it_is():
    """R1-12, R1-15."""
    found = identified()

    assert (found.data_form, found.carrier_number, found.strategy) == (
        DataForm.E_DOCUMENT,
        "001",
        BackupStrategy.INCREMENTAL,
    )
    assert (found.base_carrier, found.is_zero_report, found.findings) == ("000", False, ())


def test_what_is_not_known_of_the_folder_contradicts_nothing():
    """R1-24, R1-34: an office that checks by itself knows neither its year's folder nor what the centre has registered of it."""
    found = identify(list(TAGS.items()), "", 0, "", None)

    assert (found.findings, found.carrier_number) == ((), "001")


@pytest.mark.parametrize(
    ("changes", "rule", "subject"),
    [
        ({"Unit_Code": "MZ"}, "wrong_folder", "Unit-Code"),
        ({"Filing_Year": "2024"}, "wrong_folder", "Filing-Year"),
        ({"Fonds_Number": "Z001"}, "wrong_folder", "Fonds-Number"),
        ({"Data_Form": "business_data"}, "wrong_folder", "Data-Form"),
        ({"Data_Form": None, "form": None}, "data_form_missing", "Data-Form"),
        ({"Data_Form": "公文", "form": None}, "data_form_missing", "Data-Form"),
        ({"Carrier_Number": "9" * 101}, "tag_too_long", "Carrier-Number"),
        ({"Carrier_Number": "SL2025-MZ-E001"}, "named_like_a_number", "Carrier-Number"),
    ],
)
def test_contradiction_is_named(changes, rule, subject):
    """R1-24, R1-34, R1-43."""
    assert [(f.rule, f.subject) for f in identified(**changes).findings] == [(rule, subject)]


def test_number_of_as_many_characters_as_fit_is_taken():
    """GD-1-2."""
    found = identified(Carrier_Number="9" * MOST_NUMBER_CHARACTERS)

    assert (found.carrier_number, found.findings) == ("9" * MOST_NUMBER_CHARACTERS, ())


def test_what_is_not_said_is_taken_from_the_folder_or_left_open():
    """R1-12."""
    found = identify([], "JY", 2025, "Z109", DataForm.DIGITISED_RESULT)

    assert (found.data_form, found.carrier_number, found.strategy, found.findings) == (
        DataForm.DIGITISED_RESULT,
        "",
        None,
        (),
    )
    assert identified(Backup_Strategy="sometimes").strategy is None


def test_first_of_repeated_tags_counts_and_labels_are_read_in_any_case():
    """R1-22."""
    found = identify([("unit-code", "JY"), ("Unit-Code", "MZ"), ("ZERO-REPORT", "True")], "JY", 2025, "", None)

    assert [f.rule for f in found.findings] == ["data_form_missing"]
    assert found.is_zero_report
