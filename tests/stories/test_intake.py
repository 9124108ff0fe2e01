"""Stories of intake: from a department's outbox to its inbox, through a real SSH server and a real vault."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from filing_house import FilingHouse
from lantai.edges.centre import Centre
from lantai.edges.clock import Clock
from lantai.edges.database import run_checks
from lantai.edges.keys import load_identities
from lantai.edges.ledger import moment_text
from lantai.edges.outbox import PackageSeen
from lantai.edges.registry.duties import board
from lantai.edges.registry.submissions import findings_of, rounds
from lantai.errors import KeyMissingError, LantaiError, UnexpectedError
from lantai.formats import canonical, merkle, signed_note
from lantai.journey.assess import assess
from lantai.journey.board import board_of
from lantai.journey.look import look
from lantai.journey.purge_returned import purge_returned
from lantai.journey.restore import open_record
from lantai.journey.take_in import take_in
from lantai.records.submission import RoundState
from lantai.records.unit import DataForm, Unit
from servers.openssh import OpenSsh

pytestmark = pytest.mark.server("sshd")


@pytest.fixture
def house(centre: Centre, sshd: OpenSsh, tmp_path: Path) -> FilingHouse:
    return FilingHouse(centre, sshd, tmp_path / "work")


def states(house: FilingHouse, code: str = "JY") -> list[tuple[int, RoundState]]:
    with house.centre.database.read() as connection:
        return [(found.round_no, found.state) for found in rounds(connection, unit_code=code)]


def told(house: FilingHouse, carrier: str) -> set[str]:
    with house.centre.database.read() as connection:
        return {finding.rule for finding in findings_of(connection, carrier)}


def opinions(house: FilingHouse, name: str = "001.r1", code: str = "JY") -> dict[str, Any]:
    return canonical.loads(house.inbox(code)[f"{name}.opinions.json"])


def board_state(house: FilingHouse, code: str = "JY", year: int = 2025) -> str:
    with house.centre.database.read() as connection:
        rows = board_of(board(connection, year), house.centre.clock.today_on())
    return next(row.state for row in rows if row.unit_code == code)


def test_perfect_filing_is_accepted_sealed_twice_and_receipted(house: FilingHouse) -> None:
    """R1-43 to R1-48, R1-53, R1-54: the whole way of a good filing."""
    house.add_unit()
    house.open_year()
    house.file()

    looked = look(house.centre)
    done = take_in(house.centre, "JY")

    assert dict(looked.ready) == {"JY": 1}
    assert (done.accepted, done.records, done.answered) == (1, 3, 1)
    assert set(house.inbox()) == {"001.r1.receipt.json", "001.r1.receipt.pdf", "001.r1.receipt.sig"}
    assert board_state(house) == "accepted"
    assert house.centre.quarantine.carriers() == []
    assert not list(house.centre.settings.work.iterdir())
    with house.centre.database.read() as connection:
        assert not any(run_checks(connection).values())


@pytest.mark.server("pdftotext")
def test_form_comes_back_with_the_half_that_the_unit_filled_in_and_the_digest_it_registered(house: FilingHouse) -> None:
    """R1-28, R1-45, R1-48."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    registered = hashlib.sha256((carrier / "manifest-sha256.txt").read_bytes()).hexdigest()
    look(house.centre)
    take_in(house.centre, "JY")

    pdf = house.inbox()["001.r1.receipt.pdf"]

    read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    text = "".join(read.stdout.decode().split())
    assert f"SHA-256{registered}" in text
    assert "真实性合格合格" in text
    assert "可用性合格待人工检验" in text
    assert "填表人（签名）李敏审核人（签名）王强" in text
    assert "2026年3月2日" in text[text.index("审核人（签名）王强") :]
    assert "主保管库" in text
    assert "file://" not in text


