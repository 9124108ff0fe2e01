"""Rows of looks at outboxes and of the packages seen there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from lantai.edges import tables
from lantai.edges.database.database import query
from lantai.edges.database.loading import add_if_new
from lantai.records.intake.reason import storable


def note_package(
    connection: Connection,
    unit_code: str,
    filing_year: int,
    raw_name: bytes,
    kind: str,
    fingerprint: str,
    now_at: datetime,
    *,
    is_whole: bool,
    waits: timedelta | None = None,
) -> Row[Any]:
    """Remember what a look found; the moment of the first look at this state of the package stays.

    Args:
        connection: An open transaction.
        unit_code: Whose outbox it was.
        filing_year: Of the folder.
        raw_name: The department's name for the package.
        kind: How it lies there.
        fingerprint: The state it is in.
        now_at: When the look was.
        is_whole: Whether all that it lists for itself is there.
        waits: So long this state may stay as it is before it is taken in half; None is without end.

    Returns:
        The row: seen_at (first look at this fingerprint), is_whole, waits_until_at, carrier_id (None until a round is about it).
    """
    table = tables.package_seen
    key = (table.c.unit_code == unit_code, table.c.filing_year == filing_year, table.c.raw_name_hex == raw_name.hex())
    row = connection.execute(select(table).where(*key)).one_or_none()
    is_same = row is not None and row.fingerprint == fingerprint
    seen_at = row.seen_at if row is not None and is_same else now_at
    until_at = seen_at + waits if waits is not None else None
    state = {"is_whole": is_whole, "waits_until_at": until_at}
    if not is_same:
        state |= {"kind": kind, "fingerprint": fingerprint, "seen_at": seen_at, "carrier_id": None}
    if row is None:
        names = {"unit_code": unit_code, "filing_year": filing_year, "raw_name_hex": raw_name.hex()}
        add_if_new(connection, table, **names, **state)
    elif not is_same or (row.is_whole, row.waits_until_at) != (is_whole, until_at):
        connection.execute(update(table).where(*key).values(state))
    return connection.execute(select(table).where(*key)).one()


def known_states(connection: Connection, unit_codes: Collection[str]) -> dict[str, dict[tuple[bytes, str], bool]]:
    """Return whether they are whole, by unit code, then by raw name and fingerprint: states that need no second question."""
    known: dict[str, dict[tuple[bytes, str], bool]] = {code: {} for code in unit_codes}
    for row in query(connection, "packages_known", unit_codes=list(unit_codes)):
        known[row.unit_code][bytes.fromhex(row.raw_name_hex), row.fingerprint] = row.is_whole
    return known


def link_package(
    connection: Connection, unit_code: str, filing_year: int, raw_name: bytes, fingerprint: str, carrier: str
) -> None:
    """Say which round a package's present state is."""
    table = tables.package_seen
    connection.execute(
        update(table)
        .where(
            table.c.unit_code == unit_code,
            table.c.filing_year == filing_year,
            table.c.raw_name_hex == raw_name.hex(),
            table.c.fingerprint == fingerprint,
        )
        .values(carrier_id=carrier),
    )


def forget_packages(
    connection: Connection, unit_code: str, years: Sequence[int], there: Collection[tuple[int, bytes]]
) -> None:
    """Forget packages that were seen, never received, and are not in the outbox any more.

    Args:
        connection: An open transaction.
        unit_code: Whose outbox was listed, whole and without an error.
        years: The years whose folders were listed.
        there: Year and raw name of every package that is there now.
    """
    table = tables.package_seen
    rows = connection.execute(
        select(table.c.filing_year, table.c.raw_name_hex).where(
            table.c.unit_code == unit_code, table.c.filing_year.in_(years), table.c.carrier_id.is_(None)
        ),
    )
    for row in rows.all():
        if (row.filing_year, bytes.fromhex(row.raw_name_hex)) not in there:
            connection.execute(
                delete(table).where(
                    table.c.unit_code == unit_code,
                    table.c.filing_year == row.filing_year,
                    table.c.raw_name_hex == row.raw_name_hex,
                ),
            )


def note_look(connection: Connection, unit_code: str, now_at: datetime, error: str | None) -> None:
    """Remember how a look at an outbox ended: an error, `Class: message`, means unknown, never empty. Source: I8, S4."""
    table = tables.outbox_look
    values: dict[str, Any] = {"state": "listed", "error": "", "looked_at": now_at, "listed_at": now_at}
    if error is not None:
        values = {"state": "unknown", "error": storable(error), "looked_at": now_at}
    if not add_if_new(connection, table, unit_code=unit_code, **values):
        connection.execute(update(table).where(table.c.unit_code == unit_code).values(values))
