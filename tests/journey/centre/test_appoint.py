"""Appointing people, enrolling keys, delegating: what is refused is refused in words."""

from __future__ import annotations

import base64
import json
from datetime import date
from pathlib import Path

import pytest

from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.registry.centre import people
from lantai.edges.registry.disposal.sign_offs import person_behind
from lantai.errors import MalformedError, NotFoundError, UsageError
from lantai.formats.ledger.ssh_signature import generate_key
from lantai.journey.centre.appoint import appoint, delegate, enrol_key
from lantai.records.centre.person import Person, Role


def told(centre: Centre, kind: str) -> list[dict[str, object]]:
    """What the ledger tells of a kind of event, newest last."""
    table = tables.event
    with centre.database.read() as connection:
        found = connection.execute(table.select().where(table.c.kind == kind).order_by(table.c.occurred_at)).all()
    return [json.loads(bytes(row.leaf)) for row in found]


FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def staffed(centre: Centre) -> Centre:
    for person_id, name, role in (
        ("A01", "王芳", Role.OPERATOR),
        ("L01", "赵静", Role.LEADER),
        ("P01", "李强", Role.PANEL_MEMBER),
    ):
        appoint(centre, Person(person_id, name), [role], FIRST, None, "system")
    return centre


def test_two_accounts_of_one_person_are_one_person(staffed: Centre) -> None:
    """R9-01, P3."""
    appoint(staffed, Person("P01", "李强"), [Role.WITNESS], FIRST, None, "A01", ["liqiang", "lq"])

    with staffed.database.read() as connection:
        assert {person_behind(connection, name) for name in ("P01", "liqiang", "lq")} == {"P01"}
        assert people.accounts(connection) == {"P01": ["liqiang", "lq"]}
        assert people.roles_on(connection, "P01", FIRST) == {Role.PANEL_MEMBER, Role.WITNESS}


@pytest.mark.parametrize(
    ("person", "first", "last", "accounts", "expected"),
    [
        (Person("A01", "王方"), FIRST, None, (), "registered as 王芳"),
        (Person("", "无名"), FIRST, None, (), "staff id"),
        (Person("X01", " "), FIRST, None, (), "name"),
        (Person("X01", "新人"), LAST, FIRST, (), "before it begins"),
        (Person("X01", "新人"), FIRST, None, ("wf",), "A01's"),
        (Person("X01", "新人"), FIRST, None, ("",), "account"),
    ],
)
def test_appointment_that_cannot_be_meant_is_refused_and_nothing_is_written(
    staffed: Centre, person: Person, first: date, last: date | None, accounts: tuple[str, ...], expected: str
) -> None:
    """R9-01."""
    appoint(staffed, Person("A01", "王芳"), [Role.AUDITOR], FIRST, None, "system", ["wf"])

    with pytest.raises(UsageError, match=expected):
        appoint(staffed, person, [Role.CUSTODIAN], first, last, "A01", accounts)

    with staffed.database.read() as connection:
        assert [each.person_id for each in people.people(connection)] == ["A01", "L01", "P01"]
        assert Role.CUSTODIAN not in people.roles_on(connection, "A01", FIRST)


@pytest.mark.parametrize(("account", "is_taken"), [("x", True), ("x" * 64, True), ("x" * 65, False), (" ", False)])
def test_account_has_one_to_sixty_four_characters(staffed: Centre, account: str, is_taken: bool) -> None:
    """P3."""
    words = (Person("P01", "李强"), [Role.WITNESS], FIRST, None, "A01", [account])

    if is_taken:
        appoint(staffed, *words)
        with staffed.database.read() as connection:
            assert people.accounts(connection) == {"P01": [account]}
    else:
        with pytest.raises(UsageError, match="expected 1 to 64 characters"):
            appoint(staffed, *words)


def test_appointment_is_told_with_who_made_it_and_its_days(staffed: Centre) -> None:
    """R9-01."""
    appoint(staffed, Person("P01", "李强"), [Role.WITNESS, Role.WITNESS], FIRST, LAST, "A01")

    newest = told(staffed, "person_appointed")[-1]
    assert (newest["subject"], newest["actor"], newest["role"]) == ("P01", "A01", "witness")
    assert (newest["from_on"], newest["to_on"]) == ("2026-01-01", "2026-12-31")
    assert [each["to_on"] for each in told(staffed, "person_appointed")[:-1]] == ["", "", ""]


def test_person_without_a_role_is_not_added(staffed: Centre) -> None:
    """R9-01."""
    with pytest.raises(UsageError, match="no role given"):
        appoint(staffed, Person("X01", "新人"), [], FIRST, None, "A01")

    with staffed.database.read() as connection:
        assert "X01" not in {each.person_id for each in people.people(connection)}


def test_same_appointment_again_is_refused(staffed: Centre) -> None:
    """R9-01."""
    with pytest.raises(UsageError, match="already"):
        appoint(staffed, Person("A01", "王芳"), [Role.OPERATOR], FIRST, None, "system")


def test_key_is_enrolled_by_two_others_once(staffed: Centre, tmp_path: Path) -> None:
    """R12-04."""
    _, line = generate_key("李强")

    mark = enrol_key(staffed, "P01", line, "A01", "L01")

    with staffed.database.read() as connection:
        assert [key.fingerprint for key in people.keys_on(connection, "P01", staffed.clock.today_on())] == [mark]
    assert [
        (leaf["subject"], leaf["actor"], leaf["confirmed_by"], leaf["fingerprint"])
        for leaf in told(staffed, "key_enrolled")
    ] == [("P01", "A01", "L01", mark)]
    with pytest.raises(UsageError, match="P01 already"):
        enrol_key(staffed, "L01", line, "A01", "P01")