def test_receipt_is_signed_and_proves_its_place_in_the_ledger(house: FilingHouse) -> None:
    """R4-12, I5: a department can check its receipt with public keys alone."""
    house.add_unit()
    house.open_year()
    house.file()
    look(house.centre)
    take_in(house.centre, "JY")

    inbox = house.inbox()
    body = inbox["001.r1.receipt.json"]
    keys = house.centre.vault.first.name.removeprefix("file://") + "/keys/"
    intake = load_pem_public_key(Path(keys + "intake.pub.pem").read_bytes())
    log = load_pem_public_key(Path(keys + "log.pub.pem").read_bytes())
    receipt = canonical.loads(body)
    text, _ = signed_note.verify(receipt["ledger"]["checkpoint"], {"lantai-log": log})
    checkpoint = signed_note.Checkpoint.parse(text)

    intake.verify(inbox["001.r1.receipt.sig"], body)
    with pytest.raises(InvalidSignature):
        intake.verify(inbox["001.r1.receipt.sig"], body.replace(b'"round":1', b'"round":2'))
    leaf = base64.b64decode(receipt["ledger"]["leaf"])
    hashes = [base64.b64decode(digest) for digest in receipt["ledger"]["hashes"]]
    merkle.verify_inclusion(
        merkle.leaf_hash(leaf), receipt["ledger"]["leaf_index"], checkpoint.size, hashes, checkpoint.root
    )
    assert json.loads(leaf)["manifest_sha256"] == receipt["manifest_sha256"]
    assert json.loads(leaf)["occurred_at"] <= moment_text(house.centre.clock.now_at())


