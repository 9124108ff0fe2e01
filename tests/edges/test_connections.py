from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
import yaml

from lantai.edges.connections import load_connections, read_connections
from lantai.errors import ConnectionConfigError

CANARY = "hunter2"
KEY = base64.b64encode(b"\0\0\0\x0bssh-ed25519" + b"\0\0\0\x20" + bytes(32)).decode()


OLD_KEY = base64.b64encode(b"\0\0\0\x07ssh-dss" + bytes(32)).decode()


def _entry(**changed: object) -> dict[str, object]:
    extra = {"key_file": "/keys/centre", "host_key": f"ssh-ed25519 {KEY} jy@sftp", "remote_root": "/srv/jy"}
    entry = {"conn_type": "sftp", "host": "sftp.jy.example", "port": 2222, "login": "centre", "extra": extra}
    return entry | changed


def _write(folder: Path, entries: dict[str, object], suffix: str = "json") -> Path:
    path = folder / f"connections.{suffix}"
    path.write_text(json.dumps(entries) if suffix == "json" else yaml.safe_dump(entries), "utf-8")
    return path


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_connection_of_a_unit_is_read_from_the_file_that_airflow_reads(tmp_path: Path, suffix: str) -> None:
    """R1-41, P1."""
    path = _write(tmp_path, {"sftp_JY": _entry(), "smtp_default": {"host": "mail"}}, suffix)

    found = load_connections(path)

    assert list(found) == ["sftp_JY"]
    unit = found["sftp_JY"]
    assert (unit.unit_code, unit.host, unit.port, unit.login) == ("JY", "sftp.jy.example", 2222, "centre")
    assert (unit.root, unit.key_file) == (b"/srv/jy", Path("/keys/centre"))
    assert unit.host_key_fingerprint.startswith("SHA256:")


def test_extra_written_as_json_and_key_as_base64_alone_are_understood(tmp_path: Path) -> None:
    """R1-41."""
    extra = json.dumps({"host_key": KEY})

    found = load_connections(_write(tmp_path, {"sftp_JY": _entry(extra=extra) | {"password": CANARY}}))

    assert found["sftp_JY"].host_key_type == "ssh-ed25519"
    assert found["sftp_JY"].host_key == base64.b64decode(KEY)
    assert found["sftp_JY"].port == 2222


def test_connection_written_as_uri_is_understood(tmp_path: Path) -> None:
    """R1-41."""
    uri = f"sftp://centre:p%40ss@10.0.0.8:2022?host_key={KEY.replace('+', '%2B').replace('=', '%3D')}"

    found = load_connections(_write(tmp_path, {"sftp_JY": uri}))["sftp_JY"]

    assert (found.host, found.port, found.login, found.password) == ("10.0.0.8", 2022, "centre", "p@ss")


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        (_entry(host=""), "host"),
        (_entry(login=None), "login"),
        (_entry(port="70000"), "port"),
        (_entry(extra={"key_file": "/k"}), "host_key is missing"),
        (_entry(extra={"key_file": "/k", "host_key": "  "}), "host_key is missing"),
        (_entry(extra={"key_file": "/k", "host_key": ["ssh-ed25519"]}), "host_key is missing"),
        (_entry(extra={"key_file": "/k", "host_key": "ssh-ed25519 zzz"}), "expected a public key"),
        (_entry(extra={"key_file": "/k", "host_key": f"ssh-rsa {KEY}"}), "expected a public key"),
        (_entry(extra={"key_file": "/k", "host_key": OLD_KEY}), "expected a public key"),
        (_entry(extra={"key_file": "/k", "host_key": f"ssh-dss {OLD_KEY}"}), "expected a public key"),
        (_entry(extra={"key_file": "/k", "host_key": KEY, "no_host_key_check": True}), "no_host_key_check"),
        (_entry(extra={"key_file": "/k", "host_key": KEY, "no_host_key_check": "true"}), "no_host_key_check"),
        (_entry(extra={"key_file": "/k", "host_key": KEY, "allow_host_key_change": True}), "allow_host_key_change"),
        (_entry(extra={"host_key": KEY}), "key_file"),
        (_entry(extra="{"), "extra"),
        ([], "entries"),
        (7, "object"),
    ],
)
def test_incomplete_or_unsafe_connection_is_refused_and_its_fault_named(
    tmp_path: Path, entry: object, named: str
) -> None:
    """P1."""
    path = _write(tmp_path, {"sftp_JY": entry})

    with pytest.raises(ConnectionConfigError, match=rf"sftp_JY.*{named}"):
        load_connections(path)


