"""Appoint people, enrol their keys, delegate their duties: each with an event in the ledger.

A key is enrolled by one person and confirmed by another, neither of them its
owner, so that nobody can make a colleague's signature alone.
Source: authority.md; vault.md, "The ledger".
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre import people
from lantai.errors import UsageError
from lantai.formats.ledger.ssh_signature import fingerprint, parse_public_key_line
from lantai.records.centre.naming import refuse_unsound
from lantai.records.centre.person import LONGEST_ID, Appointment, Person, PersonKey, Role
from lantai.records.ledger.event import EventKind
from lantai.records.text.shown import on_one_line
from lantai.records.text.spelling import as_read

RESERVED_IDS = frozenset({"system", "lantai"})
"""Who acts where nobody is named: no person may be called so. In small letters, as `as_read` writes a name."""

LONGEST_NAME, LONGEST_ACCOUNT = 100, 64
"""Characters that the registry holds."""

_TOLD_APART = re.compile(r"[A-Za-z0-9\u4e00-\u9fff._@-]+")


def appoint(
    centre: Centre,
    person: Person,
    roles: Sequence[Role],
    from_on: date,
    to_on: date | None,
    actor: str,
    accounts: Sequence[str] = (),
) -> None:
    """Add a person with roles, or appoint one who is known already to further roles (R9-01).

    Args:
        centre: The centre.
        person: Staff id and name.
        roles: What the person is appointed to; at least one.
        from_on: First day.
        to_on: Last day, None is open-ended.
        actor: Staff id of who appoints, or `system` for the first people of a centre.
        accounts: Names under which the person logs in; two accounts of one person are one person.

    Raises:
        UsageError: No role is given, the id or name is blank, the last day is before the first, the staff id is another
            person's, an appointment is there already, or an account is somebody else's; a staff id or an account is
            reserved, looks like somebody else's, or has other characters than can be told apart.
    """
    if not roles:
        raise UsageError("no role given, expected at least one")
    _refuse_reversed(f"person {person.person_id}", from_on, to_on)
    with centre.database.begin() as connection:
        _know(connection, person)
        _give_accounts(connection, person.person_id, accounts)
        held = {(known.role, known.from_on) for known in people.appointments(connection, person.person_id)}
        for role in dict.fromkeys(roles):
            if (role, from_on) in held:
                raise UsageError(f"person {person.person_id}: is appointed {role.value} from {from_on} on already")
            people.appoint(connection, Appointment(person.person_id, role, from_on, to_on))
            facts = {"role": role.value, "from_on": from_on.isoformat(), "to_on": to_on.isoformat() if to_on else ""}
            append(connection, EventKind.PERSON_APPOINTED, person.person_id, actor, centre.clock.now_at(), facts)


def enrol_key(centre: Centre, person_id: str, public_key: str, enrolled_by: str, confirmed_by: str) -> str:
    """Enrol a person's public key from today on, by two others (R12-04, P3); return its fingerprint.

    Args:
        centre: The centre.
        person_id: Whose key it is.
        public_key: One `ssh-ed25519 AAAA...` line.
        enrolled_by: Who enrols it.
        confirmed_by: Who saw the fingerprint with the owner.

    Raises:
        MalformedError: The line is not an Ed25519 public key.
        UsageError: The three are not distinct people, or the key is enrolled already.
        NotFoundError: One of them is not registered.
    """
    parse_public_key_line(public_key)
    mark = fingerprint(public_key)
    if len({person_id, enrolled_by, confirmed_by}) < 3:  # noqa: PLR2004 - the owner and two others
        raise UsageError(
            f"key of {person_id}: enrolled by {enrolled_by}, confirmed by {confirmed_by}; expected two people beside the owner"
        )
    with centre.database.begin() as connection:
        for known in (person_id, enrolled_by, confirmed_by):
            people.person(connection, known)
        owner = people.owner_of_key(connection, mark)
        if owner is not None:
            raise UsageError(f"key {mark}: is enrolled for {owner} already, expected a key of {person_id}'s own")
        key = PersonKey(person_id, public_key.strip(), mark, centre.clock.today_on())
        people.add_key(connection, key, enrolled_by, confirmed_by, centre.clock.now_at())
        facts: dict[str, int | str] = {"fingerprint": mark, "confirmed_by": confirmed_by}
        append(connection, EventKind.KEY_ENROLLED, person_id, enrolled_by, centre.clock.now_at(), facts)
    return mark


def delegate(
    centre: Centre, from_person: str, to_person: str, role: Role, from_on: date, to_on: date, document_no: str
) -> str:
    """Let one person act for another in a role from a day to a day; return the delegation's id. Source: R10-08.

    Raises:
        UsageError: The person who delegates does not hold the role on the first day, or no document is named; the last day
            is before the first; it is the same person.
        NotFoundError: One of the two is not registered.
    """
    if not document_no.strip():
        raise UsageError("no document number given, expected that of the written delegation")
    _refuse_reversed(f"delegation by {from_person}", from_on, to_on)
    if from_person == to_person:
        raise UsageError(f"delegation by {from_person}: found the same person on both sides, expected somebody else")
    delegation_id = secrets.token_hex(8)
    with centre.database.begin() as connection:
        people.person(connection, from_person)
        people.person(connection, to_person)
        if role not in people.roles_on(connection, from_person, from_on):
            raise UsageError(
                f"person {from_person}: does not hold the role {role.value} on {from_on}, so cannot delegate it"
            )
        people.delegate(connection, delegation_id, from_person, to_person, role, from_on, to_on, document_no)
        facts: dict[str, int | str] = {
            "role": role.value,
            "to_person": to_person,
            "from_on": from_on.isoformat(),
            "to_on": to_on.isoformat(),
            "document_sha256": hashlib.sha256(document_no.encode()).hexdigest(),
        }
        append(connection, EventKind.DELEGATED, from_person, from_person, centre.clock.now_at(), facts)
    return delegation_id


def _know(connection: Connection, person: Person) -> None:
    """Add a person who is not known yet, under an id and a name that nobody takes for another's (R9-01, P3)."""
    for what, text, longest in (("staff id", person.person_id, LONGEST_ID), ("name", person.name, LONGEST_NAME)):
        try:
            refuse_unsound(what, text, longest)
        except ValueError as error:
            raise UsageError(str(error)) from error
    known = {each.person_id: each.name for each in people.people(connection)}
    if person.person_id not in known:
        _refuse_confusable("staff id", person.person_id)
        others = {**_owners_of_accounts(connection), **{as_read(each): each for each in known}}
        if owner := others.get(as_read(person.person_id)):
            raise UsageError(
                f"staff id {person.person_id}: reads as {owner}'s id or account, expected one of their own"
            )
        people.add_person(connection, person)
    elif known[person.person_id] != person.name:
        raise UsageError(
            f"person {person.person_id}: is registered as {known[person.person_id]}, found {person.name}; "
            "expected the same name, or a staff id of their own"
        )


