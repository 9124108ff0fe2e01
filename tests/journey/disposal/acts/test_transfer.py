"""Transfer: decrypted, delivered whole or not at all, and over only when the archive's receipt agrees.

Covers: journey.disposal.acts.package, journey.disposal.acts.receive_receipt, edges.disposal.transfer_package, journey.disposal.print_list.
"""

from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
import io
import json
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from at_once import at_once, crew
from factories_disposal import (
    ON,
    PANEL,
    approve,
    decide_all,
    draft,
    events,
    lay_down_carrier,
    make_people,
    make_unit,
    record,
    say,
    state_of,
    statuses,
)
from killing import run_killed
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.database.lease import acquire
from lantai.edges.keys.files import DISPOSAL, key_files, load_verifier
from lantai.errors import (
    DeliveryError,
    HeldError,
    LantaiError,
    LeaseLostError,
    MalformedError,
    NotPermittedError,
    ServerUnreachableError,
)
from lantai.journey.disposal.acts import transfer as transfer_step
from lantai.journey.disposal.acts.destroy import destroy
from lantai.journey.disposal.acts.transfer import prepare, transfer
from lantai.journey.disposal.appraise import appraise
from lantai.journey.disposal.approval.decide import decide
from lantai.journey.disposal.hold import hold
from lantai.journey.ledger.verify_ledger import verify
from lantai.locales import message_of
from lantai.records.custody.record import Retention
from lantai.records.disposal.hold import HoldScope
from lantai.records.disposal.lists import Decision, ListKind, ListState
from lantai.records.disposal.shortfall import Shortfall
from lantai.settings import Settings
from servers.openssh import OpenSsh

pytestmark = [pytest.mark.server("sshd"), pytest.mark.both_databases]

CARRIER = "SL2015-JY-E001-R1"


def permanent(number: int, **changed: object) -> object:
    wanted = {
        "retention": Retention.Y,
        "formed_on": date(2015, 1, 5),
        "transfer_due_on": date(2025, 1, 5),
        "destroy_due_on": None,
    }
    return record(number, **{**wanted, **changed})


@pytest.fixture
def archive(sshd: OpenSsh, settings: Settings, centre: Centre) -> Path:
    """The archive's folder on a real server, and the connection to it in the centre's file."""
    settings.connections_file.write_text(json.dumps({"sftp_ARCHIVE": sshd.entry("ARCHIVE")}))
    return sshd.files


@pytest.fixture
def ready(centre: Centre, archive: Path) -> str:
    """A list that only the custodian has still to carry out: two rows go, the third is kept."""
    make_people(centre)
    make_unit(centre)
    lay_down_carrier(centre, [permanent(1), permanent(2), permanent(3)])
    list_id = draft(centre, ListKind.TRANSFER)
    decide_all(centre, list_id, [1, 2])
    for person_id in PANEL:
        decide(centre, list_id, person_id, say([3], Decision.KEEP))
    approve(centre, list_id)
    assert prepare(centre).ready == [list_id]
    return list_id


def run(centre: Centre, list_id: str):
    return transfer(centre, list_id, "C01", centre.settings.keys / "identity.txt")


def run_as(centre: Centre, list_id: str, custodian: str):
    return transfer(centre, list_id, custodian, centre.settings.keys / "identity.txt")


def give_receipt(archive: Path, list_id: str, /, **changed: object) -> None:
    package = (archive / "incoming" / f"{list_id}.tar").read_bytes()
    receipt = {
        "list_id": list_id,
        "receipt_no": "市档接〔2026〕1号",
        "package_sha256": hashlib.sha256(package).hexdigest(),
        "record_count": 2,
        "file_count": 2,
        **changed,
    }
    (archive / "receipts").mkdir(exist_ok=True)
    (archive / "receipts" / f"{list_id}.receipt.json").write_text(json.dumps(receipt, ensure_ascii=False))


def opened(archive: Path, list_id: str) -> dict[str, bytes]:
    with tarfile.open(archive / "incoming" / f"{list_id}.tar", "r:") as package:
        return {m.name.removeprefix(f"{list_id}/"): package.extractfile(m).read() for m in package.getmembers()}


