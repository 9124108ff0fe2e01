"""The departments' SFTP server, as its container runs: who may enter which folder, while units come and go.

A unit keeps its uid for ever, whatever comes before it in the alphabet, and a new one needs no restart.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lantai.journey.centre.equip import equip
from servers.services import System, until

pytestmark = [pytest.mark.namespaces, pytest.mark.server("sshd", "sftp", "ssh-keygen", "setpriv")]


@dataclass
class Gateway:
    """A running gateway, the folder of keys that an operator edits, and the units' own keys."""

    system: System
    keys: Path
    centre_key: Path
    folder: Path
    known_hosts: Path = field(init=False)

    def __post_init__(self) -> None:
        self.known_hosts = self.folder / "known_hosts"

    @property
    def filings(self) -> Path:
        return self.system.volume("filings")

    @property
    def table(self) -> dict[str, str]:
        text = (self.system.volume("gateway") / "uids").read_text()
        return dict(line.split() for line in text.splitlines())

    def start(self) -> None:
        self.system.up("gateway")
        port = ["-p", "2222", "-t", "ed25519", self.system.address("gateway")]
        self.known_hosts.write_bytes(
            subprocess.run(self.system.inside_network("ssh-keyscan", *port), check=True, capture_output=True).stdout
        )

    def admit(self, unit: str) -> None:
        """Lay a unit's public key where the operator lays it."""
        key = self.folder / unit
        if not key.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        shutil.copy(key.with_suffix(".pub"), self.keys / f"{unit}.pub")

    def sftp(self, unit: str, *commands: str, key: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Enter as a unit, with its own key or another, and do what the commands say."""
        options = ["-o", f"UserKnownHostsFile={self.known_hosts}", "-o", "IdentitiesOnly=yes", "-P", "2222"]
        words = [
            "sftp",
            "-q",
            "-b",
            "-",
            *options,
            "-i",
            str(key or self.folder / unit),
            f"{unit}@{self.system.address('gateway')}",
        ]
        return subprocess.run(
            self.system.inside_network(*words), input="\n".join(commands) + "\n", capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip

    def may_enter(self, unit: str) -> bool:
        return self.sftp(unit, "ls").returncode == 0

    def exchange(self, unit: str) -> None:
        """Have the unit send something and fetch an answer of the centre's, which fetches what was sent."""
        (self.folder / "sent").write_text(f"from {unit}")
        (self.folder / "answer").write_text(f"to {unit}")
        there = self.folder / "fetched"
        for done in (
            self.sftp(unit, f"put {self.folder}/sent outbox/{unit}.zip"),
            self.sftp(
                unit, f"get outbox/{unit}.zip {there}", f"put {self.folder}/answer inbox/answer", key=self.centre_key
            ),
        ):
            assert done.returncode == 0, done.stderr
        assert there.read_text() == f"from {unit}"
        assert self.sftp(unit, f"get inbox/answer {there}").returncode == 0
        assert there.read_text() == f"to {unit}"

    def said(self) -> str:
        """Return what it has written since it started."""
        return self.system.running["gateway"].said()

    def owners(self) -> dict[str, int]:
        """Return whose outbox is whose."""
        return {path.parent.name: path.stat().st_uid for path in sorted(self.filings.glob("*/outbox"))}


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    """A gateway that runs, with JY and MZ."""
    os.umask(0o022)
    done = equip(tmp_path / ".env", {})
    with System(tmp_path, tmp_path / ".env") as system:
        gateway = Gateway(system, done.folders.gateway, done.folders.keys / "connections" / "centre_ed25519", tmp_path)
        gateway.admit("JY")
        gateway.admit("MZ")
        gateway.start()
        yield gateway


def test_unit_added_while_the_gateway_runs_files_and_moves_nobody(gateway: Gateway) -> None:
    """AB comes before the others in every list; it was given their uid, and their folders were no longer theirs."""
    gateway.exchange("JY")
    before = gateway.owners()

    gateway.admit("AB")
    until(lambda: gateway.may_enter("AB"), "AB may enter", 20)

    for unit in ("AB", "JY", "MZ"):
        gateway.exchange(unit)
    assert gateway.owners() == {**before, "AB": 20003}
    assert sorted(before.values()) == [20001, 20002]


def test_restart_keeps_every_uid_and_the_host_key(gateway: Gateway) -> None:
    gateway.admit("AB")
    until(lambda: gateway.may_enter("AB"), "AB may enter", 20)
    before, key = gateway.owners(), gateway.known_hosts.read_bytes()

    gateway.system.down()
    gateway.admit("AA")
    gateway.start()

    assert gateway.owners() == {**before, "AA": 20004}
    assert gateway.known_hosts.read_bytes() == key
    for unit in ("AA", "AB", "JY", "MZ"):
        gateway.exchange(unit)


def test_unit_that_left_may_not_enter_and_its_uid_is_never_given_again(gateway: Gateway) -> None:
    gateway.exchange("MZ")
    (gateway.keys / "MZ.pub").unlink()
    until(lambda: not gateway.may_enter("MZ"), "MZ may not enter", 20)
    shutil.rmtree(gateway.filings / "MZ")

    gateway.system.down()
    gateway.admit("ZZ")
    gateway.start()

    gateway.exchange("ZZ")
    assert gateway.owners() == {"JY": 20001, "ZZ": 20003}
    assert gateway.table["MZ"] == "20002"


def test_lost_table_is_made_anew_from_the_folders(gateway: Gateway) -> None:
    """Also for units that have no key any more: their folders are still theirs."""
    gateway.exchange("JY")
    (gateway.keys / "MZ.pub").unlink()
    gateway.system.down()
    (gateway.system.volume("gateway") / "uids").unlink()
    before = gateway.owners()

    gateway.admit("AB")
    gateway.start()

    gateway.exchange("JY")
    gateway.exchange("AB")
    assert gateway.owners() == {**before, "AB": 20003}


def test_folders_of_an_earlier_version_become_their_units_again(gateway: Gateway) -> None:
    """It moved the uids: what lies in an outbox was a neighbour's, and two outboxes may have one owner."""
    gateway.exchange("JY")
    gateway.exchange("MZ")
    gateway.system.down()
    (gateway.system.volume("gateway") / "uids").unlink()
    for unit, owner in (("JY", 1001), ("MZ", 1001)):
        for path in (gateway.filings / unit).rglob("*"):
            os.chown(path, owner + path.is_file(), 1000)

    gateway.start()

    for unit in ("JY", "MZ"):
        gateway.exchange(unit)
    assert sorted(gateway.owners().values()) == [1001, 20001]
    assert all(
        path.stat().st_uid == owner
        for unit, owner in gateway.owners().items()
        for path in (gateway.filings / unit).rglob("*")
    )


def test_units_that_share_a_uid_in_the_table_stay_outside_and_the_others_file(gateway: Gateway) -> None:
    gateway.system.down()
    with (gateway.system.volume("gateway") / "uids").open("a") as table:
        table.write("AB 20001\n")
    gateway.admit("AB")

    gateway.start()

    assert [unit for unit in ("AB", "JY", "MZ") if gateway.may_enter(unit)] == ["MZ"]
    assert "JY: found its uid at another unit too" in gateway.said()
    assert "AB may not enter until" in gateway.said()
    (gateway.system.volume("gateway") / "uids").write_text("JY 20001\nMZ 20002\n")
    until(lambda: gateway.may_enter("JY"), "JY may enter again", 20)
    gateway.exchange("AB")
    assert gateway.owners() == {"AB": 20003, "JY": 20001, "MZ": 20002}


def test_table_of_an_editor_costs_nobody_the_uid(gateway: Gateway) -> None:
    """A last line left open, a blank one, the line ends of another system, a word that is no number."""
    before = gateway.owners()
    gateway.system.down()
    (gateway.system.volume("gateway") / "uids").write_bytes(b"MZ 20002\r\n\nXX twenty\n\nYY 20003x\nJY 20001")
    gateway.admit("AB")

    gateway.start()

    for unit in ("AB", "JY", "MZ"):
        gateway.exchange(unit)
    assert gateway.owners() == {**before, "AB": 20004}
    assert "line 3: found XX twenty, expected UNIT UID" in gateway.said()
    written = (gateway.system.volume("gateway") / "uids").read_bytes()
    assert written.endswith(b"YY 20003x\nJY 20001\nAB 20004\n")


def test_file_where_one_folder_belongs_stops_that_unit_until_it_is_gone(gateway: Gateway) -> None:
    gateway.system.down()
    (gateway.filings / "AB").write_text("in the way")
    gateway.admit("AB")
    gateway.admit("ZZ")

    gateway.start()

    for unit in ("JY", "MZ", "ZZ"):
        gateway.exchange(unit)
    assert not gateway.may_enter("AB")
    assert gateway.said().count("AB: its folder cannot be laid out") == 1
    (gateway.filings / "AB").unlink()
    until(lambda: gateway.may_enter("AB"), "AB may enter", 20)
    gateway.exchange("AB")


@pytest.mark.parametrize("damage", ["gone", "empty", "damaged"])
def test_centre_whose_key_was_taken_away_enters_no_folder(gateway: Gateway, damage: str) -> None:
    gateway.exchange("JY")
    key = gateway.keys / "centre.pub"
    sound = key.read_text()
    if damage == "gone":
        key.unlink()
    else:
        key.write_text("" if damage == "empty" else sound[20:])

    until(lambda: gateway.sftp("JY", "ls", key=gateway.centre_key).returncode != 0, "the centre may not enter", 20)

    assert "the centre may enter no folder" in gateway.said()
    assert gateway.may_enter("JY")
    key.write_text(sound)
    until(lambda: gateway.sftp("JY", "ls", key=gateway.centre_key).returncode == 0, "the centre may enter again", 20)


def test_key_behind_a_link_is_looked_at_and_not_the_link(gateway: Gateway) -> None:
    """As a tool that lays keys out has them: the link stays, and what it leads to is exchanged."""
    behind = gateway.keys / "behind"
    behind.mkdir()
    shutil.copy(gateway.folder / "MZ.pub", behind / "key")
    (gateway.keys / "JY.pub").unlink()
    (gateway.keys / "JY.pub").symlink_to("behind/key")
    until(lambda: gateway.sftp("JY", "ls", key=gateway.folder / "MZ").returncode == 0, "the first key opens", 20)

    # Of the same length and the same moment: only what stands in it is another.
    status = (behind / "key").stat()
    shutil.copy(gateway.folder / "JY.pub", behind / "key")
    os.utime(behind / "key", ns=(status.st_atime_ns, status.st_mtime_ns))

    until(lambda: gateway.may_enter("JY"), "the second key opens", 20)
    assert gateway.sftp("JY", "ls", key=gateway.folder / "MZ").returncode != 0


def test_unit_sees_nobody_elses_folder_and_gets_no_shell(gateway: Gateway) -> None:
    """P12, R1-41; of R1-41 the half about accounts."""
    gateway.exchange("JY")

    other = gateway.sftp("JY", "ls ../MZ")
    with_other_key = gateway.sftp("MZ", "ls", key=gateway.folder / "JY")
    shell = subprocess.run(
        gateway.system.inside_network(
            "ssh", "-o", f"UserKnownHostsFile={gateway.known_hosts}", "-i", str(gateway.folder / "JY"), "-p", "2222",
            f"JY@{gateway.system.address('gateway')}", "id",
        ), capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip

    assert (other.returncode, "not found" in other.stderr) == (1, True)
    assert with_other_key.returncode != 0
    assert gateway.may_enter("MZ")
    assert "uid=" not in shell.stdout


def test_faulty_key_files_are_named_and_stop_no_other_unit(gateway: Gateway) -> None:
    sound = (gateway.folder / "JY.pub").read_text()
    faulty = {
        "XX.pub": "found no public key",
        "root.pub": "expected a unit's code",
        "jy.pub": "expected a unit's code",
        "ABCDEFGHIJKLMNOPQ.pub": "expected a unit's code",
        "A B.pub": "expected a unit's code",
    }
    for name in faulty:
        (gateway.keys / name).write_text("not a key\n" if name == "XX.pub" else sound)
    gateway.admit("AB")

    until(lambda: gateway.may_enter("AB"), "AB may enter", 20)

    said = gateway.system.running["gateway"].said()
    assert [name for name, reason in faulty.items() if f"{name}: {reason}" not in said] == []
    assert sorted(gateway.owners()) == ["AB", "JY", "MZ"]


def test_key_that_only_root_may_read_lets_the_unit_in(gateway: Gateway) -> None:
    gateway.admit("AB")
    (gateway.keys / "AB.pub").chmod(0o600)

    until(lambda: gateway.may_enter("AB"), "AB may enter", 20)


def test_gateway_ends_when_its_server_does(gateway: Gateway) -> None:
    """An engine then starts it again; a container that only looks alive would be left alone."""
    running = gateway.system.running["gateway"]

    gateway.system.exec(
        "gateway", "/bin/sh", "-c", 'for p in /proc/[0-9]*; do [ "$(cat $p/comm)" != sshd ] || kill "${p#/proc/}"; done'
    )

    until(lambda: running.process.poll() is not None, "the container ends", 20)
