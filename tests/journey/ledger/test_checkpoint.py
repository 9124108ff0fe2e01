"""Checkpoints, proofs, and finding every change to the ledger."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from lantai.edges import tables
from lantai.edges.database.lease import acquire
from lantai.edges.keys.files import LOG, load_verifier
from lantai.edges.ledger import tree
from lantai.edges.ledger.events import append
from lantai.edges.ledger.tree import proof_for
from lantai.errors import (
    LeaseLostError,
    LedgerError,
    MalformedError,
    NotFoundError,
    PlaceUnavailableError,
    RegistryConflictError,
)
from lantai.formats.ledger import merkle, signed_note
from lantai.formats.ledger.signed_note import Checkpoint
from lantai.journey.ledger.checkpoint import checkpointed_at, make_checkpoint, newest_note, proof
from lantai.journey.ledger.verify_ledger import verify
from lantai.records.ledger.event import EventKind
from ledger_hands import happen, tamper

pytestmark = pytest.mark.both_databases


def test_nothing_happened_no_checkpoint(centre):
    """I5."""
    assert make_checkpoint(centre) is None
    assert newest_note(centre) is None


def test_checkpoint_is_signed_and_lies_with_its_leaves_at_every_place(centre):
    """I5."""
    happen(centre, 3)

    made = make_checkpoint(centre)

    note = newest_note(centre)
    body, _ = signed_note.verify(note, {LOG: load_verifier(LOG, centre.settings.log_key_file).public_key})
    assert Checkpoint.parse(body) == made
    assert (made.origin, made.size) == ("lantai/ledger", 3)
    for place in centre.vault.places:
        leaves = (place.root / "ledger/leaves/000000000000-000000000002.jsonl").read_bytes().splitlines()
        assert merkle.root_of(map(merkle.leaf_hash, leaves)) == made.root
        assert (place.root / "ledger/checkpoints/000000000003.note").read_text() == note


def test_leaf_is_flat_canonical_json_without_free_text(centre):
    (event_id,) = happen(centre, 1)

    with centre.database.read() as connection:
        leaf = connection.execute(select(tables.event.c.leaf)).scalar()

    body = json.loads(leaf)
    assert sorted(body) == ["actor", "event_id", "kind", "number", "occurred_at", "subject"]
    assert (body["event_id"], body["kind"], body["number"]) == (event_id, "year_opened", 0)


@pytest.mark.parametrize("facts", [{"nested": {"a": 1}}, {"share": 0.5}, {"is_on_time": True}, {"subject": "x"}])
def test_facts_that_are_no_integers_or_strings_are_refused(centre, facts):
    with pytest.raises(MalformedError, match="facts"), centre.database.begin() as connection:
        append(connection, EventKind.YEAR_OPENED, "2025", "system", centre.clock.now_at(), facts)


def test_rerun_signs_nothing_twice_and_fills_in_a_place_that_was_away(centre, tmp_path):
    """I5."""
    happen(centre, 2)
    first = make_checkpoint(centre)
    copy = centre.vault.places[1].root
    for path in (copy / "ledger").rglob("*.note"):
        path.unlink()

    again = make_checkpoint(centre)

    assert again == first
    assert (copy / "ledger/checkpoints/000000000002.note").read_text() == newest_note(centre)
    with centre.database.read() as connection:
        assert len(connection.execute(select(tables.checkpoint)).all()) == 1


def test_place_that_lost_old_leaves_and_notes_gets_them_again_at_the_end_of_a_run(centre):
    """vault.md, "The ledger": at every place. In between, only what is newer than its newest note is looked for."""
    for _ in range(3):
        happen(centre, 2)
        make_checkpoint(centre)
    copy = centre.vault.places[1].root / "ledger"
    lost = [copy / "leaves/000000000000-000000000001.jsonl", copy / "checkpoints/000000000004.note"]
    kept = [path.read_bytes() for path in lost]
    for path in lost:
        path.unlink()

    make_checkpoint(centre)
    assert not any(path.exists() for path in lost)
    make_checkpoint(centre, whole=True)

    assert [path.read_bytes() for path in lost] == kept


def test_nothing_is_signed_over_a_frontier_that_does_not_lead_to_the_root_signed_before(centre):
    """I5: a changed row of the registry does not get a signature of ours on top."""
    happen(centre, 3)
    make_checkpoint(centre)
    forged = {"hashes": ["ab" * 32, "cd" * 32], "size": 3}
    tamper(centre, "UPDATE checkpoint SET frontier_json = :forged", forged=json.dumps(forged, separators=(",", ":")))
    happen(centre, 1)

    with pytest.raises(LedgerError, match="checkpoint 3: its frontier leads to"):
        make_checkpoint(centre)

    assert not verify(centre).is_sound


def test_checkpoint_that_is_not_out_at_enough_places_is_an_error(centre, tmp_path):
    """I5: of one event already."""
    happen(centre, 1)
    centre.vault.places[1].root.rename(tmp_path / "away")

    with pytest.raises(PlaceUnavailableError, match="out at 1 places, expected 2"):
        make_checkpoint(centre)


def test_proof_leads_from_an_event_to_the_signed_root(centre):
    """I5, R4-12."""
    ids = happen(centre, 5)
    first = make_checkpoint(centre)
    happen(centre, 4)
    later = make_checkpoint(centre)

    for made in (first, later):
        inclusion = proof(centre.database, ids[3], made.size)
        assert inclusion.root == made.root
        merkle.verify_inclusion(
            merkle.leaf_hash(inclusion.leaf), inclusion.leaf_index, made.size, inclusion.hashes, made.root
        )
    assert checkpointed_at(centre, ids[3]) is not None


def test_event_after_the_checkpoint_has_no_proof_in_it(centre):
    happen(centre, 2)
    made = make_checkpoint(centre)
    (late,) = happen(centre, 1)

    with pytest.raises(NotFoundError, match="no place yet"):
        proof_for(centre.database, late, made.size)
    assert checkpointed_at(centre, late) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = 'somebody'",
        "DELETE FROM event",
        "UPDATE ledger_leaf SET leaf_index = leaf_index + 10",
        "DELETE FROM ledger_leaf",
        "UPDATE checkpoint SET root_sha256 = 'x'",
        "DELETE FROM checkpoint",
    ],
)
def test_database_refuses_to_change_the_ledger(centre, statement):
    """P10: append-only by the database itself."""
    happen(centre, 2)
    make_checkpoint(centre)

    with pytest.raises(RegistryConflictError, match="only_grows"), centre.database.begin() as connection:
        connection.execute(text(statement))


def test_sound_ledger_verifies(centre):
    """I5."""
    happen(centre, 7)
    make_checkpoint(centre)
    kept = newest_note(centre)
    happen(centre, 2)
    make_checkpoint(centre)
    happen(centre, 1)

    verdict = verify(centre, kept)

    assert verdict.is_sound
    assert (verdict.tree_size, verdict.waiting_count, verdict.checkpoint_count) == (9, 1, 2)
    assert len(verdict.places) == 2


def test_changed_leaf_is_named_although_its_hash_was_changed_too(centre):
    """I5; P4."""
    ids = happen(centre, 6)
    make_checkpoint(centre)
    with centre.database.read() as connection:
        leaf = connection.execute(select(tables.event.c.leaf).where(tables.event.c.event_id == ids[4])).scalar()
    forged = bytes(leaf).replace(b'"number":4', b'"number":9')
    values = {"leaf": forged, "hash": merkle.leaf_hash(forged), "id": ids[4]}
    with centre.database.read() as connection:
        placed = select(tables.ledger_leaf.c.leaf_index).where(tables.ledger_leaf.c.event_id == ids[4])
        index = connection.execute(placed).scalar()
    tamper(centre, "UPDATE event SET leaf = :leaf WHERE event_id = :id AND :hash = :hash", **values)
    tamper(centre, "UPDATE ledger_leaf SET leaf_hash = :hash WHERE event_id = :id AND :leaf = :leaf", **values)

    verdict = verify(centre)

    assert verdict.first_changed == index
    assert any(f"leaf {index} in the registry is not the one" in problem for problem in verdict.problems)


@pytest.mark.parametrize(
    ("statement", "told", "changed"),
    [
        ("UPDATE event SET actor = 'somebody' WHERE event_id = :id", "the columns of leaf 2", 2),
        (
            "UPDATE event SET occurred_at = '2020-01-01 00:00:00.000000' WHERE event_id = :id",
            "the columns of leaf 2",
            2,
        ),
        (
            "UPDATE ledger_leaf SET leaf_hash = (SELECT leaf_hash FROM ledger_leaf WHERE leaf_index = 0) WHERE event_id = :id",
            "leaf 2 in the registry does not have the hash",
            2,
        ),
        ("DELETE FROM ledger_leaf WHERE event_id = :id", "leaf 2 is missing from the registry", 2),
        (
            "UPDATE checkpoint SET root_sha256 = 'aa' WHERE :id = :id",
            "the row of checkpoint 4 tells another root",
            None,
        ),
        (
            "UPDATE checkpoint SET note = replace(note, 'lantai/ledger', 'other/ledger') WHERE :id = :id",
            "the registry's checkpoint of 4: ",
            None,
        ),
        (
            r"""UPDATE checkpoint SET frontier_json = replace(frontier_json, 'size"\:4', 'size"\:5') WHERE :id = :id""",
            "a frontier of 5 leaves has 1 hashes",
            None,
        ),
    ],
)
def test_any_change_to_the_ledger_is_found(centre, statement, told, changed):
    """P4."""
    happen(centre, 4)
    make_checkpoint(centre)
    tamper(centre, statement, id=id_of_leaf(centre, 2))

    verdict = verify(centre)

    assert not verdict.is_sound
    assert any(problem.startswith(told) for problem in verdict.problems), verdict.problems
    assert verdict.first_changed == changed


@pytest.mark.parametrize("forged", [b"no json", b"[]"])
def test_leaf_that_became_something_else_is_named_although_its_hash_was_changed_too(centre, forged):
    """P4."""
    happen(centre, 3)
    make_checkpoint(centre)
    forge(centre, 1, forged)

    verdict = verify(centre)

    assert verdict.problems[0].startswith("the columns of leaf 1 ")
    assert verdict.first_changed == 1


def test_first_changed_leaf_is_told_whatever_finds_it(centre):
    """P4: the place finds the first, whose hash was changed too; the registry itself the other."""
    happen(centre, 4)
    make_checkpoint(centre)
    with centre.database.read() as connection:
        table = tables.event
        leaf = connection.execute(select(table.c.leaf).where(table.c.event_id == id_of_leaf(centre, 1))).scalar()
    forge(centre, 1, bytes(leaf).replace(b'"number":', b'"number":1'))
    tamper(centre, "UPDATE event SET actor = 'somebody' WHERE event_id = :id", id=id_of_leaf(centre, 3))

    assert verify(centre).first_changed == 1


def id_of_leaf(centre, index):
    """Return the event that has a place in the ledger."""
    table = tables.ledger_leaf
    with centre.database.read() as connection:
        return connection.execute(select(table.c.event_id).where(table.c.leaf_index == index)).scalar_one()


def forge(centre, index, leaf):
    """Change a leaf and its hash, as somebody with the whole database in hand would."""
    values = {"leaf": leaf, "hash": merkle.leaf_hash(leaf), "id": id_of_leaf(centre, index)}
    tamper(centre, "UPDATE event SET leaf = :leaf WHERE event_id = :id AND :hash = :hash", **values)
    tamper(centre, "UPDATE ledger_leaf SET leaf_hash = :hash WHERE event_id = :id AND :leaf = :leaf", **values)


def test_leaves_that_the_registry_has_lost_are_told_by_the_places_that_keep_them(centre):
    """P4, I5."""
    happen(centre, 4)
    make_checkpoint(centre)
    tamper(centre, "DELETE FROM ledger_leaf WHERE leaf_index = 3")

    verdict = verify(centre)

    kept = [problem for problem in verdict.problems if "keeps leaf 3, the registry has lost it" in problem]
    assert (len(kept), verdict.first_changed) == (2, 3)


@pytest.mark.parametrize("lost", [0, 1])
def test_leaves_that_a_place_has_lost_are_told(centre, lost):
    """I5, P4: the first ones leave a gap, the last ones are too few."""
    happen(centre, 2)
    make_checkpoint(centre)
    happen(centre, 2)
    make_checkpoint(centre)
    copy = centre.vault.places[1]
    copy.remove(copy.list("ledger/leaves")[lost])

    verdict = verify(centre)

    (problem,) = verdict.problems
    assert copy.name in problem
    assert ("keeps 2 leaves, expected the 4" in problem) == (lost == 1)
    assert len(verdict.places) == 2


def test_note_of_another_size_in_the_place_of_a_checkpoint_is_told(centre):
    """I5, P4: both are signed by us."""
    happen(centre, 2)
    make_checkpoint(centre)
    happen(centre, 2)
    make_checkpoint(centre)
    folder = centre.vault.places[1].root / "ledger/checkpoints"
    (folder / "000000000002.note").write_text((folder / "000000000004.note").read_text())

    (problem,) = verify(centre).problems

    assert "the checkpoint of 2 at" in problem
    assert "is of 'lantai/ledger' with 4 leaves" in problem


@pytest.mark.parametrize(
    ("origin", "root", "told"),
    [
        ("other/ledger", None, "is of 'other/ledger' with 3 leaves"),
        ("lantai/ledger", bytes(32), "the first 3 leaves no longer lead to its root"),
        ("lantai/ledger", None, None),
    ],
)
def test_kept_note_under_our_key_is_held_against_the_leaves(centre, origin, root, told):
    """I5, P4: of a size, here, at which no checkpoint stands in the registry."""
    happen(centre, 5)
    make_checkpoint(centre)
    with centre.database.read() as connection:
        table = tables.ledger_leaf
        hashes = connection.execute(select(table.c.leaf_hash).order_by(table.c.leaf_index).limit(3)).scalars().all()
    whole = root or merkle.root_of([bytes(each) for each in hashes])
    note = signed_note.sign(Checkpoint(origin, 3, whole).encode(), LOG, centre.log_signer.private_key)

    problems = verify(centre, note).problems

    assert [told in problem for problem in problems] == ([True] if told else [])


def test_worker_that_was_replaced_signs_no_checkpoint(centre, monkeypatch):
    """I5: a smaller one would come after a larger one."""
    happen(centre, 2)
    sequence = tree.sequence

    def sequence_slowly(database, lease):
        size = sequence(database, lease)
        acquire(database, lease.name, "elsewhere:1:cccc", centre.clock.now_at() + timedelta(hours=1), 60)
        return size

    monkeypatch.setattr("lantai.edges.ledger.tree.sequence", sequence_slowly)
    with pytest.raises(LeaseLostError):
        make_checkpoint(centre)

    assert newest_note(centre) is None


def test_cut_ledger_is_found_by_whoever_kept_a_checkpoint(centre):
    """I5, P4."""
    ids = happen(centre, 4)
    make_checkpoint(centre)
    kept = newest_note(centre)
    tamper(centre, "DELETE FROM ledger_leaf WHERE leaf_index = 3")
    tamper(centre, "DELETE FROM checkpoint WHERE :id = :id", id=ids[0])
    for place in centre.vault.places:
        for name in place.list("ledger"):
            place.remove(name)

    verdict = verify(centre, kept)

    assert verdict.first_changed == 3
    assert any("kept outside has 4 leaves" in problem for problem in verdict.problems)


def test_strangers_checkpoint_is_refused(centre):
    """I5, P4."""
    happen(centre, 1)
    make_checkpoint(centre)
    forged = signed_note.sign(Checkpoint("lantai/ledger", 1, bytes(32)).encode(), LOG, centre.intake_signer.private_key)

    assert "signed by" in verify(centre, forged).problems[0]


def test_unmounted_place_is_unknown_and_not_a_finding(centre, tmp_path):
    """I8."""
    happen(centre, 1)
    make_checkpoint(centre)
    centre.vault.places[1].root.rename(tmp_path / "away")

    verdict = verify(centre)

    assert verdict.is_sound
    assert "mounted" in verdict.unknown[0]


def test_changed_leaf_at_a_place_is_never_overwritten(centre):
    """I5."""
    happen(centre, 1)
    make_checkpoint(centre)
    path = centre.vault.first.root / "ledger/checkpoints/000000000001.note"
    path.unlink()
    path.write_bytes(b"another note")
    happen(centre, 1)
    make_checkpoint(centre)

    assert not verify(centre).is_sound
    assert path.read_bytes() == b"another note"


def test_place_with_other_leaves_under_the_name_is_a_ledger_error(centre):
    """I5, P4."""
    happen(centre, 1)
    centre.vault.first.write_new("ledger/leaves/000000000000-000000000000.jsonl", [b"{}\n"])
    centre.vault.first.write_new("ledger/checkpoints/000000000001.note", [b"note"])

    make_checkpoint(centre)

    verdict = verify(centre)
    assert verdict.first_changed == 0
