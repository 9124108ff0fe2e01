"""Staying the holder of a lease while long work on files goes on.

A worker that was stopped longer than its lease finds out here, before it gives
a file its name or takes one away.

Source: reliability.md.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from lantai.edges.database.database import Database
from lantai.edges.database.lease import LEASE_SECONDS, Lease, renew, require

RENEW_SECONDS = 60
"""Between two records or files the lease is renewed at most this often; before a commit point always."""


class Fence:
    """Renews a lease, or refuses to go on.

    Args:
        database: The registry.
        lease: What this worker was given.
        now_at: The clock.
    """

    def __init__(self, database: Database, lease: Lease, now_at: Callable[[], datetime]) -> None:
        self._database = database
        self._lease = lease
        self._now_at = now_at
        self._renewed_at: datetime | None = None

    def keep(self) -> None:
        """Renew the lease now, or find out that somebody else has it (K3).

        Raises:
            LeaseLostError: Somebody else holds it, or held it meanwhile.
        """
        now_at = self._now_at()
        renew(self._database, self._lease, now_at, LEASE_SECONDS)
        self._renewed_at = now_at

    def keep_now_and_then(self) -> None:
        """Renew the lease when the last renewal is a while ago.

        Raises:
            LeaseLostError: Somebody else holds it, or held it meanwhile.
        """
        passed = None if self._renewed_at is None else self._now_at() - self._renewed_at
        if passed is None or abs(passed.total_seconds()) >= RENEW_SECONDS:
            self.keep()

    def require(self, connection: Connection) -> None:
        """Refuse to go on when somebody else has taken over; to be called inside the transaction that writes.

        Raises:
            LeaseLostError: Somebody else has taken over.
        """
        require(connection, self._lease)
