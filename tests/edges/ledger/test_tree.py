"""The tree of the ledger: places of events, and proofs."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from lantai.edges import tables
from lantai.edges.ledger.events import append
from lantai.edges.ledger.tree import leaf_hashes, leaves, proof_for, sequence, sequencer, tree_size
from lantai.errors import FixityError, LeaseLostError, LedgerError, NotFoundError, RegistryConflictError
from lantai.formats.ledger import merkle
from lantai.records.ledger.event import EventKind

pytestmark = pytest.mark.both_databases


def happen(centre, count):
    with centre.database.begin() as connection:
        return [
            append(connection, EventKind.YEAR_OPENED, "2025", "system", centre.clock.now_at(), {"number": number})
            for number in range(count)
        ]


def order(centre):
    with sequencer(centre.database, centre.holder, centre.clock.now_at) as lease:
        return sequence(centre.database, lease)


def test_events_get_places_in_the_order_in_which_they_happened_without_gaps(centre):
    """I5."""
    first, second = happen(centre, 3), []
    size = order(centre)
    second = happen(centre, 2)

    assert (size, order(centre), order(centre)) == (3, 5, 5)
    with centre.database.read() as connection:
        stored = list(leaves(connection, 0, 5))
        hashes = leaf_hashes(connection, 0, 5)
    assert [json.loads(leaf)["event_id"] for leaf in stored] == [*first, *second]
    assert hashes == [merkle.leaf_hash(leaf) for leaf in stored]


def test_whoever_was_replaced_meanwhile_gives_no_event_its_place(centre):
    """I5: two at once would give one place twice."""
    happen(centre, 1)

    with sequencer(centre.database, centre.holder, centre.clock.now_at) as lease:
        with pytest.raises(LeaseLostError):
            sequence(centre.database, replace(lease, fence=lease.fence - 1))
        with centre.database.read() as connection:
            before = tree_size(connection)

    assert before == 0
    assert order(centre) == 1


def test_event_of_a_transaction_that_failed_never_happened(centre):
    """I5."""

    def fail_halfway():
        with centre.database.begin() as connection:
            append(connection, EventKind.YEAR_OPENED, "2025", "system", centre.clock.now_at(), {})
            raise FixityError("found no file, expected one")

    with pytest.raises(FixityError):
        fail_halfway()

    assert order(centre) == 0


def test_gap_in_the_tree_is_refused_by_the_database(centre):
    """I5."""
    (event_id,) = happen(centre, 1)

    with pytest.raises(RegistryConflictError, match="gapless"), centre.database.begin() as connection:
        connection.execute(insert(tables.ledger_leaf).values(leaf_index=5, event_id=event_id, leaf_hash=bytes(32)))


def test_stored_leaf_is_what_the_proof_carries(centre):
    """I5."""
    ids = happen(centre, 6)
    order(centre)

    found = proof_for(centre.database, ids[5], 6)

    with centre.database.read() as connection:
        stored = connection.execute(select(tables.event.c.leaf).where(tables.event.c.event_id == ids[5])).scalar()
        assert tree_size(connection) == 6
        with pytest.raises(LedgerError, match="expected 7"):
            leaf_hashes(connection, 0, 7)
    assert found.leaf == bytes(stored)
    merkle.verify_inclusion(merkle.leaf_hash(found.leaf), 5, 6, found.hashes, found.root)


def test_unknown_event_has_no_proof(centre):
    with pytest.raises(NotFoundError, match="no event"):
        proof_for(centre.database, "f" * 32, 1)
