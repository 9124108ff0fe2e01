"""A real PostgreSQL on loopback: one server per session, one database per test.

It is set up as a bureau's may be and not as a developer's is: Chinese collation
(where the installed version has it), Beijing time. What depends on byte order or
on UTC in the server shows here.
"""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from lantai.edges.database.database import Database
from lantai.edges.database.migrations import upgrade

__all__ = ["Postgres", "postgres_registry", "postgres_server", "postgres_template", "postgres_url"]

START_SECONDS = 30
SETTINGS = {"fsync": "off", "TimeZone": "Asia/Shanghai"}
"""Without fsync a commit still reaches the system, so it outlives the server's process, though not the machine."""

WITH_STRATEGY = 150_000
"""First version that can be told how to copy a database."""


class Postgres:
    """A server of one's own: `with Postgres(folder) as server`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"postgresql+psycopg://lantai@127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._admin = create_engine(f"{self.url}/postgres", isolation_level="AUTOCOMMIT", pool_pre_ping=True)

    def __enter__(self) -> Self:
        demoted = _as_server_user()
        if demoted:
            os.chown(self.folder, int(str(demoted["user"])), int(str(demoted["group"])))
        initdb = [_program("initdb"), "-D", "data", "-U", "lantai", "--auth=trust", "-E", "UTF8", "-N"]
        known = subprocess.run([initdb[0], "--help"], check=True, capture_output=True, text=True).stdout
        chinese = ["--locale-provider=icu", "--icu-locale=zh"] if "--icu-locale" in known else []
        subprocess.run(
            [*initdb, "--locale=C.UTF-8", *chinese], check=True, capture_output=True, cwd=self.folder, **demoted
        )
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._admin.dispose()
        self.stop()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        self._process = subprocess.Popen(
            [
                _program("postgres"),
                "-D",
                "data",
                "-p",
                str(self.port),
                "-h",
                "127.0.0.1",
                "-k",
                str(self.folder),
                *settings,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            **_as_server_user(),
        )
        for _ in range(START_SECONDS * 20):
            assert self._process.poll() is None, "PostgreSQL ended while it was starting"
            try:
                self.run("SELECT 1")
            except OperationalError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"PostgreSQL did not answer within {START_SECONDS} seconds")

    def stop(self) -> None:
        """Stop the server in the middle of whatever it does, without a word to its clients."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=START_SECONDS)
            self._process = None

    def restart(self) -> None:
        """Stop so and start again; it recovers what was committed."""
        self.stop()
        self.start()

    def run(self, statement: str) -> list[tuple[object, ...]]:
        """Run a statement of the administrator's."""
        with self._admin.connect() as connection:
            result = connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []

    def make(self, name: str, template: str | None = None) -> str:
        """Make a database, empty or a copy of another that nobody is connected to; return its address."""
        ((version,),) = self.run("SHOW server_version_num")
        # The other way writes every page to the log as well, and takes twice as long.
        quickly = " STRATEGY file_copy" if int(str(version)) >= WITH_STRATEGY else ""
        self.run(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}{quickly}" if template else ""))
        return f"{self.url}/{name}"

    def drop(self, name: str) -> None:
        """Take a database away, whoever is connected."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _program(name: str) -> str:
    from conftest import find_program

    path = find_program(name)
    assert path is not None, f"{name}: mark the test with @pytest.mark.server({name!r})"
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _as_server_user() -> dict[str, object]:
    # The server refuses to run as root; its package brings a user for it.
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One server for the whole run."""
    with tempfile.TemporaryDirectory(prefix="lantai-pg-") as name, Postgres(Path(name)) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """Name of a database with the newest schema that nobody is connected to, to be copied."""
    database = Database(postgres_server.make("template_registry"))
    upgrade(database)
    database.close()
    return "template_registry"


@pytest.fixture
def postgres_url(postgres_server: Postgres, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of an empty database of one's own."""
    name = _name_for(request)
    yield postgres_server.make(name)
    postgres_server.drop(name)


@pytest.fixture
def postgres_registry(
    postgres_server: Postgres, postgres_template: str, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Address of a registry of one's own, of the newest schema."""
    name = _name_for(request)
    yield postgres_server.make(name, postgres_template)
    postgres_server.drop(name)


def _name_for(request: pytest.FixtureRequest) -> str:
    return f"t{abs(hash(request.node.nodeid)) % 10**12}"
