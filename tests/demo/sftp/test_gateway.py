"""The departments' SFTP server of a demo comes up again with the same accounts, keys and port, and moves when it must."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from lantai.demo.county.home import DemoHome, make_home
from lantai.demo.sftp.gateway import gateway, gateway_again
from lantai.edges.airflow.home import LOOPBACK, is_free
from lantai.edges.airflow.waiting import Patience
from lantai.edges.connections import Connection, read_connections
from lantai.edges.sftp.connect import connect
from lantai.errors import ServerUnreachableError
from lantai.locales import put
from lantai.records.text.words import Words

UNITS = ["JY", "SW"]


@pytest.fixture
def left(tmp_path: Path) -> Iterator[DemoHome]:
    """A home as a demo leaves it, with one file in an outbox."""
    home = make_home(tmp_path / "home", date(2026, 6, 30), "zh")
    with gateway(home, UNITS, Patience()):
        (home.departments / "JY" / "outbox" / "001.zip").write_bytes(b"filed")
    return home


def connection_of(home: DemoHome, code: str = "JY") -> Connection:
    found = read_connections(home.settings.connections_file)[f"sftp_{code}"]
    assert isinstance(found, Connection)
    return found


def names_seen(home: DemoHome, code: str = "JY") -> list[bytes]:
    """Log in as the centre does, over the file of connections, and list an outbox."""
    with connect(connection_of(home, code)) as session:
        return [entry.name for entry in session.list_folder(b"outbox")]


def test_server_is_there_again_on_its_port_with_the_keys_that_the_centre_knows(left: DemoHome) -> None:
    before = left.settings.connections_file.read_bytes()
    port = connection_of(left).port

    with gateway_again(left, Patience()) as again:
        seen = names_seen(left)

    assert (again, seen) == (port, [b"001.zip"])
    assert left.settings.connections_file.read_bytes() == before
    assert is_free(port)


def test_port_that_another_program_took_is_told_and_a_free_one_written_down(left: DemoHome) -> None:
    """A connection that somebody added by hand stays as it is."""
    path = left.settings.connections_file
    added = {"conn_type": "sftp", "host": "sftp.example.gov.cn", "port": 22, "login": "centre", "password": "秘密"}
    path.write_text(json.dumps({**json.loads(path.read_text()), "sftp_ZZ": added}))
    port = connection_of(left).port
    told: list[tuple[str, str]] = []

    with (
        socket.create_server((LOOPBACK, port)),
        gateway_again(left, Patience(lambda words: told.append((put(words, "zh"), put(words, "en"))))) as again,
    ):
        seen = names_seen(left)

    assert seen == [b"001.zip"]
    assert again == connection_of(left, "SW").port != port
    assert json.loads(path.read_text())["sftp_ZZ"] == added
    assert path.stat().st_mode & 0o077 == 0
    assert f"端口 {port} 已被其他程序占用" in told[0][0]
    assert f"port {port} is taken by another program" in told[0][1]
    assert str(path) in told[0][1]


@pytest.mark.parametrize("text", [None, "no JSON", "[]", '{"sftp_JY": 3}'])
def test_home_of_a_demo_that_was_cut_short_has_no_server_to_start(tmp_path: Path, text: str | None) -> None:
    home = make_home(tmp_path / "home", date(2026, 6, 30), "zh")
    if text is not None:
        home.settings.connections_file.write_text(text)

    with gateway_again(home, Patience()) as port:
        assert port is None


def test_server_that_cannot_start_is_told_with_its_log(left: DemoHome) -> None:
    (left.folder / "gateway" / "host_ed25519").write_text("no key")

    with (
        pytest.raises(ServerUnreachableError, match=r"SFTP server ended with 1; see .*server\.log"),
        gateway_again(left, Patience()),
    ):
        pass

    assert "Traceback" in (left.folder / "gateway" / "server.log").read_text("utf-8")


def test_server_that_comes_up_late_is_waited_for_and_told(left: DemoHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is stopped as soon as it runs and goes on when the wait has been told."""
    told: list[str] = []

    def tell(words: Words) -> None:
        told.append(f"{put(words, 'zh')} · {put(words, 'en')}")
        os.kill(process, signal.SIGCONT)

    process = 0
    seen = Patience.until

    def stops_it(self: Patience, look) -> None:
        nonlocal process
        process = _youngest_child()
        os.kill(process, signal.SIGSTOP)
        seen(self, look)

    monkeypatch.setattr(Patience, "until", stops_it)
    with gateway_again(left, Patience(tell, first_seconds=1)) as port:
        assert names_seen(left) == [b"001.zip"]

    assert port
    assert "启动各单位的 SFTP 服务器" in told[0]
    assert "the departments' SFTP server starts, for 1 s" in told[0]


def _youngest_child() -> int:
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return int(children[-1])
