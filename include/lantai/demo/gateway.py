"""The centre's gateway in the demo: a real SFTP server on loopback, an account per office and one for the archive.

The centre logs in with a key of its own; the host key it will meet is pinned in
the file of connections, which Airflow reads too.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lantai.demo.home import DemoHome
from lantai.errors import ServerUnreachableError
from lantai.formats.ssh_signature import generate_key

ARCHIVE = "ARCHIVE"
LOOPBACK = "127.0.0.1"
READY_SECONDS = 60
STOP_SECONDS = 10
PAUSE_SECONDS = 0.1


def folder_of(home: DemoHome, unit_code: str) -> Path:
    """Return the folder that an office, or the archive, sees as its own."""
    return home.departments / unit_code


@contextmanager
def gateway(home: DemoHome, unit_codes: Sequence[str]) -> Iterator[int]:
    """Serve the offices' folders while the block runs; yield the port.

    Raises:
        ServerUnreachableError: The server did not come up; the message names its log.
    """
    accounts = [*unit_codes, ARCHIVE]
    for code in unit_codes:
        (folder_of(home, code) / "outbox").mkdir(parents=True, exist_ok=True)
        (folder_of(home, code) / "inbox").mkdir(parents=True, exist_ok=True)
    (folder_of(home, ARCHIVE) / "receipts").mkdir(parents=True, exist_ok=True)
    folder = home.folder / "gateway"
    folder.mkdir(mode=0o700)
    key_file, public_line = _login_key(home)
    listed = {_login(code): {"folder": code, "keys": [public_line]} for code in accounts}
    (folder / "accounts.json").write_text(json.dumps(listed), encoding="utf-8")
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 (our own interpreter and fixed words)
            _command(home, folder), stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
    try:
        ready = _wait(server, folder / "ready.json", folder / "server.log")
        _write_connections(home, accounts, ready, key_file)
        yield int(ready["port"])
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _login(code: str) -> str:
    return f"centre-{code.lower()}"


def _login_key(home: DemoHome) -> tuple[Path, str]:
    pem, public_line = generate_key("lantai centre")
    path = home.settings.keys / "sftp_ed25519"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(pem)
    return path, public_line


def _command(home: DemoHome, folder: Path) -> list[str]:
    words = {
        "--root": home.departments,
        "--accounts": folder / "accounts.json",
        "--port": 0,
        "--host-key": folder / "host_ed25519",
        "--ready-file": folder / "ready.json",
    }
    return [sys.executable, "-m", "lantai.demo.sftp_server", *(str(w) for pair in words.items() for w in pair)]


def _wait(server: subprocess.Popen[bytes], ready_file: Path, log: Path) -> dict[str, str]:
    until = time.monotonic() + READY_SECONDS
    while not ready_file.exists():
        if server.poll() is not None or time.monotonic() > until:
            raise ServerUnreachableError(f"the demo's SFTP server did not come up; see {log}")
        time.sleep(PAUSE_SECONDS)
    ready: dict[str, str] = json.loads(ready_file.read_text("utf-8"))
    return ready


def _write_connections(home: DemoHome, accounts: Sequence[str], ready: dict[str, str], key_file: Path) -> None:
    entries = {
        f"sftp_{code}": {
            "conn_type": "sftp",
            "host": LOOPBACK,
            "port": int(ready["port"]),
            "login": _login(code),
            "extra": {"key_file": str(key_file), "host_key": ready["host_key"]},
        }
        for code in accounts
    }
    path = home.settings.connections_file
    path.touch(mode=0o600)
    path.write_text(json.dumps(entries, indent=1), encoding="utf-8")
