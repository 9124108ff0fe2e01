"""Lists from draft to certificate, each step typed by whoever does it, with their own key."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desks import Desk, Snapshot, connect
from factories_disposal import lay_down_carrier, record
from lantai.demo.county.sheets import fill_in
from lantai.edges.database.database import run_checks
from lantai.formats.papers.wording import Wording
from lantai.records.custody.record import Retention
from servers.openssh import OpenSsh

CARRIER = "SL2015-JY-E001-R1"
DESTRUCTION, TRANSFER = "D-2026-JY-001", "T-2026-JY-001"
PANEL, WITNESSES = ("M01", "M02", "M03"), ("W01", "W02")
PEOPLE = {
    "M01": "panel_member",
    "M02": "panel_member",
    "M03": "panel_member",
    "L01": "leader",
    "W01": "witness",
    "W02": "witness",
    "C01": "custodian",
}


@pytest.fixture(scope="module")
def due_home(set_up_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A centre with its people, and three records whose time is over."""
    snapshot = Snapshot(tmp_path_factory.mktemp("due"), set_up_home)
    for person_id, role in PEOPLE.items():
        snapshot.desk.ok("people", "add", person_id, f"职员{person_id}", "--role", role)
    lay_down_carrier(snapshot.desk.centre(), [record(number) for number in (1, 2, 3)])
    return snapshot.taken()


@pytest.fixture(scope="module")
def drafted_home(due_home: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Path]:
    """The same with a list drafted, for steps that are refused: a folder of worksheets, filled in and strange."""
    folder = tmp_path_factory.mktemp("sheets")
    desk = due_home.copied_to(folder / "home")
    desk.ok("list", "draft", "destruction")
    desk.ok("list", "export", DESTRUCTION, "-o", folder / "sheet.xlsx")
    filled(folder / "sheet.xlsx")
    desk.ok("forms", "--out", folder / "blank")
    (folder / "notes.xlsx").write_text("notes")
    return desk, folder


@pytest.fixture
def due(due_home: Snapshot) -> Desk:
    """That centre, as it was."""
    return due_home.restored()


