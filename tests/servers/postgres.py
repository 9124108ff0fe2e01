"""A real PostgreSQL on loopback: one server per session, one database per test."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

__all__ = ["postgres_server", "postgres_url"]

START_SECONDS = 30


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
def postgres_server() -> Iterator[str]:
    """Address of a running server, without a database name."""
    with tempfile.TemporaryDirectory(prefix="lantai-pg-") as name:
        folder = Path(name)
        demoted = _as_server_user()
        if demoted:
            os.chown(folder, int(str(demoted["user"])), int(str(demoted["group"])))
        data, port = folder / "data", _free_port()
        initdb = [
            _program("initdb"),
            "-D",
            str(data),
            "-U",
            "lantai",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ]
        subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **demoted)
        server = subprocess.Popen(
            [_program("postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder), "-F"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            **demoted,
        )
        try:
            url = f"postgresql+psycopg://lantai@127.0.0.1:{port}"
            _wait(url, server)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=START_SECONDS)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    engine = create_engine(f"{url}/postgres")
    for _ in range(START_SECONDS * 10):
        assert server.poll() is None, "PostgreSQL ended while it was starting"
        try:
            engine.connect().close()
        except Exception:  # noqa: BLE001 - any failure means: not yet
            time.sleep(0.1)
        else:
            engine.dispose()
            return
    raise AssertionError(f"PostgreSQL did not answer within {START_SECONDS} seconds")


@pytest.fixture
def postgres_url(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of an empty database of one's own."""
    name = f"t{abs(hash(request.node.nodeid)) % 10**12}"
    engine = create_engine(f"{postgres_server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield f"{postgres_server}/{name}"
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
