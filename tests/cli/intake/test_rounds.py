"""A department packs and uploads, the centre takes in and answers: both ends by command, through a real SSH server."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from desks import Desk, connect
from factories_bag import carrier, filing, row
from lantai.edges.database.database import run_checks
from lantai.edges.database.lease import leased
from lantai.records.intake.catalogue_entry import CatalogueRow
from servers.openssh import OpenSsh

pytestmark = pytest.mark.server("sshd")

Pack = Callable[..., Path]


@pytest.fixture(scope="session")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three forms, filled in and sealed."""
    return carrier(tmp_path_factory.mktemp("forms")) / "metadata"


@pytest.fixture
def outbox(desk: Desk, sshd: OpenSsh) -> Path:
    """The outbox of the education office on the server."""
    return connect(desk, sshd, "JY") / "outbox" / "2025"


@pytest.fixture
def send(desk: Desk, forms: Path, outbox: Path, tmp_path: Path) -> Pack:
    """Pack documents with the command and lay the carrier into the outbox, in place of one of that name."""

    def sent(*rows: CatalogueRow, number: str = "001", more: bytes = b"") -> Path:
        work = tmp_path / f"office-{time.monotonic_ns()}"
        work.mkdir()
        made = filing(work, rows or None)
        with (made.folder / "1.txt").open("ab") as first:
            first.write(more)
        words = ("--unit", "JY", "--year", 2025, "--form", "e_document", "--forms", forms, "--number", number)
        told = desk.run("pack", made.folder, *words, "--catalogue", made.catalogue, "--out", work, "--json")
        packed = Path(json.loads(told.out)["carrier"])
        shutil.rmtree(outbox / packed.name, ignore_errors=True)
        return shutil.copytree(packed, outbox / packed.name)

    return sent


def states(desk: Desk) -> list[tuple[str, str]]:
    return [(each["carrier_id"], each["state"]) for each in desk.ok("submissions", "--json").json]


def test_first_hour_of_a_filing_from_the_folder_to_the_receipt(
    desk: Desk, send: Pack, outbox: Path, tmp_path: Path
) -> None:
    """R1-43, R1-48, R4-12, I1, I5: all of it typed."""
    sent = send()

    told = desk.ok("collect", "--unit", "JY", "--year", 2025, LANTAI_LOCALE="zh")

    assert "查看 1 个单位，0 个包尚未到齐" in told.out
    assert told.err == ""
    assert states(desk) == [("SL2025-JY-E001-R1", "accepted")]
    inbox = outbox.parents[1] / "inbox" / "2025"
    receipt = inbox / "JY-2025-E-001.SL2025-JY-E001-R1.receipt.json"
    assert desk.ok("receipt", "verify", receipt).out == (
        "The receipt is sound: SL2025-JY-E001-R1 (the unit's package JY-2025-E-001)\n"
    )
    assert desk.ok("year", "status", 2025, "--json").json[2]["state"] == "accepted"
    assert "No findings" in desk.ok("findings", "SL2025-JY-E001").out
    identity = desk.home / "keys" / "identity.txt"
    restored = desk.ok(
        "restore", "SL2025-JY-E001-R1", "-o", tmp_path / "back", "-i", identity, "--as", "A01", "--json"
    ).json
    assert restored["detours"] == restored["refused"] == []
    back = tmp_path / "back" / "SL2025-JY-E001-R1-00001" / "data" / "1.txt"
    assert back.read_bytes() == (sent / "data" / "1.txt").read_bytes()
    assert desk.ok("ledger", "verify", "--json").json["waiting"] == 1, "the restoring itself"
    shown = desk.ok("restore", "JY-2025-E-001", "-o", tmp_path / "shown", "-i", identity, LANTAI_LOCALE="zh").out
    assert "受理号 SL2025-JY-E001，即 JY 报送的 JY-2025-E-001" in shown
    held = desk.ok("hold", "add", "carrier", "sl2025-jy-e001", "--reason", "审计", "--as", "A01", "--json").json
    assert held["target"] == "SL2025-JY-E001-R1"
    with desk.centre().database.read() as connection:
        assert not any(run_checks(connection).values())


def test_second_run_finds_nothing_to_do(desk: Desk, send: Pack) -> None:
    """I4: one effect however often it runs."""
    send()

    first = desk.ok("collect", "--unit", "JY", "--json").json
    second = desk.ok("collect", "--unit", "JY", "--json").json

    assert [(each["unit_code"], each["accepted"], each["records"]) for each in first["units"]] == [("JY", 1, 3)]
    assert second == {
        "looked": 1,
        "unsettled": 0,
        "waiting": {},
        "strays": {},
        "units": [],
        "unknown": {},
        "failed": {},
        "messages": {},
    }


