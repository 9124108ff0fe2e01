"""Who has which duty about a list."""

from __future__ import annotations

import pytest

from factories_disposal import PANEL, draft_with_panel
from lantai.edges.registry.disposal.list_duties import duties_about, give_duty
from lantai.errors import RegistryConflictError
from lantai.records.disposal.lists import DutyHeld, ListDuty

pytestmark = pytest.mark.both_databases


@pytest.fixture
def list_id(centre) -> str:
    """A drafted list of three rows with a panel."""
    return draft_with_panel(centre)


def test_person_has_one_duty_about_a_list(centre, list_id):
    """R12-04."""
    with pytest.raises(RegistryConflictError), centre.database.begin() as connection:
        give_duty(connection, list_id, DutyHeld("M01", ListDuty.LEADER, None))

    with centre.database.read() as connection:
        held = {(each.person_id, each.duty) for each in duties_about(connection, list_id)}
    assert held == {("P01", ListDuty.PREPARER), *((person_id, ListDuty.PANEL_MEMBER) for person_id in PANEL)}
