"""Erasing records of a carrier at every place.

Covers: edges.custody.successor.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from carriers import CARRIER, carrier, condemn, held, keep
from killing import run_killed
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.clock import Clock
from lantai.edges.custody.file_place import FilePlace
from lantai.edges.custody.vault import Vault
from lantai.edges.database.database import Database
from lantai.edges.database.lease import acquire
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
    assert list(centre.settings.work.iterdir()) == []


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
    left = centre.settings.work / CARRIER / "carriers" / CARRIER / "pack-0001.g2.tar"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"of a killed run")

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
    others = centre.settings.work / CARRIER / "pack-0001.g2.tar"
    others.parent.mkdir(parents=True)
    others.write_bytes(b"the next worker is at it")
    with held(Centre(centre.settings, centre.clock, centre.database, "another:2:bbbb")), pytest.raises(LeaseLostError):
        erase(centre, CARRIER, [received.records[0].record_id], lease)

    assert tree(centre.settings.home) == before
    assert others.read_bytes() == b"the next worker is at it"


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


class WatchedPlace(FilePlace):
    """A place where something happens when a file is written, or after one was removed."""

    def __init__(
        self,
        place: FilePlace,
        on_write: Callable[[FilePlace, str], object] | None = None,
        on_remove: Callable[[FilePlace, str], object] | None = None,
    ) -> None:
        super().__init__(place.root, place.name)
        self._on_write, self._on_remove = on_write, on_remove

    def write_new(self, name, chunks):
        digest = super().write_new(name, chunks)
        if self._on_write is not None:
            self._on_write(self, name)
        return digest

    def remove(self, name):
        super().remove(name)
        if self._on_remove is not None:
            self._on_remove(self, name)


def watch(centre: Centre, **how: Callable[[FilePlace, str], object]) -> None:
    """Let something happen at every place."""
    centre.vault = Vault(tuple(WatchedPlace(place, **how) for place in centre.vault.places))


def when(named: str, do: Callable[[], object], place_no: int = 0) -> Callable[[FilePlace, str], None]:
    """Do something once, at one of the places, when it comes to a file."""
    wanted = ("vault", "copy")[place_no]

    def happen(place: FilePlace, name: str) -> None:
        if (place.root.name, name.rpartition("/")[2]) == (wanted, named):
            do()

    return happen


def sealed_events(centre: Centre) -> int:
    with centre.database.read() as connection:
        kinds = connection.execute(select(tables.event.c.kind)).scalars().all()
    return kinds.count("carrier_sealed")


def test_headers_go_at_every_place_before_any_payload_goes(centre):
    """R9-19: what has no header opens nowhere; vault.md, destruction 4."""
    received = carrier()
    keep(centre, received)
    condemn(centre, [received.records[0].record_id])
    gone = []
    watch(centre, on_remove=lambda place, name: gone.append((name.partition("/")[0], place.root.name)))

    erase_it(centre, [received.records[0].record_id])

    assert [folder for folder, _ in gone] == sorted((folder for folder, _ in gone), reverse=True)
    assert {place for folder, place in gone if folder == "headers"} == {"vault", "copy"}


@pytest.mark.parametrize("named", ["headers.g1.json", "manifest.g1.json"])
def test_worker_that_was_replaced_while_it_erased_touches_no_further_place(centre, named):
    """K3: stopped for longer than its lease, and then continued."""
    received = carrier()
    keep(centre, received)
    gone = [received.records[0].record_id]
    condemn(centre, gone)
    later = centre.clock.now_at() + timedelta(hours=1)
    watch(
        centre,
        on_remove=when(named, lambda: acquire(centre.database, f"carrier:{CARRIER}", "elsewhere:1:cccc", later, 60)),
    )

    with held(centre) as lease, pytest.raises(LeaseLostError):
        erase(centre, CARRIER, gone, lease)

    assert named not in names(centre)
    assert named in names(centre, 1)


def test_worker_that_was_replaced_at_the_last_manifest_tells_nothing(centre):
    """K3, I4."""
    received = carrier()
    keep(centre, received)
    gone = [received.records[0].record_id]
    condemn(centre, gone)
    later = centre.clock.now_at() + timedelta(hours=1)
    replaced = when(
        "manifest.g2.json",
        lambda: acquire(centre.database, f"carrier:{CARRIER}", "elsewhere:1:cccc", later, 60),
        place_no=1,
    )
    watch(centre, on_write=replaced)

    with held(centre) as lease, pytest.raises(LeaseLostError):
        erase(centre, CARRIER, gone, lease)

    assert sealed_events(centre) == 0


def test_place_without_a_copy_is_looked_at_and_told_as_empty(centre):
    """R9-19."""
    received = carrier()
    keep(centre, received)
    condemn(centre, [received.records[0].record_id])
    copies = (*centre.settings.copy_urls, (centre.settings.home / "third").as_uri())
    centre.settings = replace(centre.settings, copy_urls=copies)
    vars(centre).pop("vault", None)
    centre.vault.prepare()

    found = erase_it(centre, [received.records[0].record_id])

    assert [each.generation for each in found] == [2, 2, 0]
    assert (found[2].place, found[2].manifest_sha256, found[2].remaining) == (copies[1], "", ())


def test_disk_that_does_not_take_files_away_is_not_said_to_be_empty(centre):
    """V1, R9-19: what is still there is named."""
    received = carrier()
    keep(centre, received)
    condemn(centre, [received.records[0].record_id])
    kept = {}
    watch(
        centre,
        on_write=lambda place, _: kept.update({path: path.read_bytes() for path in place.root.rglob("*.g1*")}),
        on_remove=lambda place, name: (place.root / name).write_bytes(kept[place.root / name]),
    )

    found = erase_it(centre, [received.records[0].record_id])

    assert [sorted(name.rpartition("/")[2] for name in each.remaining) for each in found] == [
        [
            "headers.g1.json",
            "headers.g1.json.sig",
            "headers.g1.tar",
            "manifest.g1.json",
            "manifest.g1.json.sig",
            "pack-0001.g1.tar",
            "sha256sums.g1",
        ]
    ] * 2


def test_disk_that_puts_the_former_state_back_is_not_said_to_be_empty(centre, tmp_path):
    """V1, R9-19: a synchronised folder, or one that is put back from a backup in that moment."""
    received = carrier()
    keep(centre, received)
    gone = received.records[0].record_id
    condemn(centre, [gone])
    shutil.copytree(centre.settings.home / "copy", tmp_path / "former")

    def put_back() -> None:
        shutil.rmtree(centre.settings.home / "copy")
        shutil.copytree(tmp_path / "former", centre.settings.home / "copy")

    watch(centre, on_remove=when("sha256sums.g1", put_back, place_no=1))

    found = erase_it(centre, [gone])

    assert [each.remaining for each in found] == [(), (gone,)]


def test_carrier_that_was_put_back_to_an_older_generation_is_not_erased_from(centre, tmp_path):
    """V1, I2: what was built from it would be another history than the ledger's."""
    received = carrier()
    keep(centre, received)
    shutil.copytree(centre.settings.home / "vault", tmp_path / "old")
    condemn(centre, [record.record_id for record in received.records[:2]])
    erase_it(centre, [received.records[0].record_id])
    for place in centre.vault.places:
        shutil.rmtree(place.root)
        shutil.copytree(tmp_path / "old", place.root)
    before = tree(centre.settings.home)

    with pytest.raises(FixityError, match="expected generation 2"):
        erase_it(centre, [received.records[1].record_id])

    assert tree(centre.settings.home) == before