def test_faulty_filing_comes_back_with_every_fault_and_its_fix(desk: Desk, send: Pack) -> None:
    """R4-08, R1-49, R1-50: exit code 1, all faults, the date to supplement by; the next package is round two."""
    send(row(1, title=""), row(2, retention="五年"), row(3, formed_on="2025-13-40"))
    first = desk.run("collect", "--unit", "JY", "--json")
    shown = desk.ok("findings", "SL2025-JY-E001", LANTAI_LOCALE="zh").out
    listed = desk.ok("findings", "SL2025-JY-E001-R1", "--json").json
    send()
    second = desk.ok("collect", "--unit", "JY", "--json").json

    assert (first.code, first.json["units"][0]["returned"]) == (1, 1)
    assert "SL2025-JY-E001-R1  退回补正" in shown
    assert "请于 2026-03-12 前补正" in shown
    assert "须补正 第2行" in shown
    rules = {each["rule"] for each in listed["findings"]}
    assert rules >= {"field_missing", "retention_unknown", "date_unreadable"}
    assert all(each["message"] and each["fix"] for each in listed["findings"])
    assert second["units"][0]["accepted"] == 1
    assert states(desk) == [("SL2025-JY-E001-R1", "superseded"), ("SL2025-JY-E001-R2", "accepted")]
    assert [each[0] for each in states(desk)] == [
        each["carrier_id"] for each in desk.ok("submissions", "--unit", "JY", "--json").json
    ]
    accepted = desk.ok("submissions", "--state", "accepted", "--json").json
    assert [each["carrier_id"] for each in accepted] == ["SL2025-JY-E001-R2"]


def test_package_whose_name_is_one_off_its_number_is_what_its_name_says(desk: Desk, send: Pack) -> None:
    """R1-43: package E-003 got number E-002; `findings` and `decide` acted on the wrong one."""
    with desk.centre().database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM agreement")
    for number in ("001", "003", "002"):
        send(number=number)
        desk.run("collect", "--unit", "JY")

    shown = {name: desk.ok("findings", name, LANTAI_LOCALE="zh").out for name in ("JY-2025-E-003", "SL2025-JY-E003")}
    decided = desk.ok("decide", "JY-2025-E-003", "return", "--reason", "缺件", "--as", "A01", LANTAI_LOCALE="zh").out
    unknown = desk.run("collect", "--unit", "JY", "--carrier", "SL2025-JY-E004", LANTAI_LOCALE="zh")
    taken = desk.run("collect", "--unit", "JY", "--carrier", "jy-2025-e-003", LANTAI_LOCALE="zh")

    assert "受理号 SL2025-JY-E002，即 JY 报送的 JY-2025-E-003（载体编号 003，第 1 轮）" in shown["JY-2025-E-003"]
    assert "受理号 SL2025-JY-E003，即 JY 报送的 JY-2025-E-002（载体编号 002，第 1 轮）" in shown["SL2025-JY-E003"]
    assert "受理号 SL2025-JY-E002，即 JY 报送的 JY-2025-E-003" in decided
    assert "SL2025-JY-E004" in unknown.err
    assert "受理号 SL2025-JY-E002，即 JY 报送的 JY-2025-E-003" in taken.out
    assert states(desk) == [
        ("SL2025-JY-E001-R1", "held"),
        ("SL2025-JY-E002-R1", "returned"),
        ("SL2025-JY-E003-R1", "held"),
    ]


def test_package_without_an_agreement_is_held_for_the_centre(desk: Desk, send: Pack) -> None:
    """R1-37."""
    send()

    with desk.centre().database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM agreement")
    told = desk.run("collect", "--unit", "JY")

    assert told.code == 1
    assert states(desk) == [("SL2025-JY-E001-R1", "held")]
    assert "agreement" in desk.ok("findings", "SL2025-JY-E001").out.lower()


def test_half_an_upload_is_left_alone_and_told_what_it_lacks(desk: Desk, send: Pack) -> None:
    """R1-42: half an upload is never touched."""
    sent = send()
    (sent / "data" / "2.txt").unlink()

    told = desk.ok("collect", "--unit", "JY")

    assert "1 packages still arriving" in told.out
    assert "data/2.txt" in told.out
    assert desk.ok("collect", "--unit", "JY", "--json").json["waiting"]["JY"] != []
    assert states(desk) == []


