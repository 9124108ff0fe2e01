"""The doctor says what is wrong with the registry, and what to do, whichever database it lies on.

Covers: journey.centre.find_exposed.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from lantai.edges.centre import Centre
from lantai.edges.custody.vault import Vault
from lantai.edges.database.database import Database
from lantai.edges.database.migrations import VERSION_TABLE, newest
from lantai.journey.centre.diagnose import Diagnosis, diagnose
from lantai.journey.centre.find_exposed import Danger, Exposed, find_exposed

pytestmark = pytest.mark.both_databases

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE0oMsq8uHQmFyRhXVMBjzE3Q8vyXP3zUvEJLBXkO0oM"


def told(centre: Centre, *names: str) -> list[Diagnosis]:
    return [part for part in diagnose(centre, "en") if part.name in names]


def test_sound_registry_is_told_with_its_schema(centre: Centre) -> None:
    (found,) = told(centre, "registry")

    assert found.state == "ok"
    assert found.found.endswith(f"schema {newest()}")


@pytest.mark.parametrize(
    ("change", "revision", "advice"),
    [
        (f"DELETE FROM {VERSION_TABLE}", "found none", "lantai init"),
        (f"UPDATE {VERSION_TABLE} SET version_num = '9999'", "found 9999", "Install the version"),
    ],
)
def test_registry_of_another_version_is_a_fault_with_what_to_do(
    centre: Centre, change: str, revision: str, advice: str
) -> None:
    with centre.database.begin() as connection:
        connection.execute(text(change))

    (found,) = told(centre, "registry")

    assert found.state == "fault"
    assert revision in found.found
    assert advice in found.advice


def test_server_that_may_forget_what_it_committed_is_a_fault(centre: Centre, registry_on: str) -> None:
    """I2: the server of the tests is started so; SQLite forgets nothing."""
    found = [(part.name, part.state) for part in told(centre, "engine", "durability")]

    assert found == ([("engine", "ok")] if registry_on == "sqlite" else [("engine", "ok"), ("durability", "fault")])


@pytest.fixture
def open_folder(centre: Centre) -> Iterator[Path]:
    """The centre's keys and connections in a folder that every user may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    shutil.copytree(centre.settings.keys, folder / "keys")
    (folder / "keys").chmod(0o755)
    (folder / "sftp.key").write_text("a private key")
    entry = {"conn_type": "sftp", "host": "127.0.0.1", "login": "centre"}
    plain = {"sftp_JY": {**entry, "extra": {"host_key": HOST_KEY, "key_file": str(folder / "sftp.key")}}}
    (folder / "connections.json").write_text(json.dumps(plain))
    for name in ("quarantine", "papers", "work"):
        (folder / name).mkdir(mode=0o700)
    for path in folder.iterdir():
        if path.is_file():
            path.chmod(0o600)
    centre.settings = replace(
        centre.settings,
        home=folder,
        connections_file=folder / "connections.json",
        recipients_file=folder / "keys" / "recipients.txt",
        intake_key_file=folder / "keys" / "intake.pem",
        log_key_file=folder / "keys" / "log.pem",
    )
    yield folder
    shutil.rmtree(folder)


def give_password(folder: Path) -> None:
    path = folder / "connections.json"
    entries = json.loads(path.read_text())
    entries["sftp_JY"] |= {"password": "geheim"}
    path.write_text(json.dumps(entries))
    path.chmod(0o644)


def spoil(*, port: str = "", comma: bool = False) -> Callable[[Path], object]:
    """Return what makes the connections unreadable, with a password in them and open to all."""

    def change(folder: Path) -> None:
        give_password(folder)
        path = folder / "connections.json"
        entries = json.loads(path.read_text())
        if port:
            entries["sftp_JY"] |= {"port": port}
        path.write_text(json.dumps(entries) + "," * comma)

    return change


