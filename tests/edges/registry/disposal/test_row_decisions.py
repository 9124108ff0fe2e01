"""What panel members said about the rows of a list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from factories_disposal import draft_with_panel
from lantai.edges.registry.disposal.row_decisions import decisions_on, put_decisions
from lantai.records.disposal.lists import Decision, RowDecision

pytestmark = pytest.mark.both_databases


@pytest.fixture
def list_id(centre) -> str:
    """A drafted list of three rows with a panel."""
    return draft_with_panel(centre)


def test_later_decision_takes_the_place_of_the_same_members_earlier_one_on_the_same_row(centre, list_id):
    """R9-19: what was said before and is said again stays as it was signed; nobody decides for another."""
    then = centre.clock.now_at()
    later = then + timedelta(hours=1)

    def said(person_id, row_no, at, decision=Decision.DISPOSE, reason="", years=None):
        return RowDecision(list_id, row_no, person_id, decision, reason, years, at)

    first = [said("M01", 1, then), said("M01", 2, then)]
    of_another = [said("M02", row_no, then) for row_no in (1, 2, 3)]
    second = [said("M01", 1, later), said("M01", 2, later, Decision.KEEP, "还在用", 10), said("M01", 3, later)]

    with centre.database.begin() as connection:
        counts = [put_decisions(connection, each) for each in ([], first, of_another, second, second)]

    with centre.database.read() as connection:
        found = decisions_on(connection, list_id)
    assert counts == [0, 2, 3, 2, 0]
    assert sorted(found, key=lambda one: (one.person_id, one.row_no)) == [first[0], *second[1:], *of_another]
