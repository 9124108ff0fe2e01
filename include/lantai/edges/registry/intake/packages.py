"""Rows of looks at outboxes and of the packages seen there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update

from lantai.edges import tables
from lantai.edges.database.database import query
from lantai.edges.database.loading import add_if_new
from lantai.records.intake.carrier import Packaging
from lantai.records.intake.package import Package, Sighting
from lantai.records.intake.reason import Reason


def note_package(
    connection: Connection,
    unit_code: str,
    package: Package,
    now_at: datetime,
    *,
    is_whole: bool,
    waits: timedelta | None = None,
) -> Sighting:
    """Remember what a look found; the moment of the first look at this state of the package stays.

    Args:
        connection: An open transaction.
        unit_code: Whose outbox it was.
        package: What was seen, in its state.
        now_at: When the look was.
        is_whole: Whether all that it lists for itself is there.
        waits: So long this state may stay as it is before it is taken in half; None is without end.

    """
    table = tables.package_seen
    key = _place(unit_code, package)
    row = connection.execute(select(table).where(*key)).one_or_none()
    is_same = row is not None and (row.kind, row.fingerprint) == (package.packaging, package.fingerprint)
    seen_at = row.seen_at if row is not None and is_same else now_at
    until_at = seen_at + waits if waits is not None else None
    state = {"is_whole": is_whole, "waits_until_at": until_at}
    if not is_same:
        is_in = {"kind": package.packaging.value, "fingerprint": package.fingerprint}
        state |= {**is_in, "seen_at": seen_at, "carrier_id": None}
    if row is None:
        names = {"unit_code": unit_code, "filing_year": package.filing_year, "raw_name_hex": package.raw_name.hex()}
        add_if_new(connection, table, **names, **state)
    elif not is_same or (row.is_whole, row.waits_until_at) != (is_whole, until_at):
        connection.execute(update(table).where(*key).values(state))
    now = connection.execute(select(table).where(*key)).one()
    return Sighting(now.seen_at, now.waits_until_at, now.carrier_id, is_whole=now.is_whole)


def known_states(connection: Connection, unit_codes: Collection[str]) -> dict[str, dict[Package, bool]]:
    """Return by unit code the packages that need no second question, each with whether it is whole."""
    known: dict[str, dict[Package, bool]] = {code: {} for code in unit_codes}
    for row in query(connection, "packages_known", unit_codes=list(unit_codes)):
        raw_name, packaging = bytes.fromhex(row.raw_name_hex), Packaging(row.kind)
        known[row.unit_code][Package(row.filing_year, raw_name, packaging, row.fingerprint)] = row.is_whole
    return known


def link_package(connection: Connection, unit_code: str, package: Package, carrier: str) -> None:
    """Say which round a package's present state is."""
    table = tables.package_seen
    connection.execute(
        update(table)
        .where(*_place(unit_code, package), table.c.fingerprint == package.fingerprint)
        .values(carrier_id=carrier),
    )


def forget_packages(connection: Connection, unit_code: str, years: Sequence[int], there: Collection[Package]) -> None:
    """Forget packages that were seen, never received, and are not in the outbox any more.

    Args:
        connection: An open transaction.
        unit_code: Whose outbox was listed, whole and without an error.
        years: The years whose folders were listed.
        there: Every package that is there now, in whatever state.
    """
    table = tables.package_seen
    places = {(package.filing_year, package.raw_name) for package in there}
    rows = connection.execute(
        select(table.c.filing_year, table.c.raw_name_hex).where(
            table.c.unit_code == unit_code, table.c.filing_year.in_(years), table.c.carrier_id.is_(None)
        ),
    )
    for row in rows.all():
        if (row.filing_year, bytes.fromhex(row.raw_name_hex)) not in places:
            connection.execute(
                delete(table).where(
                    table.c.unit_code == unit_code,
                    table.c.filing_year == row.filing_year,
                    table.c.raw_name_hex == row.raw_name_hex,
                ),
            )


def note_look(connection: Connection, unit_code: str, now_at: datetime, unknown_for: Reason | None) -> None:
    """Remember how a look at an outbox ended: a reason means unknown, never empty. Source: I8, S4."""
    table = tables.outbox_look
    values: dict[str, Any] = {"state": "listed", "error": "", "looked_at": now_at, "listed_at": now_at}
    if unknown_for is not None:
        values = {"state": "unknown", "error": unknown_for.as_text(), "looked_at": now_at}
    if not add_if_new(connection, table, unit_code=unit_code, **values):
        connection.execute(update(table).where(table.c.unit_code == unit_code).values(values))


def _place(unit_code: str, package: Package) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the one row of a place in an outbox: a package there is one, in whatever state."""
    table = tables.package_seen
    return (
        table.c.unit_code == unit_code,
        table.c.filing_year == package.filing_year,
        table.c.raw_name_hex == package.raw_name.hex(),
    )
