"""Storing a sealed carrier at every place, and finding every changed bit afterwards."""

import random
import resource
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from carriers import CARRIER, carrier, held, keep, seal_it
from lantai.edges.custody.vault_check import check_whole
from lantai.edges.custody.vault_reader import read_newest
from lantai.edges.database.lease import acquire
from lantai.edges.keys.files import load_verifier
from lantai.errors import DiskFullError, FixityError, LeaseLostError, PlaceUnavailableError, SettingsError
from lantai.journey.centre.set_up import set_up
from lantai.journey.custody.store import store
from lantai.records.custody.copy import CopyState


def whole(centre, place):
    """Read a carrier at a place to its last byte, as a fixity check does."""
    verifier = load_verifier("lantai-intake", centre.settings.intake_key_file)
    generation = read_newest(place, CARRIER, verifier)
    if generation is None:
        raise FixityError("nothing there")
    check_whole(place, generation)
    return generation


def test_same_bytes_lie_at_every_place_and_the_work_folder_is_empty(centre):
    """R1-53, I6, I7."""
    with held(centre) as lease:
        sealed = seal_it(centre, carrier(), lease)
        copies = store(centre, sealed, lease)

    assert [(copy.place, copy.state, copy.generation) for copy in copies] == [
        (centre.settings.vault_url, CopyState.VERIFIED, 1),
        (centre.settings.copy_urls[0], CopyState.VERIFIED, 1),
    ]
    vault, copy = (place.root for place in centre.vault.places)
    for name in sealed.generation.files:
        assert (vault / name).read_bytes() == (copy / name).read_bytes()
    assert list(centre.settings.work.iterdir()) == []


def test_missing_copy_place_means_no_receipt_and_a_rerun_goes_on(centre, tmp_path):
    """I7, R1-53."""
    received = carrier()
    copy = centre.vault.places[1].root
    copy.rename(tmp_path / "away")
    with held(centre) as lease:
        sealed = seal_it(centre, received, lease)
        with pytest.raises(PlaceUnavailableError, match=r"stored at 1 places, expected 2: .*/copy: found no"):
            store(centre, sealed, lease)
    (tmp_path / "away").rename(copy)

    with held(centre) as lease:
        again = seal_it(centre, received, lease)
        copies = store(centre, again, lease)

    assert (again.manifest_sha256, len(copies)) == (sealed.manifest_sha256, 2)


def with_room(centre, folder):
    """Return the centre without its places, so that nothing is held against disks that it is not sealed to."""
    other = replace(centre, settings=replace(centre.settings, copy_urls=(), vault_url=folder.as_uri()))
    other.vault.prepare()
    return other


def third_place(centre):
    """Let the settings name a third place, and return it."""
    centre.settings = replace(
        centre.settings, copy_urls=(*centre.settings.copy_urls, (centre.settings.home / "third").as_uri())
    )
    vars(centre).pop("vault", None)
    centre.vault.prepare()
    return centre.vault.places[2]


def test_two_copies_without_the_vault_are_not_enough(centre, tmp_path):
    """R1-53, I7: the vault is always among the places that a receipt names."""
    third_place(centre)
    with held(centre) as lease:
        sealed = seal_it(centre, carrier(), lease)
        centre.vault.first.root.rename(tmp_path / "away")

        with pytest.raises(PlaceUnavailableError, match=r"/vault: found no"):
            store(centre, sealed, lease)


def test_copy_that_is_away_is_no_hindrance_while_enough_others_are_there(centre, tmp_path):
    """R1-53."""
    third_place(centre).root.rename(tmp_path / "away")

    with held(centre) as lease:
        copies = store(centre, seal_it(centre, carrier(), lease), lease)

    assert [copy.place.rpartition("/")[2] for copy in copies] == ["vault", "copy"]


def test_centre_with_one_place_only_is_told_that_no_other_is_configured(centre):
    """R1-53."""
    centre.settings = replace(centre.settings, copy_urls=())
    vars(centre).pop("vault", None)

    with (
        held(centre) as lease,
        pytest.raises(PlaceUnavailableError, match="1 places, expected 2: no further place is configured"),
    ):
        store(centre, seal_it(centre, carrier(), lease), lease)


