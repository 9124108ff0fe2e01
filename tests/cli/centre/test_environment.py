"""What docker-compose.yml needs of a machine: random, private, complete, and never changed behind anybody's back.

Covers: journey.centre.equip, edges.keys.key_folders.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from desks import Desk
from lantai.edges.keys.files import new_identity, new_signer
from lantai.journey.centre.equip import SECRETS, completed


def written(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))


@pytest.fixture
def recipient(tmp_path: Path) -> str:
    """The public half of a custodian's key."""
    return str(new_identity(tmp_path / "custodian" / "identity.txt"))


def lacking(told: dict[str, Any]) -> set[str]:
    return {one["what"] for one in told["lacking"]}


def test_a_new_environment_has_every_secret_and_no_two_are_alike(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / ".env"

    told = bare.run("environment", path, "--keys", tmp_path / "ours", "--json").json

    values = written(path.read_text())
    assert set(SECRETS) <= set(values)
    assert set(told["added"]) == set(values)
    assert values["LANTAI_KEYS_DIR"] == str(tmp_path / "ours")
    assert values["LANTAI_GATEWAY_KEYS_DIR"] == str(tmp_path / "lantai-gateway-keys")
    assert len({values[name] for name in SECRETS}) == len(SECRETS)
    assert all(len(values[name]) >= 43 for name in SECRETS)
    assert Fernet(values["AIRFLOW_FERNET_KEY"])


def test_the_file_is_private_and_no_secret_is_shown(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / ".env"

    told = bare.run("environment", path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [
        value for name, value in written(path.read_text()).items() if name in SECRETS and value in told.out + told.err
    ]


def test_what_only_a_custodian_has_is_asked_for_with_the_command(bare: Desk, tmp_path: Path, recipient: str) -> None:
    path = tmp_path / ".env"

    without = bare.run("environment", path)
    in_chinese = bare.run("environment", path, LANTAI_LOCALE="zh")
    with_it = bare.run("environment", path, "--recipient", recipient)

    assert without.code == in_chinese.code == 1
    assert "then: lantai environment --recipient age1..." in without.out
    assert "保管人在自己的机器上运行 lantai keys new identity.txt" in in_chinese.out
    assert "Ready: docker compose up" not in without.out
    assert (tmp_path / "lantai-keys/public/recipients.txt").read_text() == f"{recipient}\n"
    assert "recipients" not in lacking(bare.run("environment", path, "--json").json)
    assert "Recipients: 1 added" in with_it.out


def test_a_second_custodian_is_added_and_the_same_one_never_twice(bare: Desk, tmp_path: Path, recipient: str) -> None:
    path, other = tmp_path / ".env", str(new_identity(tmp_path / "other.txt"))
    bare.run("environment", path, "--recipient", recipient)

    told = bare.run("environment", path, "--recipient", other, "--recipient", recipient, "--json").json

    assert told["recipients"] == 1
    assert (tmp_path / "lantai-keys/public/recipients.txt").read_text() == f"{recipient}\n{other}\n"


def test_what_is_no_public_key_is_refused_and_nothing_is_written(bare: Desk, tmp_path: Path) -> None:
    """Least of all is it shown: somebody may have taken the private key for the public one."""
    new_identity(tmp_path / "identity.txt")
    private = (tmp_path / "identity.txt").read_text().splitlines()[-1]

    for wrong in ("age1nonsense", private):
        told = bare.run("environment", tmp_path / ".env", "--recipient", wrong)
        assert told.code == 2
        assert "--recipient, number 1: found no public age key" in told.err
        assert wrong not in told.out + told.err
    assert not (tmp_path / "lantai-keys").exists()


@pytest.mark.root
def test_private_keys_are_for_the_containers_user_and_nobody_else(bare: Desk, tmp_path: Path) -> None:
    bare.run("environment", tmp_path / ".env")

    keys = tmp_path / "lantai-keys"
    private = [
        keys / name
        for name in (
            "signing/intake.pem",
            "signing/log.pem",
            "connections/centre_ed25519",
            "connections/connections.json",
        )
    ]
    status = [path.stat() for path in private]
    assert {(one.st_uid, stat.S_IMODE(one.st_mode)) for one in status} == {(50000, 0o600)}
    assert stat.S_IMODE((tmp_path / "lantai-gateway-keys/centre.pub").stat().st_mode) == 0o644


@pytest.mark.root
def test_file_that_an_editor_gave_to_somebody_else_is_handed_over_again(bare: Desk, tmp_path: Path) -> None:
    bare.run("environment", tmp_path / ".env")
    connections = tmp_path / "lantai-keys/connections/connections.json"
    os.chown(connections, 0, 0)

    bare.run("environment", tmp_path / ".env")

    assert connections.stat().st_uid == 50000


@pytest.mark.root
def test_who_is_not_root_is_told_what_root_has_to_do(bare: Desk, tmp_path: Path) -> None:
    home = tmp_path / "theirs"
    home.mkdir()
    os.chown(home, 12345, 12345)
    for above in (*tmp_path.parents[:-1], tmp_path):
        above.chmod(above.stat().st_mode | 0o055)
    os.seteuid(12345)
    try:
        told = bare.run("environment", home / ".env")
    finally:
        os.seteuid(0)

    assert told.code == 1
    assert f"sudo chown 50000:50000 {home}/lantai-keys/signing/intake.pem" in told.out


def test_signing_key_that_is_gone_is_never_replaced(bare: Desk, tmp_path: Path) -> None:
    """Receipts would be signed by a key that no place knows."""
    bare.run("environment", tmp_path / ".env")
    (tmp_path / "lantai-keys/signing/log.pem").unlink()

    told = bare.run("environment", tmp_path / ".env")

    assert told.code == 3
    assert "found log.pub.pem without it" in told.err
    assert not (tmp_path / "lantai-keys/signing/log.pem").exists()


def test_keys_that_were_brought_are_kept_and_get_their_public_halves(bare: Desk, tmp_path: Path) -> None:
    signer = new_signer(tmp_path / "lantai-keys/signing/intake.pem", "lantai-intake")
    (tmp_path / "lantai-keys/signing/intake.pub.pem").unlink()

    bare.run("environment", tmp_path / ".env")

    assert (tmp_path / "lantai-keys/signing/intake.pub.pem").read_bytes() == signer.public_pem


def test_place_that_is_not_there_is_asked_for_with_the_command(bare: Desk, tmp_path: Path, recipient: str) -> None:
    (tmp_path / ".env").write_text(f"LANTAI_COPY_DIR={tmp_path}/disk2\n")

    told = bare.run("environment", tmp_path / ".env", "--recipient", recipient)

    assert told.code == 1
    assert f"sudo install -d -o 50000 -g 50000 {tmp_path}/disk2" in told.out


def test_folder_that_is_not_from_the_root_on_is_refused(bare: Desk, tmp_path: Path) -> None:
    """Compose and this command would each look for it somewhere else."""
    (tmp_path / ".env").write_text("LANTAI_KEYS_DIR=keys\n")

    told = bare.run("environment", tmp_path / ".env")

    assert (told.code, "expected a folder from / on" in told.err) == (2, True)


def test_what_is_set_already_is_kept_and_a_second_run_changes_nothing(
    bare: Desk, tmp_path: Path, recipient: str
) -> None:
    path = tmp_path / ".env"
    path.write_text("# ours\nREDIS_PASSWORD=kept-by-us\nAIRFLOW_JWT_SECRET=\nLANTAI_REGION=浙江\n", encoding="utf-8")

    bare.run("environment", path, "--recipient", recipient)
    first = {one: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()}
    second = bare.run("environment", path, LANTAI_LOCALE="zh")

    text = path.read_text(encoding="utf-8")
    values = written(text)
    assert {"REDIS_PASSWORD": "kept-by-us", "LANTAI_REGION": "浙江"}.items() <= values.items()
    assert values["AIRFLOW_JWT_SECRET"]
    assert text.count("AIRFLOW_JWT_SECRET=") == 1
    assert {one: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()} == first
    assert second.out.startswith(f"{path}：无需补充\n")


def test_two_centres_never_share_a_secret() -> None:
    one, other = written(completed([], {})[0]), written(completed([], {})[0])

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


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("--keys", "LANTAI_KEYS_DIR"),
        ("--gateway-keys", "LANTAI_GATEWAY_KEYS_DIR"),
        ("--desk", "LANTAI_DESK_DIR"),
    ],
)
def test_folder_that_the_file_names_differently_is_refused_and_nothing_is_made(
    bare: Desk, tmp_path: Path, option: str, name: str
) -> None:
    """It was passed over: who had typed it put keys where nobody looked for them."""
    path = tmp_path / ".env"
    bare.run("environment", path)
    before = path.read_bytes()

    told = bare.run("environment", path, option, tmp_path / "other")
    same = bare.run("environment", path, option, written(path.read_text())[name])

    assert told.code == 2
    assert f"found {tmp_path}/other for {name}, but {path} says {tmp_path}/lantai-" in told.err
    assert (path.read_bytes(), (tmp_path / "other").exists(), same.code) == (before, False, 1)


def test_what_compose_takes_for_set_is_never_set_a_second_time(bare: Desk, tmp_path: Path) -> None:
    """A second password behind the first was what Compose took, and the database knew the first."""
    path = tmp_path / ".env"
    path.write_bytes(
        "\ufeffPOSTGRES_PASSWORD=first\r\n"
        "export REDIS_PASSWORD=second # since May\n"
        "LANTAI_DB_PASSWORD='pa$$word # not a comment' # a comment\n"
        'AIRFLOW_DB_PASSWORD="a\\$b"\n'
        "AIRFLOW_JWT_SECRET=''\n"
        f'LANTAI_KEYS_DIR="{tmp_path}/our keys" # here\n'.encode()
    )

    added = bare.run("environment", path, "--json").json["added"]

    set_before = {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "LANTAI_DB_PASSWORD", "AIRFLOW_DB_PASSWORD", "LANTAI_KEYS_DIR"}
    assert not set_before & set(added)
    assert "AIRFLOW_JWT_SECRET" in added
    assert (tmp_path / "our keys/signing/log.pem").is_file()
    assert path.read_text().count("AIRFLOW_JWT_SECRET") == 1
    assert "REDIS_PASSWORD=second # since May\n" in path.read_text()
    assert bare.run("environment", path, "--json").json["added"] == []


def test_folder_with_a_name_that_needs_quotes_is_found_again(bare: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "it's #1 for $5"
    bare.run("environment", tmp_path / ".env", "--desk", folder)

    again = bare.run("environment", tmp_path / ".env", "--desk", folder, "--json").json

    assert (again["added"], folder.is_dir()) == ([], True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("REDIS_PASSWORD=pa$word", "REDIS_PASSWORD: found a dollar sign"),
        ('REDIS_PASSWORD="pa${word}"', "REDIS_PASSWORD: found a dollar sign"),
        ("REDIS_PASSWORD=pa$$word", "REDIS_PASSWORD: found a dollar sign"),
        ("REDIS_PASSWORD='password", "expected NAME=VALUE"),
        ("REDIS_PASSWORD: password", "expected NAME=VALUE"),
    ],
)
def test_line_that_compose_would_read_differently_is_refused_by_its_number(
    bare: Desk, tmp_path: Path, line: str, said: str
) -> None:
    path = tmp_path / ".env"
    path.write_text(f"# ours\n\n{line}\nLANTAI_REGION=x\n")

    told = bare.run("environment", path)

    assert (told.code, f"{path}: line 3: " in told.err, said in told.err) == (2, True, True), told
    assert line.partition("PASSWORD")[2].strip("=: '") not in told.err
    assert [one.name for one in tmp_path.iterdir() if one.name != "home"] == [".env"]
