"""Leases with a fencing token: one worker at a time does a piece of work, and a late one is refused.

A worker that was stopped for longer than its lease and then goes on finds its
token outdated at the next write. One that was killed on this machine is
replaced at once: its holder's name says which process it was. Source: reliability.md, K3 and R1.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from lantai.edges import tables
from lantai.edges.database import Database
from lantai.errors import LeaseLostError


@dataclass(frozen=True, slots=True)
class Lease:
    """What a worker holds; `fence` grows with every holder of the same name."""

    name: str
    holder: str
    fence: int


@contextmanager
def leased(
    database: Database, name: str, holder: str, now_at: Callable[[], datetime], seconds: int = 900
) -> Iterator[Lease]:
    """Hold a lease while the block runs.

    Args:
        database: The registry.
        name: What is worked on, e.g. `carrier:JY-2025-E-001-R1`.
        holder: Who works, unique per process, e.g. host, pid and a random part.
        now_at: The clock.
        seconds: After so long without renewal somebody else may take over.

    Raises:
        LeaseLostError: Somebody else holds it.
    """
    lease = acquire(database, name, holder, now_at(), seconds)
    try:
        yield lease
    finally:
        release(database, lease, now_at())


def acquire(database: Database, name: str, holder: str, now_at: datetime, seconds: int) -> Lease:
    """Take the lease, or renew one's own.

    Raises:
        LeaseLostError: Somebody else holds it; the message says who and until when.
    """
    table = tables.lease
    expires_at = now_at + timedelta(seconds=seconds)
    with database.begin() as connection:
        # FOR UPDATE keeps two workers on PostgreSQL from both finding it free; SQLite has one writer anyway.
        row = connection.execute(select(table).where(table.c.name == name).with_for_update()).one_or_none()
        if row is None:
            connection.execute(insert(table).values(name=name, holder=holder, fence=1, expires_at=expires_at))
            return Lease(name, holder, 1)
        if row.holder != holder and row.expires_at > now_at and not has_died(row.holder):
            raise LeaseLostError(f"lease {name}: held by {row.holder} until {row.expires_at:%H:%M:%S} UTC")
        fence = row.fence if row.holder == holder else row.fence + 1
        connection.execute(
            update(table).where(table.c.name == name).values(holder=holder, fence=fence, expires_at=expires_at)
        )
        return Lease(name, holder, fence)


def require(connection: Connection, lease: Lease) -> None:
    """Refuse to go on when somebody else has taken over; to be called inside the transaction that writes.

    Raises:
        LeaseLostError: The fence has moved on.
    """
    table = tables.lease
    row = connection.execute(select(table.c.fence, table.c.holder).where(table.c.name == lease.name)).one_or_none()
    if row is None or row.fence != lease.fence or row.holder != lease.holder:
        found = "nobody" if row is None else f"{row.holder} with fence {row.fence}"
        raise LeaseLostError(f"lease {lease.name}: found {found}, expected {lease.holder} with fence {lease.fence}")


def release(database: Database, lease: Lease, now_at: datetime) -> None:
    """Give the lease back; the fence stays, so that late writes are still refused."""
    table = tables.lease
    with database.begin() as connection:
        connection.execute(
            update(table).where(table.c.name == lease.name, table.c.holder == lease.holder).values(expires_at=now_at),
        )


def holder_name() -> str:
    """Return this process's name in leases: host, pid and a random part, so that a later process with the same pid is another."""
    return f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}"


def has_died(holder: str) -> bool:
    """Return whether a holder was a process of this machine that is gone; of another machine nothing is known."""
    host, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
