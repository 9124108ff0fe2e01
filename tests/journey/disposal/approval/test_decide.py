"""Panel, leader and witnesses: what counts as a decision, as a signature, and what makes both worthless.

Covers: journey.disposal.approval.export_sheet, journey.disposal.approval.import_sheet,
journey.disposal.approval.sign, journey.disposal.approval.take_duty, journey.disposal.approval.refuse, journey.disposal.approval.withdraw.
"""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from factories_disposal import (
    ON,
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
)
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.registry.centre import people
from lantai.edges.registry.disposal.sign_offs import person_behind
from lantai.errors import (
    NotFoundError,
    NotPermittedError,
    RegistryConflictError,
    SignatureInvalidError,
    UsageError,
    WorksheetError,
)
from lantai.formats.disposal.list_digest import message_to_sign
from lantai.formats.ledger import ssh_signature
from lantai.journey.centre.appoint import delegate
from lantai.journey.disposal.approval.decide import decide
from lantai.journey.disposal.approval.export_sheet import export_sheet
from lantai.journey.disposal.approval.import_sheet import import_sheet
from lantai.journey.disposal.approval.sign import sign
from lantai.journey.disposal.approval.withdraw import withdraw
from lantai.records.centre.person import Appointment, Person, Role
from lantai.records.custody.record import Retention
from lantai.records.disposal.lists import Decision, ListDuty, ListKind, ListState, SigningStage

pytestmark = pytest.mark.both_databases


@pytest.fixture
def drafted(centre: Centre) -> str:
    make_people(centre)
    make_unit(centre)
    lay_down_carrier(centre, [record(1), record(2)])
    return draft(centre)


@pytest.fixture
def reviewed(centre: Centre, drafted: str) -> str:
    decide_all(centre, drafted, [1, 2])
    return drafted


def sign_offs(centre: Centre) -> list[str]:
    with centre.database.read() as connection:
        return [row.person_id for row in connection.execute(tables.sign_off.select())]


def leaves(centre: Centre, kind: str) -> list[dict[str, object]]:
    """What the ledger tells of a kind of event, oldest first."""
    table = tables.event
    with centre.database.read() as connection:
        found = connection.execute(table.select().where(table.c.kind == kind).order_by(table.c.occurred_at)).all()
    return [json.loads(bytes(row.leaf)) for row in found]


def test_destruction_never_follows_from_silence(centre: Centre, drafted: str) -> None:
    """R10-06, I3, R9-19: two members say dispose of all, the third of one row only."""
    decide_all(centre, drafted, [1, 2], PANEL[:2])

    decided = decide(centre, drafted, PANEL[2], say([1]))

    assert (decided.state, decided.undecided, decided.list_digest) == (ListState.DRAFT, 1, None)
    with pytest.raises(NotPermittedError, match="M03: 1 rows undecided"):
        sign(centre, drafted, ListDuty.LEADER, "L01")


def test_two_members_are_no_panel_of_three(centre: Centre, drafted: str) -> None:
    """R9-19."""
    decided = decide_all(centre, drafted, [1, 2], PANEL[:2])

    assert decided.state is ListState.DRAFT
    with pytest.raises(NotPermittedError, match="found 2, expected 3"):
        sign(centre, drafted, ListDuty.PANEL_MEMBER, "M01")


def test_list_is_reviewed_when_every_member_has_decided_every_row(centre: Centre, drafted: str) -> None:
    """R9-19, R10-06."""
    decided = decide_all(centre, drafted, [1, 2])

    assert decided.state is ListState.REVIEWED
    assert decided.undecided == 0
    assert len(decided.list_digest or "") == 64
    assert [
        (each["actor"], each["changed"], each["state"], each["list_digest"]) for each in leaves(centre, "list_decided")
    ] == [
        ("M01", 2, "draft", ""),
        ("M02", 2, "draft", ""),
        ("M03", 2, "reviewed", decided.list_digest),
    ]


def test_changed_decision_makes_every_signature_worthless(centre: Centre, reviewed: str) -> None:
    """I3, R2: list edited after the first signature."""
    for person_id in PANEL:
        sign(centre, reviewed, ListDuty.PANEL_MEMBER, person_id)

    changed = decide(centre, reviewed, "M01", say([2], Decision.KEEP, 3))
    back = decide(centre, reviewed, "M01", say([2]))

    assert changed.state is back.state is ListState.REVIEWED
    assert len(sign_offs(centre)) == 3
    with pytest.raises(NotPermittedError, match="panel_member M01, approve: no signature"):
        sign(centre, reviewed, ListDuty.LEADER, "L01")


