"""Events as they are written."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from lantai.edges import tables
from lantai.edges.ledger.events import append, event_about, moment_text
from lantai.errors import MalformedError, NotFoundError
from lantai.records.ledger.event import EventKind

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize("facts", [{"share": 0.5}, {"whole": True}, {"nested": {"a": 1}}, {"actor": "somebody else"}])
def test_fact_that_a_leaf_may_not_hold_is_refused_and_nothing_is_written(centre, facts):
    """I5: what is signed reads the same everywhere, and no fact stands in the place of another."""
    with pytest.raises(MalformedError), centre.database.begin() as connection:
        append(connection, EventKind.YEAR_OPENED, "2025", "system", centre.clock.now_at(), facts)

    with centre.database.read() as connection:
        assert connection.execute(select(tables.event)).all() == []


def test_leaf_says_what_the_columns_beside_it_say(centre):
    """P4."""
    with centre.database.begin() as connection:
        append(connection, EventKind.YEAR_OPENED, "2025", "system", centre.clock.now_at(), {"duties": 3})

    with centre.database.read() as connection:
        row = connection.execute(select(tables.event)).one()
    leaf = json.loads(row.leaf)
    assert leaf.pop("duties") == 3
    assert leaf == {
        "event_id": row.event_id,
        "kind": row.kind,
        "subject": row.subject,
        "actor": row.actor,
        "occurred_at": moment_text(row.occurred_at),
    }


def test_moment_of_any_zone_is_written_in_utc_with_microseconds():
    moment = datetime(2026, 3, 2, 8, 0, 0, 5, tzinfo=timezone(timedelta(hours=8)))

    assert moment_text(moment) == "2026-03-02T00:00:00.000005Z"


def test_event_that_never_happened_is_named(centre):
    with pytest.raises(NotFoundError, match="no event carrier_sealed"), centre.database.read() as connection:
        event_about(connection, "JY-2025-E-001", EventKind.CARRIER_SEALED)