@pytest.mark.server("mount")
def test_full_copy_is_told_as_full_although_another_is_away(centre, tmp_path, small_disk):
    """D1: who makes space has done half; both places are named."""
    centre.settings = replace(centre.settings, min_copies=3)
    small_disk(third_place(centre).root, 512)
    received = carrier(files=[[("data/大.bin", bytes(3_000_000))]])
    with held(centre) as lease:
        centre.vault.places[1].root.rename(tmp_path / "away")
        (tmp_path / "space").mkdir()
        sealed = seal_it(with_room(centre, tmp_path / "space"), received, lease)

        with pytest.raises(DiskFullError, match=r"/copy: found no .*/third: .*space"):
            store(centre, sealed, lease)


@pytest.mark.parametrize("room_bytes", [1, 512, 65_536, 1_000_000])
def test_full_disk_leaves_no_half_file_and_a_rerun_goes_on(centre, room_bytes):
    """D1: the largest size a file may have stands in for the end of the disk."""
    received = carrier(files=[[("data/大.bin", bytes(3_000_000))]])
    registry_bytes = (centre.settings.home / "registry.db").stat().st_size
    _, hard = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with held(centre) as lease:
        sealed = seal_it(centre, received, lease)
        # The registry has to be written meanwhile: the limit begins above it.
        resource.setrlimit(resource.RLIMIT_FSIZE, (registry_bytes + room_bytes, hard))
        try:
            with pytest.raises(DiskFullError):
                store(centre, sealed, lease)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        left = [name for place in centre.vault.places for name in place.list("carriers")]

        copies = store(centre, sealed, lease)

    assert left == []
    assert [copy.manifest_sha256 for copy in copies] == [sealed.manifest_sha256] * 2


def test_full_work_folder_stops_the_sealing_and_a_rerun_seals_anew(centre):
    """D1."""
    received = carrier(files=[[("data/大.bin", bytes(3_000_000))]])
    registry_bytes = (centre.settings.home / "registry.db").stat().st_size
    _, hard = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with held(centre) as lease:
        resource.setrlimit(resource.RLIMIT_FSIZE, (registry_bytes + 65_536, hard))
        try:
            with pytest.raises(DiskFullError):
                seal_it(centre, received, lease)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

        sealed = seal_it(centre, received, lease)

    assert not sealed.is_adopted
    check_whole(sealed.source, sealed.generation)


def test_garbage_of_a_killed_run_is_cleared(centre):
    """K1."""
    received = carrier()
    vault, copy = centre.vault.places
    with held(centre) as lease:
        sealed = seal_it(centre, received, lease)
        pack, headers = (name for name in sealed.generation.content if name.endswith(".tar"))
        for place in (vault, copy):
            place.write_new(f"headers/{CARRIER}/.headers.g1.tar.0000.part", [b"half"])
        vault.write_new(pack, [b"half a pack"])
        copy.write_new(pack, [bytes(sealed.source.size(pack))])
        copy.write_new(headers, [(sealed.source.root / headers).read_bytes()])
        whole_since = (copy.root / headers).stat().st_mtime_ns

        store(centre, sealed, lease)

    for place in (vault, copy):
        assert sorted([*place.list("carriers"), *place.list("headers")]) == sorted(sealed.generation.files)
        whole(centre, place)
    assert (copy.root / headers).stat().st_mtime_ns == whole_since


def test_another_sealing_at_a_place_is_never_overwritten(centre):
    """I7, I1."""
    keep(centre, carrier())
    first = centre.vault.first.root
    shutil.rmtree(first / "carriers")
    shutil.rmtree(first / "headers")
    other = carrier(files=[[("data/别.txt", b"other")]])

    with held(centre) as lease, pytest.raises(FixityError, match="sealed there with 5 records"):
        seal_it(centre, other, lease)


def test_place_that_has_another_sealing_of_the_same_records_is_left_as_it_is(centre, tmp_path):
    """I7."""
    received = carrier()
    with held(centre) as lease:
        first = seal_it(centre, received, lease)
        centre.settings.work.rename(tmp_path / "work of the first")
        store(centre, seal_it(centre, received, lease), lease)
        lying = {name: (centre.vault.first.root / name).read_bytes() for name in centre.vault.first.list("carriers")}
        shutil.copytree(tmp_path / "work of the first", centre.settings.work, dirs_exist_ok=True)

        with pytest.raises(
            FixityError, match=f"is there as generation 1 with manifest .* expected {first.manifest_sha256}"
        ):
            store(centre, first, lease)

    assert {name: (centre.vault.first.root / name).read_bytes() for name in lying} == lying


