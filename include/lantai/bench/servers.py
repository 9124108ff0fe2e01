"""Real servers on loopback for the benchmarks: an OpenSSH that serves one folder, a PostgreSQL with one database.

Each lives in a folder of its own and ends with its block.
"""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lantai.bench.measure import find_program
from lantai.edges.airflow.sessions import end_server
from lantai.errors import RegistryUnavailableError, ServerUnreachableError

LOOPBACK = "127.0.0.1"
READY_SECONDS = 60
STOP_SECONDS = 30
PAUSE_SECONDS = 0.05

# Only SFTP, as on a gateway: a peer cannot hand its work to a shell on the server.
_SSHD_CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile {folder}/sshd.pid
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 200:30:400
LogLevel ERROR
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""

_POSTGRES_SETTINGS = (
    "shared_buffers=512MB",
    "max_wal_size=8GB",
    "checkpoint_timeout=30min",
    "maintenance_work_mem=512MB",
)


@dataclass(frozen=True, slots=True)
class SshServer:
    """A running OpenSSH: where it listens, its public host key, and the files to enter with."""

    port: int
    login: str
    host_key: str
    key_file: Path
    known_hosts: Path


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """Run an OpenSSH on loopback while the block runs.

    Args:
        folder: Made; its keys and log go there.

    Raises:
        ServerUnreachableError: It did not come up.
    """
    folder.mkdir()
    keygen = _require("ssh-keygen")
    for name in ("host_key", "client_key"):
        subprocess.run(  # noqa: S603 - fixed words and our own folder
            [keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True, stdin=subprocess.DEVNULL
        )
    shutil.copy(folder / "client_key.pub", folder / "authorized_keys")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    port = _free_port()
    host_key = " ".join((folder / "host_key.pub").read_text("ascii").split()[:2])
    (folder / "known_hosts").write_text(f"[{LOOPBACK}]:{port} {host_key}\n", "ascii")
    (folder / "sshd_config").write_text(_SSHD_CONFIG.format(port=port, folder=folder), "utf-8")
    with (folder / "sshd.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - fixed words and our own folder
            [_require("sshd"), "-D", "-e", "-f", str(folder / "sshd_config")],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
        )
    try:
        if not _comes_up(server, lambda: socket.create_connection((LOOPBACK, port), 1).close()):
            raise ServerUnreachableError(f"sshd: did not come up: {(folder / 'sshd.log').read_text('utf-8')[-200:]}")
        yield SshServer(port, getpass.getuser(), host_key, folder / "client_key", folder / "known_hosts")
    finally:
        end_server(server, STOP_SECONDS)


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL on loopback while the block runs; yield the address of an empty database of it.

    Args:
        folder: Made; all its data go there. Where we are root, it belongs to the user `postgres` that the package brings.

    Raises:
        RegistryUnavailableError: It did not come up.
    """
    folder.mkdir()
    user: int | None = None
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres").pw_uid
        os.chown(folder, user, -1)
    data, port = folder / "data", _free_port()
    words = ["-D", str(data), "-U", "lantai", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    subprocess.run([_require("initdb"), *words], check=True, capture_output=True, cwd=folder, user=user)  # noqa: S603 - fixed words
    settings = [word for setting in _POSTGRES_SETTINGS for word in ("-c", setting)]
    server = subprocess.Popen(  # noqa: S603 - fixed words and our own folder
        [_require("postgres"), "-D", str(data), "-p", str(port), "-h", LOOPBACK, "-k", str(folder), *settings],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        user=user,
    )
    try:
        if not _comes_up(server, lambda: _make_database(port)):
            raise RegistryUnavailableError(f"PostgreSQL: no answer on port {port} within {READY_SECONDS} seconds")
        yield f"postgresql+psycopg://lantai@{LOOPBACK}:{port}/bench"
    finally:
        end_server(server, STOP_SECONDS)


def _make_database(port: int) -> None:
    import psycopg

    try:
        with psycopg.connect(host=LOOPBACK, port=port, user="lantai", dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
    except psycopg.OperationalError as error:
        raise ConnectionError(str(error)) from error


def _comes_up(server: subprocess.Popen[bytes], ask: Callable[[], object]) -> bool:
    for _ in range(int(READY_SECONDS / PAUSE_SECONDS)):
        if server.poll() is not None:
            return False
        try:
            ask()
        except OSError:
            time.sleep(PAUSE_SECONDS)
        else:
            return True
    return False


def _require(program: str) -> str:
    found = find_program(program)
    if found is None:
        raise ServerUnreachableError(f"{program}: not installed")
    return found


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as free:
        port: int = free.getsockname()[1]
        return port
