"""Make a checkpoint: give new events their places, sign the root, and put leaves and note out at every place.

Whoever holds an older note can tell from a newer one whether the ledger only
grew. A rerun signs nothing twice and puts out what is missing anywhere.

Source: vault.md, "The ledger"; C2SP tlog-checkpoint and signed-note.
"""

from __future__ import annotations

from datetime import datetime

from lantai.edges.centre import Centre
from lantai.edges.database.database import Database
from lantai.edges.database.lease import Lease, require
from lantai.edges.ledger import checkpoints, tree
from lantai.edges.ledger.files import publish
from lantai.edges.ledger.tree import Inclusion
from lantai.errors import DiskFullError, PlaceUnavailableError
from lantai.formats.ledger import signed_note
from lantai.formats.ledger.signed_note import ORIGIN, Checkpoint


def make_checkpoint(centre: Centre, *, whole: bool = False) -> Checkpoint | None:
    """Sign the ledger as it stands and put it out (I5).

    Args:
        centre: The centre.
        whole: Whether older leaves and notes that a place has lost are looked for and put out again too, as at the end of a run.

    Returns:
        The newest checkpoint; None when nothing has ever happened.

    Raises:
        LeaseLostError: Another worker was giving events their places all the time.
        KeyMissingError: The log key is not here.
        PlaceUnavailableError: Fewer places than the policy asks for have it now.
        LedgerError: A place has other leaves or another note.
    """
    with tree.sequencer(centre.database, centre.holder, centre.clock.now_at) as lease:
        size = tree.sequence(centre.database, lease)
        if size == 0:
            return None
        checkpoint = _sign(centre, size, lease)
    _put_out(centre, whole=whole)
    return checkpoint


def _sign(centre: Centre, size: int, lease: Lease) -> Checkpoint:
    """Return the checkpoint of so many leaves, signed once, on top of the one before (I5)."""
    # Under the sequencer's lease, so that a smaller checkpoint never comes after a larger one: what lies at the places
    # is cut into files where checkpoints were made.
    with centre.database.begin() as connection:
        require(connection, lease)
        made = checkpoints.checkpoint_of(connection, size)
        if made is not None:
            return Checkpoint(ORIGIN, size, bytes.fromhex(made.root_sha256))
        frontier = checkpoints.frontier_before(connection, size)
        for leaf in tree.leaf_hashes(connection, frontier.size, size):
            frontier.append(leaf)
        checkpoint = Checkpoint(ORIGIN, size, frontier.root)
        note = signed_note.sign(checkpoint.encode(), centre.log_signer.name, centre.log_signer.private_key)
        checkpoints.add_checkpoint(connection, frontier, note, centre.clock.now_at())
        return checkpoint


def proof(database: Database, event_id: str, tree_size: int) -> Inclusion:
    """Return the evidence that an event is in the tree of a checkpoint.

    Raises:
        NotFoundError: No such event, or it has no place in that tree.
    """
    return tree.proof_for(database, event_id, tree_size)


def newest_note(centre: Centre) -> str | None:
    """Return the newest checkpoint as a signed note; None when there is none."""
    with centre.database.read() as connection:
        made = checkpoints.newest_checkpoint(connection)
    return None if made is None else made.note


def checkpointed_at(centre: Centre, event_id: str) -> datetime | None:
    """Return when an event first was in a checkpoint; None when it is in none yet."""
    with centre.database.read() as connection:
        return checkpoints.first_covered_at(connection, event_id)


def _put_out(centre: Centre, *, whole: bool) -> None:
    reached, missing = 0, []
    for place in centre.vault.places:
        try:
            publish(centre.database, place, whole=whole)
            reached += 1
        except PlaceUnavailableError as error:
            missing.append(error)
    if reached < centre.settings.min_copies:
        kind = DiskFullError if any(isinstance(error, DiskFullError) for error in missing) else PlaceUnavailableError
        told = "; ".join(str(error) for error in missing)
        raise kind(f"checkpoint: out at {reached} places, expected {centre.settings.min_copies}: {told}")
