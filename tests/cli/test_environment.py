"""The environment of docker-compose: random, private, complete, and never changed behind anybody's back."""

from __future__ import annotations

import stat

import pytest
import typer
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from lantai.cli.environment import SECRETS, completed, environment
from lantai.errors import InputFileError


def written(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))


def run(*arguments: str):
    app = typer.Typer()
    app.command()(environment)
    return CliRunner().invoke(app, list(arguments))


def test_a_new_environment_has_every_secret_and_no_two_are_alike(tmp_path):
    path = tmp_path / ".env"

    result = run(str(path), "--keys", str(tmp_path))

    values = written(path.read_text())
    assert result.exit_code == 0
    assert set(SECRETS) <= set(values)
    assert values["LANTAI_KEYS_DIR"] == str(tmp_path)
    assert len({values[name] for name in SECRETS}) == len(SECRETS)
    assert all(len(values[name]) >= 43 for name in SECRETS)
    assert Fernet(values["AIRFLOW_FERNET_KEY"])


def test_the_file_is_private_and_no_secret_is_shown(tmp_path):
    path = tmp_path / ".env"

    result = run(str(path))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [value for value in written(path.read_text()).values() if value in result.output]


def test_what_is_set_already_is_kept_and_a_second_run_changes_nothing(tmp_path):
    path = tmp_path / ".env"
    path.write_text("# ours\nREDIS_PASSWORD=kept-by-us\nAIRFLOW_JWT_SECRET=\nLANTAI_REGION=浙江\n", encoding="utf-8")

    run(str(path))
    first = path.read_text(encoding="utf-8")
    run(str(path))

    values = written(first)
    assert {"REDIS_PASSWORD": "kept-by-us", "LANTAI_REGION": "浙江"}.items() <= values.items()
    assert values["AIRFLOW_JWT_SECRET"]
    assert first.count("AIRFLOW_JWT_SECRET=") == 1
    assert path.read_text(encoding="utf-8") == first


def test_two_centres_never_share_a_secret():
    one, other = written(completed("", {})[0]), written(completed("", {})[0])

    assert not set(one.values()) & set(other.values())


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(InputFileError, match="missing"):
        raise run(str(tmp_path / "missing" / ".env")).exception
