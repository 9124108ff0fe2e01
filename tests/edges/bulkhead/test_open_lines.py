"""A nursery and its children: whose they are, what they know, and that they end with whoever wanted them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import lantai
from lantai.edges.bulkhead.open_lines import Lines
from lantai.edges.bulkhead.patience import Limits
from lantai.errors import LineInterruptedError
from nursery_watch import children_of, error_of, is_alive, until
from servers import hostile_sftp as lies
from servers.hostile_sftp import HostileSftp


@pytest.fixture(scope="module")
def hasty() -> Iterator[Lines]:
    """Lines that lose patience soon."""
    lines = Lines(Limits(window_seconds=3, step_seconds=2))
    yield lines
    lines.close()


def test_nursery_that_stands_still_is_told_as_ours_and_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S5: it is no slow server, no wait without end, and no reason for `close` to wait."""
    (tmp_path / "files" / "outbox").mkdir(parents=True)
    monkeypatch.setattr("lantai.edges.bulkhead.open_lines._BIRTH_SECONDS", 1.0)
    monkeypatch.setattr("lantai.edges.bulkhead.open_lines._ENDS_WITHIN_SECONDS", 1.0)
    lines = Lines()

    with HostileSftp(tmp_path) as server:
        with lines.open(server.connection()):
            stopped = lines.nursery_pid
        assert stopped is not None
        os.kill(stopped, signal.SIGSTOP)
        found = error_of(lines, server.connection())
        again = error_of(lines, server.connection())
    lines.close()

    assert isinstance(found, LineInterruptedError)
    assert again is None
    assert not is_alive(stopped)


def test_nursery_is_of_the_lantai_that_started_it(tmp_path: Path, hasty: Lines) -> None:
    (tmp_path / "files" / "outbox").mkdir(parents=True)

    with HostileSftp(tmp_path) as server, hasty.open(server.connection()):
        words = Path(f"/proc/{hasty.nursery_pid}/cmdline").read_bytes().split(b"\0")

    assert str(Path(lantai.__file__).parents[1]).encode() in words


def test_whoever_listens_to_a_server_holds_no_secret_of_ours_and_gains_no_rights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P5: neither the registry's password nor any other of the environment."""
    monkeypatch.setenv("LANTAI_REGISTRY_URL", "postgresql+psycopg://lantai:hunter2@db/lantai")
    (tmp_path / "files" / "outbox").mkdir(parents=True)
    lines = Lines()

    with HostileSftp(tmp_path) as server, lines.open(server.connection()):
        pids = [lines.nursery_pid, *children_of(lines)]
        environments = [Path(f"/proc/{pid}/environ").read_bytes() for pid in pids]
        statuses = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
    lines.close()

    assert len(environments) == 2
    assert not [each for each in environments if b"LANTAI" in each or b"hunter2" in each]
    assert all("NoNewPrivs:\t1\n" in status for status in statuses)


def test_line_that_is_let_go_ends_its_child_whatever_it_waits_for(tmp_path: Path, hasty: Lines) -> None:
    """S5."""
    (tmp_path / "files" / "outbox").mkdir(parents=True)

    with HostileSftp(tmp_path) as server:
        with hasty.open(server.connection()):
            while_open = len(children_of(hasty))
        until(lambda: not children_of(hasty))

    assert while_open == 1


def test_children_end_with_the_process_that_wanted_them(tmp_path: Path) -> None:
    """K1: a command that was killed leaves nobody behind who writes into the quarantine."""
    script = (
        "import sys, time; sys.path[:0] = sys.argv[1].split(':')\n"
        "from lantai.edges.bulkhead.open_lines import Lines\n"
        "from lantai.edges.connections import Connection\n"
        "import base64\n"
        "kind, key = sys.argv[3].split()\n"
        "one = Connection('sftp_JY', '127.0.0.1', int(sys.argv[2]), sys.argv[4], kind, base64.b64decode(key), password=sys.argv[5])\n"
        "lines = Lines()\n"
        "with lines.open(one) as line:\n"
        "    print(lines.nursery_pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    (tmp_path / "files").mkdir()
    with HostileSftp(tmp_path) as server:
        words = [":".join(sys.path), str(server.port), server.host_key, lies.LOGIN, lies.PASSWORD]
        with subprocess.Popen([sys.executable, "-c", script, *words], stdout=subprocess.PIPE, text=True) as wanting:
            assert wanting.stdout is not None
            nursery = int(wanting.stdout.readline())
            child = int(Path(f"/proc/{nursery}/task/{nursery}/children").read_text().split()[0])

            wanting.kill()

    until(lambda: not any(is_alive(pid) for pid in (nursery, child)))