def test_sealed_record_opens_and_is_what_was_filed(house: FilingHouse) -> None:
    """I1: what comes out is what went in."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    wanted = (carrier / "data" / "1.txt").read_bytes()
    look(house.centre)
    take_in(house.centre, "JY")

    identities = load_identities(house.centre.settings.keys / "identity.txt")
    found = [
        (opened.path, b"".join(opened.chunks))
        for opened in open_record(house.centre, "JY-2025-E-001-R1-00001", identities)
    ]

    assert found == [("data/1.txt", wanted)]


def test_rerun_of_an_accepted_filing_changes_nothing(house: FilingHouse) -> None:
    """I4, R1: one effect however often it runs."""
    house.add_unit()
    house.open_year()
    house.file()
    look(house.centre)
    take_in(house.centre, "JY")
    before = house.inbox()

    looked = look(house.centre)
    again = take_in(house.centre, "JY")

    assert dict(looked.ready) == {}
    assert (again.accepted, again.answered) == (0, 0)
    assert house.inbox() == before
    assert states(house) == [(1, RoundState.ACCEPTED)]


def test_faulty_filing_is_returned_with_every_fault_and_the_next_one_is_round_two(house: FilingHouse) -> None:
    """R1-49, R1-50, R4-08: all faults in one go, a date to supplement by, both rounds stay."""
    house.add_unit()
    house.open_year()
    faulty = [
        house.row("JY", 1, title=""),
        house.row("JY", 2, retention="五年"),
        house.row("JY", 3, formed_on="2025-13-40"),
    ]
    house.file(rows=faulty)
    look(house.centre)
    first = take_in(house.centre, "JY")
    opinions = canonical.loads(house.inbox()["001.r1.opinions.json"])

    house.file()
    look(house.centre)
    second = take_in(house.centre, "JY")

    assert (first.returned, first.accepted) == (1, 0)
    assert {finding["rule"] for finding in opinions["findings"]} >= {
        "field_missing",
        "retention_unknown",
        "date_unreadable",
    }
    assert opinions["supplement_by"] == date(2026, 3, 12).isoformat()
    assert all(finding["fix"] and finding["message"] for finding in opinions["findings"])
    assert (second.accepted, second.returned) == (1, 0)
    assert states(house) == [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED)]
    assert {"001.r1.opinions.pdf", "001.r2.receipt.json"} <= set(house.inbox())


def test_other_bytes_after_an_acceptance_are_held_for_somebody_to_look_at(house: FilingHouse) -> None:
    """Interfaces: `already_accepted`; nothing is overwritten, nothing is refused silently."""
    house.add_unit()
    house.open_year()
    house.file()
    look(house.centre)
    take_in(house.centre, "JY")

    house.file(rows=[house.row("JY", number) for number in (4, 5)])
    look(house.centre)
    again = take_in(house.centre, "JY")

    assert again.held == 1
    assert states(house) == [(1, RoundState.ACCEPTED), (2, RoundState.HELD)]
    assert told(house, "JY-2025-E-001-R2") >= {"already_accepted"}
    assert board_state(house) == "accepted"


def test_mended_filing_after_an_acceptance_is_held_whatever_it_repeats(house: FilingHouse) -> None:
    """Interfaces: `already_accepted` alone; that its archival codes stand in the accepted round is no fault of its own."""
    house.add_unit()
    house.open_year()
    house.file()
    look(house.centre)
    take_in(house.centre, "JY")

    house.file(rows=[house.row("JY", number, title="更正后的题名") for number in (1, 2, 3)])
    look(house.centre)
    again = take_in(house.centre, "JY")

    assert (again.held, again.returned) == (1, 0)
    assert told(house, "JY-2025-E-001-R2") == {"already_accepted"}
    assert set(house.inbox()) == {"001.r1.receipt.json", "001.r1.receipt.pdf", "001.r1.receipt.sig"}


def test_zero_report_counts_as_filed(house: FilingHouse) -> None:
    """R1-22."""
    house.add_unit()
    house.open_year()
    house.file(zero_signed_by="王强")

    look(house.centre)
    done = take_in(house.centre, "JY")

    assert (done.accepted, done.zero_reports, done.records) == (1, 1, 0)
    assert board_state(house) == "zero_report"
    assert "001.r1.receipt.json" in house.inbox()


def test_zero_report_after_a_filing_contradicts_it_and_is_held(house: FilingHouse) -> None:
    """R1-22: a unit cannot have filed and have nothing to file."""
    house.add_unit()
    house.open_year()
    house.file()
    look(house.centre)
    take_in(house.centre, "JY")

    house.file(name="nothing", carrier_number="nothing", zero_signed_by="王强")
    look(house.centre)
    done = take_in(house.centre, "JY")

    assert (done.held, done.accepted) == (1, 0)
    assert told(house, "JY-2025-E-002-R1") == {"zero_report_contradicts"}
    assert board_state(house) == "accepted"


def test_filing_after_a_zero_report_takes_its_place(house: FilingHouse) -> None:
    """R1-22, R11-03: the board says accepted, the duty keeps its first moment, the unit reads that its zero report is over."""
    house.add_unit()
    house.open_year()
    house.file(name="nothing", carrier_number="nothing", zero_signed_by="王强")
    look(house.centre)
    take_in(house.centre, "JY")
    before = board_state(house)

    house.file()
    look(house.centre)
    done = take_in(house.centre, "JY")

    assert (before, done.accepted) == ("zero_report", 1)
    assert told(house, "JY-2025-E-002-R1") == {"zero_report_replaced"}
    assert board_state(house) == "accepted"


def test_filing_without_an_agreement_is_held_and_goes_on_when_there_is_one(house: FilingHouse) -> None:
    """R1-37: held, never guessed."""
    house.add_unit(with_agreement=False)
    house.open_year()
    house.file()
    look(house.centre)
    first = take_in(house.centre, "JY")

    idle = look(house.centre)
    early = house.inbox()
    house.agree("JY")
    woken = look(house.centre)
    second = take_in(house.centre, "JY")

    assert (first.held, first.accepted) == (1, 0)
    assert early == {}
    assert dict(idle.ready) == {}
    assert dict(woken.ready) == {"JY": 1}
    assert second.accepted == 1


def test_agreement_that_is_over_or_of_another_form_is_none(house: FilingHouse) -> None:
    """R1-37: in force on the day of intake, for this form; `--to` counts as the last day."""
    house.add_unit(with_agreement=False)
    house.open_year()
    house.agree("JY", to_on=date(2026, 3, 1))
    house.agree("JY", from_on=date(2026, 3, 3))
    house.agree("JY", DataForm.BUSINESS_DATA)
    house.file()
    look(house.centre)
    first = take_in(house.centre, "JY")

    house.agree("JY", to_on=date(2026, 3, 2))
    look(house.centre)
    second = take_in(house.centre, "JY")

    assert (first.held, second.accepted) == (1, 1)


def test_unit_that_agreed_to_encrypt_and_sends_in_the_open_is_held(house: FilingHouse) -> None:
    """R1-37: held, not guessed; a later agreement speaks louder, and the round goes on when a person asks for the unit."""
    house.add_unit(with_agreement=False)
    house.open_year()
    keys = {"algorithm": "age", "unit_key_custodian": "李强", "centre_key_custodian": "赵静"}
    house.agree("JY", encrypts_before_sending=True, **keys)
    house.file()
    look(house.centre)
    first = take_in(house.centre, "JY")
    held = told(house, "JY-2025-E-001-R1")

    house.agree("JY", from_on=date(2026, 3, 2))
    look(house.centre, units=["JY"])
    second = take_in(house.centre, "JY")

    assert (first.held, held, house.inbox().keys() >= {"001.r1.receipt.json"}) == (1, {"not_encrypted_as_agreed"}, True)
    assert second.accepted == 1


def test_half_an_upload_is_left_alone_until_it_is_whole(house: FilingHouse, tmp_path: Path) -> None:
    """R1-42, S1."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    shutil.move(carrier / "data" / "2.txt", tmp_path / "late.txt")

    early = look(house.centre)
    shutil.move(tmp_path / "late.txt", carrier / "data" / "2.txt")
    late = look(house.centre)

    assert (dict(early.ready), early.unsettled) == ({}, 1)
    assert dict(late.ready) == {"JY": 1}


