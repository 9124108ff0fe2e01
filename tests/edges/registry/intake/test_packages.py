"""What is remembered of a package over several looks, and when it is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from factories_disposal import make_unit
from lantai.edges.registry.intake.packages import forget_packages, known_states, link_package, note_package
from lantai.records.intake.carrier import Packaging
from lantai.records.intake.package import Sighting
from rounds_of import CAME_AT, PACKAGE

pytestmark = pytest.mark.both_databases

LATER = CAME_AT + timedelta(days=1)
WAITS = timedelta(days=3)


@pytest.fixture
def unit(centre):
    make_unit(centre)
    return centre


def test_first_look_at_a_state_is_remembered_until_the_state_is_another(unit):
    """R1-42."""
    with unit.database.begin() as connection:
        seen = [
            note_package(connection, "JY", PACKAGE, CAME_AT, is_whole=False, waits=WAITS),
            note_package(connection, "JY", PACKAGE, LATER, is_whole=True),
            note_package(connection, "JY", replace(PACKAGE, fingerprint="2" * 64), LATER, is_whole=True),
        ]

    assert seen == [
        Sighting(CAME_AT, CAME_AT + WAITS, None, is_whole=False),
        Sighting(CAME_AT, None, None, is_whole=True),
        Sighting(LATER, None, None, is_whole=True),
    ]


@pytest.mark.parametrize("changed", [{"fingerprint": "2" * 64}, {"packaging": Packaging.FOLDER}])
def test_round_is_about_one_state_of_a_package_and_no_other(unit, changed):
    """I4: what came since is no work that was done already."""
    other = replace(PACKAGE, **changed)
    with unit.database.begin() as connection:
        note_package(connection, "JY", PACKAGE, CAME_AT, is_whole=True)
        link_package(connection, "JY", PACKAGE, "SL2025-JY-E001-R1")
        link_package(connection, "JY", replace(PACKAGE, filing_year=2024), "SL2024-JY-E001-R1")
        same = note_package(connection, "JY", PACKAGE, LATER, is_whole=True)
        changed = note_package(connection, "JY", other, LATER, is_whole=True)

    assert (same.carrier_id, changed.carrier_id) == ("SL2025-JY-E001-R1", None)


def test_only_what_is_whole_or_was_received_needs_no_second_question(unit):
    """R1-42: whoever has the same name in another year is asked about all the same."""
    half, received = (replace(PACKAGE, raw_name=name) for name in (b"half", b"received"))
    with unit.database.begin() as connection:
        note_package(connection, "JY", PACKAGE, CAME_AT, is_whole=True)
        note_package(connection, "JY", half, CAME_AT, is_whole=False)
        note_package(connection, "JY", received, CAME_AT, is_whole=False)
        link_package(connection, "JY", received, "SL2025-JY-E001-R1")

        assert known_states(connection, ["JY", "WH"]) == {"JY": {PACKAGE: True, received: False}, "WH": {}}


def test_what_was_taken_away_is_forgotten_unless_it_was_received_or_its_year_was_not_looked_at(unit):
    """R1-42."""
    gone, changed, received, last_year = (
        replace(PACKAGE, raw_name=b"gone"),
        replace(PACKAGE, raw_name=b"changed"),
        replace(PACKAGE, raw_name=b"received"),
        replace(PACKAGE, filing_year=2024),
    )
    with unit.database.begin() as connection:
        for package in (gone, changed, received, last_year):
            note_package(connection, "JY", package, CAME_AT, is_whole=True)
        link_package(connection, "JY", received, "SL2025-JY-E001-R1")

        forget_packages(connection, "JY", [2025], [replace(changed, fingerprint="3" * 64)])

        assert known_states(connection, ["JY"])["JY"].keys() == {changed, received, last_year}
