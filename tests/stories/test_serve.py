"""Somebody tries `lantai serve` on what a demo left: every mark is green, a run is green, and nothing stays behind."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import date

import psutil
import pytest

from desks import Desk
from lantai.cli.serve import _elsewhere
from lantai.demo.county.home import DemoHome, make_home
from lantai.demo.county.people import responsible_person
from lantai.demo.county.units import UNITS
from lantai.demo.documents.packages import PACKAGES
from lantai.demo.sftp.gateway import gateway
from lantai.demo.telling import story
from lantai.demo.telling.stage import _set_up
from lantai.edges.airflow.api import AirflowApi
from lantai.edges.airflow.client import read_login
from lantai.edges.airflow.home import AirflowHome
from lantai.edges.airflow.occupied import require_free
from lantai.edges.airflow.process import SHOWN
from lantai.edges.airflow.waiting import Patience
from lantai.edges.centre import open_centre
from lantai.journey.year.open_year import open_year
from lantai.settings import Settings

CODE, YEAR = "ZR", 2014


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> DemoHome:
    """A home as a demo of one department leaves it before anything was taken in; its SFTP server is gone."""
    home = make_home(tmp_path_factory.mktemp("demo") / "home", date(2026, 6, 30), "en")
    chosen = [unit for unit in UNITS if unit.unit_code == CODE]
    units = [(one.as_unit(responsible_person(CODE), YEAR), one.archivist, one.leader) for one in chosen]
    with open_centre(home.settings, checks_schema=False) as centre:
        _set_up(centre, units, frozenset())
        open_year(centre, YEAR, "system")
    with gateway(home, [CODE], Patience()):
        for package in PACKAGES:
            if (package.unit_code, package.year) == (CODE, YEAR):
                story._send(home, package, 1)
    return home


class Served:
    """`lantai serve` as a process: what it prints, and every process that belongs to it."""

    def __init__(self, home: DemoHome) -> None:
        desk = Desk(home.folder, {"LANTAI_HOME": str(home.folder), "LANTAI_LOCALE": "en", "PYTHONUNBUFFERED": "1"})
        self.process = desk.spawn("serve", "--port", "0", stderr=subprocess.STDOUT, start_new_session=True)
        self.lines: list[str] = []
        self._is_up = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        # It prints where it is once everything runs, or it ends and the reader with it.
        self._is_up.wait()
        self.all = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(line.decode())
            if line.startswith(b"  Departments"):
                self._is_up.set()
        self._is_up.set()

    @property
    def said(self) -> str:
        """What was printed so far."""
        return "".join(self.lines)

    def end(self, number: signal.Signals) -> int:
        """Send a signal to the command alone, as a terminal or an init does, and return its exit code."""
        self.process.send_signal(number)
        code = self.process.wait()
        self._reader.join()
        return code

    def clear(self) -> None:
        """Leave nothing behind when a test failed."""
        for process in (self.process, *self.all):
            if process.poll() is None if isinstance(process, subprocess.Popen) else process.is_running():
                process.kill()
        self._reader.join()


@pytest.fixture
def served(left: DemoHome) -> Iterator[Served]:
    """The command over that home, up and running."""
    running = Served(left)
    yield running
    running.clear()


@pytest.mark.slow
def test_a_demos_home_is_served_with_its_departments_all_green_and_ends_without_a_trace(
    left: DemoHome, served: Served
) -> None:
    login = read_login(left.folder / "airflow" / "login.json")
    assert login, served.said
    home = AirflowHome(left.folder / "airflow", int(login.address.rpartition(":")[2]), login.password)
    api = AirflowApi(home)

    health = api.health()
    dags = api.dags()
    listening = {
        line.laddr.ip
        for process in (psutil.Process(served.process.pid), *served.all)
        if process.is_running()
        for line in process.net_connections("inet")
        if line.status == psutil.CONN_LISTEN
    }
    run_id = api.trigger("take_in_filings", {"units": CODE})
    while (run := api.run("take_in_filings", run_id)).state not in ("success", "failed"):
        time.sleep(1)
    code = served.end(signal.SIGINT)

    assert health == dict.fromkeys(SHOWN, "healthy")
    assert [dag.dag_id for dag in dags if dag.is_paused] == []
    assert listening == {"127.0.0.1"}
    assert run.state == "success", run
    assert list((left.departments / CODE / "inbox").rglob("*.receipt.pdf"))
    assert code == 0
    assert [
        process for process in served.all if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    ] == []
    for what in (home.address, "lantai", home.password, "passwords.json", "scheduler, dag-processor, triggerer"):
        assert what in served.said
    assert re.search(r"Departments' servers +SFTP 127\.0\.0\.1:\d+", served.said)
    assert served.said.endswith("Stopped; no process is left\n")
    require_free(left.folder)


def test_a_centre_of_ones_own_is_told_that_the_departments_servers_are_not_started(settings: Settings) -> None:
    settings.home.mkdir(parents=True)

    ((_, missing),) = _elsewhere(settings)
    settings.connections_file.write_text('{"sftp_JY": {}, "sftp_SW": {}, "smtp": {}}')
    ((_, known),) = _elsewhere(settings)

    assert "不由本命令启动" in missing
    assert str(settings.connections_file) in missing
    assert known == f"不由本命令启动；{settings.connections_file} 登记了 2 个"
