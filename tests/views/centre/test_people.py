"""Who is registered, with what they hold on the day that is asked about."""

from __future__ import annotations

from datetime import date

import pytest

from factories_disposal import PEOPLE, enrol, make_people
from lantai.edges.centre import Centre
from lantai.edges.registry.centre import people as rows
from lantai.records.centre.person import Role
from lantai.views.centre.people import show

pytestmark = pytest.mark.both_databases


def test_person_is_shown_with_the_roles_keys_and_accounts_of_that_day(centre: Centre, tmp_path) -> None:
    """P3: who signs is looked up by what they held on a day, and seen likewise."""
    make_people(centre)
    enrol(centre, tmp_path, ["M01"])
    today = centre.clock.today_on()

    with centre.database.read() as connection:
        found = {each.person_id: each for each in show(connection, today)}
        before = {each.person_id: each for each in show(connection, date(2019, 12, 31))}
        keys = tuple(key.fingerprint for key in rows.keys_on(connection, "M01", today))

    assert {person_id: each.roles for person_id, each in found.items()} == {
        person_id: (role,) for person_id, role in PEOPLE.items()
    }
    assert (found["M01"].keys, found["M02"].keys) == (keys, ())
    assert len(keys) == 1
    assert (before["M01"].roles, before["M01"].keys) == ((), ())


def test_person_in_json_has_words_and_no_days(centre: Centre) -> None:
    make_people(centre)

    with centre.database.read() as connection:
        (told,) = [each.as_mapping() for each in show(connection, centre.clock.today_on()) if each.person_id == "L01"]

    assert told == {
        "person_id": "L01",
        "name": "职员L01",
        "roles": [Role.LEADER.value],
        "accounts": [],
        "keys": [],
    }