def test_member_who_joins_a_reviewed_list_opens_it_again_until_they_have_looked_at_every_row(
    centre: Centre, reviewed: str
) -> None:
    """R2, R9-19, R10-06."""
    with centre.database.begin() as connection:
        people.add_person(connection, Person("M04", "赵新"))
        people.appoint(connection, Appointment("M04", Role.PANEL_MEMBER, date(2020, 1, 1)))

    opened = decide(centre, reviewed, "M04", say([1]))
    closed = decide(centre, reviewed, "M04", say([2]))

    assert (opened.state, opened.list_digest, opened.undecided) == (ListState.DRAFT, None, 1)
    assert (closed.state, closed.undecided) == (ListState.REVIEWED, 0)


def test_same_decisions_again_leave_signatures_as_they_are(centre: Centre, reviewed: str) -> None:
    """R9-19."""
    for person_id in PANEL:
        sign(centre, reviewed, ListDuty.PANEL_MEMBER, person_id)

    decided = decide(centre, reviewed, "M01", say([1, 2]))
    signed = sign(centre, reviewed, ListDuty.LEADER, "L01")

    assert decided.changed == 0
    assert len(leaves(centre, "list_decided")) == 3
    assert signed.state is ListState.APPROVED


def test_leader_signs_after_the_panel_and_not_before(centre: Centre, reviewed: str) -> None:
    """R9-19."""
    with pytest.raises(NotPermittedError, match="found 0 valid signatures, expected 3"):
        sign(centre, reviewed, ListDuty.LEADER, "L01")

    assert approve(centre, reviewed).state is ListState.APPROVED
    assert events(centre, "list_refused") == [reviewed]


def test_approved_list_takes_no_further_decision(centre: Centre, reviewed: str) -> None:
    """R9-19."""
    approve(centre, reviewed)

    with pytest.raises(NotPermittedError, match="found state approved"):
        decide(centre, reviewed, "M01", say([1], Decision.KEEP, 1))


@pytest.mark.parametrize("person_id", ["P01", "L01", "W01", "X01"])
def test_nobody_but_a_panel_member_decides(centre: Centre, drafted: str, person_id: str) -> None:
    """R9-19, R9-21."""
    with pytest.raises(NotPermittedError, match="does not hold the role panel_member"):
        decide(centre, drafted, person_id, say([1]))

    assert events(centre, "list_refused") == [drafted]


def test_preparer_with_the_role_of_a_member_does_not_decide_on_the_own_list(centre: Centre, drafted: str) -> None:
    """R12-04: maker is not checker, whatever else the maker is appointed to."""
    with centre.database.begin() as connection:
        people.appoint(connection, Appointment("P01", Role.PANEL_MEMBER, date(2020, 1, 1)))

    with pytest.raises(NotPermittedError, match="P01 has the duty preparer already"):
        decide(centre, drafted, "P01", say([1]))


def test_panel_member_with_the_role_of_a_leader_does_not_approve_the_own_decision(
    centre: Centre, reviewed: str
) -> None:
    """R12-04, P3."""
    with centre.database.begin() as connection:
        people.appoint(connection, Appointment("M01", Role.LEADER, date(2020, 1, 1)))

    with pytest.raises(NotPermittedError, match="M01 has the duty panel_member already"):
        sign(centre, reviewed, ListDuty.LEADER, "M01")


def test_second_leader_is_refused_by_name_and_the_refusal_is_recorded(centre: Centre, reviewed: str) -> None:
    """R12-04."""
    with centre.database.begin() as connection:
        people.add_person(connection, Person("L02", "副职"))
        people.appoint(connection, Appointment("L02", Role.LEADER, date(2020, 1, 1)))
    approve(centre, reviewed)

    with pytest.raises(NotPermittedError, match="found the leader L01, expected one; L02 would be a second"):
        sign(centre, reviewed, ListDuty.LEADER, "L02")

    assert events(centre, "list_refused") == [reviewed]


