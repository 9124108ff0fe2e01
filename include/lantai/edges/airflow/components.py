"""The processes of an Airflow on one machine, started and stopped as a whole.

Each component leads a session of its own, so that all it started can be found
and stopped with it: a signal to the parent alone leaves workers behind. Where
the system can, it also ends them when whoever started them is killed outright.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from lantai.edges.airflow.home import LOOPBACK, AirflowHome
from lantai.edges.airflow.sessions import Member, members, session_members
from lantai.errors import OrchestratorError

FORGOTTEN_SECONDS = 20
"""A process that was stopped and has had nothing of the processor for so long was forgotten; what limits it looks ten times a second."""

STOP_SECONDS = 20
"""After SIGTERM a component may finish what it is doing for so long."""

API_SERVER, SCHEDULER, DAG_PROCESSOR, TRIGGERER = "api-server", "scheduler", "dag-processor", "triggerer"
MIGRATE = "migrate"


def outlived_by_none(command: list[str]) -> list[str]:
    """Return a command that is told to end when its parent is gone, where util-linux is installed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--", *command] if setpriv else command


class Components:
    """The components that run, by name.

    Args:
        home: Where Airflow lives.
        variables: What they see in their environment besides ours.
        lock: An open file that all of them hold as long as they live, from `lantai.edges.airflow.occupied`.
    """

    def __init__(self, home: AirflowHome, variables: Mapping[str, str], lock: int) -> None:
        self._home, self._variables, self._lock = home, variables, lock
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopped_since: dict[Member, float] = {}

    @property
    def sessions(self) -> Mapping[str, int]:
        """Ids of the sessions that the components lead, by name."""
        return {name: component.pid for name, component in self._running.items()}

    def log(self, name: str) -> Path:
        """Return the file that a component prints into."""
        return self._home.folder / "logs" / f"{name}.log"

    def start(self) -> None:
        """Start all of them; none is waited for."""
        # A log server would listen on every address of the machine; here the api-server reads the files themselves.
        here = "--skip-serve-logs"
        self.spawn(API_SERVER, "api-server", "--host", LOOPBACK, "--port", str(self._home.port))
        self.spawn(SCHEDULER, "scheduler", here)
        self.spawn(DAG_PROCESSOR, "dag-processor")
        # No DAG of ours waits for a trigger; the pages show a triggerer that does not run as a fault, whether needed or not.
        self.spawn(TRIGGERER, "triggerer", here)

    def spawn(self, name: str, *words: str) -> None:
        """Start one command of Airflow under a name."""
        # env(1) adds our variables to what this process was given, which only `lantai.settings` may read.
        given = [f"{variable}={value}" for variable, value in self._variables.items()]
        log = self.log(name)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as out:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed words
                outlived_by_none(["env", *given, sys.executable, "-m", "airflow", *words]),
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=(self._lock,),
            )

    def has_ended(self, name: str) -> bool:
        """Return whether a component has ended by itself and well; it is then forgotten.

        Raises:
            OrchestratorError: It ended otherwise.
        """
        self.require_alive(but=name)
        code = self._running[name].poll()
        if code:
            raise self._ended(name, code)
        if code == 0:
            del self._running[name]
        return code == 0

    def require_alive(self, but: str = "") -> None:
        """Refuse to go on when a component has ended.

        Raises:
            OrchestratorError: The message names it and its log.
        """
        for name, component in self._running.items():
            code = component.poll()
            if code is not None and name != but:
                raise self._ended(name, code)

    def continue_forgotten(self) -> list[int]:
        """Have processes go on that somebody stopped and then lost sight of; return their ids.

        Programs that hold others down to a share of the processor stop them many times a second. Some of these programs
        take a process whose name has a space in it, as those of Airflow have, for one that has ended, and leave it stopped.
        """
        now = time.monotonic()
        stopped = [one for session in self.sessions.values() for one in members(session) if one.is_stopped]
        self._stopped_since = {one: self._stopped_since.get(one, now) for one in stopped}
        forgotten = [one.pid for one, since in self._stopped_since.items() if now - since >= FORGOTTEN_SECONDS]
        for pid in forgotten:
            _send(pid, signal.SIGCONT)
        return forgotten

    def stop(self) -> None:
        """Stop the components and all they started; those that do not listen are killed."""
        for component in self._running.values():
            _signal_group(component.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        for component in self._running.values():
            try:
                component.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(component.pid, signal.SIGKILL)
                component.wait()
        for component in self._running.values():
            for pid in session_members(component.pid):
                _send(pid, signal.SIGKILL)
        self._running.clear()

    def _ended(self, name: str, code: int) -> OrchestratorError:
        return OrchestratorError(f"airflow {name} ended with {code}; see {self.log(name)}")


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
