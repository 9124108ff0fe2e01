"""Rows of people: appointments, keys, delegations."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, insert, or_, select

from lantai.edges import tables
from lantai.errors import NotFoundError
from lantai.records.centre.person import Appointment, Person, PersonKey, Role


def add_person(connection: Connection, person: Person) -> None:
    """Add a person.

    Raises:
        RegistryConflictError: The staff id is taken.
    """
    connection.execute(
        insert(tables.person).values(person_id=person.person_id, name=person.name, unit_code=person.unit_code),
    )


def person(connection: Connection, person_id: str) -> Person:
    """Return one person.

    Raises:
        NotFoundError: Nobody has that staff id.
    """
    row = connection.execute(select(tables.person).where(tables.person.c.person_id == person_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"person {person_id}: not in the registry")
    return Person(row.person_id, row.name, row.unit_code)


def people(connection: Connection) -> list[Person]:
    """Return everybody in order of staff id."""
    rows = connection.execute(select(tables.person).order_by(tables.person.c.person_id))
    return [Person(row.person_id, row.name, row.unit_code) for row in rows]


def appoint(connection: Connection, appointment: Appointment) -> None:
    """Appoint a person to a role from a day on."""
    connection.execute(
        insert(tables.appointment).values(
            person_id=appointment.person_id,
            role=appointment.role.value,
            from_on=appointment.from_on,
            to_on=appointment.to_on,
        ),
    )


def appointments(connection: Connection, person_id: str | None = None) -> list[Appointment]:
    """Return appointments, of one person or of all."""
    table = tables.appointment
    statement = select(table).order_by(table.c.person_id, table.c.from_on)
    if person_id is not None:
        statement = statement.where(table.c.person_id == person_id)
    return [Appointment(row.person_id, Role(row.role), row.from_on, row.to_on) for row in connection.execute(statement)]


def roles_on(connection: Connection, person_id: str, day: date) -> set[Role]:
    """Return the roles a person holds on a day; a disabled person holds none from that day on."""
    table, disabled = tables.appointment, tables.person.c.disabled_on
    statement = (
        select(table.c.role)
        .join(tables.person, tables.person.c.person_id == table.c.person_id)
        .where(table.c.person_id == person_id, table.c.from_on <= day)
        .where(or_(table.c.to_on.is_(None), table.c.to_on >= day))
        .where(or_(disabled.is_(None), disabled > day))
    )
    return {Role(word) for word in connection.execute(statement).scalars()}


def delegations_to(connection: Connection, person_id: str, role: Role, day: date) -> list[str]:
    """Return the staff ids of those who delegated a role to this person on a day. Source: R10-08."""
    table = tables.delegation
    statement = select(table.c.from_person).where(
        table.c.to_person == person_id,
        table.c.role == role.value,
        table.c.from_on <= day,
        table.c.to_on >= day,
    )
    return sorted(connection.execute(statement).scalars())


def delegate(
    connection: Connection,
    delegation_id: str,
    from_person: str,
    to_person: str,
    role: Role,
    from_on: date,
    to_on: date,
    document_no: str,
) -> None:
    """Record that one person acts for another from a day to a day, both included. Source: R10-08."""
    connection.execute(
        insert(tables.delegation).values(
            delegation_id=delegation_id,
            from_person=from_person,
            to_person=to_person,
            role=role.value,
            from_on=from_on,
            to_on=to_on,
            document_no=document_no,
        ),
    )


def add_key(connection: Connection, key: PersonKey, enrolled_by: str, confirmed_by: str, enrolled_at: datetime) -> None:
    """Enrol a key. Source: R12-04.

    Args:
        connection: An open transaction.
        key: The key, valid from `from_on`.
        enrolled_by: Staff id of who enrols it.
        confirmed_by: Staff id of who saw the fingerprint with the owner.
        enrolled_at: Aware moment.

    Raises:
        RegistryConflictError: The three are not distinct people, or the key is enrolled already.
    """
    connection.execute(
        insert(tables.person_key).values(
            fingerprint=key.fingerprint,
            person_id=key.person_id,
            public_key=key.public_key,
            enrolled_by=enrolled_by,
            confirmed_by=confirmed_by,
            from_on=key.from_on,
            enrolled_at=enrolled_at,
        ),
    )


def owner_of_key(connection: Connection, fingerprint: str) -> str | None:
    """Return the staff id of whom a key was ever enrolled for, None when for nobody."""
    table = tables.person_key
    found = connection.execute(select(table.c.person_id).where(table.c.fingerprint == fingerprint)).scalar_one_or_none()
    return None if found is None else str(found)


def accounts(connection: Connection) -> dict[str, list[str]]:
    """Return the accounts of everybody who has one, by staff id."""
    table = tables.account
    found: dict[str, list[str]] = {}
    for row in connection.execute(select(table).order_by(table.c.account)):
        found.setdefault(row.person_id, []).append(row.account)
    return found


def add_account(connection: Connection, person_id: str, account: str) -> None:
    """Add an account of a person.

    Raises:
        RegistryConflictError: Somebody has it already.
    """
    connection.execute(insert(tables.account).values(account=account, person_id=person_id))


def keys_on(connection: Connection, person_id: str, day: date) -> list[PersonKey]:
    """Return the keys that are valid for a person on a day, newest first."""
    table = tables.person_key
    statement = (
        select(table)
        .where(table.c.person_id == person_id, table.c.from_on <= day)
        .where(or_(table.c.to_on.is_(None), table.c.to_on >= day))
        .order_by(table.c.enrolled_at.desc())
    )
    return [
        PersonKey(row.person_id, row.public_key, row.fingerprint, row.from_on, row.to_on)
        for row in connection.execute(statement)
    ]
