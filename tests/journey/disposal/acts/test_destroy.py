"""Destruction: nothing without its approvals, nothing half done called done, and proof of what was done.

Covers: journey.disposal.acts.certify, journey.disposal.acts.prepare, journey.disposal.approval.permit,
journey.disposal.approval.note_documents, edges.ledger.files.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from dying_custodian import KILLED
from factories_disposal import (
    PANEL,
    approve,
    decide_all,
    draft,
    enrol,
    events,
    lay_down_carrier,
    make_people,
    make_unit,
    record,
    say,
    state_of,
    statuses,
    witness,
)
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.custody.vault import Vault
from lantai.edges.database.lease import acquire
from lantai.edges.keys.files import DISPOSAL, key_files, load_verifier
from lantai.edges.ledger.files import note_path
from lantai.errors import HeldError, KeyMissingError, LeaseLostError, LedgerError, NotPermittedError, UsageError
from lantai.journey.disposal.acts import destroy as destroy_step
from lantai.journey.disposal.acts.destroy import destroy, prepare
from lantai.journey.disposal.acts.transfer import transfer
from lantai.journey.disposal.appraise import appraise
from lantai.journey.disposal.approval.decide import decide
from lantai.journey.disposal.approval.note_documents import file_register, note_report
from lantai.journey.disposal.approval.sign import sign
from lantai.journey.disposal.approval.withdraw import withdraw
from lantai.journey.disposal.hold import hold, lift
from lantai.journey.ledger.verify_ledger import verify
from lantai.locales import lacking
from lantai.records.disposal.hold import HoldScope
from lantai.records.disposal.lists import Decision, ListDuty, ListKind, ListState, SigningStage
from lantai.settings import Settings

pytestmark = pytest.mark.both_databases

CARRIER = "SL2015-JY-E001-R1"
POINTS = {"sqlite": 10, "postgresql": 2}


@pytest.fixture
def due_centre(centre: Centre) -> Centre:
    make_people(centre)
    make_unit(centre)
    later = record(4, destroy_due_on=date(2027, 1, 1))
    lay_down_carrier(centre, [record(1), record(2), record(3), later])
    return centre


@pytest.fixture
def ready(due_centre: Centre) -> str:
    """A list that only the custodian has still to carry out: two rows go, the third is kept for two years."""
    list_id = draft(due_centre)
    decide_all(due_centre, list_id, [1, 2])
    for person_id in PANEL[:2]:
        decide(due_centre, list_id, person_id, say([3]))
    decide(due_centre, list_id, PANEL[2], say([3], Decision.KEEP, 2))
    approve(due_centre, list_id)
    assert prepare(due_centre).ready == [list_id]
    witness(due_centre, list_id)
    return list_id


def sealed_names(centre: Centre, settings: Settings) -> set[str]:
    """Ids of records whose payload or header lies anywhere in the two places."""
    found = set()
    for place in (settings.home / "vault", settings.home / "copy"):
        for path in place.rglob("*.tar"):
            content = path.read_bytes()
            found |= {
                r for r in statuses(centre) if f"{r}.payload".encode() in content or f"{r}.hdr".encode() in content
            }
    return found


def test_approved_records_are_gone_at_every_place_and_the_rest_is_there(
    due_centre: Centre, ready: str, settings: Settings
) -> None:
    """R9-19, I4, I5: and the ledger outside tells of it before anybody signs that it is so."""
    outcome = destroy(due_centre, ready, "C01")

    told = [p.read_text() for p in (settings.home / "copy" / "ledger" / "leaves").glob("*.jsonl")]
    assert any('"kind":"destroyed"' in text for text in told)
    assert outcome.state is ListState.EXECUTING
    assert outcome.record_count == 2
    assert any("W01, after" in lacking(each, "en") for each in outcome.waiting_for)
    assert statuses(due_centre) == {
        f"{CARRIER}-0001": "destroyed",
        f"{CARRIER}-0002": "destroyed",
        f"{CARRIER}-0003": "kept",
        f"{CARRIER}-0004": "kept",
    }
    assert sealed_names(due_centre, settings) == {f"{CARRIER}-0003", f"{CARRIER}-0004"}


def test_certificate_is_issued_after_the_witnesses_and_names_places_and_proof(
    due_centre: Centre, ready: str, settings: Settings
) -> None:
    """N3."""
    destroy(due_centre, ready, "C01")
    witness(due_centre, ready)

    outcome = destroy(due_centre, ready, "C01")

    folder = settings.papers / ready
    text = (folder / "销毁证明.json").read_bytes()
    body = json.loads(text)
    load_verifier(DISPOSAL, key_files(settings)[DISPOSAL]).verify(text, (folder / "销毁证明.json.sig").read_bytes())
    assert (outcome.state, outcome.certificate_id) == (ListState.DONE, f"{ready}-XH")
    assert body["record_ids"] == [f"{CARRIER}-0001", f"{CARRIER}-0002"]
    assert len(body["places"]) == 2
    assert all(place["remaining"] == [] for place in body["places"])
    assert json.loads(body["proof"]["leaf"])["kind"] == "destroyed"
    assert (folder / "销毁证明.pdf").read_bytes().startswith(b"%PDF")
    assert (folder / "销毁清册.pdf").read_bytes().startswith(b"%PDF")
    with due_centre.database.read() as connection:
        row = connection.execute(tables.certificate.select()).one()
        tombstones = connection.execute(tables.tombstone.select()).all()
    assert base64.b64decode(row.signature) == (folder / "销毁证明.json.sig").read_bytes()
    assert {t.record_id for t in tombstones} == set(body["record_ids"])
    assert state_of(due_centre, ready) == "done"
    assert verify(due_centre).waiting_count == 0


def printed(path: Path) -> str:
    """What a paper says, without blanks and breaks."""
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


@pytest.mark.server("pdftotext")
def test_register_says_of_each_row_what_became_of_it(due_centre: Centre, ready: str, settings: Settings) -> None:
    """R9-19, N3: the day for what went, the new period for what is kept, and what the ledger bears out."""
    destroy(due_centre, ready, "C01")
    witness(due_centre, ready)
    destroy(due_centre, ready, "C01")

    text = printed(settings.papers / ready / "销毁清册.pdf")
    assert "鉴定工作报告号教档鉴〔2026〕1号批准日期2026年3月2日" in text
    assert "2015-05-0410年10年2026-03-021销毁" in text
    assert "2015-05-0410年10年2026-03-022销毁" in text
    assert "2015-05-0410年10年3延期保管2" in text
    assert "台账存证lantai/ledger，截至第" in text


def test_kept_row_gets_its_new_period_when_the_list_is_done(due_centre: Centre, ready: str) -> None:
    """N2, N3: when it is over, the record is drafted again."""
    destroy(due_centre, ready, "C01")
    witness(due_centre, ready)
    destroy(due_centre, ready, "C01")

    with due_centre.database.read() as connection:
        rows = {r.record_id: r for r in connection.execute(tables.record.select())}
    assert rows[f"{CARRIER}-0003"].destroy_due_on == date(2028, 1, 1)
    assert rows[f"{CARRIER}-0003"].status == "kept"
    assert events(due_centre, "retention_reset") == [ready]
    assert appraise(due_centre, ListKind.DESTRUCTION, date(2027, 12, 31), actor="P01") == ["D-2027-JY-001"]
    assert appraise(due_centre, ListKind.DESTRUCTION, date(2028, 1, 1), actor="P01") == ["D-2028-JY-001"]


def test_rerun_of_a_finished_destruction_changes_nothing(due_centre: Centre, ready: str) -> None:
    """I4."""
    destroy(due_centre, ready, "C01")
    witness(due_centre, ready)
    first = destroy(due_centre, ready, "C01")

    again = destroy(due_centre, ready, "C01")

    assert again == first
    assert events(due_centre, "destroyed") == [ready]


def test_destroying_event_lies_in_a_checkpoint_outside_before_any_byte_is_touched(
    due_centre: Centre, ready: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I5, I3."""
    before = sealed_names(due_centre, settings)

    def power_fails(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lantai.journey.disposal.acts.destroy.erase", power_fails)
    with pytest.raises(KeyboardInterrupt):
        destroy(due_centre, ready, "C01")

    told = [p.read_text() for p in (settings.home / "copy" / "ledger" / "leaves").glob("*.jsonl")]
    assert any('"kind":"destroying"' in text for text in told)
    assert sealed_names(due_centre, settings) == before
    assert state_of(due_centre, ready) == "executing"


def test_place_that_only_a_row_names_is_told_before_any_byte_is_touched_too(
    due_centre: Centre, ready: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I5, I3: no setting names the place of the copy any more, and it is erased as the others are."""
    due_centre.vault = Vault.at((settings.home / "vault").as_uri(), [(settings.home / "another").as_uri()])
    due_centre.vault.prepare()

    def power_fails(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lantai.journey.disposal.acts.destroy.erase", power_fails)
    with pytest.raises(KeyboardInterrupt):
        destroy(due_centre, ready, "C01")

    for place in ("vault", "another", "copy"):
        told = [p.read_text() for p in (settings.home / place / "ledger" / "leaves").glob("*.jsonl")]
        assert any('"kind":"destroying"' in text for text in told), place


def test_checkpoint_that_a_place_has_otherwise_stops_the_destruction_before_any_byte_is_touched(
    due_centre: Centre, ready: str, settings: Settings
) -> None:
    """I5: what lies there was not signed by us."""
    before = sealed_names(due_centre, settings)
    size = verify(due_centre).tree_size + verify(due_centre).waiting_count + 1
    due_centre.vault.places[1].write_new(note_path(size), [b"another"])

    with pytest.raises(
        LedgerError, match=f"copy: checkpoint {size} is not the one that was signed; nothing was erased"
    ):
        destroy(due_centre, ready, "C01")

    assert sealed_names(due_centre, settings) == before


def test_worker_that_was_replaced_while_it_erased_writes_nothing_down(
    due_centre: Centre, ready: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K3, I4: stopped for longer than its lease, and then continued."""
    erase = destroy_step.erase

    def erase_slowly(*given: object) -> object:
        looked = erase(*given)
        later = due_centre.clock.now_at() + timedelta(hours=1)
        acquire(due_centre.database, f"list:{ready}", "elsewhere:1:cccc", later, 60)
        return looked

    monkeypatch.setattr("lantai.journey.disposal.acts.destroy.erase", erase_slowly)
    with pytest.raises(LeaseLostError):
        destroy(due_centre, ready, "C01")

    assert events(due_centre, "destroyed") == []
    assert "destroyed" not in statuses(due_centre).values()


def test_destruction_list_is_never_transferred(due_centre: Centre, ready: str, settings: Settings) -> None:
    """I3: an approval is of one thing, and of no other."""
    with pytest.raises(NotPermittedError, match="found a destruction list, expected transfer"):
        transfer(due_centre, ready, "C01", settings.keys / "identity.txt")

    assert nothing_was_erased(due_centre, settings, ready)
    assert state_of(due_centre, ready) == "awaiting_custodian"


def nothing_was_erased(centre: Centre, settings: Settings, list_id: str) -> bool:
    everything = {f"{CARRIER}-{number:04d}" for number in (1, 2, 3, 4)}
    is_recorded = list_id in events(centre, "list_refused")
    return (
        sealed_names(centre, settings) == everything == {r for r, s in statuses(centre).items() if s == "kept"}
        and is_recorded
    )


def test_hold_placed_after_the_last_signature_stops_the_destruction(
    due_centre: Centre, ready: str, settings: Settings
) -> None:
    """I3: vault.md, destruction 1: holds looked at again now."""
    hold(due_centre, HoldScope.RECORD, f"{CARRIER}-0002", "诉讼", "X01")

    with pytest.raises(HeldError, match="row 2 by hold"):
        destroy(due_centre, ready, "C01")

    assert nothing_was_erased(due_centre, settings, ready)
    assert state_of(due_centre, ready) == "awaiting_custodian"


def test_hold_on_a_row_that_is_kept_anyway_stops_nothing(due_centre: Centre, ready: str) -> None:
    """I3."""
    hold(due_centre, HoldScope.RECORD, f"{CARRIER}-0003", "诉讼", "X01")

    assert destroy(due_centre, ready, "C01").record_count == 2


def test_hold_that_comes_too_late_is_refused_for_a_record_and_says_so_for_more(due_centre: Centre, ready: str) -> None:
    """I3: vault.md, destruction 1: who places a hold is not left to believe that it keeps what is going."""
    before = hold(due_centre, HoldScope.CARRIER, CARRIER, "审计", "X01")
    lift(due_centre, before.hold.hold_id, "X01")
    destroy(due_centre, ready, "C01")

    with pytest.raises(NotPermittedError, match="no hold keeps it"):
        hold(due_centre, HoldScope.RECORD, f"{CARRIER}-0001", "诉讼", "X01")
    after = [
        hold(due_centre, scope, target, "审计", "X01").too_late
        for scope, target in ((HoldScope.CARRIER, CARRIER), (HoldScope.UNIT, "JY"), (HoldScope.FONDS, "Z109"))
    ]

    assert (before.too_late, after) == (0, [2, 2, 2])


def test_witness_does_not_sign_over_a_hold(due_centre: Centre) -> None:
    """I3."""
    list_id = draft(due_centre)
    decide_all(due_centre, list_id, [1, 2, 3])
    approve(due_centre, list_id)
    hold(due_centre, HoldScope.UNIT, "JY", "审计", "X01")

    with pytest.raises(HeldError):
        sign(due_centre, list_id, ListDuty.WITNESS, "W01")


@pytest.mark.parametrize("person_id", ["P01", "M01", "L01", "W01", "X01"])
def test_nobody_but_a_custodian_destroys(due_centre: Centre, ready: str, settings: Settings, person_id: str) -> None:
    """R9-21."""
    with pytest.raises(NotPermittedError, match="does not hold the role custodian"):
        destroy(due_centre, ready, person_id)

    assert nothing_was_erased(due_centre, settings, ready)


def test_witness_who_is_also_custodian_does_not_carry_it_out(
    due_centre: Centre, ready: str, settings: Settings
) -> None:
    """R12-04: executor is not witness."""
    with due_centre.database.begin() as connection:
        connection.execute(
            insert(tables.appointment).values(person_id="W01", role="custodian", from_on=date(2020, 1, 1))
        )

    with pytest.raises(NotPermittedError, match="W01 has the duty witness already"):
        destroy(due_centre, ready, "W01")

    assert nothing_was_erased(due_centre, settings, ready)


def test_another_custodian_does_not_go_on_with_what_one_has_begun(
    due_centre: Centre, ready: str, settings: Settings
) -> None:
    """R12-04, I3."""
    destroy(due_centre, ready, "C01")
    with due_centre.database.begin() as connection:
        connection.execute(insert(tables.person).values(person_id="C02", name="另一保管人"))
        connection.execute(
            insert(tables.appointment).values(person_id="C02", role="custodian", from_on=date(2020, 1, 1))
        )

    with pytest.raises(NotPermittedError, match="found the custodian C01, expected one"):
        destroy(due_centre, ready, "C02")

    assert state_of(due_centre, ready) == "executing"


@pytest.mark.parametrize("stop_at", ["draft", "decided", "panel", "approved", "one_witness"])
def test_destruction_without_every_approval_is_refused_and_recorded(
    due_centre: Centre, settings: Settings, stop_at: str
) -> None:
    """R9-19, R9-21, I3, N1 (no destruction without approval): however far a list is, whatever is missing keeps it from being carried out."""
    list_id = draft(due_centre)
    note_report(due_centre, list_id, "教档鉴〔2026〕1号", "P01")
    steps = {
        "draft": lambda: None,
        "decided": lambda: decide_all(due_centre, list_id, [1, 2, 3]),
        "panel": lambda: [sign(due_centre, list_id, ListDuty.PANEL_MEMBER, person_id) for person_id in PANEL],
        "approved": lambda: sign(due_centre, list_id, ListDuty.LEADER, "L01"),
        "one_witness": lambda: (prepare(due_centre), sign(due_centre, list_id, ListDuty.WITNESS, "W01")),
    }
    for name, step in steps.items():
        step()
        if name == stop_at:
            break

    with pytest.raises(NotPermittedError):
        destroy(due_centre, list_id, "C01")

    assert nothing_was_erased(due_centre, settings, list_id)


def test_state_set_by_hand_is_no_approval(due_centre: Centre, settings: Settings) -> None:
    """I3, P3: forged row. The states are walked through past all our code."""
    list_id = draft(due_centre)
    decide_all(due_centre, list_id, [1, 2, 3])
    with due_centre.database.begin() as connection:
        for state in ("approved", "awaiting_custodian"):
            connection.execute(update(tables.disposal_list).values(state=state))

    with pytest.raises(NotPermittedError, match="leader, approve: found 0 valid signatures"):
        destroy(due_centre, list_id, "C01")

    assert nothing_was_erased(due_centre, settings, list_id)


def test_signature_row_written_by_hand_is_no_signature(due_centre: Centre, settings: Settings) -> None:
    """P3: a leader's row that points at somebody else's event."""
    list_id = draft(due_centre)
    digest = decide_all(due_centre, list_id, [1, 2, 3]).list_digest
    for person_id in PANEL:
        sign(due_centre, list_id, ListDuty.PANEL_MEMBER, person_id)
    with due_centre.database.begin() as connection:
        event_id = connection.execute(tables.sign_off.select()).first().event_id
        connection.execute(insert(tables.list_duty).values(list_id=list_id, person_id="L01", duty="leader"))
        connection.execute(
            insert(tables.sign_off).values(
                list_id=list_id,
                person_id="L01",
                stage=SigningStage.APPROVE.value,
                list_digest=digest,
                duty="leader",
                signed_at=due_centre.clock.now_at(),
                event_id=event_id,
            )
        )
        for state in ("approved", "awaiting_custodian"):
            connection.execute(update(tables.disposal_list).values(state=state))

    with pytest.raises(NotPermittedError, match="leader L01, approve: the ledger does not tell of this signature"):
        destroy(due_centre, list_id, "C01")

    assert nothing_was_erased(due_centre, settings, list_id)


def test_record_changed_after_the_approval_stops_the_destruction(
    due_centre: Centre, ready: str, settings: Settings
) -> None:
    """I3."""
    with due_centre.database.begin() as connection:
        connection.execute(update(tables.record).where(tables.record.c.item_no == "0001").values(title="另一题名"))

    with pytest.raises(NotPermittedError, match="content: digest"):
        destroy(due_centre, ready, "C01")

    assert nothing_was_erased(due_centre, settings, ready)


def test_appointment_found_void_on_the_day_of_signing_makes_the_signature_void(
    due_centre: Centre, ready: str, settings: Settings
) -> None:
    """I3, P3."""
    with due_centre.database.begin() as connection:
        connection.execute(
            update(tables.appointment).where(tables.appointment.c.person_id == "L01").values(to_on=date(2026, 3, 1))
        )

    with pytest.raises(NotPermittedError, match="role leader not held on the day of signing"):
        destroy(due_centre, ready, "C01")

    assert nothing_was_erased(due_centre, settings, ready)


def test_waiting_time_is_counted_again_when_the_act_begins(due_centre: Centre, ready: str, settings: Settings) -> None:
    """I3."""
    due_centre.settings = replace(settings, cooling_off_days=7)

    with pytest.raises(NotPermittedError, match=r"waiting time of 7 days lasts until 2026-03-0[89]"):
        destroy(due_centre, ready, "C01")

    assert nothing_was_erased(due_centre, settings, ready)


def test_witness_whose_recount_differs_does_not_sign(due_centre: Centre) -> None:
    """R9-15, N3: witnesses recount against the register before destruction, and the ledger tells what they counted."""
    list_id = draft(due_centre)
    decide_all(due_centre, list_id, [1, 2, 3])
    approve(due_centre, list_id)

    with pytest.raises(NotPermittedError, match="recount found 3 records and 7 pages, the registry has 3 and 6"):
        sign(due_centre, list_id, ListDuty.WITNESS, "W01", counted=(3, 7))

    assert sign(due_centre, list_id, ListDuty.WITNESS, "W01", counted=(3, 6)).stage is SigningStage.BEFORE
    with due_centre.database.read() as connection:
        leaves = [json.loads(bytes(r.leaf)) for r in connection.execute(tables.event.select())]
    (told,) = [leaf for leaf in leaves if (leaf["actor"], leaf["kind"]) == ("W01", "list_signed")]
    assert (told["record_count"], told["page_count"]) == (3, 6)


def test_witness_does_not_sign_that_it_is_done_while_records_are_being_destroyed(
    due_centre: Centre, ready: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N3, R9-15; and nobody withdraws what has begun (R9-19)."""

    def power_fails(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as power:
        power.setattr("lantai.journey.disposal.acts.destroy.erase", power_fails)
        with pytest.raises(KeyboardInterrupt):
            destroy(due_centre, ready, "C01")

    with pytest.raises(NotPermittedError, match=r"2 of 2 records are not destroyed \(row 1\)"):
        sign(due_centre, ready, ListDuty.WITNESS, "W01")
    with pytest.raises(NotPermittedError, match="found state executing"):
        withdraw(due_centre, ready, "L01")


def test_record_that_is_not_kept_any_more_stops_the_destruction(
    due_centre: Centre, ready: str, settings: Settings
) -> None:
    """I3."""
    with due_centre.database.begin() as connection:
        table = tables.record
        connection.execute(update(table).where(table.c.item_no == "0002").values(status="transferring"))

    with pytest.raises(NotPermittedError, match="row 2: found status transferring, expected kept"):
        destroy(due_centre, ready, "C01")

    assert len(sealed_names(due_centre, settings)) == 4


def ready_on(centre: Centre, day: date, **changed: object) -> str:
    """A list of one record that only the custodian has still to carry out on a day."""
    centre.clock = replace(centre.clock, fixed_on=day)
    make_people(centre)
    make_unit(centre)
    lay_down_carrier(centre, [record(1, **changed)])
    (list_id,) = appraise(centre, ListKind.DESTRUCTION, day, actor="P01")
    decide_all(centre, list_id, [1])
    approve(centre, list_id)
    prepare(centre)
    witness(centre, list_id)
    return list_id


def test_record_goes_from_the_day_on_that_its_period_is_over(centre: Centre) -> None:
    """N2."""
    list_id = ready_on(centre, date(2026, 1, 1))

    assert destroy(centre, list_id, "C01").record_count == 1


def test_due_day_that_the_period_does_not_bear_out_destroys_nothing(centre: Centre) -> None:
    """N2: the rule counts, whatever day was written down."""
    list_id = ready_on(centre, date(2026, 3, 2), formed_on=date(2016, 5, 4))

    with pytest.raises(NotPermittedError, match="row 1: its retention period has not run out on 2026-03-02"):
        destroy(centre, list_id, "C01")

    assert set(statuses(centre).values()) == {"kept"}


@pytest.mark.parametrize("due_on", [date(2026, 3, 3), None])
def test_period_that_was_extended_after_the_approval_stops_the_destruction(
    due_centre: Centre, ready: str, settings: Settings, due_on: date | None
) -> None:
    """N2, I3."""
    with due_centre.database.begin() as connection:
        table = tables.record
        connection.execute(update(table).where(table.c.item_no == "0002").values(destroy_due_on=due_on))

    with pytest.raises(NotPermittedError, match="row 2: its retention period has not run out on 2026-03-02"):
        destroy(due_centre, ready, "C01")

    assert nothing_was_erased(due_centre, settings, ready)


def test_in_zhejiang_the_register_is_filed_with_the_authority_first(
    due_centre: Centre, ready: str, settings: Settings
) -> None:
    """Rules N2, 浙江 art. 21."""
    due_centre.settings = replace(settings, region="浙江")
    with pytest.raises(NotPermittedError, match="not filed with the archives authority"):
        destroy(due_centre, ready, "C01")
    assert nothing_was_erased(due_centre, settings, ready)

    file_register(due_centre, ready, "浙档备〔2026〕8号", "P01")

    assert destroy(due_centre, ready, "C01").record_count == 2


def test_nothing_is_destroyed_without_an_appraisal_report(
    due_centre: Centre, ready: str, settings: Settings, tmp_path: Path
) -> None:
    """Rules N2: report id present before destroy; it stands on the register and in the certificate."""
    with due_centre.database.begin() as connection:
        connection.execute(update(tables.disposal_list).values(appraisal_report_no=None))
    with pytest.raises(NotPermittedError, match="no appraisal report is noted"):
        destroy(due_centre, ready, "C01")
    assert nothing_was_erased(due_centre, settings, ready)

    note_report(due_centre, ready, " 教档鉴〔2026〕2号 ", "P01")
    destroy(due_centre, ready, "C01")
    witness(due_centre, ready)
    destroy(due_centre, ready, "C01")

    body = json.loads((settings.papers / ready / "销毁证明.json").read_text())
    assert body["appraisal_report_no"] == "教档鉴〔2026〕2号"
    with pytest.raises(NotPermittedError, match="found state done"):
        note_report(due_centre, ready, "教档鉴〔2026〕3号", "P01")


@pytest.mark.parametrize(
    ("number", "said"),
    [(" ", "found 0 characters"), ("号" * 101, "found 101 characters")],
)
def test_report_that_cannot_be_meant_is_refused(due_centre: Centre, number: str, said: str) -> None:
    """N2."""
    list_id = draft(due_centre)

    with pytest.raises(UsageError, match=said):
        note_report(due_centre, list_id, number, "P01")


def test_missing_disposal_key_keeps_the_list_open_and_a_rerun_with_it_finishes(
    due_centre: Centre, ready: str, settings: Settings, tmp_path: Path
) -> None:
    """I4."""
    destroy(due_centre, ready, "C01")
    witness(due_centre, ready)

    with pytest.raises(KeyMissingError):
        destroy(due_centre, ready, "C01", tmp_path / "nowhere.pem")

    assert state_of(due_centre, ready) == "executing"
    assert destroy(due_centre, ready, "C01").state is ListState.DONE


def test_people_with_keys_sign_everything_with_them(due_centre: Centre, settings: Settings, tmp_path: Path) -> None:
    """P3."""
    keys = enrol(due_centre, tmp_path, [*PANEL, "L01", "W01", "W02"])
    list_id = draft(due_centre)
    decide_all(due_centre, list_id, [1, 2, 3])
    approve(due_centre, list_id, keys)
    prepare(due_centre)
    witness(due_centre, list_id, keys)
    destroy(due_centre, list_id, "C01")
    witness(due_centre, list_id, keys)

    outcome = destroy(due_centre, list_id, "C01")

    body = json.loads((settings.papers / list_id / "销毁证明.json").read_text())
    assert outcome.state is ListState.DONE
    assert all(each["fingerprint"] for each in body["sign_offs"])
    assert len(body["sign_offs"]) == 8


def test_live_record_with_the_same_content_is_named_on_the_certificate(
    due_centre: Centre, ready: str, settings: Settings
) -> None:
    """N3."""
    twin = record(1, "SL2015-JY-E002-R1", destroy_due_on=date(2030, 1, 1), contents=[f"{CARRIER} 第1件".encode()])
    lay_down_carrier(due_centre, [twin], {"data/0001-1.txt": f"{CARRIER} 第1件".encode()})
    destroy(due_centre, ready, "C01")
    witness(due_centre, ready)
    destroy(due_centre, ready, "C01")

    body = json.loads((settings.papers / ready / "销毁证明.json").read_text())
    assert body["twins"] == [[f"{CARRIER}-0001", "SL2015-JY-E002-R1-0001", "SL2015-JY-E002-R1"]]


def test_list_of_which_every_row_is_kept_is_done_without_erasing_anything(
    due_centre: Centre, settings: Settings
) -> None:
    """R9-19, N3: nothing goes, so nobody has to witness it."""
    list_id = draft(due_centre)
    for person_id in PANEL:
        decide(due_centre, list_id, person_id, say([1, 2, 3], Decision.KEEP, 5))
    approve(due_centre, list_id)
    prepare(due_centre)

    outcome = destroy(due_centre, list_id, "C01")

    assert (outcome.state, outcome.record_count, outcome.certificate_id) == (ListState.DONE, 0, None)
    assert state_of(due_centre, list_id) == "done"
    assert len(sealed_names(due_centre, settings)) == 4


def dies_at(step: int, settings: Settings, list_id: str) -> subprocess.CompletedProcess[str]:
    """Carry the list out in a process that dies at its n-th change; 0 never."""
    tests = Path(__file__).resolve().parents[3]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(tests), str(tests.parent / "include"))),
        "LANTAI_HOME": str(settings.home),
        "LANTAI_REGISTRY_URL": settings.registry_url,
        "LANTAI_TODAY": "2026-03-02",
        "LANTAI_COOLING_OFF_DAYS": "0",
    }
    command = [sys.executable, str(tests / "dying_custodian.py"), list_id, str(step)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.slow
def test_destruction_killed_anywhere_is_finished_by_an_ordinary_rerun(
    due_centre: Centre, ready: str, settings: Settings, registry_on: str, keep: Callable[..., Callable[[], None]]
) -> None:
    """I3, I4, K1: every change of file or registry is a place to die at; some of them, evenly spaced."""
    put_back, points = keep(), POINTS[registry_on]
    undisturbed = dies_at(0, settings, ready)
    changes = int(undisturbed.stdout)
    assert changes > 20, undisturbed.stderr

    for step in sorted({1 + changes * point // points for point in range(points)}):
        put_back()
        assert dies_at(step, settings, ready).returncode == KILLED

        half_way = destroy(due_centre, ready, "C01")
        if half_way.state is not ListState.DONE:
            witness(due_centre, ready)
        outcome = destroy(due_centre, ready, "C01")

        assert outcome.state is ListState.DONE, step
        assert sealed_names(due_centre, settings) == {f"{CARRIER}-0003", f"{CARRIER}-0004"}, step
        assert (events(due_centre, "destroying"), events(due_centre, "destroyed")) == ([ready], [ready]), step
        assert verify(due_centre).problems == (), step
        assert not [path for path in settings.home.rglob("*") if ".part" in path.name], step
        with due_centre.database.read() as connection:
            assert len(connection.execute(tables.certificate.select()).all()) == 1
            assert len(connection.execute(tables.tombstone.select()).all()) == 2