@pytest.fixture(scope="module")
def reviewed_home(due_home: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The same with a list on which the panel has decided every row, and nobody has signed."""
    desk = due_home.restored()
    desk.ok("list", "draft", "destruction")
    decided(desk, tmp_path_factory.mktemp("decided"))
    return due_home.another()


@pytest.fixture
def reviewed(reviewed_home: Snapshot) -> Desk:
    """That list, not signed yet."""
    return reviewed_home.restored()


@pytest.fixture
def approved_list(reviewed: Desk) -> Desk:
    """That list, signed by panel and leader."""
    signed(reviewed)
    return reviewed


def filled(sheet: Path, kind: str = "destruction", keeps: tuple[int, ...] = (), blank: tuple[int, ...] = ()) -> Path:
    """Type decisions into a worksheet as a panel member does, row by row."""
    words = Wording("en")
    number = 0

    def decide(_shown: object) -> dict[str, str]:
        nonlocal number
        number += 1
        if number in blank:
            return {}
        decision = "keep" if number in keeps else "dispose"
        typed = {words.field("decision"): words.words(f"decisions.{kind}")[decision], words.field("reason"): "见纪要"}
        if decision == "keep" and kind == "destruction":
            typed[words.field("extend_years")] = "10"
        return typed

    sheet.write_bytes(fill_in(sheet.read_bytes(), decide))
    return sheet


def decided(
    desk: Desk, folder: Path, list_id: str = DESTRUCTION, kind: str = "destruction", **how: tuple[int, ...]
) -> None:
    """Let every panel member fill in a worksheet of their own and import it."""
    for member in PANEL:
        sheet = folder / f"{list_id}-{member}.xlsx"
        desk.ok("list", "export", list_id, "-o", sheet)
        filled(sheet, kind, **how)
        desk.ok("list", "import", sheet, "--as", member)


def approved(
    desk: Desk, folder: Path, list_id: str = DESTRUCTION, kind: str = "destruction", **how: tuple[int, ...]
) -> None:
    decided(desk, folder, list_id, kind, **how)
    signed(desk, list_id)


def signed(desk: Desk, list_id: str = DESTRUCTION) -> None:
    """Let the panel sign, and the leader after it."""
    for member in PANEL:
        desk.ok("list", "sign", list_id, "--role", "panel_member", "--as", member)
    desk.ok("list", "sign", list_id, "--role", "leader", "--as", "L01")
    if list_id.startswith("D-"):
        desk.ok("list", "report", list_id, "教档鉴〔2026〕1号", "--as", "A01")


def shown(desk: Desk, list_id: str = DESTRUCTION) -> dict[str, object]:
    return desk.ok("list", "show", list_id, "--json").json


def test_destruction_goes_from_draft_to_certificate_by_command_alone(due: Desk, tmp_path: Path) -> None:
    """R9-21, R9-19, I3: what is gone is gone at every place, what was kept is there, and nobody did two things."""
    drafted = due.ok("list", "draft", "destruction", "--as", "A01", "--json").json
    assert Path(drafted[DESTRUCTION]).is_file()
    approved(due, tmp_path, keeps=(3,))
    assert shown(due)["missing"] == [
        "found state approved, expected awaiting_custodian (`lantai list prepare` or the DAG's next run)",
        "approving signatures lie in no checkpoint yet",
        "witness, before: found 0 valid signatures, expected 2",
    ]

    assert due.ok("list", "prepare", "destruction", "--json").json["ready"] == [DESTRUCTION]
    for witness in WITNESSES:
        due.ok("list", "sign", DESTRUCTION, "--role", "witness", "--as", witness, "--counted", "2,3")
    assert shown(due)["missing"] == []
    first = due.ok("list", "run", DESTRUCTION, "--json").json
    assert (first["state"], first["record_count"]) == ("executing", 2)
    assert any("W01, after" in each for each in first["waiting_for"])
    assert shown(due)["missing"] == first["waiting_for"]
    assert "W01（销毁后确认）" in due.ok("list", "run", DESTRUCTION, LANTAI_LOCALE="zh").out
    for witness in WITNESSES:
        due.ok("list", "sign", DESTRUCTION, "--role", "witness", "--as", witness)
    last = due.ok("list", "run", DESTRUCTION)

    assert f"{DESTRUCTION}-XH" in last.out
    closed = shown(due)
    assert (closed["state"], len(closed["signed"]), closed["appraisal_report_no"]) == ("done", 8, "教档鉴〔2026〕1号")
    assert (
        closed["list_digest"]
        == json.loads((due.home / "papers" / DESTRUCTION / "销毁证明.json").read_text())["list_digest"]["value"]
    )
    assert (due.home / "papers" / DESTRUCTION / "销毁证明.pdf").is_file()
    identity = ("-i", due.home / "keys" / "identity.txt")
    back = due.ok("restore", CARRIER, "-o", tmp_path / "back", *identity, "--json").json
    assert back["refused"] == [f"{CARRIER}-0001", f"{CARRIER}-0002"]
    assert f"{CARRIER}-0003" in back["records"]
    refused = due.run("restore", f"{CARRIER}-0001", "-o", tmp_path / "back", *identity)
    assert (refused.code, "destroyed" in refused.err) == (3, True)
    assert due.ok("ledger", "verify", "--json").json["is_sound"]
    with due.centre().database.read() as connection:
        assert not any(run_checks(connection).values())


@pytest.mark.server("sshd")
def test_transfer_is_delivered_and_over_only_with_the_archives_receipt(
    due: Desk, sshd: OpenSsh, tmp_path: Path
) -> None:
    """R9-16, R9-24."""
    connect(due, sshd, "ARCHIVE")
    permanent = {"retention": Retention.Y, "formed_on": date(2005, 1, 5), "destroy_due_on": None}
    old = replace(record(9, "SL2005-JY-E001-R1"), transfer_due_on=date(2025, 1, 5), **permanent)
    lay_down_carrier(due.centre(), [old])
    due.ok("list", "draft", "transfer")
    approved(due, tmp_path, TRANSFER, "transfer")
    needless = due.run("list", "report", TRANSFER, "教档鉴〔2026〕1号", "--as", "A01")
    assert (needless.code, "found a transfer list" in needless.err) == (2, True)

    due.ok("list", "prepare")
    handed_over = due.ok("list", "run", TRANSFER, "--as", "C01", "--json").json
    package = sshd.files / "ARCHIVE" / "incoming" / f"{TRANSFER}.tar"
    assert handed_over["package_sha256"] == hashlib.sha256(package.read_bytes()).hexdigest()
    assert handed_over["state"] == "executing"
    assert shown(due, TRANSFER)["missing"] == [f"the archive's receipt receipts/{TRANSFER}.receipt.json"]
    receipt = {
        "list_id": TRANSFER,
        "receipt_no": "市档接〔2026〕1号",
        "package_sha256": handed_over["package_sha256"],
        "record_count": 1,
        "file_count": 1,
    }
    receipts = sshd.files / "ARCHIVE" / "receipts"
    receipts.mkdir()
    (receipts / f"{TRANSFER}.receipt.json").write_text(json.dumps(receipt))

    assert due.ok("list", "prepare", "transfer", "--json").json["finished"] == [TRANSFER]
    assert shown(due, TRANSFER)["state"] == "done"


@pytest.mark.server("sshd")
def test_archive_that_is_out_of_reach_is_told_and_the_list_waits(due: Desk, sshd: OpenSsh, tmp_path: Path) -> None:
    connect(due, sshd, "ARCHIVE", port=1)
    old = replace(
        record(9, "SL2005-JY-E001-R1"), retention=Retention.Y, transfer_due_on=date(2025, 1, 5), destroy_due_on=None
    )
    lay_down_carrier(due.centre(), [old])
    due.ok("list", "draft", "transfer")
    approved(due, tmp_path, TRANSFER, "transfer")
    due.ok("list", "prepare")

    told = due.run("list", "run", TRANSFER)

    assert told.code == 3
    assert "ServerUnreachableError" in told.err
    assert shown(due, TRANSFER)["state"] == "executing"


def test_draft_changes_no_record_and_a_second_one_finds_nothing_new(due: Desk) -> None:
    """R9-19."""
    first = due.ok("list", "draft", "destruction", "--on", "2026-01-01")
    second = due.ok("list", "draft", "destruction", "--on", "2026-01-01", "--json").json
    none_yet = due.ok("list", "draft", "destruction", "--on", "2025-12-31", "--unit", "GA")

    assert DESTRUCTION in first.out
    assert list(second) == [DESTRUCTION]
    assert none_yet.out == "Lists of what is due: none\n"
    assert shown(due)["rows"] == 3


def test_lists_are_shown_in_words(due: Desk) -> None:
    due.ok("list", "draft", "destruction")

    everything = due.ok("list", "show", LANTAI_LOCALE="zh").out
    one = due.ok("list", "show", DESTRUCTION, LANTAI_LOCALE="zh").out

    assert "销毁   JY     2026-03-02   鉴定中      3" in everything
    assert "状态          鉴定中" in one
    assert "鉴定小组成员：现有 0 人，应有 3 人" in one


def test_blank_row_is_undecided_and_the_list_stays_where_it_is(due: Desk, tmp_path: Path) -> None:
    """R9-19, R10-06."""
    due.ok("list", "draft", "destruction")
    sheet = tmp_path / "sheet.xlsx"
    due.ok("list", "export", DESTRUCTION, "-o", sheet)

    told = due.ok("list", "import", filled(sheet, blank=(2,)), "--as", "M01", "--json").json

    assert (told["changed"], told["undecided"], told["state"]) == (2, 1, "draft")
    refused = due.run("list", "sign", DESTRUCTION, "--role", "panel_member", "--as", "M01")
    assert (refused.code, "panel member M01: 1 rows undecided (row 2)" in refused.err) == (3, True)


def test_worksheet_that_somebody_filled_in_is_never_overwritten(due: Desk, tmp_path: Path) -> None:
    due.ok("list", "draft", "destruction")
    sheet = tmp_path / "sheet.xlsx"
    due.ok("list", "export", DESTRUCTION, "-o", sheet)
    filled(sheet)
    before = sheet.read_bytes()

    told = due.run("list", "export", DESTRUCTION, "--output", sheet)

    assert (told.code, "nothing was overwritten" in told.err) == (2, True)
    assert sheet.read_bytes() == before


def test_what_was_decided_so_far_can_be_exported_again_by_its_author(due: Desk, tmp_path: Path) -> None:
    due.ok("list", "draft", "destruction")
    decided(due, tmp_path)

    due.ok("list", "export", DESTRUCTION, "-o", tmp_path / "again.xlsx", "--as", "M01")
    told = due.ok("list", "import", tmp_path / "again.xlsx", "--as", "M01", "--json").json

    assert (told["changed"], told["state"]) == (0, "reviewed")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("import", "{sheet}", "--as", "nobody"), 2, "person or account nobody"),
        (("import", "{sheet}", "--as", "L01"), 3, "does not hold the role panel_member"),
        (("import", "{notes}", "--as", "M01"), 2, "found no xlsx file"),
        (("import", "{absent}", "--as", "M01"), 2, "does not exist"),
        (("import", "{folder}", "--as", "M01"), 2, "is a directory"),
        (("import", "{strange}", "--as", "M01"), 2, "expected a worksheet exported by the centre"),
        (("export", "D-2026-JY-999"), 2, "list D-2026-JY-999: not in the registry"),
        (("show", "D-2026-JY-999"), 2, "list D-2026-JY-999: not in the registry"),
        (("sign", "{list}", "--role", "cook", "--as", "M01"), 2, "'cook' is not one of"),
        (("sign", "{list}", "--role", "preparer", "--as", "A01"), 2, "signs nothing"),
        (("sign", "{list}", "--role", "leader", "--as", "L01"), 3, "panel members: found 0, expected 3"),
        (("sign", "{list}", "--role", "witness", "--as", "W01", "--counted", "many"), 2, "expected two whole numbers"),
        (("sign", "{list}", "--role", "leader", "--as", "L01", "--key", "{absent}"), 2, "does not exist"),
        (("message", "{list}", "--role", "leader", "--stage", "soon"), 2, "'soon' is not one of 'approve'"),
        (("prepare", "burning"), 2, "'burning' is not one of 'transfer'"),
        (("run", "{list}", "--as", "C01"), 3, "found state draft, expected awaiting_custodian"),
        (("run", "{list}", "--identity", "{absent}"), 2, "does not exist"),
        (("file", "{list}", "备1", "--as", "A01"), 3, "found state draft"),
        (("withdraw", "{list}", "--as", "C01"), 3, "holds none of"),
        (("draft", "burning"), 2, "'burning' is not one of 'transfer'"),
        (("draft", "destruction", "--on", "one day"), 2, "expected a date like 2026-03-02"),
        (("draft", "destruction", "--unit", "XX"), 2, "unit XX"),
    ],
)
def test_step_that_cannot_be_meant_is_refused_and_changes_nothing(
    drafted_home: tuple[Desk, Path], words: tuple[str, ...], code: int, said: str
) -> None:
    """R9-19."""
    desk, folder = drafted_home
    places = {
        "list": DESTRUCTION,
        "sheet": folder / "sheet.xlsx",
        "notes": folder / "notes.xlsx",
        "absent": folder / "absent",
        "folder": folder,
        "strange": folder / "blank" / "catalogue.xlsx",
    }

    told = desk.run("list", *(word.format(**places) for word in words))

    assert (told.code, told.out) == (code, "")
    assert said in told.err
    assert (shown(desk)["state"], shown(desk)["undecided"]) == ("draft", 3)


def test_worksheet_in_which_more_than_decisions_was_changed_is_refused_naming_the_cells(
    due: Desk, tmp_path: Path
) -> None:
    """R9-19, P8."""
    due.ok("list", "draft", "destruction")
    sheet = tmp_path / "sheet.xlsx"
    due.ok("list", "export", DESTRUCTION, "-o", sheet)
    title = Wording("en").field("title")
    sheet.write_bytes(fill_in(sheet.read_bytes(), lambda _shown: {title: "另一份文件"}))

    told = due.run("list", "import", sheet, "--as", "M01")

    assert told.code == 2
    assert "WorksheetError" in told.err
    assert re.search(r"[A-Z]+[0-9]+.*found '另一份文件', expected '关于第", told.err)
    assert shown(due)["undecided"] == 3


def test_signature_made_with_ssh_keygen_elsewhere_counts(reviewed: Desk, tmp_path: Path) -> None:
    """R12-04: the key never leaves its owner's machine."""
    key = tmp_path / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    reviewed.ok("people", "enrol-key", "M01", f"{key}.pub", "--enrolled-by", "A01", "--confirmed-by", "L01")
    words = ("list", "sign", DESTRUCTION, "--role", "panel_member", "--as", "M01")
    without = reviewed.run(*words)
    (tmp_path / "message").write_text(reviewed.ok("list", "message", DESTRUCTION, "--role", "panel_member").out)
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", "lantai-list", str(tmp_path / "message")], check=True
    )

    signed = reviewed.ok(*words, "--signature", tmp_path / "message.sig", "--json").json

    assert (without.code, "a key is enrolled" in without.err) == (3, True)
    assert (signed["is_new"], signed["fingerprint"].startswith("SHA256:")) == (True, True)
    assert reviewed.ok(*words, "--key", key, "--json").json["is_new"] is False