@pytest.mark.parametrize(
    ("named", "former"), [("headers.g2.tar", "headers.g1.tar"), ("pack-0001.g2.tar", "manifest.g1.json")]
)
def test_next_generation_that_rotted_at_a_place_keeps_the_former_one_there(centre, tmp_path, named, former):
    """K1, I2: a killed run has spread it; the rerun reads it whole before anything older goes."""
    received = carrier()
    keep(centre, received)
    gone = [received.records[0].record_id]
    condemn(centre, gone)
    shutil.copytree(centre.settings.home / "copy", tmp_path / "former")
    shutil.copy(centre.settings.home / "registry.db", tmp_path)
    (erased, _) = erase_it(centre, gone)
    shutil.copy(tmp_path / "registry.db", centre.settings.home)
    for place in centre.vault.places:
        for path in (tmp_path / "former").rglob("*.g1*"):
            shutil.copy(path, place.root / path.relative_to(tmp_path / "former"))
        for path in place.root.rglob("manifest.g2.*"):
            path.unlink()
    (path,) = (centre.settings.home / "copy").rglob(named)
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    with pytest.raises(FixityError, match=named.replace(".", r"\.")):
        erase_it(centre, gone)

    assert erased.generation == 2
    assert former in names(centre)
    assert former in names(centre, 1)


