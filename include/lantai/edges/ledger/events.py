"""Events of the ledger: what happened, written in the transaction of what it tells. They only ever grow.

A leaf is the stored bytes and is never serialised again. Its place in the tree
is given later, see `tree`.

Source: vault.md, "The ledger".
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from lantai.edges import tables
from lantai.errors import MalformedError, NotFoundError
from lantai.formats.ledger import canonical
from lantai.records.ledger.event import EventKind

OWN_FIELDS = frozenset({"event_id", "kind", "subject", "actor", "occurred_at"})
"""Fields that every leaf has."""


def append(
    connection: Connection,
    kind: EventKind,
    subject: str,
    actor: str,
    occurred_at: datetime,
    facts: Mapping[str, int | str],
) -> str:
    """Write an event in the caller's transaction and return its id.

    Args:
        connection: The transaction that also writes what the event tells.
        kind: What happened.
        subject: Carrier id, list id or other id of ours.
        actor: Staff id of who did it, or `system`.
        occurred_at: Aware moment.
        facts: Integers and strings: ids, counts, digests; no titles, names or free text.

    Raises:
        MalformedError: A fact is something else, or has the name of a field that every leaf has.
    """
    event_id = secrets.token_hex(16)
    if clash := OWN_FIELDS & set(facts):
        raise MalformedError(f"event {kind}: found the facts {sorted(clash)}, expected other names than a leaf's own")
    body = {
        **facts,
        "event_id": event_id,
        "kind": kind.value,
        "subject": subject,
        "actor": actor,
        "occurred_at": moment_text(occurred_at),
    }
    if not canonical.is_ledger_safe(body):
        raise MalformedError(f"event {kind}: found facts {sorted(facts)}, expected only integers and strings in them")
    connection.execute(
        insert(tables.event).values(
            event_id=event_id,
            kind=kind.value,
            subject=subject,
            actor=actor,
            occurred_at=occurred_at,
            leaf=canonical.dumps(body),
        )
    )
    return event_id


def moment_text(moment: datetime) -> str:
    """Return a moment as leaves write it: UTC, ISO 8601, microseconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def event_about(connection: Connection, subject: str, kind: EventKind) -> str:
    """Return the id of the one event of a kind about a subject.

    Raises:
        NotFoundError: There is none.
    """
    events = tables.event
    wanted = select(events.c.event_id).where(events.c.subject == subject, events.c.kind == kind.value)
    found = connection.execute(wanted).scalar_one_or_none()
    if found is None:
        raise NotFoundError(f"{subject}: found no event {kind.value} in the ledger")
    return str(found)