def test_two_accounts_of_one_person_are_one_person(centre: Centre, reviewed: str) -> None:
    """R12-04, P3."""
    with centre.database.begin() as connection:
        for account in ("zhang.san", "admin"):
            connection.execute(insert(tables.account).values(account=account, person_id="M01"))

    with centre.database.read() as connection:
        found = {person_behind(connection, name) for name in ("zhang.san", "admin", "M01")}

    assert found == {"M01"}
    with centre.database.read() as connection, pytest.raises(NotFoundError):
        person_behind(connection, "nobody")


def test_the_database_itself_refuses_a_second_duty(centre: Centre, reviewed: str) -> None:
    """R12-04, P3: direct row, past all our code."""
    with pytest.raises(RegistryConflictError), centre.database.begin() as connection:
        connection.execute(insert(tables.list_duty).values(list_id=reviewed, person_id="M01", duty="leader"))


def test_expired_appointment_signs_nothing(centre: Centre, reviewed: str) -> None:
    """P3."""
    with centre.database.begin() as connection:
        connection.execute(
            update(tables.appointment).where(tables.appointment.c.person_id == "M02").values(to_on=date(2026, 3, 1))
        )

    with pytest.raises(NotPermittedError, match="M02: does not hold the role panel_member on 2026-03-02"):
        sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M02")


def test_disabled_person_signs_nothing(centre: Centre, reviewed: str) -> None:
    """P3."""
    with centre.database.begin() as connection:
        connection.execute(
            update(tables.person).where(tables.person.c.person_id == "M02").values(disabled_on=date(2026, 3, 2))
        )

    with pytest.raises(NotPermittedError, match="M02: does not hold the role"):
        sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M02")


def test_delegate_signs_and_the_row_shows_both(centre: Centre, reviewed: str) -> None:
    """R10-08."""
    with centre.database.begin() as connection:
        people.add_person(connection, Person("D01", "代理人"))
    delegate(centre, "L01", "D01", Role.LEADER, date(2026, 3, 1), date(2026, 3, 5), "授权书1号")
    for person_id in PANEL:
        sign(centre, reviewed, ListDuty.PANEL_MEMBER, person_id)

    signed = sign(centre, reviewed, ListDuty.LEADER, "D01", on_behalf_of="L01")

    with centre.database.read() as connection:
        row = connection.execute(tables.sign_off.select().where(tables.sign_off.c.person_id == "D01")).one()
    assert signed.state is ListState.APPROVED
    assert (row.person_id, row.on_behalf_of) == ("D01", "L01")


def test_delegation_that_has_ended_is_worth_nothing(centre: Centre, reviewed: str) -> None:
    """R10-08."""
    with centre.database.begin() as connection:
        people.add_person(connection, Person("D01", "代理人"))
    delegate(centre, "M01", "D01", Role.PANEL_MEMBER, date(2026, 2, 1), date(2026, 3, 1), "授权书1号")

    with pytest.raises(NotPermittedError, match="found no delegation"):
        decide(centre, reviewed, "D01", say([1]), on_behalf_of="M01")


def test_delegation_by_somebody_who_no_longer_holds_the_role_is_worth_nothing(centre: Centre, reviewed: str) -> None:
    """R10-08, P3: neither for a new signature, nor for one that was given on a day found void afterwards."""
    with centre.database.begin() as connection:
        people.add_person(connection, Person("D01", "代理人"))
    delegate(centre, "L01", "D01", Role.LEADER, date(2026, 3, 1), date(2026, 3, 5), "授权书1号")
    for person_id in PANEL:
        sign(centre, reviewed, ListDuty.PANEL_MEMBER, person_id)
    sign(centre, reviewed, ListDuty.LEADER, "D01", on_behalf_of="L01")
    appointed = update(tables.appointment).where(tables.appointment.c.person_id == "L01")
    with centre.database.begin() as connection:
        connection.execute(appointed.values(to_on=date(2026, 3, 1)))

    with pytest.raises(NotPermittedError, match="found no delegation of the role leader by L01"):
        sign(centre, reviewed, ListDuty.LEADER, "D01", on_behalf_of="L01")
    with pytest.raises(NotPermittedError, match="leader D01, approve: role leader not held on the day of signing"):
        sign(centre, reviewed, ListDuty.WITNESS, "W01")


