"""Stories of intake: from a department's outbox to its inbox, through a real SSH server and a real vault.

Covers: journey.intake.take_in.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from filing_house import FilingHouse
from lantai.edges.database.database import run_checks
from lantai.edges.keys.files import load_identities
from lantai.edges.ledger.events import moment_text
from lantai.formats.ledger import canonical, merkle, signed_note
from lantai.journey.custody.restore import open_record
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.records.intake.submission import RoundState

pytestmark = pytest.mark.server("sshd")


def test_perfect_filing_is_accepted_sealed_twice_and_receipted(house: FilingHouse) -> None:
    """R1-43, R1-44, R1-48, I6: the whole way of a good filing."""
    house.add_unit()
    house.open_year()
    house.file()

    looked = look(house.centre)
    done = take_in(house.centre, "JY")

    assert dict(looked.ready) == {"JY": 1}
    assert (done.accepted, done.records, done.answered) == (1, 3, 1)
    assert set(house.inbox()) == {
        "001.SL2025-JY-E001-R1.receipt.json",
        "001.SL2025-JY-E001-R1.receipt.pdf",
        "001.SL2025-JY-E001-R1.receipt.sig",
    }
    assert house.board_state() == "accepted"
    assert house.centre.quarantine.ids() == []
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

    pdf = house.inbox()["001.SL2025-JY-E001-R1.receipt.pdf"]

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
    body = inbox["001.SL2025-JY-E001-R1.receipt.json"]
    keys = house.centre.vault.first.name.removeprefix("file://") + "/keys/"
    intake = load_pem_public_key(Path(keys + "intake.pub.pem").read_bytes())
    log = load_pem_public_key(Path(keys + "log.pub.pem").read_bytes())
    receipt = canonical.loads(body)
    text, _ = signed_note.verify(receipt["ledger"]["checkpoint"], {"lantai-log": log})
    checkpoint = signed_note.Checkpoint.parse(text)

    intake.verify(inbox["001.SL2025-JY-E001-R1.receipt.sig"], body)
    with pytest.raises(InvalidSignature):
        intake.verify(inbox["001.SL2025-JY-E001-R1.receipt.sig"], body.replace(b'"round":1', b'"round":2'))
    leaf = base64.b64decode(receipt["ledger"]["leaf"])
    hashes = [base64.b64decode(digest) for digest in receipt["ledger"]["hashes"]]
    merkle.verify_inclusion(
        merkle.leaf_hash(leaf), receipt["ledger"]["leaf_index"], checkpoint.size, hashes, checkpoint.root
    )
    assert json.loads(leaf)["manifest_sha256"] == receipt["manifest_sha256"]
    assert json.loads(leaf)["occurred_at"] <= moment_text(house.centre.clock.now_at())


def test_sealed_record_opens_and_is_what_was_filed(house: FilingHouse) -> None:
    """R1-36, I1: what comes out is what went in."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    wanted = (carrier / "data" / "1.txt").read_bytes()
    look(house.centre)
    take_in(house.centre, "JY")

    identities = load_identities(house.centre.settings.keys / "identity.txt")
    found = [
        (opened.path, b"".join(opened.chunks))
        for opened in open_record(house.centre, "SL2025-JY-E001-R1-00001", identities)
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
    assert house.states() == [(1, RoundState.ACCEPTED)]


def test_zero_report_counts_as_filed(house: FilingHouse) -> None:
    """R1-22."""
    house.add_unit()
    house.open_year()
    house.file(zero_signed_by="王强")

    look(house.centre)
    done = take_in(house.centre, "JY")

    assert (done.accepted, done.zero_reports, done.records) == (1, 1, 0)
    assert house.board_state() == "zero_report"
    assert "001.SL2025-JY-E001-R1.receipt.json" in house.inbox()


def test_filing_after_a_zero_report_takes_its_place(house: FilingHouse) -> None:
    """R1-22, R11-03: the board says accepted, the duty keeps its first moment, the unit reads that its zero report is over."""
    house.add_unit()
    house.open_year()
    house.file(name="nothing", carrier_number="nothing", zero_signed_by="王强")
    look(house.centre)
    take_in(house.centre, "JY")
    before = house.board_state()

    house.file()
    look(house.centre)
    done = take_in(house.centre, "JY")

    assert (before, done.accepted) == ("zero_report", 1)
    assert house.told("SL2025-JY-E002-R1") == {"zero_report_replaced"}
    assert house.board_state() == "accepted"


def test_archive_is_taken_apart_and_taken_in(house: FilingHouse) -> None:
    """R1-38, R1-31: one bag as .zip or .tar of one."""
    house.add_unit()
    house.open_year()
    carrier = house.file()
    shutil.make_archive(str(carrier), "zip", carrier.parent, carrier.name)
    shutil.rmtree(carrier)

    look(house.centre)
    done = take_in(house.centre, "JY")

    assert (done.accepted, done.records) == (1, 3)
    assert "001.SL2025-JY-E001-R1.receipt.json" in house.inbox()


def test_answers_to_packages_of_the_same_name_lie_side_by_side(house: FilingHouse) -> None:
    """I4: a unit that uses a name again keeps the receipt it has."""
    house.add_unit()
    house.open_year()
    house.file(carrier_number="A", rows=[house.row("JY", 1)])
    look(house.centre)
    take_in(house.centre, "JY")
    before = house.inbox()
    second = house.file(carrier_number="B", rows=[house.row("JY", 2)])
    shutil.make_archive(str(second), "zip", second.parent, second.name)
    shutil.rmtree(second)
    house.file(carrier_number="C", rows=[house.row("JY", 3)])

    look(house.centre)
    done = take_in(house.centre, "JY")

    assert (done.accepted, done.answered) == (2, 2)
    assert {name: house.inbox()[name] for name in before} == before
    assert {name for name in house.inbox() if name.endswith(".json")} == {
        "001.SL2025-JY-E001-R1.receipt.json",
        "001.SL2025-JY-E002-R1.receipt.json",
        "001.SL2025-JY-E003-R1.receipt.json",
    }
