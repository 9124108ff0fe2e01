"""What a place answers for when the newest generation of a carrier is read there: its own bytes, of one sealing, and no other.

Covers: edges.custody.vault_check.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from carriers import CARRIER, carrier, held, keep, seal_it
from lantai.edges.custody.place_protocol import Place
from lantai.edges.custody.vault_check import check_whole
from lantai.edges.custody.vault_reader import Generation, open_payload, read_newest
from lantai.edges.keys.files import load_verifier
from lantai.errors import FixityError

FILES = [
    [("data/1", b"1" * 90_000)],
    [("data/2", b"2" * 90_000)],
    [("data/3", b"3" * 500_000)],
    [("data/4", b"4")],
]


def newest(centre, place: Place) -> Generation | None:
    return read_newest(place, CARRIER, load_verifier("lantai-intake", centre.settings.intake_key_file))


@pytest.fixture
def of_several_packs(centre, monkeypatch):
    """A carrier whose records lie in three packs."""
    monkeypatch.setattr("lantai.edges.custody.one_pass.PACK_BYTES", 200_000)
    keep(centre, carrier(files=FILES))
    return centre.vault.first


def test_every_pack_of_a_carrier_is_read_and_its_digest_told(centre, of_several_packs):
    """I1, V1."""
    generation = newest(centre, of_several_packs)

    sums = check_whole(of_several_packs, generation)

    root = of_several_packs.root
    packs = [name for name in of_several_packs.list("") if name.endswith(".tar")]
    assert len(packs) == 4
    assert sums == {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in packs}


def test_damage_to_any_pack_is_found_and_named(centre, of_several_packs):
    """V1, D3."""
    generation = newest(centre, of_several_packs)
    for pack in generation.packs:
        path = of_several_packs.root / pack
        content = path.read_bytes()
        path.write_bytes(content[:1000] + bytes([content[1000] ^ 1]) + content[1001:])

        with pytest.raises(FixityError, match=Path(pack).name):
            check_whole(of_several_packs, generation)
        path.write_bytes(content)


def test_payload_is_found_in_whichever_pack_it_lies(centre, of_several_packs):
    """I1."""
    generation = newest(centre, of_several_packs)

    found = {}
    for record in generation.manifest.records:
        with open_payload(of_several_packs, generation, record.record_id) as payload:
            found[record.record_id] = hashlib.sha256(payload.read()).hexdigest()

    assert found == {record.record_id: record.payload_sha256 for record in generation.manifest.records}


def test_payload_behind_a_damaged_header_is_not_read(centre, of_several_packs):
    """D3, I1: nobody knows what lies there."""
    generation = newest(centre, of_several_packs)
    record = generation.manifest.records[0]
    path = of_several_packs.root / generation.packs[0]
    path.write_bytes(b"x" + path.read_bytes()[1:])

    with (
        pytest.raises(FixityError, match="in the tar header of"),
        open_payload(of_several_packs, generation, record.record_id),
    ):
        pass


def test_place_that_has_nothing_of_a_carrier_has_no_generation(centre):
    """V1: that is no damage; what lies there half is."""
    keep(centre, carrier())
    place = centre.vault.first
    shutil.rmtree(place.root / "headers")
    with pytest.raises(FixityError, match="generation 1 but no headers"):
        newest(centre, place)
    shutil.rmtree(place.root / "carriers")

    assert newest(centre, place) is None


def test_manifest_under_the_name_of_another_generation_is_refused(centre):
    """V1: signed as it is, it is not what its name says."""
    keep(centre, carrier())
    folder = centre.vault.first.root / f"carriers/{CARRIER}"
    for ending in (".json", ".json.sig"):
        shutil.copy(folder / f"manifest.g1{ending}", folder / f"manifest.g2{ending}")

    with pytest.raises(FixityError, match=r"found the manifest of .* generation 1 in the place of .* generation 2"):
        newest(centre, centre.vault.first)


def test_headers_of_another_sealing_do_not_open_this_one(centre, tmp_path):
    """V1: both are signed; together they open nothing."""
    received = carrier()
    with held(centre) as lease:
        first = seal_it(centre, received, lease)
        shutil.copytree(first.source.root / "headers", tmp_path / "headers")
        (first.source.root / f"carriers/{CARRIER}/manifest.g1.json").unlink()
        again = seal_it(centre, received, lease)
        shutil.rmtree(again.source.root / "headers")
        shutil.copytree(tmp_path / "headers", again.source.root / "headers")

        with pytest.raises(FixityError, match="is of sealing"):
            newest(centre, again.source)