def test_faulty_connection_of_one_unit_stops_no_other(tmp_path: Path) -> None:
    """S5: nor does what is no connection of a unit."""
    others = {"smtp_default": "smtp://mail", "web": {"conn_type": "http"}, "archive": _entry()}
    path = _write(tmp_path, {"sftp_JY": _entry(), "sftp_GA": _entry(host=""), **others})

    found = read_connections(path)

    assert sorted(found) == ["archive", "sftp_GA", "sftp_JY"]
    assert isinstance(found["sftp_GA"], ConnectionConfigError)
    assert found["sftp_JY"].host == "sftp.jy.example"


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"sftp_JY": "hunter2', b"\xff\xfe", b"password: hunter2"])
def test_file_that_is_no_set_of_connections_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    """P5."""
    path = tmp_path / "connections.json"
    path.write_bytes(content)

    with pytest.raises(ConnectionConfigError) as refused:
        load_connections(path)

    assert "hunter2" not in str(refused.value)


def test_missing_file_of_connections_is_named(tmp_path: Path) -> None:
    """R1-41."""
    with pytest.raises(ConnectionConfigError, match=r"nothing\.json"):
        load_connections(tmp_path / "nothing.json")


def test_password_and_key_never_stand_in_repr_or_error(tmp_path: Path) -> None:
    """P5."""
    extra = {"key_file": "/secret/key", "host_key": KEY, "private_key_passphrase": "hunter3"}

    shown = repr(load_connections(_write(tmp_path, {"sftp_JY": _entry(extra=extra) | {"password": CANARY}})))

    assert CANARY not in shown
    assert "hunter3" not in shown
    assert "/secret/key" not in shown


@pytest.mark.parametrize(
    "entry",
    [
        {"host": "x" * 64 + ".example"},
        {"host": "a..b"},
        {"host": ["127.0.0.1"]},
        {"host": {"a": 1}},
        {"port": [22]},
        {"port": {"a": 1}},
        {"login": "\ud800"},
        {"login": {"a": 1}},
        {"login": "a\0b"},
        {"password": ["p"]},
        {"password": {"p": 1}},
        {"extra": {"host_key": ["ssh-ed25519"]}},
        {"extra": {"host_key": 5}},
        {"extra": ["host_key"]},
        {"extra": {"remote_root": "\udfff"}},
        {"extra": {"remote_root": ["/"]}},
        {"extra": {"key_file": 7.5, "private_key_passphrase": [1]}},
    ],
)
def test_entry_with_any_value_that_json_can_write_stops_no_other_unit(tmp_path: Path, entry: dict[str, object]) -> None:
    """S5: such an entry ended the look for all."""
    good = {"host": "127.0.0.1", "login": "jy", "password": CANARY, "extra": {"host_key": KEY}}
    bad = {**good, **entry}
    extra = entry.get("extra")
    if isinstance(extra, dict):
        bad["extra"] = {"host_key": KEY, **extra}
    path = _write(tmp_path, {"sftp_BAD": bad, "sftp_JY": good, "sftp_\ud800": bad})

    found = read_connections(path)

    error = found.pop("sftp_BAD")
    assert isinstance(error, ConnectionConfigError)
    assert str(error).startswith("sftp_BAD: ")
    assert CANARY not in str(error)
    assert not isinstance(found["sftp_JY"], ConnectionConfigError)
    assert str(found["sftp_\\ud800"]).encode()
