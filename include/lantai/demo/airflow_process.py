"""Airflow on one machine, started and stopped as a whole: api-server, scheduler and dag-processor.

Each component leads a session of its own, so that all it started can be found
and stopped with it: a signal to the parent alone leaves workers behind. What is asked of a running
Airflow is in `lantai.demo.airflow_api`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from lantai.demo.airflow_api import AirflowApi
from lantai.demo.airflow_home import LOOPBACK, AirflowHome
from lantai.errors import OrchestratorError

MIGRATE_SECONDS = 300
"""An empty database takes 10 to 30 s on two cores."""

HEALTH_SECONDS = 240
"""From start to healthy took 16 to 54 s on two cores; the rest is for a busy machine."""

STOP_SECONDS = 20
"""After SIGTERM a component may finish what it is doing for so long."""

PAUSE_SECONDS = 0.5


class AirflowProcess:
    """A running Airflow; made by `started`.

    Attributes:
        home: Where it lives.
        api: What can be asked of it.
    """

    def __init__(self, home: AirflowHome, variables: Mapping[str, str]) -> None:
        self.home = home
        self.api = AirflowApi(home)
        # Tasks import the very package that starts them, also where it is not installed.
        package = Path(__file__).resolve().parents[2]
        self._variables = {**variables, "AIRFLOW_HOME": str(home.folder), "PYTHONPATH": str(package)}
        self._components: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def sessions(self) -> tuple[int, ...]:
        """Ids of the sessions that the components lead."""
        return tuple(component.pid for component in self._components.values())

    def migrate(self) -> None:
        """Make or upgrade Airflow's own database.

        Raises:
            OrchestratorError: It could not be made; the message names the log.
        """
        log = self._log("migrate")
        with log.open("wb") as out:
            done = subprocess.run(  # noqa: S603 - our own interpreter and fixed words
                self._command("db", "migrate"),
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                timeout=MIGRATE_SECONDS,
                check=False,
            )
        if done.returncode:
            raise OrchestratorError(f"airflow db migrate ended with {done.returncode}; see {log}")

    def start(self) -> None:
        """Start the components and wait until all are healthy.

        Raises:
            OrchestratorError: One ended, or they were not healthy in time; the message names the log.
        """
        address = ("--host", LOOPBACK, "--port", str(self.home.port))
        for name, words in (("api-server", address), ("scheduler", ()), ("dag-processor", ())):
            with self._log(name).open("wb") as out:
                self._components[name] = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed words
                    self._command(name, *words),
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
        self._wait(self.api.is_healthy, HEALTH_SECONDS, "not healthy")

    def require_alive(self) -> None:
        """Refuse to go on when a component has ended.

        Raises:
            OrchestratorError: The message names it and its log.
        """
        for name, component in self._components.items():
            if component.poll() is not None:
                raise OrchestratorError(f"airflow {name} ended with {component.returncode}; see {self._log(name)}")

    def stop(self) -> None:
        """Stop the components and all they started; those that do not listen are killed."""
        for component in self._components.values():
            _signal_group(component.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        for component in self._components.values():
            try:
                component.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(component.pid, signal.SIGKILL)
                component.wait()
        for component in self._components.values():
            for pid in session_members(component.pid):
                os.kill(pid, signal.SIGKILL)
        self._components.clear()

    def _wait(self, is_done: Callable[[], bool], seconds: float, otherwise: str) -> None:
        until = time.monotonic() + seconds
        while not is_done():
            self.require_alive()
            if time.monotonic() > until:
                raise OrchestratorError(f"Airflow was {otherwise} after {seconds:.0f} s; see {self._log('scheduler')}")
            time.sleep(PAUSE_SECONDS)

    def _command(self, *words: str) -> list[str]:
        # env(1) adds our variables to what this process was given, which only `lantai.settings` may read.
        given = [f"{name}={value}" for name, value in self._variables.items()]
        return ["env", *given, sys.executable, "-m", "airflow", *words]

    def _log(self, name: str) -> Path:
        folder = self.home.folder / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"


@contextmanager
def started(home: AirflowHome, variables: Mapping[str, str]) -> Iterator[AirflowProcess]:
    """Run Airflow while the block runs.

    Args:
        home: Where it lives, from `lantai.demo.airflow_home.prepare`.
        variables: LANTAI_* variables that tasks are to see, by name.

    Raises:
        OrchestratorError: It did not start.
    """
    airflow = AirflowProcess(home, variables)
    with ExitStack() as stack:
        airflow.migrate()
        stack.callback(airflow.stop)
        airflow.start()
        yield airflow


def session_members(session: int) -> list[int]:
    """Return the processes that still live in a session; empty where /proc is not to be had."""
    members = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        if int(fields[3]) == session and fields[0] != "Z":
            members.append(int(entry.parent.name))
    return members


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return
