"""Verifying a ledger in SQLite, which keeps a value of any type in any column; PostgreSQL refuses each of these changes."""

import pytest
from sqlalchemy import text

from lantai.edges.ledger.tree import proof_for
from lantai.errors import LedgerError
from lantai.journey.ledger.checkpoint import make_checkpoint
from lantai.journey.ledger.verify_ledger import verify
from ledger_hands import happen, tamper

CHANGED_TYPES = [
    "UPDATE event SET leaf = CAST(leaf AS TEXT) WHERE event_id = :id",
    "UPDATE event SET leaf = 7 WHERE event_id = :id",
    "UPDATE event SET occurred_at = 'soon' WHERE event_id = :id",
    "UPDATE event SET occurred_at = 7 WHERE event_id = :id",
    "UPDATE event SET subject = CAST(subject AS BLOB) WHERE event_id = :id",
    "UPDATE ledger_leaf SET leaf_hash = 'text' WHERE event_id = :id",
    "UPDATE ledger_leaf SET leaf_index = 'x' WHERE event_id = :id",
    "UPDATE checkpoint SET tree_size = 'x' WHERE :id = :id",
    "UPDATE checkpoint SET note = CAST(note AS BLOB) WHERE :id = :id",
    "UPDATE checkpoint SET frontier_json = x'00' WHERE :id = :id",
    "UPDATE checkpoint SET frontier_json = 'no json' WHERE :id = :id",
    "UPDATE checkpoint SET root_sha256 = 7 WHERE :id = :id",
    "UPDATE checkpoint SET made_at = 'soon' WHERE :id = :id",
]


@pytest.mark.parametrize("statement", CHANGED_TYPES)
def test_value_of_another_type_is_named_and_never_a_crash(centre, statement):
    """P4: SQLite keeps any type in any column."""
    ids = happen(centre, 4)
    make_checkpoint(centre)
    with centre.database.begin() as connection:
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
    tamper(centre, statement, id=ids[3])

    verdict = verify(centre)

    assert not verdict.is_sound
    if "event" in statement:
        assert verdict.first_changed is not None


def test_leaf_that_became_text_is_no_crash_for_whoever_writes_either(centre):
    """P4: A LedgerError with its hint, before it has a place and after."""
    (first,) = happen(centre, 1)
    make_checkpoint(centre)
    (second,) = happen(centre, 1)
    tamper(centre, "UPDATE event SET leaf = CAST(leaf AS TEXT) WHERE event_id = :id", id=second)

    with pytest.raises(LedgerError, match="found a str where bytes were written"):
        make_checkpoint(centre)
    assert verify(centre).waiting_count == 1

    tamper(centre, "UPDATE event SET leaf = CAST(leaf AS TEXT) WHERE event_id = :id", id=first)
    with pytest.raises(LedgerError, match="found a str where bytes were written"):
        proof_for(centre.database, first, 1)
