"""A real OpenSSH server on loopback, for tests: `with OpenSsh(folder) as sshd`."""

from __future__ import annotations

import base64
import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

import pytest

from lantai.edges.connections import Connection

__all__ = ["OpenSsh", "sshd", "sshd_server"]

PROGRAM = shutil.which("sshd") or next((p for p in ("/usr/sbin/sshd",) if Path(p).exists()), None)

CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile {folder}/sshd.pid
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PubkeyAuthentication yes
PermitRootLogin prohibit-password
MaxStartups 200:30:400
MaxSessions 100
LogLevel ERROR
Subsystem sftp internal-sftp
{more}
"""


class OpenSsh:
    """sshd with a configuration, keys and port of its own; `files` is a folder to serve from."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.folder = folder
        self.files = folder / "files"
        self._more = more
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.files.mkdir(exist_ok=True)
        for name in ("host_key", "client_key", "stranger_key"):
            if not (self.folder / name).exists():
                subprocess.run(
                    ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / name)], check=True
                )
        shutil.copy(self.folder / "client_key.pub", self.folder / "authorized_keys")
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        if not self.port:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]
        config = self.folder / "sshd_config"
        config.write_text(CONFIG.format(port=self.port, folder=self.folder, more=self._more))
        log = (self.folder / "sshd.log").open("ab")
        self._process = subprocess.Popen([str(PROGRAM), "-D", "-e", "-f", str(config)], stdout=log, stderr=log)
        log.close()
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError((self.folder / "sshd.log").read_text())

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def connection(self, unit_code: str = "JY", root: Path | None = None, **changed: object) -> Connection:
        """Return a connection of a unit whose folder is `root`, `files` when not given."""
        host_key = (self.folder / "host_key.pub").read_text().split()
        connection = Connection(
            connection_id=f"sftp_{unit_code}",
            host="127.0.0.1",
            port=self.port,
            login=getpass.getuser(),
            host_key_type=host_key[0],
            host_key=base64.b64decode(host_key[1]),
            root=os.fsencode(root or self.files),
            key_file=self.folder / "client_key",
        )
        return replace(connection, **changed)

    def entry(self, unit_code: str = "JY", root: Path | None = None) -> dict[str, object]:
        """Return the same connection as it stands in the file that Airflow and the command read."""
        there = self.connection(unit_code, root)
        extra = {
            "key_file": str(there.key_file),
            "host_key": f"{there.host_key_type} {base64.b64encode(there.host_key).decode()}",
            "remote_root": os.fsdecode(there.root),
        }
        return {"conn_type": "sftp", "host": there.host, "port": there.port, "login": there.login, "extra": extra}


@pytest.fixture(scope="session")
def sshd_server() -> Iterator[OpenSsh]:
    """One sshd for the whole run."""
    with tempfile.TemporaryDirectory(prefix="lantai-sshd-") as name, OpenSsh(Path(name)) as server:
        yield server


@pytest.fixture
def sshd(sshd_server: OpenSsh) -> Iterator[OpenSsh]:
    """The sshd with an empty folder `files` to serve."""
    shutil.rmtree(sshd_server.files)
    sshd_server.files.mkdir()
    yield sshd_server
    if not sshd_server.is_running:
        sshd_server.start()
