"""Erasing records of a carrier at every place."""

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from carriers import CARRIER, carrier, condemn, held, keep
from killing import run_killed
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.clock import Clock
from lantai.edges.database.database import Database
from lantai.edges.keys.files import load_identities
from lantai.errors import FixityError, LeaseLostError, NotPermittedError, PlaceUnavailableError
from lantai.journey.custody.restore import restore
from lantai.journey.disposal.acts.erase import erase
from lantai.settings import from_env


def erase_it(centre, record_ids):
    with held(centre) as lease:
        return erase(centre, CARRIER, record_ids, lease)


def tree(folder: Path) -> dict[str, str]:
    """Digest of every file of the places of a home, by name."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for top in ("vault", "copy")
        for path in (folder / top).rglob("*")
        if path.is_file()
    }


def names(centre, place=0):
    root = centre.vault.places[place].root
    return sorted(path.name for path in root.rglob("*") if path.is_file() and "keys" not in path.parts)


def test_erased_record_is_at_no_place_and_the_others_come_back(centre, tmp_path):
    """R9-19, I2: vault.md, destruction 4 and 5."""
    received = carrier()
    sealed = keep(centre, received)
    gone, kept = received.records[1].record_id, received.records[0].record_id
    condemn(centre, [gone])
    payload = next(row for row in sealed.manifest.records if row.record_id == gone)

    found = erase_it(centre, [gone])

    assert [(each.generation, each.remaining, each.erasure_class) for each in found] == [(2, (), "overwritten")] * 2
    assert names(centre) == names(centre, 1)
    assert names(centre) == [
        "headers.g2.json",
        "headers.g2.json.sig",
        "headers.g2.tar",
        "manifest.g2.json",
        "manifest.g2.json.sig",
        "pack-0001.g2.tar",
        "place.txt",
        "sha256sums.g2",
    ]
    everything = b"".join(path.read_bytes() for path in centre.settings.home.rglob("*.tar"))
    assert gone.encode() not in everything
    assert payload.payload_sha256 not in (centre.vault.first.root / f"carriers/{CARRIER}/manifest.g2.json").read_text()
    identities = load_identities(centre.settings.keys / "identity.txt")
    assert restore(centre, kept, tmp_path / "out", identities).file_count == 1


def test_next_generation_names_the_former_one_and_the_ledger_tells_of_it(centre):
    """I5."""
    received = carrier()
    sealed = keep(centre, received)
    condemn(centre, [received.records[0].record_id])

    (first, _) = erase_it(centre, [received.records[0].record_id])

    manifest = json.loads((centre.vault.first.root / f"carriers/{CARRIER}/manifest.g2.json").read_bytes())
    assert manifest["previous_sha256"] == sealed.manifest_sha256
    with centre.database.read() as connection:
        leaves = connection.execute(
            select(tables.event.c.leaf).where(tables.event.c.kind == "carrier_sealed")
        ).scalars()
        told = [json.loads(leaf) for leaf in leaves]
        carriers = connection.execute(select(tables.carrier)).one()
        copies = connection.execute(select(tables.copy)).all()
        packs = set(connection.execute(select(tables.sealed_record.c.pack)).scalars())
    assert [(leaf["generation"], leaf["manifest_sha256"]) for leaf in told] == [(2, first.manifest_sha256)]
    assert (carriers.generation, carriers.manifest_sha256) == (2, first.manifest_sha256)
    assert {(copy.generation, copy.manifest_sha256) for copy in copies} == {(2, first.manifest_sha256)}
    assert "pack-0001.g2.tar" in packs


def test_erasing_again_does_nothing_and_says_the_same(centre):
    """I4."""
    received = carrier()
    keep(centre, received)
    condemn(centre, [received.records[0].record_id])
    first = erase_it(centre, [received.records[0].record_id])
    before = tree(centre.settings.home)

    again = erase_it(centre, [received.records[0].record_id])

    assert tree(centre.settings.home) == before
    assert [replace(each, looked_at=first[0].looked_at) for each in again] == [
        replace(each, looked_at=first[0].looked_at) for each in first
    ]


def test_last_records_take_catalogue_and_papers_with_them(centre):
    """R9-19."""
    received = carrier()
    keep(centre, received)
    ids = [record.record_id for record in received.records]
    condemn(centre, ids)

    found = erase_it(centre, ids)

    manifest = json.loads((centre.vault.first.root / f"carriers/{CARRIER}/manifest.g2.json").read_bytes())
    assert (manifest["records"], manifest["catalogue"], manifest["papers"]) == ([], "", "")
    assert all(each.remaining == () for each in found)
    assert not [name for name in names(centre) if name.startswith("pack")]


def test_catalogue_stays_while_a_record_is_kept(centre):
    """I2."""
    received = carrier()
    keep(centre, received)
    ids = [record.record_id for record in received.records[:2]]
    condemn(centre, ids)

    erase_it(centre, ids)

    manifest = json.loads((centre.vault.first.root / f"carriers/{CARRIER}/manifest.g2.json").read_bytes())
    assert [row["record_id"].removeprefix(CARRIER) for row in manifest["records"]] == [
        "-00003",
        "-catalogue",
        "-papers",
    ]


def test_kept_record_is_never_erased(centre):
    """I3: the row permits, not the caller."""
    received = carrier()
    keep(centre, received)
    before = tree(centre.settings.home)
    condemn(centre, [received.records[0].record_id])

    with pytest.raises(NotPermittedError, match=received.records[1].record_id):
        erase_it(centre, [record.record_id for record in received.records[:2]])

    assert tree(centre.settings.home) == before


def test_unreachable_place_stops_the_erasure_before_a_byte_is_touched(centre, tmp_path):
    """I8."""
    received = carrier()
    keep(centre, received)
    condemn(centre, [received.records[0].record_id])
    centre.vault.places[1].root.rename(tmp_path / "away")
    before = tree(centre.settings.home)

    with pytest.raises(PlaceUnavailableError, match="mounted"):
        erase_it(centre, [received.records[0].record_id])

    assert tree(centre.settings.home) == before


def test_late_worker_is_refused(centre):
    """K3."""
    received = carrier()
    keep(centre, received)
    condemn(centre, [received.records[0].record_id])
    with held(centre) as lease:
        pass
    before = tree(centre.settings.home)
    with held(Centre(centre.settings, centre.clock, centre.database, "another:2:bbbb")), pytest.raises(LeaseLostError):
        erase(centre, CARRIER, [received.records[0].record_id], lease)

    assert tree(centre.settings.home) == before


def test_older_generation_put_back_at_both_places_is_found(centre, tmp_path):
    """V1: replay."""
    received = carrier()
    keep(centre, received)
    shutil.copytree(centre.settings.home / "vault", tmp_path / "old")
    condemn(centre, [received.records[0].record_id])
    erase_it(centre, [received.records[0].record_id])
    for place in centre.vault.places:
        shutil.rmtree(place.root)
        shutil.copytree(tmp_path / "old", place.root)
    identities = load_identities(centre.settings.keys / "identity.txt")

    with pytest.raises(FixityError, match="expected generation 2"):
        restore(centre, received.records[1].record_id, tmp_path / "out", identities)


@pytest.mark.slow
def test_killed_erasure_ends_as_an_undisturbed_one_after_a_rerun(centre, tmp_path):
    """K1: SIGKILL before each change of the file system, then an ordinary rerun."""
    received = carrier()
    keep(centre, received)
    gone = [received.records[1].record_id]
    condemn(centre, gone)
    home = centre.settings.home
    home.rename(tmp_path / "start")

    def fresh() -> Centre:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(tmp_path / "start", home)
        settings = from_env({"LANTAI_HOME": str(home), "LANTAI_TODAY": "2026-03-02"})
        return Centre(settings, Clock(settings.zone, date(2026, 3, 2)), Database(settings.registry_url), "test:1:aaaa")

    erase_it(fresh(), gone)
    expected = tree(home)
    killed_count = 0
    for at in range(1, 200):
        disturbed = fresh()
        if not run_killed(lambda: erase_it(disturbed, gone), at):  # noqa: B023 - called before the next round
            break
        killed_count += 1

        found = erase_it(disturbed, gone)

        assert tree(home) == expected, f"killed before change {at}"
        assert [each.remaining for each in found] == [(), ()]
        with disturbed.database.read() as connection:
            kinds = connection.execute(select(tables.event.c.kind)).scalars().all()
        assert kinds.count("carrier_sealed") == 1, f"killed before change {at}"
    assert killed_count > 30
