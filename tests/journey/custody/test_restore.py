"""Restoring what was sealed.

Covers: edges.custody.opening, edges.registry.custody.sealings.
"""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from carriers import CARRIER, carrier, condemn, keep
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.keys.files import load_identities, new_identity
from lantai.errors import (
    FixityError,
    NoIdentityMatchError,
    NotFoundError,
    NotPermittedError,
    PlaceUnavailableError,
)
from lantai.journey.custody.restore import open_record, restore


def identities(centre: Centre):
    return load_identities(centre.settings.keys / "identity.txt")


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_carrier_comes_back_byte_for_byte_with_catalogue_and_papers(centre, tmp_path):
    """I1, R1-57."""
    received = carrier()
    keep(centre, received)

    told = []

    restored = restore(centre, CARRIER, tmp_path / "out", identities(centre), "C01", lambda *words: told.append(words))

    for record in received.records:
        for file in record.files:
            found = (tmp_path / "out" / record.record_id / file.path).read_bytes()
            assert found == received.contents[received.file_of_path[file.path]]
    assert (tmp_path / "out" / f"{CARRIER}-papers" / "metadata/目录.csv").read_bytes() == b"x" * 600
    assert len((tmp_path / "out" / f"{CARRIER}-catalogue" / "catalogue.jsonl").read_text().splitlines()) == 3
    assert (restored.file_count, restored.detours, restored.refused) == (7, (), ())
    written = [path.stat().st_size for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert restored.size_bytes == sum(written)
    assert told == [(record_id, number, 5) for number, record_id in enumerate(restored.record_ids, start=1)]
    with centre.database.read() as connection:
        events = connection.execute(select(tables.event).where(tables.event.c.kind == "restored")).all()
    assert [(row.subject, row.actor) for row in events] == [(CARRIER, "C01")]


def test_damaged_vault_is_passed_over_and_the_copy_is_read(centre, tmp_path):
    """R1-57, V1, 数据恢复."""
    received = carrier()
    keep(centre, received)
    flip(centre.vault.first.root / "carriers" / CARRIER / "pack-0001.g1.tar", 520)

    restored = restore(centre, received.records[0].record_id, tmp_path / "out", identities(centre))

    assert restored.file_count == 1
    assert "payload" in restored.detours[0]
    assert "vault" in restored.detours[0]


def test_unmounted_vault_is_passed_over_and_never_taken_for_empty(centre, tmp_path):
    """I8."""
    received = carrier()
    keep(centre, received)
    centre.vault.first.root.rename(tmp_path / "elsewhere")
    centre.vault.first.root.mkdir()

    restored = restore(centre, CARRIER, tmp_path / "out", identities(centre))

    assert restored.file_count == 7
    assert "mounted" in restored.detours[0]


def test_record_damaged_at_every_place_is_not_given_out(centre, tmp_path):
    """V1, R1-57."""
    received = carrier()
    keep(centre, received)
    for place in centre.vault.places:
        flip(place.root / "carriers" / CARRIER / "pack-0001.g1.tar", 520)

    with pytest.raises(FixityError, match="payload"):
        restore(centre, received.records[0].record_id, tmp_path / "out", identities(centre))

    assert list((tmp_path / "out").rglob("*")) == []


@pytest.mark.parametrize(("damaged", "away"), [(0, 1), (1, 0)])
def test_damage_is_told_rather_than_a_place_that_does_not_answer(centre, tmp_path, damaged, away):
    """V1, I8."""
    received = carrier()
    keep(centre, received)
    flip(centre.vault.places[damaged].root / "carriers" / CARRIER / "pack-0001.g1.tar", 520)
    centre.vault.places[away].root.rename(tmp_path / "away")

    with pytest.raises(FixityError, match="payload"):
        restore(centre, received.records[0].record_id, tmp_path / "out", identities(centre))


def test_places_that_do_not_answer_are_said_to_be_away_and_never_empty(centre, tmp_path):
    """I8."""
    keep(centre, carrier())
    for number, place in enumerate(centre.vault.places):
        place.root.rename(tmp_path / f"away-{number}")

    with pytest.raises(PlaceUnavailableError, match="mounted"):
        restore(centre, CARRIER, tmp_path / "out", identities(centre))


@pytest.mark.parametrize("digest", ["sha256", "sm3"])
def test_file_that_opens_as_another_than_arrived_is_told(centre, tmp_path, digest):
    """I1."""
    received = carrier()
    keep(centre, received)
    target = received.records[0].record_id
    with centre.database.begin() as connection:
        table = tables.record_file
        connection.execute(update(table).where(table.c.record_id == target).values({digest: "0" * 64}))

    with pytest.raises(FixityError, match=r"data/甲\.txt: opened with sha256"):
        restore(centre, target, tmp_path / "out", identities(centre))


@pytest.mark.parametrize("column", ["seal_id", "payload_sha256", "header_sha256"])
def test_sealing_that_is_not_the_registered_one_is_not_opened(centre, tmp_path, column):
    """I1."""
    received = carrier()
    keep(centre, received)
    target = received.records[0].record_id
    with centre.database.begin() as connection:
        table = tables.sealed_record
        connection.execute(update(table).where(table.c.record_id == target).values({column: "f" * 32}))

    with pytest.raises(FixityError, match="as registered"):
        restore(centre, target, tmp_path / "out", identities(centre))


def test_record_being_destroyed_does_not_come_back(centre, tmp_path):
    """I3; vault.md, destruction 3."""
    received = carrier()
    keep(centre, received)
    gone = received.records[1].record_id
    condemn(centre, [gone])

    with pytest.raises(NotPermittedError, match=gone):
        restore(centre, gone, tmp_path / "out", identities(centre))

    assert restore(centre, CARRIER, tmp_path / "out", identities(centre)).refused == (gone,)
    assert not (tmp_path / "out" / gone).exists()


def test_strangers_key_opens_nothing(centre, tmp_path):
    """R1-57."""
    received = carrier()
    keep(centre, received)
    new_identity(tmp_path / "stranger.txt")

    with pytest.raises(NoIdentityMatchError):
        restore(centre, CARRIER, tmp_path / "out", load_identities(tmp_path / "stranger.txt"))

    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []


def test_unknown_name_is_named(centre, tmp_path):
    """R1-57."""
    with pytest.raises(NotFoundError, match="SL1999-JY"):
        restore(centre, "SL1999-JY-E001-R1", tmp_path / "out", [])


def test_manifest_that_the_ledger_does_not_know_is_refused(centre, tmp_path):
    """I1, R1-57: A stranger's carrier under our name, signed with our key, is not what was receipted."""
    keep(centre, carrier())
    other = carrier(files=[[("data/假.txt", b"forged")]])
    for place in centre.vault.places:
        for name in place.list(f"carriers/{CARRIER}") + place.list(f"headers/{CARRIER}"):
            place.remove(name)
    from carriers import held, seal_it
    from lantai.journey.custody.store import store

    with held(centre) as lease:
        store(centre, seal_it(centre, other, lease), lease)

    with pytest.raises(FixityError, match="expected generation 1"):
        restore(centre, CARRIER, tmp_path / "out", identities(centre))


def test_transfer_package_gets_each_file_with_its_name(centre):
    """N7."""
    received = carrier()
    keep(centre, received)

    found = {
        opened.path: b"".join(opened.chunks)
        for opened in open_record(centre, received.records[1].record_id, identities(centre))
    }

    assert found == {"data/乙.txt": b"B" * 70_000, "data/附件/丙.bin": b""}


def test_no_plaintext_lies_outside_when_all_is_stored(centre):
    """I6."""
    received = carrier(files=[[("data/甲.txt", b"CANARY-7f3a" * 50)]])
    keep(centre, received)

    lying = [path for path in centre.settings.home.rglob("*") if path.is_file()]

    assert len(lying) > 20
    assert [path for path in lying if b"CANARY-7f3a" in path.read_bytes()] == []
    assert list(centre.settings.work.iterdir()) == []
