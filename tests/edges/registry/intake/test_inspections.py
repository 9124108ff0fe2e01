"""What units filled in on inspection forms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factories_disposal import make_unit, receive_carrier
from lantai.edges.registry.intake.inspections import put_unit_half, unit_half
from lantai.records.intake.inspection import UnitHalf

pytestmark = pytest.mark.both_databases

ROUNDS = ("SL2015-JY-E001-R1", "SL2015-JY-E002-R1")
HALF = UnitHalf("SM3", "ab" * 32, {"integrity": "合格", "security": "不合格"}, "赵", "钱", "2026年3月2日")


def test_half_of_a_form_is_kept_as_the_unit_filled_it_in_and_of_its_round_only(centre):
    """R1-28: read again by a rerun, the form may say something else."""
    make_unit(centre)
    for carrier_id in ROUNDS:
        receive_carrier(centre, carrier_id)
    again = replace(HALF, results={"usability": "合格"}, preparer="孙")

    with centre.database.begin() as connection:
        before = unit_half(connection, ROUNDS[0])
        for carrier_id, half in ((ROUNDS[0], HALF), (ROUNDS[1], HALF), (ROUNDS[1], again)):
            put_unit_half(connection, carrier_id, half)

    with centre.database.read() as connection:
        assert before is None
        assert [unit_half(connection, carrier_id) for carrier_id in ROUNDS] == [HALF, again]