def add_entry(entry: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        path = folder / "connections.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"more": entry}))
        path.chmod(0o644)

    return change


def open_key_of_faulty_entry(folder: Path) -> None:
    path = folder / "connections.json"
    entries = json.loads(path.read_text())
    entries["sftp_JY"] |= {"port": "zweiundzwanzig"}
    path.write_text(json.dumps(entries))
    (folder / "sftp.key").chmod(0o644)


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "private key": (lambda folder: (folder / "keys/log.pem").chmod(0o604), "can read {0}/keys/log.pem"),
    "identity": (lambda folder: (folder / "keys/identity.txt").chmod(0o644), "can read {0}/keys/identity.txt"),
    "key of a connection": (lambda folder: (folder / "sftp.key").chmod(0o644), "can read {0}/sftp.key"),
    "passwords": (give_password, "can read {0}/connections.json"),
    "passwords, one comma too many": (spoil(comma=True), "can read {0}/connections.json"),
    "passwords, a port that is no number": (spoil(port="zweiundzwanzig"), "can read {0}/connections.json"),
    "password of another kind of connection": (
        add_entry({"conn_type": "http", "host": "x", "password": "geheim"}),
        "can read {0}/connections.json",
    ),
    "private key in the file": (
        add_entry(
            {
                "conn_type": "sftp",
                "host": "127.0.0.1",
                "login": "centre",
                "extra": {"host_key": HOST_KEY, "key_file": "/nonexistent", "private_key": "-----BEGIN"},
            }
        ),
        "can read {0}/connections.json",
    ),
    "key of a faulty entry": (open_key_of_faulty_entry, "can read {0}/sftp.key"),
    "connections": (lambda folder: (folder / "connections.json").chmod(0o602), "can change {0}/connections.json"),
    "recipients": (lambda folder: (folder / "keys/recipients.txt").chmod(0o646), "can change {0}/keys/recipients.txt"),
    "quarantine": (
        lambda folder: (folder / "quarantine").chmod(0o711),
        "can look at records or registrations in {0}/quarantine",
    ),
    "papers": (lambda folder: (folder / "papers").chmod(0o755), "can look at records or registrations in {0}/papers"),
    "public key": (lambda folder: (folder / "keys/log.pub.pem").chmod(0o646), "can change {0}/keys/log.pub.pem"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_key_or_connection_that_others_reach_is_a_fault_with_what_to_do(
    centre: Centre, open_folder: Path, change: str
) -> None:
    """P2, P5: the doctor called them ok."""
    (sound,) = told(centre, "permissions")
    do, expected = CHANGES[change]

    do(open_folder)

    (found,) = told(centre, "permissions")
    assert (sound.state, found.state) == ("ok", "fault")
    assert found.found == f"every user of this machine {expected.format(open_folder)}"
    assert re.search(r"chmod (-R )?o[=-]", found.advice)


def test_file_in_a_folder_that_everybody_may_write_can_be_replaced_by_everybody(
    centre: Centre, open_folder: Path
) -> None:
    (open_folder / "keys").chmod(0o777)

    replaced = {part.found.rpartition("/")[2] for part in told(centre, "permissions")}
    (open_folder / "keys").chmod(0o1777)

    assert replaced >= {"recipients.txt", "log.pem", "log.pub.pem"}
    assert [part.state for part in told(centre, "permissions")] == ["ok"]


def test_folder_far_above_that_everybody_may_write_lets_everybody_replace_the_keys(
    centre: Centre, open_folder: Path
) -> None:
    """P5: whoever may write the home renames `keys`, whatever stands in it."""
    open_folder.chmod(0o777)

    replaced = {part.found.rpartition("/")[2] for part in told(centre, "permissions")}
    open_folder.chmod(0o1777)

    assert replaced >= {"recipients.txt", "log.pem", "log.pub.pem", "connections.json"}
    assert [part.state for part in told(centre, "permissions")] == ["ok"]


def test_place_of_copies_that_everybody_may_write_is_a_fault(centre: Centre, open_folder: Path) -> None:
    """P5."""
    centre.vault = Vault.at((open_folder / "vault").as_uri(), [(open_folder / "copy").as_uri()])
    centre.vault.prepare()
    (open_folder / "vault" / "carriers").mkdir()
    (open_folder / "vault" / "carriers").chmod(0o757)
    (open_folder / "copy").chmod(0o757)

    changed = {part.found.rpartition("/")[2] for part in told(centre, "permissions") if part.state == "fault"}

    assert changed >= {"carriers", "copy"}
    assert "vault" not in changed


def test_registry_that_others_can_read_is_told_and_one_of_ones_own_is_not(centre: Centre, open_folder: Path) -> None:
    """P2, P5: it names everybody who filed, and what."""
    path = open_folder / "registry.db"
    path.write_bytes(b"")
    centre.database = Database(f"sqlite:///{path}")
    path.chmod(0o600)
    count, own = find_exposed(centre)
    path.chmod(0o644)

    assert (own, count > 10) == ([], True)
    assert find_exposed(centre) == (count, [Exposed(path, Danger.LOOK)])


def test_open_file_in_a_closed_folder_is_reached_by_nobody_else(centre: Centre, open_folder: Path) -> None:
    (open_folder / "keys/log.pem").chmod(0o644)
    (open_folder / "keys").chmod(0o750)

    assert [part.state for part in told(centre, "permissions")] == ["ok"]
