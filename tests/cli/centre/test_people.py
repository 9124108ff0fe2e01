"""People, their roles, keys and delegations, as the administrator of a centre enters them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from desks import Desk


@pytest.fixture
def staffed(desk: Desk) -> Desk:
    desk.ok("people", "add", "L01", "赵静", "--role", "leader", "--as", "A01")
    desk.ok("people", "add", "P01", "李强", "--role", "panel_member", "--account", "liqiang", "--as", "A01")
    return desk


def ssh_key(folder: Path, name: str) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    return folder / name


def test_person_is_shown_with_what_they_may_do(staffed: Desk) -> None:
    """R9-01."""
    added = staffed.ok(
        "people", "add", "W01", "钱文", "--role", "witness", "--from-on", "2026年4月1日", LANTAI_LOCALE="zh"
    )
    people = {each["person_id"]: each for each in staffed.ok("people", "list", "--json").json}

    assert added.out == "W01 钱文：自 2026-04-01 起任监销人\n"
    assert people["P01"] == {
        "person_id": "P01",
        "name": "李强",
        "roles": ["panel_member"],
        "accounts": ["liqiang"],
        "keys": [],
    }
    assert people["W01"]["roles"] == [], "not before the first day"
    assert "鉴定小组成员" in staffed.ok("people", "list", LANTAI_LOCALE="zh").out


def test_account_stands_for_its_person(staffed: Desk) -> None:
    """R9-01."""
    placed = staffed.ok("hold", "add", "unit", "JY", "--reason", "审计", "--as", "liqiang", "--json").json

    (hold,) = staffed.ok("hold", "list", "--json").json
    assert (hold["hold_id"], hold["placed_by"]) == (placed["hold_id"], "P01")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("A01 王方 --role auditor", "is registered as 王芳"),
        ("X01 新人 --role king", "'king' is not one of 'operator'"),
        ("X01 新人 --role auditor --from-on 2026-02-30", "expected a date like 2026-03-02"),
        ("X01 新人 --role auditor --from-on 2026-03-02 --to-on 2026-01-01", "before it begins"),
        ("X01 新人 --role auditor --as nobody", "person or account nobody: not in the registry"),
        ("X01 新人 --role auditor --account liqiang", "is P01's"),
        ("P01 李强 --role panel_member", "already"),
        ("X01 新人", "Missing option '--role'"),
    ],
)
def test_person_who_cannot_be_meant_is_refused(staffed: Desk, line: str, said: str) -> None:
    """R9-01."""
    told = staffed.run("people", "add", *line.split())

    assert told.code == 2
    assert said in told.err
    assert "X01" not in staffed.ok("people", "list").out


def test_key_is_enrolled_by_two_others(staffed: Desk, tmp_path: Path) -> None:
    """R12-04."""
    key = ssh_key(tmp_path, "id_ed25519")
    by = ("--enrolled-by", "A01", "--confirmed-by", "L01")

    mark = staffed.ok("people", "enrol-key", "P01", f"{key}.pub", *by, "--json").json["fingerprint"]

    shown = subprocess.run(["ssh-keygen", "-lf", f"{key}.pub"], capture_output=True, text=True, check=True).stdout
    assert mark == shown.split()[1]
    assert mark in staffed.ok("people", "list").out


def test_key_that_may_not_be_enrolled_is_refused_in_words(staffed: Desk, tmp_path: Path) -> None:
    """R12-04."""
    key = ssh_key(tmp_path, "id_ed25519")
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", str(tmp_path / "id_rsa")], check=True)
    (tmp_path / "notes").write_text("not a key")
    cases = [
        (("P01", f"{key}.pub", "A01", "A01"), "expected two people beside the owner"),
        (("P01", f"{key}.pub", "P01", "L01"), "expected two people beside the owner"),
        (("P01", key, "A01", "L01"), "found a private key, expected the public one"),
        (("P01", f"{tmp_path}/id_rsa.pub", "A01", "L01"), "expected ssh-ed25519"),
        (("P01", f"{tmp_path}/notes", "A01", "L01"), "expected ssh-ed25519"),
        (("P01", f"{tmp_path}/absent.pub", "A01", "L01"), "No such file"),
        (("P99", f"{key}.pub", "A01", "L01"), "person P99: not in the registry"),
    ]

    for (person, path, enrols, confirms), said in cases:
        told = staffed.run("people", "enrol-key", person, path, "--enrolled-by", enrols, "--confirmed-by", confirms)
        assert (told.code, said in told.err) == (2, True), told

    assert all(each["keys"] == [] for each in staffed.ok("people", "list", "--json").json)


def test_delegation_is_recorded_or_refused_in_words(staffed: Desk) -> None:
    """R10-08."""
    by = ("--role", "panel_member", "--document-no", "委〔2026〕1号")
    days = ("--from-on", "2026-03-02", "--to-on", "2026-03-31")

    told = staffed.ok("people", "delegate", "P01", "A01", *by, *days)

    assert told.out == "P01 lets A01 act as panel member from 2026-03-02 to 2026-03-31\n"
    for words, said in (
        (("P01", "P01", *by, *days), "same person on both sides"),
        (("L01", "A01", *by, *days), "does not hold the role panel_member"),
        (("P01", "X99", *by, *days), "person X99: not in the registry"),
        (("P01", "A01", *by, "--from-on", "2026-03-31", "--to-on", "2026-03-02"), "before it begins"),
    ):
        refused = staffed.run("people", "delegate", *words)
        assert (refused.code, said in refused.err) == (2, True), refused