def test_missing_file_is_named_when_the_unit_says_it_is_ready(house: FilingHouse) -> None:
    """R1-50: the unit's own word that it is ready makes the gap a fault."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    (carrier / "data" / "2.txt").unlink()
    carrier.with_name("001.ready").touch()

    look(house.centre)
    done = take_in(house.centre, "JY")

    assert done.returned == 1
    assert [(f["rule"], f["record_no"], f["message"]) for f in opinions(house)["findings"]] == [
        ("catalogue_file_missing", 2, "第 2 行列有 data/2.txt，包内没有。")
    ]


def test_changed_file_is_returned_and_never_sealed(house: FilingHouse) -> None:
    """R1-47, I1."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    path = carrier / "data" / "2.txt"
    path.write_bytes(path.read_bytes()[:-1] + b"X")

    look(house.centre)
    done = take_in(house.centre, "JY")

    assert done.returned == 1
    assert "digest_mismatch" in told(house, "JY-2025-E-001-R1")
    assert not (Path(house.centre.vault.first.name.removeprefix("file://")) / "carriers").exists()


def test_classified_record_is_refused_at_the_door(house: FilingHouse) -> None:
    """R1-40, N11."""
    house.add_unit()
    house.open_year()
    house.file(rows=[house.row("JY", 1, classification="秘密")])

    look(house.centre)
    done = take_in(house.centre, "JY")

    assert done.returned == 1
    assert "classified_record" in told(house, "JY-2025-E-001-R1")


def test_marks_of_a_secret_anywhere_return_the_package_and_nothing_of_it_stays(house: FilingHouse) -> None:
    """R1-40, I6: the ordinary channel is no place for it, not even for the days that a returned package is kept."""
    house.add_unit()
    house.open_year()
    house.file(
        rows=[house.row("JY", 1, title="机密★3年 关于某事的请示"), house.row("JY", 2, files=("data/（秘密）.txt",))]
    )

    look(house.centre)
    done = take_in(house.centre, "JY")
    lying = house.centre.quarantine.carriers()
    purged = purge_returned(house.centre)

    assert done.returned == 1
    assert {f["record_no"] for f in opinions(house)["findings"] if f["rule"] == "classified_mark"} == {0, 1}
    assert (len(lying), purged, house.centre.quarantine.carriers()) == (1, 1, [])
    assert look(house.centre).ready == {}


def test_archive_is_taken_apart_and_taken_in(house: FilingHouse) -> None:
    """R1-31: one bag as .zip or .tar of one."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    shutil.make_archive(str(carrier), "zip", carrier.parent, carrier.name)
    shutil.rmtree(carrier)

    look(house.centre)
    done = take_in(house.centre, "JY")

    assert (done.accepted, done.records) == (1, 3)
    assert "001.r1.receipt.json" in house.inbox()


def test_what_lies_where_nobody_takes_it_is_named_and_the_rest_is_taken(house: FilingHouse) -> None:
    """I8, R1-24: a package in the folder of a year that was never opened is not nothing, nor is one beside the folders."""
    house.add_unit()
    house.open_year()
    good = house.file()
    outbox = good.parents[1]
    shutil.copytree(good, outbox / "2023" / "001")
    shutil.copytree(good, outbox / "忘了年度")
    (outbox / "2022").mkdir()
    (outbox / "2025" / "目录.xlsx").write_bytes(b"x")
    (outbox / "2025" / "link").symlink_to(good)
    for litter in (".DS_Store", "Thumbs.db", "001.ready", "002.filepart"):
        (outbox / "2025" / litter).write_bytes(b"x")

    looked = look(house.centre)
    done = take_in(house.centre, "JY")

    assert dict(looked.strays) == {
        "JY": ["outbox/2023", "outbox/2025/link", "outbox/2025/目录.xlsx", "outbox/忘了年度"]
    }
    assert (dict(looked.ready), done.accepted) == ({"JY": 1}, 1)


def test_folder_of_a_closed_year_is_no_stray(house: FilingHouse) -> None:
    """R1-24: the outbox is the unit's, and what it filed in earlier years stays there."""
    house.add_unit()
    house.open_year(2024)
    house.open_year(2025)
    house.file(year=2024)

    looked = look(house.centre, [2025])

    assert (dict(looked.strays), dict(looked.ready)) == ({}, {})


