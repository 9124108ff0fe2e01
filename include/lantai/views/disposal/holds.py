"""The holds of a centre, in the order they were placed. Source: glossary 56."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lantai.edges.registry.disposal.holds import holds
from lantai.records.disposal.hold import Hold


@dataclass(frozen=True, slots=True)
class HoldShown:
    """One hold; `placed_on` is the local calendar date of the moment it was placed."""

    hold: Hold
    placed_on: date

    def as_mapping(self) -> dict[str, Any]:
        """Return the hold for JSON; moments in UTC."""
        hold = self.hold
        return {
            "hold_id": hold.hold_id,
            "scope": hold.scope.value,
            "target": hold.target,
            "reason": hold.reason,
            "placed_by": hold.placed_by,
            "placed_at": hold.placed_at.isoformat(),
            "lifted_by": hold.lifted_by,
            "lifted_at": hold.lifted_at.isoformat() if hold.lifted_at else None,
        }


def show(connection: Connection, zone: ZoneInfo, *, with_lifted: bool = False) -> list[HoldShown]:
    """Return holds; those in force only, unless all are asked for.

    Args:
        connection: An open transaction.
        zone: Where calendar dates are counted.
        with_lifted: Whether those that were lifted are shown too.
    """
    found = holds(connection, with_lifted=with_lifted)
    return [HoldShown(each, each.placed_at.astimezone(zone).date()) for each in found]
