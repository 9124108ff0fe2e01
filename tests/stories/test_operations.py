"""One server by docs/operations.md, from an empty machine to a restored one: every command of the page, as it stands there."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from operations_page import BLOCKS, PAGE, PLACEHOLDERS, UID, Operator, readable_by_others

ONE_SERVER = ("custodian", "install", "units", "run", "backup", "restore", "upgrade", "logs")
CONTAINERS = (
    "compose-install",
    "compose-units",
    "compose-passwords",
    "compose-backup",
    "compose-restore",
    "compose-upgrade",
    "compose-logs",
)
"""Run by `test_compose_natively`."""


@pytest.fixture(scope="module")
def operator() -> Iterator[Operator]:
    """An operator with an empty machine, in a folder that other users get to; those of the test runner are closed to them."""
    host_key = "AAAAC3NzaC1lZDI1NTE5AAAAIOwHeuTy2n7v9ociXDGcSVNspa3gTgu0DusU6SLEghhM"
    with TemporaryDirectory(prefix="lantai-one-server-") as folder:
        Path(folder).chmod(0o755)
        yield Operator(Path(folder), {"ssh-ed25519 HOSTKEY": f"ssh-ed25519 {host_key}"})


def public_of(operator: Operator) -> str:
    text = (operator.folder / "custodian/identity.txt").read_text()
    return next(line.removeprefix("# public key: ") for line in text.splitlines() if line.startswith("# public key: "))


def strangers(operator: Operator) -> list[Path]:
    """Return what lies in the centre's folder and is not the user's as whom the service runs."""
    home, owner = operator.folder / "lantai-home", UID
    found = []
    for path in (home, *home.rglob("*")):
        # SQLite removes its log beside the database when the last connection ends.
        with suppress(FileNotFoundError):
            if path.lstat().st_uid != owner:
                found.append(path)
    return found


def test_every_block_of_the_page_is_run_by_a_test_in_the_order_of_the_page() -> None:
    compose_story = (Path(__file__).parent / "test_compose_natively.py").read_text(encoding="utf-8")

    assert set(BLOCKS) == {*ONE_SERVER, *CONTAINERS}
    assert [name for name in BLOCKS if name in ONE_SERVER] == list(ONE_SERVER)
    assert [name for name in CONTAINERS if f'.follow("{name}")' not in compose_story] == []
    assert PAGE.count("```sh ") == PAGE.count("```sh") == len(BLOCKS)
    assert [name for name in PLACEHOLDERS if name not in "".join(BLOCKS.values())] == []


def test_centre_is_installed_with_no_private_key_of_the_custodians(operator: Operator) -> None:
    """P2."""
    operator.follow("custodian")
    operator.values["age1PUBLIC"] = public_of(operator)

    told = operator.follow("install")

    keys = {path.name for path in (operator.folder / "lantai-home/keys").iterdir()}
    assert keys == {"intake.pem", "intake.pub.pem", "log.pem", "log.pub.pem", "recipients.txt", "disposal.pub.pem"}
    assert (operator.folder / "lantai-home/copy/keys/disposal.pub.pem").is_file()
    assert "ok     recipients: 1 in" in told


def test_first_unit_has_a_duty_and_a_connection(operator: Operator) -> None:
    told = operator.follow("units")

    assert "ok     connections: 1 for 1 units" in told
    assert (operator.folder / "lantai-home/connections.json").stat().st_mode & 0o777 == 0o600
    assert strangers(operator) == []


@pytest.mark.slow
def test_service_starts_with_all_dags_on(operator: Operator) -> None:
    told = operator.follow("run")

    with sqlite3.connect(operator.folder / "lantai-home/airflow/airflow.db") as airflow:
        paused = airflow.execute("SELECT dag_id FROM dag WHERE is_paused").fetchall()
    assert "JY" in told
    assert paused == []


def test_centre_comes_back_from_its_backup_whole(operator: Operator) -> None:
    """L1 (the registry, the keys and the vault; records are not opened)."""
    operator.follow("backup")
    open_to_others = readable_by_others(operator.folder / "backup")
    home = operator.folder / "lantai-home"
    lost = {path.relative_to(home): path.read_bytes() for path in (home / "keys").iterdir()}
    (home / "airflow").rename(operator.folder / "airflow-of-before")
    shutil.rmtree(home)

    told = operator.follow("restore")

    assert {path.relative_to(home): path.read_bytes() for path in (home / "keys").iterdir()} == lost
    assert open_to_others == []
    assert strangers(operator) == []
    assert "The ledger is sound" in told
    assert "ok     connections: 1 for 1 units" in told


def test_upgrade_and_cleaning_end_well_and_may_be_run_again(operator: Operator) -> None:
    (operator.folder / "airflow-of-before").rename(operator.folder / "lantai-home/airflow")
    old = operator.folder / "lantai-home/airflow/logs/old.log"
    old.write_text("old")
    os.utime(old, (0, 0))

    for block in ("upgrade", "logs", "upgrade", "logs"):
        operator.follow(block)

    assert not old.exists()
    assert strangers(operator) == []
