"""Rows of the ledger as they are stored: a value of another type comes out as it lies there."""

from __future__ import annotations

from lantai.edges.ledger.unbelieved import unbelieved_checkpoints, unbelieved_leaves
from lantai.journey.ledger.checkpoint import make_checkpoint
from ledger_hands import happen, tamper


def test_value_of_another_type_is_neither_converted_nor_an_error(centre):
    """P4: SQLite lets a hand put text where bytes or a number stood."""
    happen(centre, 1)
    make_checkpoint(centre)
    tamper(centre, "UPDATE event SET leaf = 'text', occurred_at = 'no moment'")
    tamper(centre, "UPDATE checkpoint SET root_sha256 = x'00', made_at = 'never'")

    with centre.database.read() as connection:
        leaves, made = list(unbelieved_leaves(connection)), unbelieved_checkpoints(connection)

    assert [(each.leaf_index, each.leaf, each.occurred_at) for each in leaves] == [(0, "text", "no moment")]
    assert [(each.tree_size, each.root_sha256, each.made_at) for each in made] == [(1, b"\0", "never")]
