"""Rulings on rounds that are held."""

from __future__ import annotations

import pytest

from factories_disposal import make_people, make_unit, receive_carrier
from lantai.edges.registry.intake.rulings import put_ruling, ruling_of
from lantai.records.intake.ruling import Ruling, RulingChoice

pytestmark = pytest.mark.both_databases

ROUNDS = ("SL2015-JY-E001-R1", "SL2015-JY-E002-R1")


def test_later_ruling_takes_the_place_of_an_earlier_one_on_the_same_round_and_of_no_other(centre):
    """R1-51."""
    make_unit(centre)
    make_people(centre)
    for carrier_id in ROUNDS:
        receive_carrier(centre, carrier_id)
    now_at = centre.clock.now_at()
    first, second = list(RulingChoice)[:2]

    with centre.database.begin() as connection:
        before = ruling_of(connection, ROUNDS[0])
        put_ruling(connection, ROUNDS[0], first, "as agreed", "P01", now_at)
        put_ruling(connection, ROUNDS[1], first, "as agreed", "P01", now_at)
        put_ruling(connection, ROUNDS[1], second, "not agreed", "M01", now_at)

    with centre.database.read() as connection:
        found = [ruling_of(connection, carrier_id) for carrier_id in ROUNDS]
    assert before is None
    assert found == [
        Ruling(ROUNDS[0], first, "as agreed", "P01", "职员P01", now_at),
        Ruling(ROUNDS[1], second, "not agreed", "M01", "职员M01", now_at),
    ]