def test_signature_for_somebody_who_did_not_delegate_that_day_does_not_count(centre: Centre, reviewed: str) -> None:
    """R10-08, P3."""
    with centre.database.begin() as connection:
        people.add_person(connection, Person("D01", "代理人"))
    delegate(centre, "L01", "D01", Role.LEADER, date(2026, 3, 1), date(2026, 3, 5), "授权书1号")
    for person_id in PANEL:
        sign(centre, reviewed, ListDuty.PANEL_MEMBER, person_id)
    sign(centre, reviewed, ListDuty.LEADER, "D01", on_behalf_of="L01")
    with centre.database.begin() as connection:
        connection.execute(update(tables.delegation).values(to_on=date(2026, 3, 1)))

    with pytest.raises(NotPermittedError, match="leader D01, approve: role leader not held on the day of signing"):
        sign(centre, reviewed, ListDuty.WITNESS, "W01")


def test_person_nobody_knows_has_no_duty(centre: Centre, drafted: str) -> None:
    """R12-04."""
    with pytest.raises(NotFoundError, match="Z99"):
        decide(centre, drafted, "Z99", say([1]))


def test_member_who_decided_has_no_delegate_decide_a_second_time(centre: Centre, reviewed: str) -> None:
    """R10-08, R12-04."""
    with centre.database.begin() as connection:
        people.add_person(connection, Person("D01", "代理人"))
    delegate(centre, "M01", "D01", Role.PANEL_MEMBER, date(2026, 3, 1), date(2026, 3, 5), "授权书1号")

    with pytest.raises(NotPermittedError, match="stands behind panel_member already"):
        decide(centre, reviewed, "D01", say([1]), on_behalf_of="M01")


def test_person_with_an_enrolled_key_has_to_sign_with_it(centre: Centre, reviewed: str, tmp_path: Path) -> None:
    """P3."""
    keys = enrol(centre, tmp_path, ["M01", "M02"])

    with pytest.raises(NotPermittedError, match="M01: a key is enrolled"):
        sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M01")
    with pytest.raises(SignatureInvalidError, match="made with key"):
        sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M01", keys["M02"])
    signed = sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M01", keys["M01"])

    assert (signed.fingerprint or "").startswith("SHA256:")


def test_key_that_nobody_enrolled_signs_nothing(centre: Centre, reviewed: str, tmp_path: Path) -> None:
    """P3: who has no key signs without one, and with nobody else's."""
    pem, _ = ssh_signature.generate_key("M01")
    (tmp_path / "own.key").write_bytes(pem)
    message = message_to_sign(reviewed, ListDuty.PANEL_MEMBER, SigningStage.APPROVE, "0" * 64)
    armored = ssh_signature.sign(message, ssh_signature.load_private_key(pem), "lantai-list")

    for given in ({"key_file": tmp_path / "own.key"}, {"armored": armored}):
        with pytest.raises(NotPermittedError, match="M01: no key is enrolled"):
            sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M01", **given)
    assert sign_offs(centre) == []


@pytest.mark.parametrize("forged", ["over another list", "with another's key", "not in the ledger"])
def test_signature_row_that_was_written_by_hand_does_not_count(
    centre: Centre, reviewed: str, tmp_path: Path, forged: str
) -> None:
    """P3: past all our code, with the event of an earlier signature of the same person."""
    keys = {} if forged == "not in the ledger" else enrol(centre, tmp_path, ["M01", "M02"])
    sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M01", keys.get("M01"))
    decide(centre, reviewed, "M02", say([1], Decision.KEEP, 3))
    digest = decide(centre, reviewed, "M01", []).list_digest or ""
    signature, fingerprint = None, None
    if keys:
        list_id, signer = (reviewed, "M02") if forged == "with another's key" else ("D-2026-JY-009", "M01")
        private = ssh_signature.load_private_key(keys[signer].read_bytes())
        message = message_to_sign(list_id, ListDuty.PANEL_MEMBER, SigningStage.APPROVE, digest)
        signature = ssh_signature.sign(message, private, "lantai-list")
        with centre.database.read() as connection:
            fingerprint = people.keys_on(connection, signer, ON)[0].fingerprint
    with centre.database.begin() as connection:
        row = connection.execute(tables.sign_off.select()).one()
        values = {**row._mapping, "list_digest": digest, "signature": signature, "fingerprint": fingerprint}
        connection.execute(insert(tables.sign_off).values(values))
    sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M02", keys.get("M02"))
    sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M03")

    why = "the ledger does not tell of this signature" if forged == "not in the ledger" else "signature does not verify"
    with pytest.raises(NotPermittedError, match=f"panel_member M01, approve: {why}"):
        sign(centre, reviewed, ListDuty.LEADER, "L01")