@pytest.mark.server("pdftotext")
def test_transfer_register_tells_the_first_day_that_anything_on_it_fell_due(centre: Centre, archive: Path) -> None:
    """N7: counted from when the oldest record was formed, and as its class of archives says."""
    make_people(centre)
    make_unit(centre)
    older = {"formed_on": date(2014, 6, 7), "transfer_due_on": date(2024, 6, 7)}
    lay_down_carrier(centre, [permanent(1), permanent(2, **older)])
    list_id = draft(centre, ListKind.TRANSFER)
    decide_all(centre, list_id, [1, 2])
    approve(centre, list_id)
    prepare(centre)

    run(centre, list_id)

    text = printed(centre.settings.papers / list_id / "电子档案移交与接收登记表.pdf")
    assert "形成后五年期限2019年6月7日应进馆日期2024年6月7日" in text


def printed(path: Path) -> str:
    """What a paper says, without blanks and breaks."""
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


@pytest.mark.server("pdftotext")
def test_transfer_register_names_the_archive_and_claims_only_what_handing_over_proved(
    centre: Centre, ready: str
) -> None:
    """Rules N7, R9-16: results of both sides; what nobody looked at is open; what the panel kept is not handed over."""
    settings = dataclasses.replace(centre.settings, archive_name="江源市档案馆")
    run(dataclasses.replace(centre, settings=settings), ready)

    text = printed(settings.papers / ready / "电子档案移交与接收登记表.pdf")
    inventory = printed(settings.papers / ready / "移交清册.pdf")
    assert "电子档案移交清册" in inventory
    assert "接收档案馆江源市档案馆批准日期2026年3月2日" in inventory
    assert ("2025-01-05移交2" in inventory, "2025-01-05暂不移交" in inventory) == (True, True)
    assert "接收单位江源市档案馆" in text
    assert "真实性合格完整性合格可用性待人工检验安全性待人工检验" in text


def test_package_holds_the_records_as_they_were_received_and_a_signed_inventory(
    centre: Centre, ready: str, archive: Path, settings: Settings
) -> None:
    """R9-15, N7, I1."""
    outcome = run(centre, ready)

    found = opened(archive, ready)
    with centre.database.read() as connection:
        approved_at = connection.execute(tables.disposal_list.select()).one().approved_at
    with tarfile.open(archive / "incoming" / f"{ready}.tar", "r:") as packed:
        assert {member.mtime for member in packed.getmembers()} == {int(approved_at.timestamp())}
    inventory = json.loads(found["metadata/transfer-inventory.json"])
    assert (outcome.state, outcome.record_count) == (ListState.EXECUTING, 2)
    assert found[f"data/{CARRIER}-0001/0001-1.txt"].decode() == f"{CARRIER} 第1件"
    assert [r["record_id"] for r in inventory["records"]] == [f"{CARRIER}-0001", f"{CARRIER}-0002"]
    load_verifier(DISPOSAL, key_files(settings)[DISPOSAL]).verify(
        found["metadata/transfer-inventory.json"], found["metadata/transfer-inventory.json.sig"]
    )
    assert found["metadata/transfer-inventory.pdf"].startswith(b"%PDF")
    assert (settings.papers / ready / "移交清册.pdf").read_bytes() == found["metadata/transfer-inventory.pdf"]
    for line in found["manifest-sha256.txt"].decode().splitlines():
        sha256, name = line.split("  ", 1)
        assert hashlib.sha256(found[name]).hexdigest() == sha256


def test_no_plaintext_is_left_and_no_partial_file_is_visible(
    centre: Centre, ready: str, archive: Path, settings: Settings
) -> None:
    """I6: of a run that was killed neither."""
    left = settings.work / f"transfer-{ready}" / "plain of a killed run.txt"
    left.parent.mkdir(parents=True)
    left.write_text("plain")

    run(centre, ready)

    assert [p.name for p in (archive / "incoming").iterdir()] == [f"{ready}.tar"]
    assert not [p for p in settings.work.rglob("*") if p.is_file()]


