"""The commands of custodians, and of whoever holds evidence."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from carriers import CARRIER, carrier, keep
from desks import Desk
from lantai.journey.ledger.checkpoint import make_checkpoint, newest_note


@pytest.fixture
def keeping(desk: Desk) -> Desk:
    """A centre that keeps one carrier, with a checkpoint over it."""
    centre = desk.centre()
    keep(centre, carrier())
    make_checkpoint(centre)
    return desk


def identity(desk: Desk) -> tuple[str, Path]:
    return ("-i", desk.home / "keys" / "identity.txt")


def test_new_identity_tells_its_recipient_and_is_never_overwritten(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / "identity.txt"

    made = bare.ok("keys", "new", path, "--json").json
    before = path.read_bytes()
    again = bare.run("keys", "new", path)

    assert made["public"].startswith("age1")
    assert path.read_text().splitlines()[0] == f"# public key: {made['public']}"
    assert (again.code, "nothing was overwritten" in again.err) == (2, True)
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o600


def test_hybrid_identity_is_another_kind(bare: Desk, tmp_path: Path) -> None:
    assert "age1pq1" in bare.ok("keys", "new", tmp_path / "i.txt", "--hybrid").out


def test_new_signing_key_has_its_public_half_beside_it(bare: Desk, tmp_path: Path) -> None:
    told = bare.ok("keys", "new", tmp_path / "disposal.pem", "--signer", LANTAI_LOCALE="zh")

    assert told.out.splitlines()[1] == f"公开部分 {tmp_path}/disposal.pub.pem"
    assert (tmp_path / "disposal.pub.pem").read_text().startswith("-----BEGIN PUBLIC KEY-----")


def test_key_that_cannot_be_made_is_refused_whole(bare: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.pub.pem").write_text("somebody's")

    for words, said in (
        ((tmp_path,), "is there already"),
        ((tmp_path / "a.pem", "--signer"), "is there already"),
        ((tmp_path / "b.pem", "--signer", "--hybrid"), "expected one of them"),
    ):
        told = bare.run("keys", "new", *words)
        assert (told.code, said in told.err) == (2, True), words

    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pub.pem"]


def test_sound_ledger_ends_with_0_and_a_changed_one_with_1_naming_the_leaf(keeping: Desk, tmp_path: Path) -> None:
    """I5, P4."""
    kept = tmp_path / "kept.note"
    kept.write_text(newest_note(keeping.centre()))

    sound = keeping.run("ledger", "verify", "--checkpoint", kept)
    for path in (keeping.home / "copy/ledger/leaves").iterdir():
        path.write_bytes(path.read_bytes().replace(b"system", b"sistem"))
    changed = keeping.run("ledger", "verify", "--json")
    shown = keeping.run("ledger", "verify", LANTAI_LOCALE="zh")

    assert (sound.code, "The ledger is sound" in sound.out) == (0, True)
    assert (changed.code, changed.json["first_changed"]) == (1, 0)
    assert "第一条被改动的是第 0 条" in shown.out


def test_place_that_is_away_is_unknown_and_no_finding(keeping: Desk) -> None:
    """I8."""
    (keeping.home / "copy").rename(keeping.home / "elsewhere")

    told = keeping.ok("ledger", "verify", "--json").json

    assert told["is_sound"]
    assert len(told["unknown"]) == 1
    assert "Could not be looked at" in keeping.ok("ledger", "verify").out


@pytest.mark.parametrize(("content", "code"), [(b"notes", 1), (b"\xff\xfe", 1), (None, 2)])
def test_checkpoint_that_is_none_is_told(keeping: Desk, tmp_path: Path, content: bytes | None, code: int) -> None:
    kept = tmp_path / "kept.note"
    if content is not None:
        kept.write_bytes(content)

    assert keeping.run("ledger", "verify", "--checkpoint", kept).code == code


def test_carrier_comes_back_and_a_damaged_copy_is_passed_over_and_told(keeping: Desk, tmp_path: Path) -> None:
    """I1, V1, R1-57."""
    path = keeping.home / "vault/carriers" / CARRIER / "manifest.g1.json"
    path.write_bytes(path.read_bytes().replace(b"JY", b"JX", 1))

    told = keeping.ok("restore", CARRIER, "-o", tmp_path / "out", *identity(keeping), "--json").json
    shown = keeping.ok("restore", CARRIER, "-o", tmp_path / "out", *identity(keeping), "--as", "A01")

    assert (told["files"], len(told["detours"])) == (7, 1)
    record_id = carrier().records[0].record_id
    assert (tmp_path / "out" / record_id / "data/甲.txt").read_text() == "第一件"
    assert "Another copy was used" in shown.out


def test_one_record_comes_back_alone(keeping: Desk, tmp_path: Path) -> None:
    """I1, R1-57."""
    record_id = carrier().records[0].record_id

    told = keeping.ok("restore", record_id, "-o", tmp_path / "out", *identity(keeping), "--json").json

    assert told["records"] == [record_id]
    assert [path.name for path in (tmp_path / "out").iterdir()] == [record_id]


def test_restoring_that_cannot_be_meant_is_refused(keeping: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "notes.txt").write_text("no key\n")
    keeping.ok("keys", "new", tmp_path / "other.txt")
    out = ("-o", tmp_path / "out")
    cases = [
        (("JY-1", *out, *identity(keeping)), 2, "not in the registry"),
        ((CARRIER, *out, "-i", tmp_path / "absent"), 2, "does not exist"),
        ((CARRIER, *out, "-i", tmp_path), 2, "is a directory"),
        ((CARRIER, *out, "-i", tmp_path / "notes.txt"), 2, "expected lines AGE-SECRET-KEY-"),
        ((CARRIER, *out, "-i", tmp_path / "other.txt"), 3, "NoIdentityMatchError"),
        ((CARRIER, "-o", tmp_path / "file", *identity(keeping)), 2, "found a file, expected a folder"),
        ((CARRIER, *out, *identity(keeping), "--as", "nobody"), 2, "person or account nobody"),
        ((CARRIER, *out), 2, "Missing option '--identity'"),
    ]

    for words, code, said in cases:
        told = keeping.run("restore", *words)
        assert (told.code, said in told.err) == (code, True), told


def test_record_of_which_no_sound_copy_is_left_is_named(keeping: Desk, tmp_path: Path) -> None:
    """V1."""
    for place in ("vault", "copy"):
        for path in (keeping.home / place / "carriers" / CARRIER).rglob("*.tar"):
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 1
            path.write_bytes(bytes(content))

    told = keeping.run("restore", CARRIER, "-o", tmp_path / "out", *identity(keeping))

    assert told.code == 3
    assert "FixityError" in told.err
    assert "Do not seal again" in told.err


@pytest.mark.server("age")
def test_stock_age_file_is_decrypted_from_standard_input(bare: Desk, tmp_path: Path) -> None:
    public = bare.ok("keys", "new", tmp_path / "i.txt", "--json").json["public"]
    sealed = subprocess.run(["age", "-r", public], input=b"text" * 50_000, check=True, capture_output=True).stdout

    decrypting = bare.spawn("age", "decrypt", "-i", tmp_path / "i.txt", stdin=subprocess.PIPE)
    out, err = decrypting.communicate(sealed)
    cut = bare.spawn("age", "decrypt", "-i", tmp_path / "i.txt", stdin=subprocess.PIPE)
    _, told = cut.communicate(sealed[:-10])

    assert (decrypting.returncode, out, err) == (0, b"text" * 50_000, b"")
    assert cut.returncode == 3
    assert b"PayloadError" in told
    assert b"Traceback" not in told


def test_what_is_no_age_file_is_named(onlooker: Desk) -> None:
    told = onlooker.run("age", "decrypt", *identity(onlooker), stdin=b"notes")

    assert (told.code, told.out) == (3, "")
    assert "HeaderError" in told.err


def test_receipt_that_was_changed_or_lacks_its_signature_is_told(onlooker: Desk, tmp_path: Path) -> None:
    """R4-12."""
    receipt = tmp_path / "001.r1.receipt.json"
    receipt.write_text(json.dumps({"carrier_id": "X"}))

    alone = onlooker.run("receipt", "verify", receipt)
    (tmp_path / "001.r1.receipt.sig").write_bytes(b"\0" * 64)
    forged = onlooker.run("receipt", "verify", receipt)
    listed = onlooker.run("receipt", "verify", receipt, "--json")
    elsewhere = onlooker.run("receipt", "verify", receipt, "--keys", tmp_path)

    assert (alone.code, "001.r1.receipt.sig: cannot be read" in alone.err) == (2, True)
    assert (forged.code, "Problem: " in forged.out) == (1, True)
    assert (listed.code, listed.json["is_sound"]) == (1, False)
    assert (elsewhere.code, "KeyMissingError" in elsewhere.err) == (3, True)


def test_department_verifies_with_the_public_keys_alone(onlooker: Desk, bare: Desk, tmp_path: Path) -> None:
    """R4-12: no home, no registry, only the two public keys of the centre."""
    (tmp_path / "keys").mkdir()
    for name in ("intake", "log"):
        shutil.copy(onlooker.home / "keys" / f"{name}.pub.pem", tmp_path / "keys")
    (tmp_path / "r.receipt.json").write_text("{}")
    (tmp_path / "r.receipt.sig").write_bytes(b"\0" * 64)

    told = bare.run("receipt", "verify", tmp_path / "r.receipt.json", "--keys", tmp_path / "keys", "--json")

    assert told.code == 1
    assert told.json["problems"] != []
    assert not bare.home.exists()
