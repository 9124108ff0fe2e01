"""The environment of docker-compose: random, private, complete, and never changed behind anybody's back."""

from __future__ import annotations

import stat
from pathlib import Path

from cryptography.fernet import Fernet

from desks import Desk
from lantai.cli.environment import SECRETS, completed


def written(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))


def test_a_new_environment_has_every_secret_and_no_two_are_alike(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / ".env"

    told = bare.ok("environment", path, "--keys", tmp_path, "--json").json

    values = written(path.read_text())
    assert set(SECRETS) <= set(values)
    assert set(told["added"]) == set(values)
    assert values["LANTAI_KEYS_DIR"] == str(tmp_path)
    assert len({values[name] for name in SECRETS}) == len(SECRETS)
    assert all(len(values[name]) >= 43 for name in SECRETS)
    assert Fernet(values["AIRFLOW_FERNET_KEY"])


def test_the_file_is_private_and_no_secret_is_shown(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / ".env"

    told = bare.ok("environment", path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [value for value in written(path.read_text()).values() if value in told.out + told.err]


def test_what_is_set_already_is_kept_and_a_second_run_changes_nothing(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# ours\nREDIS_PASSWORD=kept-by-us\nAIRFLOW_JWT_SECRET=\nLANTAI_REGION=浙江\n", encoding="utf-8")

    bare.ok("environment", path)
    first = path.read_text(encoding="utf-8")
    second = bare.ok("environment", path, LANTAI_LOCALE="zh")

    values = written(first)
    assert {"REDIS_PASSWORD": "kept-by-us", "LANTAI_REGION": "浙江"}.items() <= values.items()
    assert values["AIRFLOW_JWT_SECRET"]
    assert first.count("AIRFLOW_JWT_SECRET=") == 1
    assert path.read_text(encoding="utf-8") == first
    assert second.out == f"{path}：无需补充\n"


def test_two_centres_never_share_a_secret() -> None:
    one, other = written(completed("", {})[0]), written(completed("", {})[0])

    assert not set(one.values()) & set(other.values())


def test_a_place_that_cannot_be_written_or_read_is_named(bare: Desk, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")

    for path, said in (
        (tmp_path / "missing" / ".env", "found No such file or directory, expected a folder"),
        (tmp_path, "found Is a directory, expected a text file"),
        (tmp_path / "binary", "found no UTF-8, expected a text file"),
    ):
        told = bare.run("environment", path)
        assert (told.code, said in told.err) == (2, True), told
