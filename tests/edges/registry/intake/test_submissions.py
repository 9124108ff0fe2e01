"""Rows of submissions: each unit, year and form counts its acceptance numbers for itself."""

from __future__ import annotations

import pytest

from lantai.edges.registry.intake.submissions import add_submission, find_submission, number_submission
from lantai.records.centre.unit import DataForm
from rounds_of import CAME_AT, register_round

pytestmark = pytest.mark.both_databases

FORM = DataForm.E_DOCUMENT


def test_next_submission_of_a_unit_year_and_form_has_the_next_number(centre):
    """R1-43."""
    register_round(centre)

    with centre.database.begin() as connection:
        numbers = [
            add_submission(connection, "JY", 2025, FORM, "002", None, CAME_AT),
            add_submission(connection, "JY", 2024, FORM, "001", None, CAME_AT),
            add_submission(connection, "JY", 2025, DataForm.DIGITISED_RESULT, "001", None, CAME_AT),
        ]

    assert numbers == ["SL2025-JY-E002", "SL2024-JY-E001", "SL2025-JY-D001"]


def test_submission_is_found_by_the_number_of_its_carrier_and_by_the_one_it_was_given_later(centre):
    """R1-43: nothing else of another year, form or number is taken for it."""
    register_round(centre, number="stand-in")

    with centre.database.begin() as connection:
        before = find_submission(connection, "JY", 2025, FORM, "stand-in")
        others = [
            find_submission(connection, "JY", 2024, FORM, "stand-in"),
            find_submission(connection, "JY", 2025, DataForm.BUSINESS_DATA, "stand-in"),
            find_submission(connection, "JY", 2025, FORM, "001"),
        ]
        number_submission(connection, "SL2025-JY-E001", "001")
        after = find_submission(connection, "JY", 2025, FORM, "001")

    assert (before, others, after) == ("SL2025-JY-E001", [None, None, None], "SL2025-JY-E001")
