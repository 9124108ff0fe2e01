"""Which clause of a retention schedule a record falls under, and what changes from one version to the next.

A clause covers a record when one of its words stands in the title or is the
document type; of several the one with the longest word is meant, since
"会议纪要" says more than "会议". A record that no clause covers is listed, never
given a period by default, and so is one that two clauses claim with different
periods.

Source: 8号令 (2006) art. 3, 4, 12.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lantai.records.custody.record import Retention
from lantai.records.disposal.schedule import Schedule, ScheduleRule


class Verdict(StrEnum):
    """What a schedule says of a record's period."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNCLEAR = "unclear"
    UNMATCHED = "unmatched"


class Change(StrEnum):
    """What became of a clause."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """A clause that is not the same in both versions; `before` is None when it was added, `after` when it was removed."""

    clause: str
    change: Change
    before: ScheduleRule | None
    after: ScheduleRule | None


def clauses_of(title: str, doc_type: str, rules: Iterable[ScheduleRule]) -> list[ScheduleRule]:
    """Return the clauses that cover a record: those with the longest word that fits, in the schedule's order; none fits none.

    Source: rules N4.
    """
    fitting = [(_longest_fitting(rule, title, doc_type), rule) for rule in rules]
    longest = max((length for length, _ in fitting), default=0)
    return [rule for length, rule in fitting if length == longest > 0]


def verdict_of(retention: Retention, clauses: Sequence[ScheduleRule]) -> Verdict:
    """Return what the clauses that cover a record say of the period it has. Source: rules N4."""
    periods = {clause.retention for clause in clauses}
    if not periods:
        return Verdict.UNMATCHED
    if len(periods) > 1:
        return Verdict.UNCLEAR
    return Verdict.AGREES if periods == {retention} else Verdict.DIFFERS


def compare(old: Schedule, new: Schedule) -> list[ClauseChange]:
    """Return every clause that was added, removed or worded otherwise, in order of clauses. Source: rules N4."""
    before, after = ({rule.clause: rule for rule in schedule.rules} for schedule in (old, new))
    changes = []
    for clause in sorted(before.keys() | after.keys()):
        was, now = before.get(clause), after.get(clause)
        if was != now:
            change = Change.ADDED if was is None else Change.REMOVED if now is None else Change.CHANGED
            changes.append(ClauseChange(clause, change, was, now))
    return changes


def _longest_fitting(rule: ScheduleRule, title: str, doc_type: str) -> int:
    return max((len(word) for word in rule.keywords if word and (word in title or word == doc_type)), default=0)
