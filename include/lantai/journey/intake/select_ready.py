"""Settle what may be taken in: a package that is whole and rests, one that its unit calls ready, one that has stalled.

Half an upload is left alone. But one that has not changed at all for days will
not become whole by waiting, and its unit has to be told: it is taken in as it
is, to be returned with what is missing. A folder that holds nothing, or that
could not be listed whole, is never taken for an upload that stalled.

Source: interfaces.md, "A department's folder"; ADR 12.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.intake.outbox import PackageSeen
from lantai.edges.registry.intake.packages import note_package
from lantai.records.intake.package import Sighting


def select_ready(
    connection: Connection, centre: Centre, unit_code: str, seen: PackageSeen, *, is_whole: bool
) -> Sighting:
    """Remember what a look saw of a package, and until when it waits for the rest of itself: never where not all was seen (I8).

    Args:
        connection: An open transaction.
        centre: The centre.
        unit_code: Whose package it is.
        seen: As the look saw it.
        is_whole: Whether all that it lists for itself is there.
    """
    may_stall = not is_whole and not seen.is_empty and not seen.unread
    return note_package(
        connection,
        unit_code,
        seen.package,
        centre.clock.now_at(),
        is_whole=is_whole,
        waits=timedelta(days=centre.settings.stalled_days) if may_stall else None,
    )


def is_settled(centre: Centre, seen: PackageSeen, known: Sighting) -> bool:
    """Return whether a package is ready by its unit's word, or whole and unchanged for the settling time (R1-42)."""
    if seen.has_ready:
        return True
    rests = timedelta(seconds=centre.settings.settle_seconds)
    return known.is_whole and centre.clock.now_at() - known.seen_at >= rests


def is_stalled(centre: Centre, seen: PackageSeen, known: Sighting) -> bool:
    """Return whether a package is not whole and has not changed for so long that it is taken in as it is (S1)."""
    if known.waits_until_at is None or seen.has_ready:
        return False
    return centre.clock.now_at() >= known.waits_until_at
