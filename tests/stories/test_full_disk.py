"""Disks that fill up while a filing is taken in: named, nothing acknowledged, and whole after an ordinary rerun."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from filing_house import FilingHouse
from lantai.edges.database.database import Database, run_checks
from lantai.edges.keys.files import load_identities
from lantai.edges.registry.intake.rounds import rounds
from lantai.errors import DiskFullError
from lantai.journey.custody.restore import open_record
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.journey.ledger.verify_ledger import verify
from lantai.records.intake.submission import RoundState
from servers.small_disk import SmallDisk

pytestmark = pytest.mark.server("sshd", "mount")

MakeDisk = Callable[[Path, int], SmallDisk]
BIG_BYTES = 3_000_000


def state(house: FilingHouse, code: str) -> list[RoundState]:
    with house.centre.database.read() as connection:
        return [found.state for found in rounds(connection, unit_code=code)]


def is_sound(house: FilingHouse) -> bool:
    with house.centre.database.read() as connection:
        return not any(run_checks(connection).values()) and not verify(house.centre).problems


def contents(house: FilingHouse, record_id: str) -> dict[str, bytes]:
    identities = load_identities(house.centre.settings.keys / "identity.txt")
    return {opened.path: b"".join(opened.chunks) for opened in open_record(house.centre, record_id, identities)}


@pytest.mark.parametrize("folder", ["quarantine", "work", "vault", "copy"])
def test_full_disk_is_named_and_the_filing_is_whole_when_there_is_space(
    house: FilingHouse, small_disk: MakeDisk, folder: str
) -> None:
    """D1, I1, I2, I4, I7: no receipt before every copy is there, no other unit stopped for good, nothing left over."""
    house.add_unit("JY")
    house.add_unit("MZ")
    house.open_year()
    big = os.urandom(BIG_BYTES)
    house.file("JY", contents={"1.txt": big})
    house.file("MZ")
    disk = small_disk(house.centre.settings.home / folder, 1024)
    look(house.centre)

    with pytest.raises(DiskFullError, match=r"[Nn]o space left"):
        take_in(house.centre, "JY")
    early = (house.inbox("JY"), is_sound(house))
    disk.grow(64 * 1024)
    done = [take_in(house.centre, code) for code in ("JY", "MZ")]

    assert early == ({}, True)
    assert [(one.accepted, one.records) for one in done] == [(1, 3), (1, 3)]
    assert contents(house, "SL2025-JY-E001-R1-00001") == {"data/1.txt": big}
    assert is_sound(house)
    assert house.centre.quarantine.ids() == []
    assert not list(house.centre.settings.work.iterdir())


def test_full_disk_of_papers_keeps_the_acceptance_and_the_answer_follows(
    house: FilingHouse, small_disk: MakeDisk
) -> None:
    """D1, I4: what is accepted stays accepted; its receipt is made when it can be."""
    house.add_unit()
    house.open_year()
    house.file()
    disk = small_disk(house.centre.settings.papers, 32)
    look(house.centre)

    with pytest.raises(DiskFullError):
        take_in(house.centre, "JY")
    early = (state(house, "JY"), house.inbox())
    disk.grow(4096)
    done = take_in(house.centre, "JY")

    assert early == ([RoundState.ACCEPTED], {})
    assert (done.accepted, done.answered) == (0, 1)
    assert set(house.inbox()) == {
        "001.SL2025-JY-E001-R1.receipt.json",
        "001.SL2025-JY-E001-R1.receipt.pdf",
        "001.SL2025-JY-E001-R1.receipt.sig",
    }


def test_full_disk_of_the_registry_undoes_the_step_and_a_rerun_does_it(
    house: FilingHouse, small_disk: MakeDisk, tmp_path: Path
) -> None:
    """D1: the transaction that had no room leaves nothing behind."""
    house.add_unit()
    house.open_year()
    house.file(rows=[house.row("JY", number) for number in range(1, 801)])
    registry = house.centre.settings.home / "registry.db"
    house.centre.database.close()
    disk = small_disk(tmp_path / "registry", registry.stat().st_size // 1024 + 100)
    shutil.move(registry, disk.folder / "registry.db")
    house.centre = replace(house.centre, database=Database(f"sqlite:///{disk.folder / 'registry.db'}"))
    look(house.centre)

    with pytest.raises(DiskFullError, match="full"):
        take_in(house.centre, "JY")
    early = (house.inbox(), is_sound(house))
    disk.grow(64 * 1024)
    done = take_in(house.centre, "JY")

    assert early == ({}, True)
    assert (done.accepted, done.records) == (1, 800)
    assert is_sound(house)
    house.centre.database.close()
