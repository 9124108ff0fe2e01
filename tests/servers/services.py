"""The services of docker-compose.yml without an engine: each in mount, process, host-name and IPC namespaces of its own.

Read-only root, tmpfs, volumes, user, capabilities, environment, command and health check are taken from the file; the trees are
those of `images`. What stands in, and how it differs from an engine: all services share one network namespace, in which each has
an address of its own, so that networks do not part them; the first process of `init: true` is a shell; PostgreSQL and Redis are
this machine's programs, started as their images start them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import compose_file
from compose_file import Service
from containers import STAND_INS, Layout

__all__ = ["Running", "System", "until"]

START_SECONDS = 600
"""A busy machine of two cores takes its time over an empty database and five processes of Airflow."""

STOP_SECONDS = 30


def until(is_done: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not is_done():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.3)


class Running:
    """A container that runs, or ran; what it prints lies in its log."""

    def __init__(self, process: subprocess.Popen[bytes], service: Service, log: Path) -> None:
        self.process, self.service, self.log = process, service, log

    @property
    def first(self) -> int:
        """Process 1 of its namespace, by the number that it has here."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0])

    @property
    def is_inside(self) -> bool:
        """Whether it sees its own root already, and not this machine's."""
        try:
            return Path(f"/proc/{self.first}/root").readlink() != Path("/")
        except (IndexError, OSError):
            return False

    def said(self) -> str:
        """Return the end of what it printed."""
        return self.log.read_text("utf-8", "replace")[-4000:]

    def stop(self) -> None:
        """Ask it to stop as an engine does, and then make it."""
        with suppress(IndexError, OSError):
            os.kill(self.first, signal.SIGINT if self.service.name == "postgres" else signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # `--kill-child`: with the process that waits ends all that is in the namespace.
            self.process.kill()
            self.process.wait()


class System:
    """`docker compose` for these services: up, down, run, exec; volumes lie in `<folder>/volumes`."""

    def __init__(self, folder: Path, dotenv: Path) -> None:
        self.folder, self._dotenv = folder, dotenv
        self.layout = Layout(folder, compose_file.names())
        self.running: dict[str, Running] = {}
        self._network = subprocess.Popen(["unshare", "--net", "sh", "-c", "ip link set lo up; exec sleep infinity"])
        until(
            lambda: Path(f"/proc/{self._network.pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink(),
            "a network",
            10,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.down()
        self._network.kill()
        self._network.wait()

    @property
    def services(self) -> dict[str, Service]:
        """The services as the file and the .env say now."""
        return compose_file.read(compose_file.environment_of(self._dotenv.read_text(encoding="utf-8")))

    def up(self, *names: str) -> None:
        """Start services and what they wait for, or all that have no profile; one-shots run again, as an engine has them."""
        services, done = self.services, set[str]()
        for name in names or [name for name, service in services.items() if not service.profiles]:
            self._start(name, services, done)
        for name in done:
            if services[name].check:
                self._wait_healthy(name)

    def down(self) -> None:
        """Stop everything; volumes stay."""
        for name in reversed(self.running):
            self.running[name].stop()
        self.running.clear()

    def run(
        self, name: str, *words: str, stdin: bytes = b"", entrypoint: str = "", **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a service once with words of one's own: `docker compose run --rm`."""
        service = self.services[name]
        before = [entrypoint] if entrypoint else service.entrypoint or []
        script = self.layout.script(service, [*before, *(words or service.command or [])], environment)
        return subprocess.run(
            self._unshare(script), input=stdin, capture_output=True, check=False, timeout=START_SECONDS
        )

    def exec(self, name: str, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a program beside a service that runs: `docker compose exec`."""
        running = self.running[name]
        until(lambda: running.is_inside or running.process.poll() is not None, f"{name} has its root", 10)
        namespaces = ["--mount", "--pid", "--net", "--uts", "--ipc", "--root", "--wd"]
        inside = ["nsenter", "--target", str(running.first), *namespaces, "--"]
        command = [*inside, *self.layout.as_user(running.service, list(words), {})]
        return subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=START_SECONDS)

    def is_healthy(self, name: str) -> bool:
        """Ask as the file has an engine ask."""
        running = self.running[name]
        return running.is_inside and self.exec(name, *(running.service.check or ["false"])).returncode == 0

    @contextmanager
    def network(self) -> Iterator[None]:
        """Open sockets where the services have theirs."""
        libc, new_net = ctypes.CDLL(None, use_errno=True), 0x40000000
        with Path("/proc/self/ns/net").open() as ours, Path(f"/proc/{self._network.pid}/ns/net").open() as theirs:
            assert libc.setns(theirs.fileno(), new_net) == 0
            try:
                yield
            finally:
                assert libc.setns(ours.fileno(), new_net) == 0

    def volume(self, name: str) -> Path:
        """Return the folder of a named volume."""
        return self.layout.volume(name)

    def address(self, name: str) -> str:
        """Return the address of a service."""
        return self.layout.address(name)

    def inside_network(self, *words: str) -> list[str]:
        """Return a command that runs on this machine, on the services' network."""
        return ["nsenter", "--target", str(self._network.pid), "--net", "--", *words]

    def _start(self, name: str, services: dict[str, Service], done: set[str]) -> None:
        if name in done:
            return
        done.add(name)
        service = services[name]
        for other, condition in service.waits_for.items():
            self._start(other, services, done)
            if condition == "service_healthy":
                self._wait_healthy(other)
        running = self.running.get(name)
        if running and running.process.poll() is None:
            if running.service == service:
                return
            # As an engine has it: what the file or the .env says anew takes effect.
            running.stop()
        words = [
            *(service.entrypoint or []),
            *(service.command or STAND_INS.get(service.image) or self.layout.tree(service).command),
        ]
        log = self.folder / f"{name}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                self._unshare(self.layout.script(service, words, {})), stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )
        self.running[name] = Running(process, service, log)
        if any(one.waits_for.get(name) == "service_completed_successfully" for one in services.values()):
            assert process.wait(START_SECONDS) == 0, self.running[name].said()

    def _wait_healthy(self, name: str) -> None:
        running = self.running[name]

        def is_up() -> bool:
            assert running.process.poll() is None, f"{name} ended: {running.said()}"
            return self.is_healthy(name)

        until(is_up, f"{name} is healthy")

    def _unshare(self, script: str) -> list[str]:
        namespaces = ["--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child"]
        return self.inside_network("unshare", *namespaces, "/bin/sh", "-ec", script)