def test_key_of_somebody_else_is_refused(reviewed: Desk, tmp_path: Path) -> None:
    """R9-19, P3."""
    for person in ("M01", "M02"):
        key = tmp_path / person
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        reviewed.ok("people", "enrol-key", person, f"{key}.pub", "--enrolled-by", "A01", "--confirmed-by", "L01")
    words = ("list", "sign", DESTRUCTION, "--role", "panel_member", "--as", "M01", "--key")

    other = reviewed.run(*words, tmp_path / "M02")
    public = reviewed.run(*words, tmp_path / "M01.pub")

    assert (other.code, "SignatureInvalidError" in other.err) == (3, True)
    assert (public.code, "private key cannot be read" in public.err) == (3, True)
    assert shown(reviewed)["signed"] == []


def test_held_record_stops_the_act_and_is_named(approved_list: Desk) -> None:
    """R9-19, I3."""
    approved_list.ok("list", "prepare")
    for witness in WITNESSES:
        approved_list.ok("list", "sign", DESTRUCTION, "--role", "witness", "--as", witness)
    hold = approved_list.ok("hold", "add", "unit", "JY", "--reason", "审计", "--as", "A01", "--json").json["hold_id"]

    told = approved_list.run("list", "run", DESTRUCTION)

    assert (told.code, "HeldError" in told.err) == (3, True)
    assert hold in approved_list.ok("list", "show", DESTRUCTION).out
    assert shown(approved_list)["state"] == "awaiting_custodian"


