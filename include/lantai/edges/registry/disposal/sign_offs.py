"""Rows of signatures under a list, with what the ledger says of each.

Whether a signature counts is not decided here: see `lantai.rules.disposal.approval`.

Source: vault.md, "The ledger", sign-offs.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, func, insert, or_, select

from lantai.edges import tables
from lantai.edges.database.database import query
from lantai.errors import NotFoundError
from lantai.records.disposal.kept_sign_off import KeptSignOff
from lantai.records.disposal.lists import ListDuty, SigningStage, SignOff


def sign_offs(connection: Connection, list_id: str) -> list[KeptSignOff]:
    """Return the signatures under a list, oldest first, each with its key, its event and that event's place in the ledger."""
    return [
        KeptSignOff(
            sign_off=SignOff(
                list_id=list_id,
                duty=ListDuty(row.duty),
                stage=SigningStage(row.stage),
                person_id=row.person_id,
                list_digest=row.list_digest,
                signed_at=row.signed_at,
                signature=row.signature,
                on_behalf_of=row.on_behalf_of,
            ),
            fingerprint=row.fingerprint,
            public_key=row.public_key,
            event_kind=row.event_kind,
            event_subject=row.event_subject,
            event_actor=row.event_actor,
            leaf=bytes(row.leaf),
            leaf_index=row.leaf_index,
        )
        for row in query(connection, "list_sign_offs", list_id=list_id)
    ]


def add_sign_off(connection: Connection, sign_off: SignOff, fingerprint: str | None, event_id: str) -> None:
    """Add a signature, with the name of who delegated where it is given for somebody else (R10-08).

    Raises:
        RegistryConflictError: It is there already, or the person does not have this duty about the list.
    """
    connection.execute(
        insert(tables.sign_off).values(
            list_id=sign_off.list_id,
            person_id=sign_off.person_id,
            stage=sign_off.stage.value,
            list_digest=sign_off.list_digest,
            duty=sign_off.duty.value,
            signed_at=sign_off.signed_at,
            signature=sign_off.signature,
            fingerprint=fingerprint,
            on_behalf_of=sign_off.on_behalf_of,
            event_id=event_id,
        ),
    )


def covered_since(connection: Connection, leaf_index: int) -> datetime | None:
    """Return when the first checkpoint was made that covers a leaf, None when none does yet."""
    table = tables.checkpoint
    found = connection.execute(select(func.min(table.c.made_at)).where(table.c.tree_size > leaf_index)).scalar_one()
    return found if isinstance(found, datetime) else None


def person_behind(connection: Connection, name: str) -> str:
    """Return the staff id that a staff id or an account name stands for: two accounts of one person are one person.

    Raises:
        NotFoundError: Nobody has that id or account.
    """
    statement = (
        select(tables.person.c.person_id)
        .outerjoin(tables.account, tables.account.c.person_id == tables.person.c.person_id)
        .where(or_(tables.person.c.person_id == name, tables.account.c.account == name))
        .order_by((tables.person.c.person_id != name), tables.person.c.person_id)
    )
    found = connection.execute(statement.limit(1)).scalar_one_or_none()
    if found is None:
        raise NotFoundError(f"person or account {name}: not in the registry")
    return str(found)


def holders(connection: Connection, role: str, day: date) -> list[str]:
    """Return the staff ids of those appointed to a role on a day, in order."""
    table, disabled = tables.appointment, tables.person.c.disabled_on
    statement = (
        select(table.c.person_id)
        .join(tables.person, tables.person.c.person_id == table.c.person_id)
        .where(table.c.role == role, table.c.from_on <= day)
        .where(or_(table.c.to_on.is_(None), table.c.to_on >= day), or_(disabled.is_(None), disabled > day))
        .distinct()
        .order_by(table.c.person_id)
    )
    return [str(person_id) for person_id in connection.execute(statement).scalars()]
