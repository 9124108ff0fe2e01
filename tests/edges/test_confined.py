"""What opens foreign bytes can steal nothing, tell nobody, and become nobody else. Covers properties 2 and 5."""

from __future__ import annotations

import json
import os
import socket
import tempfile
from pathlib import Path
from typing import Any

import pytest

from lantai.edges.confined import run_confined

PROBE = """
import json, os, socket, sys
try:
    with socket.socket() as line:
        line.settimeout(2)
        line.connect(("127.0.0.1", int(sys.argv[1])))
    reached = True
except OSError:
    reached = False
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps({
    "environment": dict(os.environ), "reached": reached, "uids": os.getresuid(), "groups": os.getgroups(),
    "no_new_privs": status["NoNewPrivs"].strip(), "read": sys.stdin.buffer.read().decode(), "folder": os.getcwd(),
}))
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a script says that is run confined by a process with a secret in its environment, beside a server that listens."""
    monkeypatch.setenv("LANTAI_REGISTRY_URL", "postgresql://lantai:correct-horse@db/lantai")
    script = tmp_path / "probe.py"
    script.write_text(PROBE)
    with tempfile.TemporaryFile() as source, socket.create_server(("127.0.0.1", 0)) as server:
        source.write(b"foreign bytes")
        source.seek(0)
        done = run_confined(script, [server.getsockname()[1]], source, 30)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_no_password_of_ours_is_in_its_environment(told: dict[str, Any]) -> None:
    """Security property 5: python itself may add a word about the locale, nothing is handed on."""
    assert set(told["environment"]) <= {"LC_CTYPE"}
    assert told["read"] == "foreign bytes"


def test_it_can_gain_no_privileges_and_is_not_root(told: dict[str, Any]) -> None:
    own = os.getuid()

    assert told["no_new_privs"] == "1"
    assert told["folder"] == "/"
    assert 0 not in told["uids"]
    assert own != 0 or (told["uids"], told["groups"]) == ([65534] * 3, [])


@pytest.mark.namespaces
def test_it_reaches_no_server(told: dict[str, Any]) -> None:
    assert told["reached"] is False