def test_waiting_time_is_told_and_kept(approved_list: Desk) -> None:
    """R9-19."""
    prepared = approved_list.ok("list", "prepare", "--json", LANTAI_COOLING_OFF_DAYS="7").json

    assert (prepared["ready"], prepared["waiting"]) == ([], [DESTRUCTION])
    missing = approved_list.ok("list", "show", DESTRUCTION, LANTAI_COOLING_OFF_DAYS="7").out
    assert "waiting time of 7 days" in missing


def test_list_whose_approval_no_longer_holds_is_a_finding(approved_list: Desk) -> None:
    """R9-19."""
    told = approved_list.run("list", "prepare", "--json", LANTAI_PANEL_MEMBERS="4")

    assert (told.code, told.json["blocked"]) == (1, [DESTRUCTION])


def test_register_is_filed_and_an_unexecuted_list_withdrawn(approved_list: Desk) -> None:
    """R9-19."""
    filed = approved_list.ok("list", "file", DESTRUCTION, "浙档备〔2026〕1号", "--as", "A01")
    withdrawn = approved_list.ok("list", "withdraw", DESTRUCTION, "--as", "L01")
    again = approved_list.ok("list", "withdraw", DESTRUCTION, "--as", "L01", "--json").json

    assert filed.out == f"{DESTRUCTION}: filed under 浙档备〔2026〕1号\n"
    assert withdrawn.out == f"{DESTRUCTION} withdrawn\n"
    assert again == {"list_id": DESTRUCTION, "is_new": False}
    assert shown(approved_list)["state"] == "withdrawn"


