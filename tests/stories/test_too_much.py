"""A unit that lays out more than one unit may bring in, or than our disks hold: named, nothing of it read, nobody else hit.

Covers: journey.intake.take_in_all.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from filing_house import FilingHouse
from lantai.edges.database.database import Database, run_checks
from lantai.errors import DiskFullError, LantaiError, RemoteChangedError, UnitLimitError
from lantai.journey.intake.take_in_all import take_in_all
from lantai.records.intake.submission import RoundState
from servers import hostile_sftp as lies
from servers.hostile_sftp import HostileSftp
from servers.small_disk import SmallDisk

pytestmark = pytest.mark.server("sshd", "mount")

MakeDisk = Callable[[Path, int], SmallDisk]
GIB = 1024**3


def lay_sparse(house: FilingHouse, code: str, size_bytes: int) -> Path:
    """Lay a package with one sparse file and a ready mark into a unit's outbox."""
    package = house.file(code)
    with (package / "data" / "1.txt").open("r+b") as file:
        file.truncate(size_bytes)
    package.with_name(package.name + ".ready").touch()
    return package


def reasons(house: FilingHouse) -> tuple[dict[str, LantaiError], dict[str, list[RoundState]]]:
    done = take_in_all(house.centre)
    states = {code: [state for _, state in house.states(code)] for code in ("JY", "MZ")}
    return done.failed, states


def test_sparse_file_of_forty_gib_fills_neither_quarantine_nor_registry(
    house: FilingHouse, small_disk: MakeDisk
) -> None:
    """S5, D1: on a disk that holds home and registry; again on each rerun."""
    disk = home_on(house, small_disk, 300, 20)
    for code in ("JY", "MZ"):
        house.add_unit(code)
    house.open_year()
    lay_sparse(house, "JY", 40 * GIB)
    house.file("MZ")

    first, states = reasons(house)
    again, _ = reasons(house)

    assert [(code, type(error)) for code, error in first.items()] == [("JY", DiskFullError)]
    assert "nothing was read" in str(first["JY"])
    assert "nothing was read" in str(again["JY"])
    assert states == {"JY": [], "MZ": [RoundState.ACCEPTED]}
    assert house.centre.quarantine.ids() == []
    assert free_mib(disk) > 100
    with house.centre.database.read() as connection:
        assert not any(run_checks(connection).values())


def test_package_with_a_mark_comes_back_however_large_it_is(house: FilingHouse, small_disk: MakeDisk) -> None:
    """S5, R1-40: of what stays where it is nothing needs room here; that it would not fit is not what its unit has to read."""
    home_on(house, small_disk, 300, 20)
    house.add_unit()
    house.open_year()
    house.file(rows=[house.row("JY", number, classification="机密") for number in (1, 2, 3)])
    package = house.sshd.files / "JY" / "outbox" / "2025" / "001"
    with (package / "data" / "1.txt").open("r+b") as file:
        file.truncate(40 * GIB)
    package.with_name(package.name + ".ready").touch()

    done = take_in_all(house.centre)

    assert done.failed == {}
    assert house.states("JY") == [(1, RoundState.RETURNED)]


def home_on(house: FilingHouse, small_disk: MakeDisk, mebibytes: int, reserve_mib: int) -> SmallDisk:
    """Put home and registry on one disk of that size."""
    house.centre.database.close()
    disk = small_disk(house.centre.settings.home, mebibytes * 1024)
    house.centre.database = Database(house.centre.settings.registry_url)
    house.centre.settings = replace(house.centre.settings, disk_reserve_mib=reserve_mib)
    return disk


def free_mib(disk: SmallDisk) -> float:
    state = os.statvfs(disk.folder)
    return state.f_bavail * state.f_frsize / 1024**2


