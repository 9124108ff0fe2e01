"""Checkpoints as the registry keeps them."""

from __future__ import annotations

import pytest

from lantai.edges.ledger.checkpoints import (
    checkpoint_of,
    checkpoint_sizes,
    first_covered_at,
    frontier_before,
    frontier_of,
    newest_checkpoint,
)
from lantai.errors import LedgerError
from lantai.formats.ledger import canonical, merkle
from lantai.journey.ledger.checkpoint import make_checkpoint
from ledger_hands import happen

pytestmark = pytest.mark.both_databases


def test_checkpoint_is_found_by_its_size_and_the_largest_as_the_newest(centre):
    """I5."""
    happen(centre, 2)
    make_checkpoint(centre)
    happen(centre, 3)
    second = make_checkpoint(centre)

    with centre.database.read() as connection:
        sizes = checkpoint_sizes(connection)
        newest, none = newest_checkpoint(connection), checkpoint_of(connection, 3)
        before = [frontier_before(connection, index).size for index in (1, 2, 4, 5)]

    assert sizes == [2, 5]
    assert none is None
    assert newest is not None
    assert (newest.tree_size, newest.root_sha256) == (second.size, second.root.hex())
    assert before == [0, 2, 2, 5]


def test_moment_of_the_first_checkpoint_over_an_event_stays(centre):
    """I5: waiting times are counted from it."""
    covered, waiting = happen(centre, 1), None
    make_checkpoint(centre)
    waiting = happen(centre, 1)

    with centre.database.read() as connection:
        first = first_covered_at(connection, covered[0])
        none = first_covered_at(connection, waiting[0])
        unknown = first_covered_at(connection, "f" * 32)
    make_checkpoint(centre)

    assert (first is None, none, unknown) == (False, None, None)
    with centre.database.read() as connection:
        assert first_covered_at(connection, covered[0]) == first


def test_right_edge_that_leads_elsewhere_is_refused():
    """P4: nothing is signed on top of an edge that was changed."""
    frontier = merkle.Frontier()
    frontier.append(merkle.leaf_hash(b"one"))
    kept = canonical.dumps(frontier.to_mapping()).decode()

    with pytest.raises(LedgerError, match="its frontier leads to"):
        frontier_of(1, "00" * 32, kept)

    assert frontier_of(1, frontier.root.hex(), kept).root == frontier.root
