"""Appoint people, enrol their keys, delegate their duties: each with an event in the ledger.

A key is enrolled by one person and confirmed by another, neither of them its
owner, so that nobody can make a colleague's signature alone.
Source: R9-01, R10-08, R12-04; vault.md, "The ledger".
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date

from lantai.edges.centre import Centre
from lantai.edges.ledger import append
from lantai.edges.registry import people
from lantai.errors import UsageError
from lantai.formats.ssh_signature import fingerprint, parse_public_key_line
from lantai.records.event import EventKind
from lantai.records.person import Appointment, Person, PersonKey, Role


def appoint(centre: Centre, person: Person, roles: list[Role], from_on: date, to_on: date | None, actor: str) -> None:
    """Add a person with roles, or appoint one who is known already to further roles.

    Args:
        centre: The centre.
        person: Staff id and name; a known staff id keeps its name.
        roles: What the person is appointed to; at least one.
        from_on: First day.
        to_on: Last day, None is open-ended.
        actor: Staff id of who appoints, or `system` for the first people of a centre.

    Raises:
        UsageError: No role is given.
        RegistryConflictError: The same appointment is there already.
    """
    if not roles:
        raise UsageError("no role given, expected at least one")
    with centre.database.begin() as connection:
        if person.person_id not in {known.person_id for known in people.people(connection)}:
            people.add_person(connection, person)
        for role in roles:
            people.appoint(connection, Appointment(person.person_id, role, from_on, to_on))
            facts = {"role": role.value, "from_on": from_on.isoformat(), "to_on": to_on.isoformat() if to_on else ""}
            append(connection, EventKind.PERSON_APPOINTED, person.person_id, actor, centre.clock.now_at(), facts)


def enrol_key(centre: Centre, person_id: str, public_key: str, enrolled_by: str, confirmed_by: str) -> str:
    """Enrol a person's public key from today on; return its fingerprint.

    Args:
        centre: The centre.
        person_id: Whose key it is.
        public_key: One `ssh-ed25519 AAAA...` line.
        enrolled_by: Who enrols it.
        confirmed_by: Who saw the fingerprint with the owner.

    Raises:
        SignatureInvalidError: The line is not an Ed25519 public key.
        RegistryConflictError: The three are not distinct people, or the key is enrolled already.
        NotFoundError: One of them is not registered.
    """
    parse_public_key_line(public_key)
    mark = fingerprint(public_key)
    with centre.database.begin() as connection:
        for known in (person_id, enrolled_by, confirmed_by):
            people.person(connection, known)
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
        UsageError: The person who delegates does not hold the role on the first day, or no document is named.
    """
    if not document_no.strip():
        raise UsageError("no document number given, expected that of the written delegation")
    delegation_id = secrets.token_hex(8)
    with centre.database.begin() as connection:
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