def test_small_zip_of_many_zeros_fills_neither_quarantine_nor_registry(
    house: FilingHouse, small_disk: MakeDisk
) -> None:
    """S5, D1: what an archive unpacks to is held against the disk before it is unpacked, on each rerun too."""
    disk = home_on(house, small_disk, 300, 20)
    for code in ("JY", "MZ"):
        house.add_unit(code)
    house.open_year()
    year = house.sshd.files / "JY" / "outbox" / "2025"
    year.mkdir(parents=True)
    with zipfile.ZipFile(year / "001.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("001/zeros.bin", bytes(400 * 1024**2))
        archive.writestr("001/noise.bin", os.urandom(5 * 1024**2))
    (year / "001.zip.ready").touch()
    house.file("MZ")

    first, states = reasons(house)
    again, _ = reasons(house)

    assert [type(found["JY"]) for found in (first, again)] == [DiskFullError, DiskFullError]
    assert sorted(first) == ["JY"]
    assert states == {"JY": [], "MZ": [RoundState.ACCEPTED]}
    assert [name for name in house.centre.quarantine.ids() if name.endswith("-inside")] == []
    assert free_mib(disk) > 200


def test_package_that_fits_once_but_not_at_every_place_is_refused_before_it_is_read(
    house: FilingHouse, small_disk: MakeDisk
) -> None:
    """D1: quarantine, work folder, vault and copy share the disk of one server."""
    disk = home_on(house, small_disk, 300, 20)
    house.add_unit()
    house.open_year()
    package = house.file(contents={"1.txt": os.urandom(100 * 1024**2)})
    package.with_name(package.name + ".ready").touch()

    failed = reasons_of_one(house)

    assert isinstance(failed, DiskFullError)
    assert "nothing was read" in str(failed)
    assert free_mib(disk) > 200


def test_more_than_one_unit_may_bring_in_is_told_and_what_fits_is_taken(house: FilingHouse) -> None:
    """S5: the setting is named, the unit's other package is taken in."""
    for code in ("JY", "MZ"):
        house.add_unit(code)
    house.open_year()
    house.centre.settings = replace(house.centre.settings, unit_gib=1)
    lay_sparse(house, "JY", 2 * GIB)
    house.file("JY", name="002", carrier_number="002", rows=[house.row("JY", 4)])
    house.file("MZ")

    failed, states = reasons(house)

    assert [(code, type(error)) for code, error in failed.items()] == [("JY", UnitLimitError)]
    assert "LANTAI_UNIT_GIB" in str(failed["JY"])
    assert states == {"JY": [RoundState.ACCEPTED], "MZ": [RoundState.ACCEPTED]}


def test_disk_that_fills_while_a_package_comes_in_keeps_its_reserve(house: FilingHouse, small_disk: MakeDisk) -> None:
    """D1: others write to the same disk too; what came is kept, and the next run goes on."""
    house.add_unit()
    house.open_year()
    quarantine = house.centre.settings.quarantine
    disk = small_disk(quarantine, 120 * 1024)
    house.centre.settings = replace(house.centre.settings, disk_reserve_mib=60)
    content = os.urandom(40_000_000)
    package = house.file(contents={"1.txt": content})
    package.with_name(package.name + ".ready").touch()
    (quarantine / "somebody else's").write_bytes(bytes(58 * 1024**2))

    with pytest.raises(DiskFullError, match="reserve"):
        raise reasons_of_one(house)
    (quarantine / "somebody else's").unlink()
    done = take_in_all(house.centre)

    assert [one.accepted for one in done.taken] == [1]
    assert disk.folder == quarantine


def reasons_of_one(house: FilingHouse) -> LantaiError:
    return take_in_all(house.centre).failed["JY"]


def test_package_that_never_stands_still_leaves_one_state_of_itself_behind_not_one_a_night(
    house: FilingHouse, tmp_path: Path
) -> None:
    """S2, S5: what came of states that are no more is removed; what stands still at last is taken in."""
    house.add_unit()
    house.open_year()
    package = house.file(contents={"1.txt": os.urandom(300_000)})
    package.with_name(package.name + ".ready").touch()
    (tmp_path / "restless").mkdir()
    shutil.copytree(house.sshd.files / "JY", tmp_path / "restless" / "files")
    path = house.centre.settings.connections_file
    kept: list[int] = []

    with HostileSftp(tmp_path / "restless", lies.Restless) as server:
        who = {"host": "127.0.0.1", "login": lies.LOGIN, "password": lies.PASSWORD}
        path.write_text(json.dumps({"sftp_JY": {**who, "port": server.port, "extra": {"host_key": server.host_key}}}))
        for _ in range(4):
            failed = take_in_all(house.centre).failed
            kept.append(len(house.centre.quarantine.ids()))
    house.connect("JY", house.sshd.files / "JY")
    done = take_in_all(house.centre)

    assert isinstance(failed["JY"], RemoteChangedError)
    assert kept == [1, 1, 1, 1]
    assert [one.accepted for one in done.taken] == [1]
    assert house.centre.quarantine.ids() == []