@pytest.mark.server("ssh-keygen")
def test_signature_made_with_ssh_keygen_is_taken(centre: Centre, reviewed: str, tmp_path: Path) -> None:
    """P3."""
    keys = enrol(centre, tmp_path, ["M01"])
    keys["M01"].chmod(0o600)
    digest = decide(centre, reviewed, "M01", []).list_digest
    message = message_to_sign(reviewed, ListDuty.PANEL_MEMBER, SigningStage.APPROVE, digest or "")
    made = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-n", "lantai-list", "-f", str(keys["M01"])],
        input=message,
        capture_output=True,
        check=True,
    )

    signed = sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M01", armored=made.stdout.decode())

    assert signed.is_new


def test_signature_replayed_from_another_list_is_refused(centre: Centre, reviewed: str, tmp_path: Path) -> None:
    """P3."""
    keys = enrol(centre, tmp_path, ["M01"])
    digest = decide(centre, reviewed, "M01", []).list_digest or ""
    private = ssh_signature.load_private_key(keys["M01"].read_bytes())
    other = message_to_sign("D-2026-JY-009", ListDuty.PANEL_MEMBER, SigningStage.APPROVE, digest)

    with pytest.raises(SignatureInvalidError, match="the text is not the one"):
        sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M01", armored=ssh_signature.sign(other, private, "lantai-list"))
    assert sign_offs(centre) == []


def test_same_signature_again_is_no_second_one(centre: Centre, reviewed: str) -> None:
    """R9-19."""
    first = sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M01")

    again = sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M01")

    assert (first.is_new, again.is_new) == (True, False)
    assert sign_offs(centre) == ["M01"]


def test_kept_row_of_a_destruction_needs_a_new_period(centre: Centre, drafted: str) -> None:
    """R9-19, N2: 重新划定保管期限."""
    with pytest.raises(UsageError, match="expected 1 to 100 years"):
        decide(centre, drafted, "M01", say([1], Decision.KEEP))


@pytest.mark.parametrize(("years", "is_taken"), [(0, False), (1, True), (100, True), (101, False)])
def test_new_period_is_of_one_year_to_a_hundred(centre: Centre, drafted: str, years: int, is_taken: bool) -> None:
    """N2."""
    if is_taken:
        assert decide(centre, drafted, "M01", say([1], Decision.KEEP, years)).changed == 1
    else:
        with pytest.raises(UsageError, match=f"found {years}, expected 1 to 100 years"):
            decide(centre, drafted, "M01", say([1], Decision.KEEP, years))


def test_row_that_goes_takes_no_new_period(centre: Centre, drafted: str) -> None:
    """N2."""
    with pytest.raises(UsageError, match="found 5, expected no period"):
        decide(centre, drafted, "M01", say([1], Decision.DISPOSE, 5))


def test_row_named_twice_is_refused(centre: Centre, drafted: str) -> None:
    """R9-19: which of the two was meant nobody knows."""
    with pytest.raises(UsageError, match="rows named twice"):
        decide(centre, drafted, "M01", [*say([1]), *say([1], Decision.KEEP, 5)])


def test_kept_row_of_a_transfer_takes_no_new_period(centre: Centre) -> None:
    """R9-19, N2: what the archive does not take yet is kept as long as before."""
    make_people(centre)
    make_unit(centre)
    permanent = record(
        1, retention=Retention.Y, formed_on=date(2015, 1, 5), transfer_due_on=date(2025, 1, 5), destroy_due_on=None
    )
    lay_down_carrier(centre, [permanent])
    list_id = draft(centre, ListKind.TRANSFER)

    with pytest.raises(UsageError, match="found 5, expected no period"):
        decide(centre, list_id, "M01", say([1], Decision.KEEP, 5))
    assert decide(centre, list_id, "M01", say([1], Decision.KEEP)).changed == 1


def test_people_behind_two_duties_by_a_row_written_by_hand_are_found(centre: Centre, drafted: str) -> None:
    """R9-19, R12-04: a member who stands for the preparer."""
    decide(centre, drafted, "M02", say([1]))
    with centre.database.begin() as connection:
        table = tables.list_duty
        connection.execute(update(table).where(table.c.person_id == "M02").values(on_behalf_of="P01"))

    with pytest.raises(NotPermittedError, match="P01: stands behind panel_member and preparer"):
        decide(centre, drafted, "M01", say([1]))


