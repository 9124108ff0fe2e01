"""Simulate a retention schedule: what it says of the records that are kept. Changes nothing.

A bureau asks this before a new schedule is approved, and an inspector after.
Source: 8号令 (2006) art. 3, 12.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lantai.edges.centre import Centre
from lantai.edges.registry.centre.units import units as registered_units
from lantai.edges.registry.custody.holdings import kept_count, kept_titles
from lantai.edges.registry.disposal.schedules import schedule as schedule_of
from lantai.records.custody.record import Retention
from lantai.records.text.progress import Progress
from lantai.rules.disposal.scheduling import Verdict, clauses_of, verdict_of

TOLD_EVERY = 10_000
"""Records between two notes of progress."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A record whose period the schedule does not confirm."""

    record_id: str
    archival_code: str
    title: str
    retention: Retention
    verdict: Verdict
    clauses: tuple[str, ...]
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a schedule says.

    Attributes:
        version: Which version was taken.
        counts: Records by verdict, every verdict named.
        by_clause: Records by the clause that covers them.
        shown: The first records that it does not confirm.
    """

    name: str
    version: str
    counts: Mapping[Verdict, int]
    by_clause: Mapping[str, int]
    shown: Sequence[Shown]


def simulate(
    centre: Centre,
    name: str,
    version: str | None = None,
    units: Sequence[str] | None = None,
    most: int = 100,
    progress: Progress | None = None,
) -> Simulated:
    """Hold every kept record against a schedule (N4).

    Args:
        centre: The centre.
        name: The schedule.
        version: Which version; None is the one that is in force, or the next to be.
        units: Unit codes; None is every unit.
        most: Records shown that the schedule does not confirm; all are counted.
        progress: Told what is looked at, records done, records in all.

    Raises:
        NotFoundError: No such schedule, version or unit.
    """
    counts: Counter[Verdict] = Counter()
    by_clause: Counter[str] = Counter()
    shown: list[Shown] = []
    with centre.database.read() as connection:
        if units is not None:
            registered_units(connection, units)
        chosen = schedule_of(connection, name, version, centre.clock.today_on())
        total = kept_count(connection, units)
        for done, row in enumerate(kept_titles(connection, units), start=1):
            clauses = clauses_of(row.title, row.doc_type, chosen.rules)
            verdict = verdict_of(row.retention, clauses)
            counts[verdict] += 1
            if clauses and verdict is not Verdict.UNCLEAR:
                by_clause[clauses[0].clause] += 1
            if verdict is not Verdict.AGREES and len(shown) < most:
                shown.append(
                    Shown(
                        row.record_id,
                        row.archival_code,
                        row.title,
                        row.retention,
                        verdict,
                        tuple(clause.clause for clause in clauses),
                        tuple(clause.retention.value for clause in clauses),
                    )
                )
            if progress is not None and (done % TOLD_EVERY == 0 or done == total):
                progress(chosen.name, done, total)
    return Simulated(
        chosen.name,
        chosen.version,
        {verdict: counts[verdict] for verdict in Verdict},
        dict(sorted(by_clause.items())),
        shown,
    )