def _give_accounts(connection: Connection, person_id: str, accounts: Sequence[str]) -> None:
    """Let a person log in under further names, none of which is somebody else's or reads like it (P3)."""
    taken = {name: owner for owner, names in people.accounts(connection).items() for name in names}
    owners = {
        **_owners_of_accounts(connection),
        **{as_read(each.person_id): each.person_id for each in people.people(connection)},
    }
    for account in dict.fromkeys(accounts):
        if not 0 < len(account.strip()) <= LONGEST_ACCOUNT:
            raise UsageError(f"account {account!r}: expected 1 to {LONGEST_ACCOUNT} characters")
        if taken.get(account, person_id) != person_id:
            raise UsageError(f"account {account}: is {taken[account]}'s, expected one of {person_id}'s own")
        if account not in taken:
            _refuse_confusable("account", account)
            if (owner := owners.get(as_read(account), person_id)) != person_id:
                raise UsageError(
                    f"account {account}: reads as {owner}'s id or account, expected one of {person_id}'s own"
                )
            people.add_account(connection, person_id, account)


def _owners_of_accounts(connection: Connection) -> dict[str, str]:
    return {as_read(name): owner for owner, names in people.accounts(connection).items() for name in names}


def _refuse_confusable(what: str, name: str) -> None:
    if as_read(name) in RESERVED_IDS:
        raise UsageError(f"{what} {name}: stands for the scheduled runs, expected one that is a person's own")
    if not _TOLD_APART.fullmatch(name):
        raise UsageError(
            f"{what} {on_one_line(name)!r}: expected letters a to z, digits, Chinese characters and . _ @ - only: others look "
            "like these and are not, or are not seen"
        )


def _refuse_reversed(what: str, from_on: date, to_on: date | None) -> None:
    if to_on is not None and to_on < from_on:
        raise UsageError(f"{what}: ends on {to_on}, before it begins on {from_on}")