def test_nobody_signs_a_list_whose_records_have_changed(centre: Centre, reviewed: str) -> None:
    """R9-19, I3: neither the panel nor, after the approval, a witness."""

    def give_title(title: str) -> None:
        with centre.database.begin() as connection:
            connection.execute(update(tables.record).where(tables.record.c.item_no == "0001").values(title=title))

    with centre.database.read() as connection:
        title = connection.execute(tables.record.select().where(tables.record.c.item_no == "0001")).one().title
    give_title("另一题名")
    with pytest.raises(NotPermittedError, match="content: digest"):
        sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M01")
    give_title(title)
    approve(centre, reviewed)
    give_title("另一题名")

    with pytest.raises(NotPermittedError, match="content: digest"):
        sign(centre, reviewed, ListDuty.WITNESS, "W01")


def test_row_that_is_not_on_the_list_is_refused(centre: Centre, drafted: str) -> None:
    """R9-19."""
    with pytest.raises(UsageError, match=r"rows \[3\]"):
        decide(centre, drafted, "M01", say([1, 3]))


def test_record_changed_after_the_draft_is_noticed(centre: Centre, drafted: str) -> None:
    """R9-19, I3."""
    with centre.database.begin() as connection:
        connection.execute(update(tables.record).where(tables.record.c.item_no == "0001").values(title="另一题名"))

    with pytest.raises(NotPermittedError, match="has changed since it was drafted"):
        decide(centre, drafted, "M01", say([1]))


def test_exported_sheet_comes_back_blank_and_decides_nothing(centre: Centre, drafted: str) -> None:
    """R9-19, P8."""
    sheet = export_sheet(centre, drafted)

    decided = import_sheet(centre, sheet, "M01")

    assert (decided.changed, decided.undecided, decided.state) == (0, 2, ListState.DRAFT)


def test_sheet_that_carries_a_members_decisions_comes_back_as_theirs(
    centre: Centre, drafted: str, tmp_path: Path
) -> None:
    """P8."""
    decide(centre, drafted, "M01", [*say([1]), *say([2], Decision.KEEP, 4)])
    blank = export_sheet(centre, drafted)
    sheet = export_sheet(centre, drafted, tmp_path / "M01.xlsx", "M01")
    assert (sheet, import_sheet(centre, blank, "M02").changed) == (tmp_path / "M01.xlsx", 0)

    same = import_sheet(centre, sheet, "M01")
    for_another = import_sheet(centre, sheet, "M02")

    with centre.database.read() as connection:
        rows = connection.execute(tables.row_decision.select().order_by(tables.row_decision.c.row_no)).all()
    assert (same.changed, for_another.changed) == (0, 2)
    assert [(r.row_no, r.person_id, r.decision, r.extend_years) for r in rows] == [
        (1, "M01", "dispose", None),
        (1, "M02", "dispose", None),
        (2, "M01", "keep", 4),
        (2, "M02", "keep", 4),
    ]


def test_workbook_that_is_not_ours_is_refused(centre: Centre, drafted: str, tmp_path: Path) -> None:
    """P8."""
    import xlsxwriter

    path = tmp_path / "other.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("表").write("A1", "销毁")

    with pytest.raises(WorksheetError, match="expected a worksheet exported by the centre"):
        import_sheet(centre, path, "M01")


def test_withdrawn_list_is_over_and_withdrawing_twice_is_no_fault(centre: Centre, reviewed: str) -> None:
    """R9-19."""
    assert withdraw(centre, reviewed, "L01")
    assert not withdraw(centre, reviewed, "L01")

    assert state_of(centre, reviewed) == "withdrawn"
    assert events(centre, "list_withdrawn") == [reviewed]
    with pytest.raises(NotPermittedError):
        sign(centre, reviewed, ListDuty.PANEL_MEMBER, "M01")


@pytest.mark.parametrize(("person_id", "error"), [("W01", NotPermittedError), ("Z99", NotFoundError)])
def test_list_is_withdrawn_by_those_who_decide_about_it_and_by_nobody_else(
    centre: Centre, reviewed: str, person_id: str, error: type[Exception]
) -> None:
    """R9-19."""
    with pytest.raises(error, match=person_id):
        withdraw(centre, reviewed, person_id)

    assert state_of(centre, reviewed) == "reviewed"
