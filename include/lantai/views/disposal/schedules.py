"""Retention schedules as approved, and what a version changed. Source: Order No. 8 (2006) art. 3, 12."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from lantai.edges.registry.disposal.schedules import schedule, schedules
from lantai.records.disposal.schedule import Schedule, ScheduleRule
from lantai.rules.disposal.scheduling import ClauseChange, compare


@dataclass(frozen=True, slots=True)
class ScheduleShown:
    """One version of a schedule with its clauses."""

    schedule: Schedule

    def as_mapping(self) -> dict[str, Any]:
        """Return the version for JSON."""
        shown = self.schedule
        return {
            "name": shown.name,
            "version": shown.version,
            "approved_by": shown.approved_by,
            "approved_on": shown.approved_on.isoformat(),
            "effective_from": shown.effective_from.isoformat(),
            "rules": [_clause(rule) for rule in shown.rules],
        }


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """One clause that is not the same in both versions."""

    change: ClauseChange

    def as_mapping(self) -> dict[str, Any]:
        """Return the change for JSON; `before` is None where the clause was added, `after` where it was removed."""
        before, after = self.change.before, self.change.after
        return {
            "clause": self.change.clause,
            "change": self.change.change.value,
            "before": _clause(before) if before else None,
            "after": _clause(after) if after else None,
        }


def show(connection: Connection, name: str | None, today: date) -> list[ScheduleShown]:
    """Return the versions of a schedule, or of all with None, in the order of the days they are in force from.

    Args:
        connection: An open transaction.
        name: Of the schedule.
        today: The local calendar date.

    Raises:
        NotFoundError: No such schedule; the message names those there are.
    """
    if name is not None:
        schedule(connection, name, None, today)
    return [ScheduleShown(each) for each in schedules(connection, name)]


def show_changes(connection: Connection, name: str, old: str, new: str, today: date) -> list[ChangeShown]:
    """Return what one version of a schedule changed against another (N4).

    Raises:
        NotFoundError: No such schedule or version.
    """
    versions = [schedule(connection, name, version, today) for version in (old, new)]
    return [ChangeShown(each) for each in compare(*versions)]


def _clause(rule: ScheduleRule) -> dict[str, Any]:
    return {
        "clause": rule.clause,
        "description": rule.description,
        "retention": rule.retention.value,
        "keywords": list(rule.keywords),
    }