def test_records_stay_under_way_until_the_receipt_is_there(centre: Centre, ready: str, archive: Path) -> None:
    """R9-16, I7."""
    outcome = run(centre, ready)

    assert outcome.waiting_for == (Shortfall.of("receipt_of_the_archive", path=f"receipts/{ready}.receipt.json"),)
    assert statuses(centre)[f"{CARRIER}-0001"] == "transferring"
    assert prepare(centre).finished == []


def test_receipt_that_agrees_closes_the_transfer_without_any_key(centre: Centre, ready: str, archive: Path) -> None:
    """R9-16."""
    run(centre, ready)
    give_receipt(archive, ready)

    prepared = prepare(centre)

    text = (archive / "receipts" / f"{ready}.receipt.json").read_bytes()
    with centre.database.read() as connection:
        delivery = connection.execute(tables.delivery.select()).one()
    assert prepared.finished == [ready]
    assert state_of(centre, ready) == "done"
    assert (centre.settings.papers / ready / "archive-receipt.json").read_bytes() == text
    assert (delivery.receipt_no, delivery.receipt_sha256) == ("市档接〔2026〕1号", hashlib.sha256(text).hexdigest())
    assert verify(centre).waiting_count == 0
    assert statuses(centre) == {
        f"{CARRIER}-0001": "transferred",
        f"{CARRIER}-0002": "transferred",
        f"{CARRIER}-0003": "kept",
    }
    assert events(centre, "transfer_receipted") == [ready]
    # The record that the panel kept is free to be proposed again.
    assert appraise(centre, ListKind.TRANSFER, ON, actor="P01") == ["T-2026-JY-002"]
    assert run(centre, ready).state is ListState.DONE


@pytest.mark.parametrize(
    "changed",
    [
        {"package_sha256": "0" * 64},
        {"record_count": 1},
        {"file_count": 3},
        {"list_id": "T-2026-JY-009"},
        {"receipt_no": ""},
        {"receipt_no": "  "},
        {"receipt_no": 7},
        {"receipt_no": None},
    ],
)
def test_receipt_for_anything_else_is_refused_and_nothing_is_taken_over(
    centre: Centre, ready: str, archive: Path, changed: dict[str, object]
) -> None:
    """R9-15, R9-16, I7."""
    run(centre, ready)
    give_receipt(archive, ready, **changed)

    with pytest.raises(MalformedError, match="receipt for"):
        prepare(centre)

    assert state_of(centre, ready) == "executing"
    assert statuses(centre)[f"{CARRIER}-0001"] == "transferring"


def test_receipt_that_is_no_object_is_refused(centre: Centre, ready: str, archive: Path) -> None:
    """R9-15."""
    run(centre, ready)
    give_receipt(archive, ready)
    (archive / "receipts" / f"{ready}.receipt.json").write_text("[]")

    with pytest.raises(MalformedError, match="receipt for"):
        prepare(centre)