@pytest.mark.parametrize("ending", ["rar", "7z", "tar.gz", "TGZ"])
def test_archive_of_a_kind_that_is_not_taken_comes_back_with_the_reason(house: FilingHouse, ending: str) -> None:
    """R1-31, R1-50: it was passed over in silence; the unit thought that it had filed."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    packed = Path(shutil.make_archive(str(carrier), "gztar", carrier.parent, carrier.name))
    packed.rename(carrier.with_name(f"001.{ending}"))
    shutil.rmtree(carrier)
    look(house.centre)
    first = take_in(house.centre, "JY")
    (opinion,) = opinions(house)["findings"]

    house.file()
    look(house.centre)
    second = take_in(house.centre, "JY")

    assert (first.returned, opinion["rule"]) == (1, "archive_refused")
    assert "rar、7z、tar.gz 等不受理" in opinion["message"]
    assert (second.accepted, states(house)) == (1, [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED)])


def test_archive_that_cannot_be_taken_apart_is_told_of_alone(house: FilingHouse) -> None:
    """R1-50: of what is in it nothing is known, so nothing is said to be missing."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    whole = Path(shutil.make_archive(str(carrier), "zip", carrier.parent, carrier.name))
    shutil.rmtree(carrier)
    good = whole.read_bytes()
    whole.write_bytes(good[:-40])

    look(house.centre)
    first = take_in(house.centre, "JY")
    told_first = told(house, "JY-2025-E-001-R1")
    whole.write_bytes(good)
    look(house.centre)
    second = take_in(house.centre, "JY")

    assert (first.returned, told_first) == (1, {"archive_refused"})
    assert (second.accepted, states(house)) == (1, [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED)])
    assert house.numbers() == {"JY-2025-E-001": "001"}


def test_carrier_that_says_its_number_at_last_is_the_next_round_of_the_same_submission(house: FilingHouse) -> None:
    """R1-49: what came back without a number is mended, and no submission stays open for ever."""
    house.add_unit()
    house.open_year()
    carrier = house.file(name="报送", carrier_number="007")
    info = carrier / "bag-info.txt"
    info.write_text(info.read_text().replace("Carrier-Number: 007\n", ""))
    look(house.centre)
    take_in(house.centre, "JY")
    nameless = house.numbers()

    house.file(name="报送", carrier_number="007")
    house.file(name="另一", carrier_number="008", rows=[house.row("JY", n) for n in (4, 5)])
    look(house.centre)
    take_in(house.centre, "JY")

    assert nameless == {"JY-2025-E-001": "报送"}
    assert house.numbers() == {"JY-2025-E-001": "007", "JY-2025-E-002": "008"}
    assert states(house) == [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED), (1, RoundState.ACCEPTED)]


def test_links_and_pipes_in_a_package_are_named_by_their_path(house: FilingHouse) -> None:
    """S2: not followed, not read, told to the unit."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    (carrier / "data" / "link.txt").symlink_to("/etc/passwd")
    os.mkfifo(carrier / "data" / "管道")

    look(house.centre)
    take_in(house.centre, "JY")

    assert {f["message"] for f in opinions(house)["findings"]} == {
        "data/link.txt 是链接或设备。",
        "data/管道 是链接或设备。",
    }


def test_fault_of_the_program_in_one_package_stops_no_other(
    house: FilingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1-50: it is named as what it is, the other package is accepted, and a rerun takes up the rest."""
    house.add_unit()
    house.open_year()
    house.file(name="001", carrier_number="001")
    house.file(name="002", carrier_number="002", rows=[house.row("JY", 4)])
    look(house.centre)

    def stumbling(centre: Centre, unit: Unit, package: PackageSeen, *rest: Any, **named: Any) -> Any:
        if package.raw_name == b"001":
            raise ZeroDivisionError("division by zero")
        return assess(centre, unit, package, *rest, **named)

    monkeypatch.setattr("lantai.journey.take_in.assess", stumbling)
    with pytest.raises(UnexpectedError, match="JY: ZeroDivisionError"):
        take_in(house.centre, "JY")
    early = house.numbers()
    monkeypatch.undo()
    done = take_in(house.centre, "JY")

    assert early == {"JY-2025-E-001": "002"}
    assert (done.accepted, states(house)) == (1, [(1, RoundState.ACCEPTED), (1, RoundState.ACCEPTED)])


