"""Sealing a carrier, and opening it by hand with tools that are not ours.

Covers: edges.custody.generated_lines.
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from carriers import CARRIER, carrier, digests, held, keep, seal_it
from killing import run_killed
from lantai.edges.centre import Centre
from lantai.edges.clock import Clock
from lantai.edges.custody.vault_check import check_whole
from lantai.edges.database.fence import Fence
from lantai.edges.database.lease import acquire
from lantai.edges.keys.files import INTAKE, load_recipients, new_identity
from lantai.errors import DiskFullError, FixityError, KeyMissingError, LeaseLostError, SettingsError
from lantai.formats.age.file import recipient_id
from lantai.journey.custody.seal import seal
from lantai.journey.custody.store import store


def test_catalogue_tells_codes_titles_paths_and_digests_and_the_manifest_tells_none_of_it(centre):
    """L1, I6."""
    received = carrier()

    with held(centre) as lease:
        sealed = seal_it(centre, received, lease)

    manifest = (sealed.source.root / f"carriers/{CARRIER}/manifest.g1.json").read_bytes()
    body = json.loads(manifest)
    assert (body["carrier"], body["unit"], body["filing_year"], body["round"]) == (CARRIER, "JY", 2025, 1)
    assert [row["record_id"] for row in body["records"]] == [
        *(record.record_id for record in received.records),
        f"{CARRIER}-catalogue",
        f"{CARRIER}-papers",
    ]
    for told in (received.records[0].title, received.records[0].archival_code, "甲.txt"):
        assert told.encode() not in manifest
    assert received.records[0].files[0].sha256.encode() not in manifest


def test_changed_file_is_not_sealed(centre):
    """I1, R1-42: compared again with the digests taken on arrival."""
    received = carrier()
    received.contents[2] = b"C" * 70_000

    with held(centre) as lease, pytest.raises(FixityError, match="sha256"):
        seal_it(centre, received, lease)


@pytest.mark.parametrize("change", [b"", b"first", "第一件".encode() + b"+"])
def test_shorter_or_longer_file_is_not_sealed(centre, change):
    """R1-42."""
    received = carrier()
    received.contents[1] = change

    with held(centre) as lease, pytest.raises(FixityError):
        seal_it(centre, received, lease)


def test_wrong_sm3_of_a_large_file_is_found_in_its_thread(centre):
    """I1."""
    content = os.urandom(3 * 1024 * 1024)
    received = carrier(files=[[("data/大.bin", content)]])
    file = received.records[0].files[0]
    record = replace(received.records[0], files=(replace(file, sm3=digests(b"")[1]),))
    received = replace(received, records=(record,))

    with held(centre) as lease, pytest.raises(FixityError, match="sm3"):
        seal_it(centre, received, lease)


def test_no_recipients_no_sealing(centre):
    """I6."""
    centre.settings.recipients_file.unlink()

    with held(centre) as lease, pytest.raises(KeyMissingError, match=r"recipients\.txt"):
        seal_it(centre, carrier(), lease)


def test_record_over_the_size_of_a_pack_lies_alone(centre, monkeypatch):
    """L1."""
    monkeypatch.setattr("lantai.edges.custody.one_pass.PACK_BYTES", 200_000)
    received = carrier(
        files=[
            [("data/1", b"1" * 90_000)],
            [("data/2", b"2" * 90_000)],
            [("data/3", b"3" * 500_000)],
            [("data/4", b"4")],
        ]
    )

    with held(centre) as lease:
        sealed = seal_it(centre, received, lease)

    packs = [row.pack for row in sealed.manifest.records]
    assert packs == [f"pack-000{number}.g1.tar" for number in (1, 1, 2, 3, 3, 3)]
    check_whole(sealed.source, sealed.generation)


def test_hybrid_recipient_seals_too(centre):
    """L1."""
    new_identity(centre.settings.keys / "hybrid.txt", hybrid=True)
    text = (centre.settings.keys / "hybrid.txt").read_text().splitlines()[0].removeprefix("# public key: ")
    centre.settings.recipients_file.write_text(text + "\n")

    with held(centre) as lease:
        sealed = seal_it(centre, carrier(), lease)

    assert {header.size_bytes for header in sealed.generation.headers.headers} == {1627}
    expected = recipient_id(load_recipients(centre.settings.recipients_file)[0])
    assert sealed.generation.headers.recipient_ids == (expected,)


def test_second_run_takes_over_what_the_first_has_sealed(centre):
    """K1, I4."""
    received = carrier()
    with held(centre) as lease:
        first = seal_it(centre, received, lease)

        again = seal_it(centre, received, lease)

    assert again.is_adopted
    assert again.manifest == first.manifest


def test_second_run_takes_over_what_lies_in_the_vault_already(centre):
    """K1, I4."""
    received = carrier()
    first = keep(centre, received)

    with held(centre) as lease:
        again = seal_it(centre, received, lease)
        copies = store(centre, again, lease)

    assert (again.is_adopted, again.manifest) == (True, first.manifest)
    assert [copy.manifest_sha256 for copy in copies] == [first.manifest_sha256] * 2


def test_half_sealing_is_discarded_and_sealed_anew(centre):
    """K1."""
    received = carrier()
    with held(centre) as lease:
        first = seal_it(centre, received, lease)
        (first.source.root / f"carriers/{CARRIER}/manifest.g1.json").unlink()

        again = seal_it(centre, received, lease)

    assert not again.is_adopted
    seal_ids = {row.seal_id for row in first.manifest.records} & {row.seal_id for row in again.manifest.records}
    assert seal_ids == set()


def test_late_worker_is_refused_before_it_signs(centre):
    """K3."""
    with held(centre) as lease:
        pass
    with held(Centre(centre.settings, centre.clock, centre.database, "another:2:bbbb")) as other:
        with pytest.raises(LeaseLostError):
            seal_it(centre, carrier(), lease)
        Fence(centre.database, other, centre.clock.now_at).keep()

    assert not centre.settings.work.exists()


@dataclass(frozen=True)
class SteppingClock(Clock):
    """A clock that goes on by so many seconds as are put into `passed`."""

    passed: list[int] = field(default_factory=list)

    def now_at(self) -> datetime:
        return super().now_at() + timedelta(seconds=sum(self.passed))


def seal_telling(centre, received, lease, progress):
    return seal(
        centre,
        received.facts,
        received.records,
        received.papers,
        received.open_file,
        received.file_of_path,
        lease,
        progress,
    )


def test_sealing_that_takes_longer_than_a_lease_keeps_it(centre):
    """K3: nobody takes over from a worker that goes on."""
    centre.clock = SteppingClock(centre.clock.zone, centre.clock.fixed_on)
    told = []

    def slowly(*words):
        told.append(words)
        centre.clock.passed.append(300)
        with pytest.raises(LeaseLostError):
            acquire(centre.database, f"carrier:{CARRIER}", "elsewhere:1:cccc", centre.clock.now_at(), 60)

    with held(centre) as lease:
        seal_telling(centre, carrier(), lease, slowly)

    assert [name for name, _, _ in told] == [CARRIER] * 5
    assert [done for _, done, _ in told] == sorted({done for _, done, _ in told})
    assert told[-1][1] == told[-1][2]


def test_worker_that_was_replaced_while_it_sealed_signs_nothing(centre):
    """K3."""

    def replaced(_, done, total):
        if done == total:
            later = centre.clock.now_at() + timedelta(hours=1)
            acquire(centre.database, f"carrier:{CARRIER}", "elsewhere:1:cccc", later, 60)

    with held(centre) as lease, pytest.raises(LeaseLostError):
        seal_telling(centre, carrier(), lease, replaced)

    assert not list(centre.settings.work.rglob("*.sig"))


def test_sealing_that_is_damaged_at_one_place_is_taken_over_from_another(centre):
    """K1, I1."""
    received = carrier()
    keep(centre, received)
    path = centre.vault.first.root / f"carriers/{CARRIER}/pack-0001.g1.tar"
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    with held(centre) as lease:
        again = seal_it(centre, received, lease)

    assert (again.is_adopted, again.source.name) == (True, centre.vault.places[1].name)


def test_sealing_does_not_begin_where_it_would_not_fit(centre):
    """D1: others have written to the disk since the package came in."""
    centre.settings = replace(centre.settings, disk_reserve_mib=10**9)

    with held(centre) as lease, pytest.raises(DiskFullError, match=f"{CARRIER}: no space left"):
        seal_it(centre, carrier(), lease)

    assert [path for path in centre.settings.work.rglob("*") if path.is_file()] == []


def test_sealing_does_not_begin_where_one_folder_is_vault_and_copy(centre):
    """R1-53: refused before hours of work, not after them."""
    centre.settings = replace(centre.settings, copy_urls=(centre.settings.vault_url + "/",))
    vars(centre).pop("vault", None)

    with held(centre) as lease, pytest.raises(SettingsError, match="same folder"):
        seal_it(centre, carrier(), lease)

    assert not centre.settings.work.exists()


@pytest.mark.server("age")
def test_every_record_opens_by_hand_with_tar_age_openssl_and_sha256sum(centre, tmp_path):
    """L1: a stranger, the manifests, none of our code."""
    received = carrier(
        files=[
            *[[(f"data/{number}.bin", os.urandom(number * 1500))] for number in range(25)],
            [("data/年度/报告.txt", b"r" * 100_000), ("data/附件" + "长" * 60 + ".bin", b"long name")],
        ]
    )
    keep(centre, received)
    identity = centre.settings.keys / "identity.txt"
    hand = tmp_path / "by-hand"
    shutil.copytree(centre.settings.home / "copy", hand)
    folder, headers = hand / "carriers" / CARRIER, hand / "headers" / CARRIER

    checked = subprocess.run(
        ["sha256sum", "-c", "sha256sums.g1"], check=False, cwd=folder, capture_output=True, text=True
    )
    assert (checked.returncode, checked.stdout.count(": OK")) == (0, 4)
    for signed in (folder / "manifest.g1.json", headers / "headers.g1.json"):
        subprocess.run(
            [
                *("openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", hand / "keys" / "intake.pub.pem"),
                *("-in", signed, "-sigfile", f"{signed}.sig"),
            ],
            check=True,
            capture_output=True,
        )
    subprocess.run(["tar", "xf", "pack-0001.g1.tar"], cwd=folder, check=True)
    subprocess.run(["tar", "xf", "headers.g1.tar"], cwd=headers, check=True)
    opened = {}
    for row in json.loads((folder / "manifest.g1.json").read_bytes())["records"]:
        age_file = (headers / f"{row['record_id']}.hdr").read_bytes() + (folder / row["payload"]).read_bytes()
        opened[row["record_id"]] = subprocess.run(
            ["age", "-d", "-i", identity], input=age_file, check=True, capture_output=True
        ).stdout
    catalogue = [json.loads(line) for line in opened[f"{CARRIER}-catalogue"].splitlines()]
    assert len(catalogue) == 26
    for row in catalogue[:-1]:
        (file,) = row["files"]
        assert (file["sha256"], file["sm3"]) == digests(opened[row["record_id"]])
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    subprocess.run(["tar", "xf", "-", "-C", unpacked], input=opened[catalogue[-1]["record_id"]], check=True)
    for file in catalogue[-1]["files"]:
        assert digests((unpacked / file["path"]).read_bytes()) == (file["sha256"], file["sm3"])
    papers = subprocess.run(["tar", "tf", "-"], input=opened[f"{CARRIER}-papers"], check=True, capture_output=True)
    assert b"bagit.txt" in papers.stdout


@pytest.mark.slow
def test_killed_sealing_and_storing_ends_as_an_undisturbed_one_after_a_rerun(centre):
    """K1, I1, I2, I6: SIGKILL before each change of the file system, then an ordinary rerun."""
    received = carrier()

    def seal_and_store() -> None:
        with held(centre) as lease:
            store(centre, seal_it(centre, received, lease), lease)

    killed_count = 0
    for at in range(1, 200):
        for place in centre.vault.places:
            for name in [*place.list("carriers"), *place.list("headers")]:
                place.remove(name)
        shutil.rmtree(centre.settings.work, ignore_errors=True)
        if not run_killed(seal_and_store, at):
            break
        killed_count += 1

        with held(centre) as lease:
            sealed = seal_it(centre, received, lease)
            copies = store(centre, sealed, lease)

        assert [copy.manifest_sha256 for copy in copies] == [sealed.manifest_sha256] * 2
        for place in centre.vault.places:
            check_whole(place, sealed.generation)
            lying = [*place.list("carriers"), *place.list("headers")]
            assert sorted(lying) == sorted(sealed.generation.files), f"killed before change {at}"
        assert list(centre.settings.work.iterdir()) == []
    assert killed_count > 25


def test_manifest_is_signed_by_the_intake_key(centre):
    """I1."""
    with held(centre) as lease:
        sealed = seal_it(centre, carrier(), lease)

    folder = sealed.source.root / f"carriers/{CARRIER}"
    signature = (folder / "manifest.g1.json.sig").read_bytes()
    assert centre.intake_signer.name == INTAKE
    centre.intake_signer.verifier.verify((folder / "manifest.g1.json").read_bytes(), signature)
