"""The centre's gateway in the demo: a real SFTP server on loopback, an account per office and one for the archive.

The centre logs in with a key of its own; the host key it will meet is pinned in
the file of connections, which Airflow reads too. `gateway` makes all of this
for a new demo, `gateway_again` starts the same server over what a demo left.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lantai.demo.county.home import DemoHome
from lantai.edges.airflow.components import outlived_by_none
from lantai.edges.airflow.home import LOOPBACK, is_free
from lantai.edges.airflow.sessions import end_server, work_of
from lantai.edges.airflow.signals import undisturbed
from lantai.edges.airflow.waiting import Patience, Seen
from lantai.edges.files.private_file import replace_private
from lantai.errors import ServerUnreachableError
from lantai.formats.ledger.ssh_signature import generate_key
from lantai.records.text.words import Words

ARCHIVE = "ARCHIVE"
STOP_SECONDS = 10


def folder_of(home: DemoHome, unit_code: str) -> Path:
    """Return the folder that an office, or the archive, sees as its own."""
    return home.departments / unit_code


@contextmanager
def gateway(home: DemoHome, unit_codes: Sequence[str], patience: Patience) -> Iterator[int]:
    """Make the offices' folders and accounts and serve them while the block runs; yield the port.

    Raises:
        ServerUnreachableError: The server did not come up; the message names its log.
    """
    accounts = [*unit_codes, ARCHIVE]
    for code in unit_codes:
        (folder_of(home, code) / "outbox").mkdir(parents=True, exist_ok=True)
        (folder_of(home, code) / "inbox").mkdir(parents=True, exist_ok=True)
    (folder_of(home, ARCHIVE) / "receipts").mkdir(parents=True, exist_ok=True)
    _folder(home).mkdir(mode=0o700)
    key_file, public_line = _login_key(home)
    listed = {_login(code): {"folder": code, "keys": [public_line]} for code in accounts}
    _accounts(home).write_text(json.dumps(listed), encoding="utf-8")
    with _serving(home, 0, patience) as ready:
        _write_connections(home, accounts, ready, key_file)
        yield int(ready["port"])


@contextmanager
def gateway_again(home: DemoHome, patience: Patience) -> Iterator[int | None]:
    """Serve what a demo left, with its accounts, keys and port, while the block runs.

    Where another program has taken the port meanwhile, a free one is used and written into the file of connections.

    Yields:
        The port; None when the demo left no accounts, as one that was interrupted early.

    Raises:
        ServerUnreachableError: The server did not come up; the message names its log.
    """
    connections = _read(home.settings.connections_file)
    ours = [name for name, entry in connections.items() if _is_ours(entry, _read(_accounts(home)))]
    if not ours:
        yield None
        return
    port = int(connections[ours[0]]["port"])
    if not is_free(port):
        patience.tell(Words.of("waiting.other_port", port=port, file=str(home.settings.connections_file)))
        port = 0
    with _serving(home, port, patience) as ready:
        if not port:
            for name in ours:
                connections[name]["port"] = int(ready["port"])
            replace_private(home.settings.connections_file, json.dumps(connections, indent=1, ensure_ascii=False))
        yield int(ready["port"])


def _is_ours(entry: Any, accounts: Any) -> bool:  # noqa: ANN401 - JSON that people may have changed
    return isinstance(entry, dict) and entry.get("host") == LOOPBACK and entry.get("login") in accounts


def _read(path: Path) -> Any:  # noqa: ANN401 - JSON
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _folder(home: DemoHome) -> Path:
    return home.folder / "gateway"


def _accounts(home: DemoHome) -> Path:
    return _folder(home) / "accounts.json"


def _login(code: str) -> str:
    return f"centre-{code.lower()}"


def _login_key(home: DemoHome) -> tuple[Path, str]:
    pem, public_line = generate_key("lantai centre")
    path = home.settings.keys / "sftp_ed25519"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(pem)
    return path, public_line


@contextmanager
def _serving(home: DemoHome, port: int, patience: Patience) -> Iterator[dict[str, Any]]:
    """Run the server in a session of its own, so that Ctrl-C ends it after what talks to it; yield port and host key."""
    folder = _folder(home)
    ready_file, log = folder / "ready.json", folder / "server.log"
    ready_file.unlink(missing_ok=True)
    words = {
        "--root": home.departments,
        "--accounts": _accounts(home),
        "--port": port,
        "--host-key": folder / "host_ed25519",
        "--ready-file": ready_file,
    }
    command = [sys.executable, "-m", "lantai.demo.sftp.server", *(str(word) for pair in words.items() for word in pair)]
    with log.open("wb") as out:
        server = subprocess.Popen(  # noqa: S603 (our own interpreter and fixed words)
            outlived_by_none(command),
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def look() -> Seen:
        if server.poll() is not None:
            raise ServerUnreachableError(f"the demo's SFTP server ended with {server.returncode}; see {log}")
        missing = Words.of("waiting.sftp_server")
        return Seen(ready_file.exists(), work_of(server.pid), missing, (log,))

    try:
        patience.until(look)
        yield _read(ready_file)
    finally:
        with undisturbed():
            end_server(server, STOP_SECONDS)


def _write_connections(home: DemoHome, accounts: Sequence[str], ready: dict[str, Any], key_file: Path) -> None:
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
    replace_private(home.settings.connections_file, json.dumps(entries, indent=1))