def test_answer_that_cannot_be_delivered_stops_no_other_and_is_tried_again(house: FilingHouse) -> None:
    """I4: each answer by itself, and once."""
    house.add_unit()
    house.open_year()
    house.file(name="001", carrier_number="001")
    house.file(name="002", carrier_number="002", rows=[house.row("JY", 4)])
    in_the_way = house.sshd.files / "JY" / "inbox" / "2025" / "001.r1.receipt.pdf"
    in_the_way.mkdir(parents=True)
    look(house.centre)
    with pytest.raises(LantaiError):
        take_in(house.centre, "JY")
    early = {path.name for path in in_the_way.parent.glob("*.json")}

    in_the_way.rmdir()
    done = take_in(house.centre, "JY")

    assert early == {"002.r1.receipt.json"}
    assert (done.answered, len(house.inbox())) == (1, 6)


def test_unreachable_unit_is_unknown_and_the_others_are_taken_in(house: FilingHouse) -> None:
    """I8, S4: could not look is never nothing there."""
    house.add_unit("JY")
    house.add_unit("MZ")
    house.open_year()
    house.file("JY")
    house.connect("MZ", house.sshd.files / "elsewhere")

    looked = look(house.centre)
    done = take_in(house.centre, "JY")

    assert set(looked.unknown) == {"MZ"}
    assert board_state(house, "MZ") == "unknown"
    assert done.accepted == 1


def test_changed_host_key_is_unknown_by_name(house: FilingHouse) -> None:
    """Security 1."""
    house.add_unit()
    house.open_year()
    stranger = (house.sshd.folder / "stranger_key.pub").read_text().split()
    house.connect("JY", house.sshd.files / "JY", host_key=" ".join(stranger[:2]))

    looked = look(house.centre)

    assert dict(looked.unknown) == {"JY": "HostKeyMismatchError"}


def test_archival_code_of_an_earlier_carrier_is_a_fault(house: FilingHouse) -> None:
    """N5: 档号 is unique and stable."""
    house.add_unit()
    house.open_year()
    house.file(name="001", carrier_number="001")
    look(house.centre)
    take_in(house.centre, "JY")

    house.file(name="002", carrier_number="002")
    look(house.centre)
    done = take_in(house.centre, "JY")

    assert done.returned == 1
    assert "archival_code_used_before" in told(house, "JY-2025-E-002-R1")


def test_returned_round_is_purged_when_its_time_is_over(house: FilingHouse) -> None:
    """Interfaces: LANTAI_RETURNED_DAYS; the row and its findings stay."""
    house.add_unit()
    house.open_year()
    house.file(rows=[house.row("JY", 1, title="")])
    look(house.centre)
    take_in(house.centre, "JY")
    early = purge_returned(house.centre)
    kept = house.centre.quarantine.carriers()
    later = replace(house.centre, clock=Clock(house.centre.settings.zone, date(2026, 4, 2)))

    purged = (purge_returned(later), purge_returned(later))

    assert (early, len(kept)) == (0, 1)
    assert purged == (1, 0)
    assert house.centre.quarantine.carriers() == []
    assert states(house) == [(1, RoundState.RETURNED)]


def test_package_that_was_taken_away_before_it_was_whole_is_forgotten(house: FilingHouse) -> None:
    """R11-03: the board says what is there now."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    (carrier / "data" / "2.txt").unlink()
    waiting = look(house.centre)
    seen = board_state(house)

    shutil.rmtree(carrier)
    look(house.centre)

    assert "data/2.txt" in waiting.waiting["JY"][0]
    assert (seen, board_state(house)) == ("unfinished", "open")


def test_package_taken_out_of_the_outbox_before_it_was_sealed_is_still_accepted(house: FilingHouse) -> None:
    """I2: what was received whole is not lost because its unit tidied up."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    recipients = house.centre.settings.recipients_file
    hidden = recipients.rename(recipients.with_suffix(".away"))
    look(house.centre)
    with pytest.raises(KeyMissingError):
        take_in(house.centre, "JY")

    hidden.rename(recipients)
    shutil.rmtree(carrier)
    looked = look(replace(house.centre))
    done = take_in(replace(house.centre), "JY")

    assert dict(looked.ready) == {"JY": 1}
    assert (done.accepted, done.records, done.answered) == (1, 3, 1)
