"""A department whose server lies in thirty ways costs nobody else a filing."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pytest

from filing_house import FilingHouse
from lantai.demo.sftp.files import AccountFiles
from lantai.edges import tables
from lantai.edges.bulkhead.open_lines import Lines
from lantai.edges.bulkhead.patience import Limits
from lantai.journey.intake.take_in_all import take_in_all
from lantai.records.intake.submission import RoundState
from servers import hostile_sftp as lies
from servers import lying_ssh as raw
from servers.hostile_sftp import HostileSftp
from servers.lying_ssh import LyingSsh, RawLie

pytestmark = pytest.mark.server("sshd")

MOST_KIB = 512 * 1024
BEFORE_LOGIN: tuple[raw.Lie, ...] = (
    raw.silent,
    raw.hanging_up,
    raw.rubbish,
    raw.lines_without_end,
    raw.one_line_without_end,
    raw.names_in_no_encoding,
    raw.no_algorithm,
    raw.short_key_exchange,
    raw.packet_of_two_gibibytes,
    raw.byte_by_byte,
    raw.ignored_without_end,
)
AFTER_LOGIN = ("login", "banner", "channel", "subsystem", "before", "beside", "requests")
ABOUT_FILES: tuple[type[AccountFiles], ...] = (
    lies.OnlyDots,
    lies.DotsNowAndThen,
    lies.NamesNowAndThen,
    lies.EndlessNames,
    lies.EndlessOutbox,
    lies.FoldersInFolders,
    lies.ThousandsOfPackages,
    lies.EmptyListing,
    lies.Inflated,
    lies.OneByteReads,
    lies.SlowReads,
    lies.EarlyEnd,
    lies.MoreThanAsked,
    lies.EmptyReads,
)
BAD_ENTRIES: tuple[dict[str, object], ...] = (
    {"host": "x" * 64 + ".example", "login": "jy", "password": "p"},
    {"host": "127.0.0.1", "port": [22], "login": "jy", "password": "p"},
    {"host": "127.0.0.1", "login": "\ud800", "password": "p"},
    {"host": {"a": 1}, "login": "jy", "password": "p"},
    {"host": "127.0.0.1", "login": "jy", "password": ["p"], "extra": {"host_key": 5}},
)


@dataclass
class Liars:
    """The lying servers, by the code of the unit whose server each is."""

    house: FilingHouse
    stack: ExitStack
    folder: Path

    def start(self) -> list[str]:
        """Start every server, each with a good filing behind its lie; return the unit codes."""
        good = self.house.file("JY", name="002", carrier_number="002", rows=[self.house.row("JY", 9)])
        entries = self.entries(good)
        shutil.rmtree(good)
        for code in entries:
            self.house.add_unit(code)
        path = self.house.centre.settings.connections_file
        known = json.loads(path.read_text())
        path.write_text(json.dumps(known | {f"sftp_{code}": entry for code, entry in entries.items()}))
        return list(entries)

    def entries(self, good: Path) -> dict[str, object]:
        """Return the connection of each unit."""
        found: list[object] = []
        for number, lie in enumerate(BEFORE_LOGIN):
            server = self.stack.enter_context(RawLie(self.folder / f"before{number}", lie))
            found.append(self.entry(server.port, f"{server.host_key.get_name()} {server.host_key.get_base64()}"))
        for at in AFTER_LOGIN:
            (self.folder / at).mkdir()
            ssh = self.stack.enter_context(LyingSsh(self.folder / at, at))
            found.append(self.entry(ssh.port, ssh.host_key))
        for files in ABOUT_FILES:
            folder = self.folder / files.__name__
            year = folder / "files" / "outbox" / "2025"
            shutil.copytree(good, year / "001")
            (year / "001.ready").touch()
            sftp = self.stack.enter_context(HostileSftp(folder, files))
            found.append(self.entry(sftp.port, sftp.host_key))
        key = self.house.sshd.entry("JY", self.folder)["extra"]["host_key"]
        found += [{"extra": {"host_key": key}, **entry} for entry in BAD_ENTRIES]
        # The house numbers a unit's fonds by the letters of its code: no two of these have the same sum.
        codes = [f"LA{chr(65 + n)}" if n < 26 else f"MZ{chr(65 + n - 26)}" for n in range(len(found))]
        return dict(zip(codes, found, strict=True))

    def entry(self, port: int, host_key: str) -> dict[str, object]:
        """Return a connection as the file holds it."""
        who = {"login": lies.LOGIN, "password": lies.PASSWORD}
        return {"conn_type": "sftp", "host": "127.0.0.1", "port": port, **who, "extra": {"host_key": host_key}}


@pytest.fixture
def liars(house: FilingHouse, tmp_path: Path) -> Iterator[Liars]:
    (tmp_path / "liars").mkdir()
    with ExitStack() as stack:
        yield Liars(house, stack, tmp_path / "liars")


class MemoryWatch:
    """The most memory that the children of a nursery held, one by one, while a block ran."""

    def __init__(self, lines: Lines) -> None:
        self._lines, self._over = lines, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.most_kib = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.is_set():
            nursery = self._lines.nursery_pid
            if nursery is not None:
                for pid in self._children(nursery):
                    self.most_kib = max(self.most_kib, self._peak(pid))
            time.sleep(0.05)

    @staticmethod
    def _children(pid: int) -> list[str]:
        try:
            return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            return []

    @staticmethod
    def _peak(pid: str) -> int:
        try:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def test_servers_that_lie_in_thirty_ways_cost_nobody_else_a_filing(house: FilingHouse, liars: Liars) -> None:
    """S5, I8: every liar is told in words, every other unit is taken in, and nothing of a lie is kept as true."""
    for code in ("JY", "ZZ"):
        house.add_unit(code)
    house.open_year()
    codes = liars.start()
    house.open_year()
    for code in ("JY", "ZZ"):
        house.file(code)
    house.centre.lines = Lines(Limits(window_seconds=4, step_seconds=3))
    house.centre.settings = replace(house.centre.settings, look_again_seconds=(1,), look_parallel=4)

    with MemoryWatch(house.centre.lines) as memory:
        done = take_in_all(house.centre)
    house.centre.lines.close()

    told = dict(done.looked.messages) | {code: str(error) for code, error in done.failed.items()}
    assert len(codes) > 30
    assert {code: house.states(code) for code in ("JY", "ZZ")} == {
        "JY": [(1, RoundState.ACCEPTED)],
        "ZZ": [(1, RoundState.ACCEPTED)],
    }
    assert sorted(told) == sorted(codes)
    assert not [text for text in told.values() if len(text) < 20]
    assert [house.states(code) for code in codes if house.states(code)] == []
    with house.centre.database.read() as connection:
        looks = connection.execute(tables.outbox_look.select()).all()
    noted = {row.unit_code for row in looks if row.state == "unknown" and row.error}
    assert sorted({*noted, *done.failed}) == sorted(codes)
    assert 0 < memory.most_kib < MOST_KIB
