"""Rows of retention schedules."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import Connection, insert, select

from lantai.edges import tables
from lantai.errors import NotFoundError
from lantai.records.custody.record import Retention
from lantai.records.disposal.schedule import Schedule, ScheduleRule


def add_schedule(connection: Connection, schedule: Schedule) -> None:
    """Add one version of a schedule.

    Raises:
        RegistryConflictError: That version is there already.
    """
    connection.execute(
        insert(tables.schedule).values(
            name=schedule.name,
            version=schedule.version,
            approved_by=schedule.approved_by,
            approved_on=schedule.approved_on,
            effective_from=schedule.effective_from,
        ),
    )
    rows = [
        {
            "name": schedule.name,
            "version": schedule.version,
            "clause": rule.clause,
            "description": rule.description,
            "retention": rule.retention.value,
            "keywords_json": json.dumps(rule.keywords, ensure_ascii=False),
        }
        for rule in schedule.rules
    ]
    if rows:
        connection.execute(insert(tables.schedule_rule), rows)


def schedule(connection: Connection, name: str, version: str | None, on: date) -> Schedule:
    """Return one version of a schedule.

    Args:
        connection: An open transaction.
        name: Of the schedule.
        version: Which; None is the one in force, or the first that will be when none is yet.
        on: The day that is asked about.

    Raises:
        NotFoundError: No such schedule or version; the message names those there are.
    """
    found = schedules(connection, name)
    if not found:
        known = sorted({each.name for each in schedules(connection)})
        raise NotFoundError(f"schedule {name}: not in the registry, expected one of: {', '.join(known) or 'none yet'}")
    if version is None:
        in_force = [each for each in found if each.effective_from <= on]
        return in_force[-1] if in_force else found[0]
    chosen = [each for each in found if each.version == version]
    if not chosen:
        known = [each.version for each in found]
        raise NotFoundError(f"schedule {name}: found no version {version}, expected one of: {', '.join(known)}")
    return chosen[0]


def schedules(connection: Connection, name: str | None = None) -> list[Schedule]:
    """Return schedules with their clauses, of one name or all."""
    heads, rules = tables.schedule, tables.schedule_rule
    clauses: dict[tuple[str, str], list[ScheduleRule]] = {}
    for row in connection.execute(select(rules).order_by(rules.c.clause)):
        rule = ScheduleRule(row.clause, row.description, Retention(row.retention), tuple(json.loads(row.keywords_json)))
        clauses.setdefault((row.name, row.version), []).append(rule)
    statement = select(heads).order_by(heads.c.name, heads.c.effective_from)
    if name is not None:
        statement = statement.where(heads.c.name == name)
    return [
        Schedule(
            row.name,
            row.version,
            row.approved_by,
            row.approved_on,
            row.effective_from,
            tuple(clauses.get((row.name, row.version), ())),
        )
        for row in connection.execute(statement)
    ]