def test_list_that_was_marked_and_not_delivered_yet_waits_for_no_receipt(
    centre: Centre, ready: str, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R9-16, K1: killed between the mark and the delivery."""

    def power_fails(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as power:
        power.setattr("lantai.journey.disposal.acts.transfer._deliver", power_fails)
        with pytest.raises(KeyboardInterrupt):
            run(centre, ready)

    assert (state_of(centre, ready), prepare(centre).finished) == ("executing", [])
    assert run(centre, ready).record_count == 2


def test_second_run_hands_nothing_over_again(centre: Centre, ready: str, archive: Path) -> None:
    """I4."""
    first = run(centre, ready)
    before = (archive / "incoming" / f"{ready}.tar").stat().st_mtime_ns

    again = run(centre, ready)

    assert again == first
    assert (archive / "incoming" / f"{ready}.tar").stat().st_mtime_ns == before
    assert events(centre, "transferred") == events(centre, "identity_opened") == [ready]


def test_list_handed_over_by_three_workers_at_once_is_handed_over_once(
    centre: Centre, ready: str, archive: Path, settings: Settings
) -> None:
    """R1, I4: those who were not first go on with what is there, or say that somebody is at it."""
    with crew(centre, 3) as workers:
        found = at_once([partial(run, worker, ready) for worker in workers])
        give_receipt(archive, ready)
        closed = at_once([partial(prepare, worker) for worker in workers])

    errors = {type(each) for each in (*found, *closed) if isinstance(each, LantaiError)}
    assert errors <= {LeaseLostError}
    assert [p.name for p in (archive / "incoming").iterdir()] == [f"{ready}.tar"]
    assert events(centre, "transferred") == events(centre, "transfer_receipted") == [ready]
    with centre.database.read() as connection:
        (row,) = connection.execute(tables.certificate.select()).all()
    assert row.body_json.encode() == (settings.papers / ready / "移交证明.json").read_bytes()


def test_run_killed_after_delivery_goes_on_with_the_same_package(
    centre: Centre, ready: str, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K1, I4."""

    def power_fails(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as power:
        power.setattr("lantai.journey.disposal.acts.transfer._write_down", power_fails)
        with pytest.raises(KeyboardInterrupt):
            run(centre, ready)
    delivered = (archive / "incoming" / f"{ready}.tar").read_bytes()

    outcome = run(centre, ready)

    assert outcome.package_sha256 == hashlib.sha256(delivered).hexdigest()
    assert (archive / "incoming" / f"{ready}.tar").read_bytes() == delivered


def test_end_of_a_transfer_killed_anywhere_leaves_a_sound_ledger_and_nothing_half_after_the_rerun(
    centre: Centre, ready: str, archive: Path, settings: Settings, keep: Callable[..., Callable[[], None]]
) -> None:
    """K1, I5: also when it is killed between signing the last checkpoint and putting it out."""
    run(centre, ready)
    give_receipt(archive, ready)
    put_back = keep()
    killed_count = 0

    for at in range(1, 40):
        centre.database.close()
        if not run_killed(lambda: run(centre, ready), at):
            break
        killed_count += 1
        outcome = run(replace(centre), ready)

        assert outcome.state is ListState.DONE
        assert verify(centre).problems == (), f"killed before change {at}"
        assert not [path for path in settings.home.rglob("*") if ".part" in path.name], f"killed before change {at}"
        put_back()
    assert killed_count >= 5


def test_worker_that_was_replaced_while_it_delivered_writes_nothing_down(
    centre: Centre, ready: str, archive: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K3: stopped for longer than its lease, and then continued."""
    deliver = transfer_step._deliver

    def deliver_slowly(*given: object) -> None:
        deliver(*given)
        acquire(centre.database, f"list:{ready}", "elsewhere:1:cccc", centre.clock.now_at() + timedelta(hours=1), 60)

    with monkeypatch.context() as stopped:
        stopped.setattr("lantai.journey.disposal.acts.transfer._deliver", deliver_slowly)
        with pytest.raises(LeaseLostError):
            run(centre, ready)

    assert events(centre, "transferred") == []
    assert not (settings.papers / ready / "移交证明.json").exists()


def test_other_bytes_under_the_packages_name_are_never_overwritten(centre: Centre, ready: str, archive: Path) -> None:
    """I4."""
    (archive / "incoming").mkdir()
    (archive / "incoming" / f"{ready}.tar").write_bytes(b"something else")

    with pytest.raises(DeliveryError, match="found another"):
        run(centre, ready)

    assert (archive / "incoming" / f"{ready}.tar").read_bytes() == b"something else"
    assert not list(centre.settings.work.rglob("*.tar"))


def test_server_that_does_not_answer_leaves_the_list_to_be_run_again(
    centre: Centre, ready: str, archive: Path, sshd: OpenSsh
) -> None:
    """I8."""
    sshd.stop()
    with pytest.raises(ServerUnreachableError):
        run(centre, ready)
    sshd.start()

    outcome = run(centre, ready)

    assert outcome.record_count == 2
    assert (archive / "incoming" / f"{ready}.tar").exists()


def test_hold_placed_after_the_approval_stops_the_transfer(centre: Centre, ready: str, archive: Path) -> None:
    """I3: before anything of it is opened."""
    hold(centre, HoldScope.FONDS, "Z109", "诉讼", "X01")

    with pytest.raises(HeldError):
        run(centre, ready)

    assert events(centre, "identity_opened") == []

    assert not (archive / "incoming").exists()
    assert set(statuses(centre).values()) == {"kept"}
    assert events(centre, "list_refused") == [ready]


def test_transfer_list_is_never_destroyed(centre: Centre, ready: str) -> None:
    """I3: an approval is of one thing, and of no other."""
    with pytest.raises(NotPermittedError, match="found a transfer list, expected destruction"):
        destroy(centre, ready, "C01")

    assert set(statuses(centre).values()) == {"kept"}
    assert (state_of(centre, ready), events(centre, "list_refused")) == ("awaiting_custodian", [ready])


def test_nobody_but_a_custodian_transfers_and_what_one_has_begun_another_does_not_end(
    centre: Centre, ready: str, archive: Path
) -> None:
    """I3, R12-04."""
    with pytest.raises(NotPermittedError, match="does not hold the role custodian"):
        run_as(centre, ready, "L01")
    with centre.database.begin() as connection:
        connection.execute(tables.person.insert().values(person_id="C02", name="另一保管人"))
        connection.execute(tables.appointment.insert().values(person_id="C02", role="custodian", from_on=ON))
    run(centre, ready)

    with pytest.raises(NotPermittedError, match="found the custodian C01, expected one"):
        run_as(centre, ready, "C02")


def test_key_of_the_custodian_may_lie_elsewhere(
    centre: Centre, ready: str, archive: Path, settings: Settings, tmp_path: Path
) -> None:
    """N7, I4: on a stick that is taken along."""
    key = key_files(settings)[DISPOSAL].rename(tmp_path / "stick.pem")

    outcome = transfer(centre, ready, "C01", settings.keys / "identity.txt", key)

    assert outcome.record_count == 2


CLOSED = {
    "age": b"age-encryption.org/v1\n-> X25519 ...",
    "gzip": gzip.compress(b"x"),
    "PDF": b"%PDF-1.7\ntrailer << /Encrypt 9 0 R >>\nstartxref\n0\n%%EOF\n",
}


@pytest.mark.parametrize("tool", CLOSED)
def test_file_that_is_encrypted_or_compressed_inside_is_not_handed_over(
    centre: Centre, archive: Path, settings: Settings, tool: str
) -> None:
    """N7: an agreed ciphertext bears any name, `.docx` here; what counts is its bytes."""
    make_people(centre)
    make_unit(centre)
    plain, closed = f"{CARRIER} 第1件".encode(), CLOSED[tool]
    records = [permanent(1), permanent(2, contents=[b"open", closed], suffix="docx"), permanent(3, contents=[b""])]
    lay_down_carrier(
        centre,
        records,
        {"data/0001-1.txt": plain, "data/0002-1.docx": b"open", "data/0002-2.docx": closed, "data/0003-1.txt": b""},
    )
    list_id = draft(centre, ListKind.TRANSFER)
    decide_all(centre, list_id, [1, 2, 3])
    approve(centre, list_id)
    prepare(centre)

    with pytest.raises(NotPermittedError) as refused:
        run(centre, list_id)

    assert f"row 2: file 2 is compressed or encrypted ({tool}), expected it open" in str(refused.value)
    assert "row 1" not in str(refused.value)
    assert f"第 2 行：第 2 个文件经压缩或加密（{tool}）" in message_of(refused.value, "zh")
    assert (state_of(centre, list_id), events(centre, "list_refused")) == ("awaiting_custodian", [list_id])
    assert set(statuses(centre).values()) == {"kept"}
    assert not (archive / "incoming").exists()
    assert not [path for path in settings.work.rglob("*") if path.is_file()]


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"%PDF-1.7"])
def test_file_that_cannot_be_looked_into_is_not_handed_over(
    centre: Centre, archive: Path, settings: Settings, content: bytes
) -> None:
    """N7: cut off where its mark would be; "could not look" is never "open"."""
    make_people(centre)
    make_unit(centre)
    lay_down_carrier(
        centre,
        [permanent(1), permanent(2, contents=[content])],
        {"data/0001-1.txt": f"{CARRIER} 第1件".encode(), "data/0002-1.txt": content},
    )
    list_id = draft(centre, ListKind.TRANSFER)
    decide_all(centre, list_id, [1, 2])
    approve(centre, list_id)
    prepare(centre)

    with pytest.raises(NotPermittedError) as refused:
        run(centre, list_id)

    assert "row 2: whether file 1 is compressed or encrypted cannot be looked at" in str(refused.value)
    assert "row 1" not in str(refused.value)
    assert not (archive / "incoming").exists()


def test_document_that_is_a_zip_inside_is_handed_over_whatever_it_is_called(centre: Centre, archive: Path) -> None:
    """N7: OFD, docx and the like are formats of their own, not archives."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as document:
        document.writestr("OFD.xml", "<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>")
        document.writestr("Doc_0/Document.xml", "<Document/>")
    make_people(centre)
    make_unit(centre)
    lay_down_carrier(
        centre, [permanent(1, contents=[out.getvalue()], suffix="zip")], {"data/0001-1.zip": out.getvalue()}
    )
    list_id = draft(centre, ListKind.TRANSFER)
    decide_all(centre, list_id, [1])
    approve(centre, list_id)
    prepare(centre)

    outcome = run(centre, list_id)

    assert outcome.record_count == 1
    assert opened(archive, list_id)[f"data/{CARRIER}-0001/0001-1.zip"] == out.getvalue()


def test_hold_placed_while_the_package_is_written_stops_the_transfer(
    centre: Centre, ready: str, archive: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I3."""
    pack = transfer_step.package

    def pack_slowly(*given: object) -> object:
        packaged = pack(*given)
        hold(centre, HoldScope.FONDS, "Z109", "诉讼", "X01")
        return packaged

    monkeypatch.setattr("lantai.journey.disposal.acts.transfer.package", pack_slowly)
    with pytest.raises(HeldError):
        run(centre, ready)

    assert not (archive / "incoming").exists()
    assert set(statuses(centre).values()) == {"kept"}
    assert not [path for path in settings.work.rglob("*") if path.is_file()]


def test_list_of_which_the_panel_kept_everything_is_done_at_once(centre: Centre, archive: Path) -> None:
    """R9-24."""
    make_people(centre)
    make_unit(centre)
    lay_down_carrier(centre, [permanent(1)])
    list_id = draft(centre, ListKind.TRANSFER)
    for person_id in PANEL:
        decide(centre, list_id, person_id, say([1], Decision.KEEP))
    approve(centre, list_id)
    prepare(centre)

    outcome = run(centre, list_id)

    assert (outcome.state, outcome.package_sha256) == (ListState.DONE, None)
    assert not (archive / "incoming").exists()


def test_transfer_waits_for_its_cooling_off_time(centre: Centre, archive: Path) -> None:
    """I3."""
    centre.settings = replace(centre.settings, cooling_off_days=7)
    make_people(centre)
    make_unit(centre)
    lay_down_carrier(centre, [permanent(1)])
    list_id = draft(centre, ListKind.TRANSFER)
    decide_all(centre, list_id, [1])
    approve(centre, list_id)

    on_the_day = prepare(centre)
    centre.clock = replace(centre.clock, fixed_on=date(2026, 3, 10))
    after_a_week = prepare(centre)

    assert (on_the_day.ready, on_the_day.waiting) == ([], [list_id])
    assert after_a_week.ready == [list_id]


def test_certificate_of_the_transfer_is_signed_and_names_the_package(
    centre: Centre, ready: str, archive: Path, settings: Settings
) -> None:
    """N7."""
    outcome = run(centre, ready)

    with centre.database.read() as connection:
        row = connection.execute(tables.certificate.select()).one()
    body = json.loads(row.body_json)
    verifier = load_verifier(DISPOSAL, key_files(settings)[DISPOSAL])
    verifier.verify(row.body_json.encode(), base64.b64decode(row.signature))
    assert body["package"]["sha256"] == outcome.package_sha256
    assert body["sender_keeps_until"] == "2031-03-02"
    assert (settings.papers / row.paper_path).read_bytes()[:4] == b"%PDF"
    folder = settings.papers / ready
    assert row.body_json.encode() == (folder / "移交证明.json").read_bytes()
    assert base64.b64decode(row.signature) == (folder / "移交证明.json.sig").read_bytes()
