"""Leases with a fencing token: one worker at a time does a piece of work, and a late one is refused.

A worker that was stopped for longer than its lease and then goes on finds its
token outdated at the next write. One that was killed on this machine is
replaced at once where its holder's name proves that it is dead (`files.worker`).

Source: vault.md, "What a hard second look ... showed"; kopia/kopia#1087.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, select, update

from lantai.edges import tables
from lantai.edges.database.database import Database
from lantai.edges.database.loading import add_if_new
from lantai.edges.files.worker import has_died
from lantai.errors import LeaseLostError

LEASE_SECONDS = 600
"""Of a worker that died on another machine nobody knows; the last of the DAGs' three tries comes after 14 minutes and has to find this over."""

TRY_AGAIN_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Lease:
    """What a worker holds; `fence` grows with every holder of the same name."""

    name: str
    holder: str
    fence: int


@contextmanager
def leased(
    database: Database,
    name: str,
    holder: str,
    now_at: Callable[[], datetime],
    seconds: int = LEASE_SECONDS,
    patience_seconds: float = 0,
) -> Iterator[Lease]:
    """Hold a lease while the block runs.

    Args:
        database: The registry.
        name: What is worked on, e.g. `carrier:SL2025-JY-E001-R1`.
        holder: Who works, unique per process, e.g. host, pid and a random part.
        now_at: The clock.
        seconds: After so long without renewal somebody else may take over.
        patience_seconds: How long to try again while somebody else holds it.

    Raises:
        LeaseLostError: Somebody else holds it.
    """
    lease = _wait_for(database, name, holder, now_at, seconds, patience_seconds)
    try:
        yield lease
    finally:
        release(database, lease, now_at())


def _wait_for(
    database: Database, name: str, holder: str, now_at: Callable[[], datetime], seconds: int, patience_seconds: float
) -> Lease:
    until = time.monotonic() + patience_seconds
    while True:
        try:
            return acquire(database, name, holder, now_at(), seconds)
        except LeaseLostError:
            if time.monotonic() >= until:
                raise
        time.sleep(TRY_AGAIN_SECONDS)


def acquire(database: Database, name: str, holder: str, now_at: datetime, seconds: int) -> Lease:
    """Take the lease, or renew one's own; of several at once one gets it (fault R1).

    Raises:
        LeaseLostError: Somebody else holds it; the message says who and until when.
    """
    table = tables.lease
    expires_at = now_at + timedelta(seconds=seconds)
    with database.begin() as connection:
        # Nobody's, where there is none yet: so two workers who come first at the same moment find one row to queue for.
        add_if_new(connection, table, name=name, holder="", fence=0, expires_at=now_at)
        row = connection.execute(_locked(name)).one()
        if row.holder != holder and row.expires_at > now_at and not has_died(row.holder):
            raise LeaseLostError(f"lease {name}: held by {_shown(row.holder)} until {row.expires_at:%H:%M:%S} UTC")
        fence = row.fence if row.holder == holder else row.fence + 1
        connection.execute(
            update(table).where(table.c.name == name).values(holder=holder, fence=fence, expires_at=expires_at)
        )
        return Lease(name, holder, fence)


def renew(database: Database, lease: Lease, now_at: datetime, seconds: int) -> None:
    """Hold a lease for some time more.

    Raises:
        LeaseLostError: Somebody else holds it, or held it meanwhile.
    """
    table = tables.lease
    with database.begin() as connection:
        require(connection, lease)
        connection.execute(
            update(table).where(table.c.name == lease.name).values(expires_at=now_at + timedelta(seconds=seconds))
        )


def require(connection: Connection, lease: Lease) -> None:
    """Refuse to go on when somebody else has taken over; to be called inside the transaction that writes.

    Nobody can take over before that transaction ends: on PostgreSQL the row stays locked, SQLite has one writer anyway (K3).

    Raises:
        LeaseLostError: The fence has moved on.
    """
    row = connection.execute(_locked(lease.name)).one_or_none()
    if row is None or row.fence != lease.fence or row.holder != lease.holder:
        found = "nobody" if row is None else f"{_shown(row.holder)} with fence {row.fence}"
        raise LeaseLostError(
            f"lease {lease.name}: found {found}, expected {_shown(lease.holder)} with fence {lease.fence}"
        )


def _locked(name: str) -> Select[Any]:
    table = tables.lease
    return select(table).where(table.c.name == name).with_for_update()


def release(database: Database, lease: Lease, now_at: datetime) -> None:
    """Give the lease back; the fence stays, so that late writes are still refused."""
    table = tables.lease
    with database.begin() as connection:
        connection.execute(
            update(table).where(table.c.name == lease.name, table.c.holder == lease.holder).values(expires_at=now_at),
        )


def _shown(holder: str) -> str:
    return ":".join(holder.split(":")[:3])