def test_copy_that_has_rotted_since_is_not_told_as_stored(centre):
    """I7: a rerun reads back what a former run has laid down."""
    received = carrier()
    keep(centre, received)
    path = centre.vault.places[1].root / f"carriers/{CARRIER}/pack-0001.g1.tar"
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    with held(centre) as lease, pytest.raises(FixityError, match=r"/copy: .*pack-0001\.g1\.tar"):
        store(centre, seal_it(centre, received, lease), lease)


def test_worker_that_was_replaced_while_it_copied_commits_nothing(centre):
    """K3: stopped for longer than its lease, and then continued."""
    told = []

    def replaced(place, done, total):
        told.append((place, done, total))
        if done == total - 2:
            later = centre.clock.now_at() + timedelta(hours=1)
            acquire(centre.database, f"carrier:{CARRIER}", "elsewhere:1:cccc", later, 60)

    with held(centre) as lease:
        sealed = seal_it(centre, carrier(), lease)
        count = len(sealed.generation.files)
        with pytest.raises(LeaseLostError):
            store(centre, sealed, lease, replaced)

    assert told == [(centre.vault.first.name, number, count) for number in range(1, count - 1)]
    assert sorted(centre.vault.first.list("carriers") + centre.vault.first.list("headers")) == sorted(
        sealed.generation.content
    )


def test_every_flipped_bit_is_found(centre):
    """V1: headers, payloads, tar headers, padding, manifests, signatures; no false alarm before."""
    received = carrier(files=[[("data/1", b"1" * 200_000)], [("data/2", b"2" * 100)], [("data/3", b"")]])
    sealed = keep(centre, received)
    place = centre.vault.first
    whole(centre, place)
    chance = random.Random(22)  # noqa: S311 - the same bits in every run
    files = [name for name in sealed.generation.files if "sha256sums" not in name]
    missed = []
    for name in files:
        path = place.root / name
        content = path.read_bytes()
        for at in {0, len(content) - 1, *(chance.randrange(len(content)) for _ in range(40))}:
            changed = bytearray(content)
            changed[at] ^= 1 << chance.randrange(8)
            path.write_bytes(changed)
            try:
                whole(centre, place)
                missed.append((name, at))
            except FixityError:
                pass
        path.write_bytes(content)

    assert missed == []
    whole(centre, place)


@pytest.mark.parametrize("change", ["dropped", "doubled", "swapped", "cut", "longer"])
def test_chunks_moved_about_in_a_pack_are_found(centre, change):
    """V1, D3."""
    keep(centre, carrier(files=[[("data/1", bytes(range(256)) * 1200)]]))
    place = centre.vault.first
    path = place.root / f"carriers/{CARRIER}/pack-0001.g1.tar"
    content = path.read_bytes()
    head, first, second, rest = content[:528], content[528:66_080], content[66_080:131_632], content[131_632:]
    changed = {
        "dropped": head + first + rest,
        "doubled": head + first + first + second + rest,
        "swapped": head + second + first + rest,
        "cut": content[:-1],
        "longer": content + bytes(512),
    }[change]
    path.write_bytes(changed)

    with pytest.raises(FixityError, match=r"pack-0001\.g1\.tar"):
        whole(centre, place)


@pytest.mark.parametrize("name", ["manifest.g1.json", "manifest.g1.json.sig", "pack-0001.g1.tar"])
def test_missing_file_is_damage_or_an_uncommitted_copy_never_a_whole_one(centre, name):
    """V1."""
    keep(centre, carrier())
    (centre.vault.first.root / f"carriers/{CARRIER}" / name).unlink()

    with pytest.raises(FixityError):
        whole(centre, centre.vault.first)


def test_vault_under_another_name_is_no_second_copy(centre):
    """R1-53, I7: a slash at the end made two places of one folder, and the receipt named both."""
    with held(centre) as lease:
        sealed = seal_it(centre, carrier(), lease)
        centre.settings = replace(centre.settings, copy_urls=(centre.settings.vault_url + "/",))
        vars(centre).pop("vault", None)

        with pytest.raises(SettingsError, match=r"/vault/: is the same folder as file:///.*/vault, expected"):
            store(centre, sealed, lease)

    assert centre.vault.first.list("carriers") == []


def test_centre_is_not_set_up_with_one_folder_as_vault_and_copy(centre):
    """R1-53."""
    link = centre.settings.home / "link"
    link.symlink_to(centre.vault.first.root)
    centre.settings = replace(centre.settings, copy_urls=(link.as_uri(),))
    vars(centre).pop("vault", None)

    with pytest.raises(SettingsError, match="same folder"):
        set_up(centre, has_custody=False)
