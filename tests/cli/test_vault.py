"""The commands of custodians, and of whoever holds evidence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from carriers import CARRIER, carrier, keep
from lantai.cli import vault
from lantai.journey.checkpoint import make_checkpoint, newest_note

RUNNER = CliRunner()
APP = typer.Typer()
APP.add_typer(vault.keys_app, name="keys")
APP.add_typer(vault.ledger_app, name="ledger")
APP.add_typer(vault.age_app, name="age")
APP.command("restore")(vault.restore)


@pytest.fixture
def home(centre, monkeypatch):
    monkeypatch.setenv("LANTAI_HOME", str(centre.settings.home))
    monkeypatch.setenv("LANTAI_TODAY", "2026-03-02")
    return centre.settings.home


def test_new_identity_prints_its_recipient_and_never_overwrites(tmp_path):
    path = tmp_path / "identity.txt"

    made = RUNNER.invoke(APP, ["keys", "new", str(path), "--json"])
    again = RUNNER.invoke(APP, ["keys", "new", str(path), "--json"])

    assert json.loads(made.stdout)["public"].startswith("age1")
    assert path.read_text().splitlines()[0] == f"# public key: {json.loads(made.stdout)['public']}"
    assert again.exit_code != 0
    assert "is there already" in str(again.exception)


def test_new_signing_key_has_its_public_half_beside_it(tmp_path):
    RUNNER.invoke(APP, ["keys", "new", str(tmp_path / "disposal.pem"), "--signer"])

    assert (tmp_path / "disposal.pub.pem").read_text().startswith("-----BEGIN PUBLIC KEY-----")


def test_sound_ledger_exits_0_and_a_changed_one_1(centre, home, tmp_path):
    keep(centre, carrier())
    make_checkpoint(centre)
    (tmp_path / "kept.note").write_text(newest_note(centre))
    arguments = ["ledger", "verify", "--checkpoint", str(tmp_path / "kept.note"), "--json"]

    sound = RUNNER.invoke(APP, arguments)
    (path,) = (home / "copy/ledger/leaves").iterdir()
    path.write_bytes(path.read_bytes().replace(b"system", b"sistem"))
    changed = RUNNER.invoke(APP, arguments)

    assert (sound.exit_code, json.loads(sound.stdout)["is_sound"]) == (0, True)
    assert (changed.exit_code, json.loads(changed.stdout)["first_changed"]) == (1, 0)


@pytest.mark.server("age")
def test_age_decrypt_reads_what_the_stock_age_has_sealed(tmp_path):
    public = json.loads(RUNNER.invoke(APP, ["keys", "new", str(tmp_path / "i.txt"), "--json"]).stdout)["public"]
    sealed = subprocess.run(["age", "-r", public], input=b"text" * 50_000, check=True, capture_output=True).stdout
    code = "from lantai.cli.vault import age_app; age_app(['-i', 'i.txt'])"
    include = str(Path(__file__).resolve().parents[2] / "include")

    found = subprocess.run(
        [sys.executable, "-c", code],
        input=sealed,
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env={"PYTHONPATH": include},
    )

    assert found.stdout == b"text" * 50_000


def test_restore_writes_a_carrier_and_tells_of_a_damaged_copy(centre, home, tmp_path):
    received = carrier()
    keep(centre, received)
    path = home / "vault/carriers" / CARRIER / "manifest.g1.json"
    path.write_bytes(path.read_bytes().replace(b"JY", b"JX", 1))

    found = RUNNER.invoke(
        APP, ["restore", CARRIER, "-o", str(tmp_path / "out"), "-i", str(home / "keys/identity.txt"), "--json"]
    )

    answer = json.loads(found.stdout)
    assert (answer["files"], len(answer["detours"])) == (7, 1)
    assert (tmp_path / "out" / received.records[0].record_id / "data/甲.txt").read_text() == "第一件"
