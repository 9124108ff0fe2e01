"""What a unit is registered with, and which years it owes."""

from __future__ import annotations

from datetime import date

import pytest

from lantai.records.centre.unit import DataForm, Unit


def unit(**changed: object) -> Unit:
    known = {"unit_code": "JY", "name": "示例市教育局", "fonds_no": "Z109", "data_forms": (DataForm.E_DOCUMENT,)}
    return Unit(**(known | changed))


@pytest.mark.parametrize("code", ["JY", "J", "JY2", "A123456789012345", "SL", "SL202"])
def test_code_of_capital_letters_and_digits_is_taken(code):
    """R1-01."""
    assert unit(unit_code=code).unit_code == code


@pytest.mark.parametrize("code", ["", "jy", "2JY", "J Y", "教育", "A1234567890123456", "SL2025"])
def test_code_that_no_id_can_hold_is_refused(code):
    """R1-01."""
    with pytest.raises(ValueError, match="expected capital letters and digits"):
        unit(unit_code=code)


def test_each_data_form_has_a_letter_of_its_own_in_ids():
    """R1-01: with their data forms."""
    assert {form: form.letter for form in DataForm} == {
        DataForm.E_DOCUMENT: "E",
        DataForm.BUSINESS_DATA: "B",
        DataForm.DIGITISED_RESULT: "D",
    }


def test_unit_that_files_nothing_is_refused():
    """R1-01: with their data forms."""
    with pytest.raises(ValueError, match="at least one data form"):
        unit(data_forms=())


@pytest.mark.parametrize(
    ("first", "closed_on", "owed"),
    [
        (None, None, [2023, 2024, 2025, 2026]),
        (2024, None, [2024, 2025, 2026]),
        (None, date(2025, 1, 1), [2023, 2024, 2025]),
        (2024, date(2025, 12, 31), [2024, 2025]),
        (2026, date(2025, 12, 31), []),
    ],
)
def test_unit_owes_the_years_in_which_it_existed_from_its_first_on(first, closed_on, owed):
    """R1-01."""
    filing = unit(first_filing_year=first, closed_on=closed_on)

    assert [year for year in (2023, 2024, 2025, 2026) if filing.owes(year)] == owed