@pytest.mark.parametrize(
    ("changed", "kind", "advice"),
    [
        ({"port": 1}, "ServerUnreachableError", "unknown until then"),
        ({"host": "no.such.host.invalid"}, "ServerUnreachableError", "See the line"),
        ({"host_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPbOBHpxvJdDNfNjRS1eVRgRG8IF6nG8c4pJbFYqZmC1"}, "HostKeyMismatchError", "by telephone"),
        ({"key_file": "{stranger}"}, "LoginRefusedError", "our public key is enrolled"),
        ({"key_file": "/absent"}, "ConnectionConfigError", "host_key"),
        ({"remote_root": "{root}/absent"}, "OutboxMissingError", "make the folders outbox"),
        ({"host_key": ""}, "ConnectionConfigError", "`host_key` is required"),
    ],
)  # fmt: skip
def test_trouble_with_a_server_is_named_with_what_to_do(
    desk: Desk, sshd: OpenSsh, changed: dict[str, object], kind: str, advice: str
) -> None:
    """I8: an outbox that cannot be looked at is unknown, never empty."""
    connect(desk, sshd, "JY")
    connect(desk, sshd, "GA")
    places = {"stranger": sshd.folder / "stranger_key", "root": sshd.files}
    known = json.loads((desk.home / "connections.json").read_text())
    for name, value in changed.items():
        at = known["sftp_GA"] if name in ("host", "port") else known["sftp_GA"]["extra"]
        at[name] = value.format(**places) if isinstance(value, str) else value
    (desk.home / "connections.json").write_text(json.dumps(known))

    told = desk.run("collect")
    answered = desk.run("collect", "--json")

    assert told.code == answered.code == 3
    assert "2 units looked at" in told.out
    assert kind in told.err
    assert advice in told.err
    assert "lantai collect --unit GA" in told.err
    assert answered.json["unknown"] == {"GA": kind}
    assert answered.json["messages"]["GA"] in told.err
    board = desk.ok("year", "status", 2025, "--json").json
    assert {(each["unit_code"], each["state"]) for each in board} == {("GA", "unknown"), ("JY", "open")}


def test_one_unit_out_of_reach_stops_no_other(desk: Desk, sshd: OpenSsh, send: Pack) -> None:
    """R1-42: one unit's failure stops no other."""
    connect(desk, sshd, "GA", port=1)
    send()

    told = desk.run("collect", "--json")

    assert (told.code, told.json["unknown"]) == (3, {"GA": "ServerUnreachableError"})
    assert states(desk) == [("SL2025-JY-E001-R1", "accepted")]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("collect", "--unit", "XX"), 2, "unit XX: not in the register of units"),
        (("collect", "--year", "2031"), 2, "filing year 2031: not open, expected one of: 2025"),
        (("collect", "--year", "soon"), 2, "Invalid value for '--year'"),
        (("submissions", "--unit", "XX"), 2, "unit XX"),
        (("submissions", "--state", "lost"), 2, "'lost' is not one of 'seen'"),
        (("findings", "JY-1"), 2, "expected an acceptance number like SL2025-JY-E001"),
        (("findings", ""), 2, "expected an acceptance number"),
        (("collect",), 3, "connections.json: cannot be read (No such file or directory)"),
    ],
)
def test_what_cannot_be_meant_is_refused(desk: Desk, words: tuple[str, ...], code: int, said: str) -> None:
    told = desk.run(*words)

    assert told.code == code
    assert said in told.err


def test_unit_that_somebody_else_is_taking_in_is_left_to_them(desk: Desk, send: Pack) -> None:
    send()
    centre = desk.centre()

    with leased(centre.database, "unit:JY", centre.holder, centre.clock.now_at):
        told = desk.run("collect", "--unit", "JY")

    assert told.code == 3
    assert "LeaseLostError" in told.err
    assert "the other worker goes on" in told.err
    assert desk.ok("collect", "--unit", "JY", "--json").json["units"][0]["accepted"] == 1


def test_interruption_in_the_middle_goes_on_where_it_stopped(desk: Desk, send: Pack) -> None:
    """K1: Ctrl-C while bytes arrive; an ordinary rerun ends as an undisturbed run does."""
    send(more=b"x" * 60_000_000)
    running = desk.spawn("collect", "--unit", "JY")
    quarantine = desk.home / "quarantine"
    until = time.monotonic() + 60
    while not any(path.stat().st_size > 1_000_000 for path in quarantine.rglob("*") if path.is_file()):
        assert time.monotonic() < until
        assert running.poll() is None
        time.sleep(0.005)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)

    again = desk.ok("collect", "--unit", "JY", "--json").json

    assert (running.returncode, out) == (130, b"")
    assert err.decode() == "Interrupted; run it again and it goes on where it stopped.\n"
    assert again["units"][0]["accepted"] == 1
    assert states(desk) == [("SL2025-JY-E001-R1", "accepted")]
    assert not [path for path in quarantine.rglob("*") if path.is_file()]


def test_full_disk_loses_nothing_and_says_what_to_do(desk: Desk, send: Pack) -> None:
    """D1: no file may grow over 2 MiB, then there is space again."""
    send(more=b"x" * 4_000_000)

    done = desk.shell("ulimit -f 2048; lantai collect --unit JY; echo $?")
    again = desk.ok("collect", "--unit", "JY", "--json").json

    assert done.stdout.splitlines()[-1] == "3"
    assert "File too large" in done.stderr
    assert "then rerun" in done.stderr
    assert again["units"][0]["accepted"] == 1
    assert desk.ok("ledger", "verify", "--json").json["is_sound"]