@pytest.mark.parametrize(("enrols", "confirms"), [("A01", "A01"), ("P01", "A01"), ("A01", "P01")])
def test_nobody_enrols_a_key_alone(staffed: Centre, enrols: str, confirms: str) -> None:
    """R12-04."""
    with pytest.raises(UsageError, match="two people"):
        enrol_key(staffed, "P01", generate_key("李强")[1], enrols, confirms)


@pytest.mark.parametrize(("enrols", "confirms"), [("X99", "A01"), ("A01", "X99")])
def test_nobody_unknown_enrols_or_confirms_a_key(staffed: Centre, enrols: str, confirms: str) -> None:
    """R12-04."""
    with pytest.raises(NotFoundError, match="X99"):
        enrol_key(staffed, "P01", generate_key("李强")[1], enrols, confirms)


def test_what_is_no_key_is_refused(staffed: Centre) -> None:
    """R12-04, P3."""
    with pytest.raises(MalformedError):
        enrol_key(staffed, "P01", "ssh-rsa AAAA", "A01", "L01")


def test_delegation_names_two_people_a_role_held_and_days_in_order(staffed: Centre) -> None:
    """R10-08."""
    assert delegate(staffed, "P01", "L01", Role.PANEL_MEMBER, FIRST, LAST, "委〔2026〕1号")
    with staffed.database.read() as connection:
        assert people.delegations_to(connection, "L01", Role.PANEL_MEMBER, FIRST) == ["P01"]

    for words, expected in (
        (("P01", "P01", Role.PANEL_MEMBER, FIRST, LAST, "1号"), "same person"),
        (("P01", "L01", Role.PANEL_MEMBER, LAST, FIRST, "1号"), "before it begins"),
        (("P01", "L01", Role.LEADER, FIRST, LAST, "1号"), "does not hold"),
        (("P01", "L01", Role.PANEL_MEMBER, FIRST, LAST, " "), "document number"),
    ):
        with pytest.raises(UsageError, match=expected):
            delegate(staffed, *words)
    for pair in (("P01", "X99"), ("X99", "P01")):
        with pytest.raises(NotFoundError, match="X99"):
            delegate(staffed, *pair, Role.PANEL_MEMBER, FIRST, LAST, "1号")
    (leaf,) = told(staffed, "delegated")
    assert (leaf["subject"], leaf["to_person"], leaf["role"]) == ("P01", "L01", "panel_member")


SMALL_ORDER = "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20\x01" + bytes(31)).decode()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (SMALL_ORDER, "small order"),
        ("ssh-rsa AAAA", "expected ssh-ed25519"),
        ("ecdsa-sha2-nistp256 AAAA", "expected ssh-ed25519"),
        ("sk-ssh-ed25519@openssh.com AAAA", "expected ssh-ed25519"),
        ("ssh-ed25519-cert-v01@openssh.com AAAA", "expected ssh-ed25519"),
        (f"{generate_key()[1]} x\n{SMALL_ORDER}", "one line"),
    ],
)
def test_key_under_which_nothing_can_be_believed_is_not_enrolled(staffed: Centre, line: str, told: str) -> None:
    """P3: `ssh-keygen -Y verify` agrees to a signature that nobody made under a key of small order."""
    with pytest.raises(MalformedError, match=told):
        enrol_key(staffed, "P01", line, "A01", "L01")

    with staffed.database.read() as connection:
        assert connection.execute(tables.person_key.select()).all() == []


@pytest.mark.parametrize(
    ("person_id", "account", "told"),
    [
        ("system", "", "stands for the scheduled runs"),
        ("System", "", "stands for the scheduled runs"),
        ("ｓystem", "", "stands for the scheduled runs"),
        ("X01", "SYSTEM", "stands for the scheduled runs"),
        ("X01", "P01", "reads as P01's"),
        ("X01", "p01", "reads as P01's"),
        ("wf", "", "reads as A01's"),
        ("WF", "", "reads as A01's"),
        ("p01", "", "reads as P01's"),
        ("X01", "Wf", "reads as A01's"),
        ("P\u200b01", "", "staff id"),
        ("P\u041201", "", "expected letters a to z"),
        ("Р01", "", "expected letters a to z"),
        ("X01", "w\u200bf", "expected letters a to z"),
        ("X01", "w\u00adf", "expected letters a to z"),
        ("X01", "ѡf", "expected letters a to z"),
        ("X 01", "", "expected letters a to z"),
    ],
    ids=ascii,
)
def test_nobody_is_called_as_somebody_else_or_as_the_machine(
    staffed: Centre, person_id: str, account: str, told: str
) -> None:
    """R9-01, P3: an account that is another's staff id would let one person act as the other."""
    appoint(staffed, Person("A01", "王芳"), [Role.AUDITOR], FIRST, None, "system", ["wf"])

    with pytest.raises(UsageError, match=told):
        appoint(staffed, Person(person_id, "新人"), [Role.AUDITOR], FIRST, None, "A01", [account] if account else [])

    with staffed.database.read() as connection:
        assert [each.person_id for each in people.people(connection)] == ["A01", "L01", "P01"]
        assert people.accounts(connection) == {"A01": ["wf"]}


def test_staff_id_and_account_may_be_chinese_and_a_persons_own_id_may_be_the_account(staffed: Centre) -> None:
    """R9-01."""
    appoint(staffed, Person("工号7", "新人"), [Role.AUDITOR], FIRST, None, "A01", ["工号7", "xin.ren@office", "x_r-2"])

    with staffed.database.read() as connection:
        assert person_behind(connection, "xin.ren@office") == "工号7"
