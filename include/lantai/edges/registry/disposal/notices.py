"""Notices: what somebody has to be told, once. A key says what; the same key is never told twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from lantai.edges import tables
from lantai.edges.database.loading import load_missing


def add_notice(connection: Connection, key: str, kind: str, subject: str, made_at: datetime) -> bool:
    """Note that something has to be told; it is sent by whoever sends notices.

    Args:
        connection: An open transaction.
        key: What is told, 200 characters at most.
        kind: Which sort of notice, 32 characters at most.
        subject: An id of ours, 64 characters at most.
        made_at: The moment, aware.

    Returns:
        Whether it was new.
    """
    row = {
        "notice_key": key[:200],
        "kind": kind,
        "unit_code": None,
        "subject": subject[:64],
        "made_at": made_at,
        "sent_at": None,
    }
    return load_missing(connection, tables.notice, [row]) == 1


def has_notice(connection: Connection, key_begins: str) -> bool:
    """Return whether there is a notice whose key begins so."""
    key = tables.notice.c.notice_key
    return (
        connection.execute(select(key).where(key.startswith(key_begins, autoescape=True)).limit(1)).first() is not None
    )
