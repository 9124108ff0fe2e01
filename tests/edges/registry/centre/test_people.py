"""Who acts for whom on which day."""

from __future__ import annotations

from datetime import date

import pytest

from factories_disposal import make_people
from lantai.edges.registry.centre.people import delegate, delegations_to
from lantai.records.centre.person import Role

pytestmark = pytest.mark.both_databases

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 20)


@pytest.mark.parametrize(
    ("day", "to_person", "role", "expected"),
    [
        (date(2026, 3, 1), "L01", Role.LEADER, []),
        (FIRST, "L01", Role.LEADER, ["M01", "M02"]),
        (date(2026, 3, 10), "L01", Role.LEADER, ["M01", "M02"]),
        (LAST, "L01", Role.LEADER, ["M01", "M02"]),
        (date(2026, 3, 21), "L01", Role.LEADER, []),
        (FIRST, "C01", Role.LEADER, []),
        (FIRST, "L01", Role.CUSTODIAN, ["C01"]),
    ],
)
def test_delegation_holds_from_its_first_day_to_its_last_for_its_role_and_its_person(
    centre, day, to_person, role, expected
):
    """R10-08."""
    make_people(centre)
    with centre.database.begin() as connection:
        for number, (from_person, of_role) in enumerate(
            [("M02", Role.LEADER), ("M01", Role.LEADER), ("C01", Role.CUSTODIAN)]
        ):
            delegate(connection, f"D{number}", from_person, "L01", of_role, FIRST, LAST, "教办〔2026〕1号")

    with centre.database.read() as connection:
        found = delegations_to(connection, to_person, role, day)

    assert found == expected