@pytest.mark.slow
def test_erasure_that_was_killed_half_way_leaves_the_next_list_its_way(centre, tmp_path):
    """K1, R9-19, I2: two lists of one carrier; the other one is carried out first, then what was broken off."""
    received = carrier()
    keep(centre, received)
    first, second, kept = (record.record_id for record in received.records)
    condemn(centre, [first, second])
    fresh = homes(centre, tmp_path)
    killed_count = 0

    for at in range(1, 200, 6):
        disturbed = fresh()
        if not run_killed(lambda: erase_it(disturbed, [first]), at):  # noqa: B023 - called before the next round
            break
        killed_count += 1
        erase_it(disturbed, [second])

        found = erase_it(disturbed, [first])

        assert [each.remaining for each in found] == [(), ()], f"killed before change {at}"
        manifest = max(disturbed.vault.first.root.rglob("manifest.g*.json"))
        left = [row["record_id"] for row in json.loads(manifest.read_bytes())["records"]]
        assert left == [kept, f"{CARRIER}-catalogue", f"{CARRIER}-papers"], f"killed before change {at}"
    assert killed_count > 5


def homes(centre: Centre, folder: Path) -> Callable[[], Centre]:
    """Keep the home as it stands and return what makes it anew."""
    home = centre.settings.home
    home.rename(folder / "start")

    def fresh() -> Centre:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(folder / "start", home)
        settings = from_env({"LANTAI_HOME": str(home), "LANTAI_TODAY": "2026-03-02"})
        return Centre(settings, Clock(settings.zone, date(2026, 3, 2)), Database(settings.registry_url), "test:1:aaaa")

    return fresh


@pytest.mark.slow
def test_killed_erasure_ends_as_an_undisturbed_one_after_a_rerun(centre, tmp_path):
    """K1: SIGKILL before each change of the file system, then an ordinary rerun."""
    received = carrier()
    keep(centre, received)
    gone = [received.records[1].record_id]
    condemn(centre, gone)
    home = centre.settings.home
    fresh = homes(centre, tmp_path)

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
        assert sealed_events(disturbed) == 1, f"killed before change {at}"
    assert killed_count > 30


def test_two_erasures_that_were_killed_before_they_told_are_gone_on_with(centre, tmp_path):
    """K1, I2: of two lists, each killed between its last manifest and its event."""
    received = carrier()
    keep(centre, received)
    first, second, kept = (record.record_id for record in received.records)
    condemn(centre, [first, second])

    def power_fails() -> None:
        raise KeyboardInterrupt

    for gone, named in (([first], "manifest.g2.json"), ([second], "manifest.g3.json")):
        watch(centre, on_write=when(named, power_fails, place_no=1))
        with pytest.raises(KeyboardInterrupt):
            erase_it(centre, gone)

    found = erase_it(centre, [first, second])

    assert [(each.generation, each.remaining) for each in found] == [(3, ()), (3, ())]
    identities = load_identities(centre.settings.keys / "identity.txt")
    assert restore(centre, kept, tmp_path / "out", identities).detours == ()
    assert sealed_events(centre) == 2
