"""A list examined: what its rows say now, and nothing that was true of it before."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from factories_disposal import PANEL, approve, decide_all, draft_with_panel, say
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.journey.disposal.approval.decide import decide
from lantai.journey.ledger.checkpoint import make_checkpoint
from lantai.records.disposal.lists import Decision
from lantai.views.disposal.examined import Examined, circumstances, covered_at, examine

pytestmark = pytest.mark.both_databases


def examined(centre: Centre, list_id: str) -> Examined:
    with centre.database.read() as connection:
        return examine(connection, centre.settings, list_id)


@pytest.fixture
def approved_id(centre: Centre) -> str:
    """A list of three rows, the last of them kept, signed by panel and leader."""
    list_id = draft_with_panel(centre)
    decide_all(centre, list_id, [1, 2])
    for member in PANEL:
        decide(centre, list_id, member, say([3], Decision.KEEP, 10))
    approve(centre, list_id)
    return list_id


def test_only_what_the_whole_panel_disposed_of_goes(centre: Centre, approved_id: str) -> None:
    """R10-06, I3."""
    found = examined(centre, approved_id)

    assert [record.row_no for record in found.going] == [1, 2]
    assert [found.is_going(row_no) for row_no in (1, 2, 3)] == [True, True, False]
    assert found.undecided_count == 0


def test_row_that_somebody_has_not_looked_at_does_not_go(centre: Centre) -> None:
    """R10-06."""
    list_id = draft_with_panel(centre)
    decide_all(centre, list_id, [1, 2, 3], PANEL[:2])

    found = examined(centre, list_id)

    assert (found.going, found.undecided_count) == ([], 3)


def test_signatures_count_for_the_list_as_it_was_signed_and_for_no_other(centre: Centre, approved_id: str) -> None:
    """P3, I3: a record that changed behind the signatures leaves none of them under the list as it is now."""
    signed = examined(centre, approved_id)
    with centre.database.begin() as connection:
        record = tables.record
        connection.execute(
            update(record).where(record.c.record_id == signed.records[0].record_id).values(remarks="另附一页")
        )

    found = examined(centre, approved_id)

    assert len(signed.counting) == len(PANEL) + 1
    assert (len(found.sign_offs), found.counting) == (len(PANEL) + 1, [])
    assert found.dossier.content_now != found.dossier.content_stored


def test_signatures_lie_in_a_checkpoint_only_when_one_was_made_after_the_last_of_them(
    centre: Centre, approved_id: str
) -> None:
    """N3."""
    with centre.database.read() as connection:
        before = covered_at(connection, examine(connection, centre.settings, approved_id))

    make_checkpoint(centre)

    with centre.database.read() as connection:
        found = examine(connection, centre.settings, approved_id)
        after = covered_at(connection, found)
        known = circumstances(connection, centre.settings, found, centre.clock.now_at(), centre.clock.today_on())
    assert before is None
    assert after is not None
    assert (known.covered_at, known.destroyed_at, dict(known.built_on)) == (after, None, {})
    assert known.appraisal_report_no == "教档鉴〔2026〕1号"