def test_custodian_has_to_be_one_or_named(due: Desk, tmp_path: Path) -> None:
    """R9-19, R12-04."""
    due.ok("people", "add", "C02", "另一保管人", "--role", "custodian")
    due.ok("list", "draft", "destruction")

    told = due.run("list", "run", DESTRUCTION)

    assert (told.code, "found 2 appointed today, expected one, or --as" in told.err) == (2, True)


def test_what_is_missing_is_told_in_the_language_of_the_screen(reviewed: Desk) -> None:
    """R9-19: people who sign read Chinese first; the ledger and the scripts get one wording."""
    shown_zh = reviewed.ok("list", "show", DESTRUCTION, LANTAI_LOCALE="zh").out
    shown_en = reviewed.ok("list", "show", DESTRUCTION).out
    refused_zh = reviewed.run("list", "sign", DESTRUCTION, "--role", "leader", "--as", "L01", LANTAI_LOCALE="zh")
    refused_en = reviewed.run("list", "sign", DESTRUCTION, "--role", "leader", "--as", "L01")

    assert "主管领导（审批）：有效签字 0 个，应有 1 个" in shown_zh
    assert "found" not in shown_zh
    assert "leader, approve: found 0 valid signatures, expected 1" in shown_en
    assert "鉴定小组成员 M01（审批）：尚未签署" in refused_zh.err
    assert "panel_member M01, approve: no signature under digest" in refused_en.err
