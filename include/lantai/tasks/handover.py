"""What the tasks of take_in_filings hand to each other through XCom: ids, counts and classes of errors, nothing else.

A night has two passes: a look and what it led to, and a look again at what the
first could not settle. An XCom of a map index that a rerun no longer has stays
behind in Airflow, so only the indexes of the groups that are there now are read.

Source: airflow.md, "Overhead"; reliability.md ("Clearing a mapped task may reuse stale XCom").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lantai.errors import TaskInterruptedError
from lantai.records.intake.reason import Reason
from lantai.records.intake.visit import Visit, VisitStage

Pull = Callable[..., Any]
"""`xcom_pull` of a task instance."""

Push = Callable[[str, Any], object]
"""`xcom_push` of a task instance."""

SEEN = "seen"
OUTCOME = "outcome"
"""Keys of XComs: what a look saw beside its groups, and what became of a group."""

Left = dict[str, tuple[VisitStage, str]]
"""By unit code, where its visit came to grief and the class of the error."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One look, and what became of the groups that it led to.

    Attributes:
        groups: What was mapped over.
        outcomes: What each group left, in the same order; None from a task that ended without a word, or failed before it began.
        unknown: By unit code, the class of the error that kept us from looking.
        unsettled: Units with packages that are still arriving.
        looked: Units that were looked at, the unknown ones among them; of a first look they are not told.
    """

    groups: Sequence[Mapping[str, Any]]
    outcomes: Sequence[Mapping[str, Any] | None] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    unsettled: Sequence[str] = ()
    looked: Sequence[str] = ()

    @property
    def taken(self) -> Iterator[tuple[str, Mapping[str, int]]]:
        """Units that were taken in, each with its counts."""
        for outcome in self.outcomes:
            if outcome is not None:
                yield from outcome["taken"].items()


def handed_over(pull: Pull, look: str, take_in: str) -> Pass | None:
    """Return what a look and its mapped task left; None when the look left nothing.

    Args:
        pull: `xcom_pull` of the task that asks.
        look: Task id of the look.
        take_in: Task id of the mapped task.
    """
    groups = pull(look)
    if groups is None:
        return None
    outcomes = pull([take_in], key=OUTCOME, map_indexes=range(len(groups))) if groups else []
    return Pass(groups, outcomes, **pull(look, key=SEEN))


def left_over(first: Pass, second: Pass | None = None) -> Left:
    """Return the units that are not seen to after a pass, or after both.

    Args:
        first: The first pass.
        second: The second; None before it, or when its look failed.
    """
    left: Left = {code: (VisitStage.LOOK, name) for code, name in first.unknown.items()}
    _follow(left, first)
    if second is not None:
        for code in second.looked:
            left.pop(code, None)
        left |= {code: (VisitStage.LOOK, name) for code, name in second.unknown.items()}
        _follow(left, second)
    return left


def to_look_at_again(first: Pass, visits: Mapping[str, Visit]) -> dict[str, Reason | None]:
    """Return whom a second look comes back to, each with why: all that are not done, None for what is still arriving.

    What time cannot cure is among them, for it is looked at once and not waited for: whoever clears the look has cured it.

    Args:
        first: The first pass.
        visits: By unit code, its last visit; XCom carries classes of errors, and what they said is in the registry.
    """
    again: dict[str, Reason | None] = dict.fromkeys(first.unsettled)
    for code, (_, name) in left_over(first).items():
        visit = visits.get(code)
        known = (visit.unknown_for or visit.failed_for) if visit is not None else None
        again[code] = known if known is not None and known.error_class == name else Reason(name)
    return again


def _follow(left: Left, this: Pass) -> None:
    outcomes = [*this.outcomes, *[None] * (len(this.groups) - len(this.outcomes))]
    for group, outcome in zip(this.groups, outcomes, strict=True):
        for code in group["units"]:
            if outcome is not None and code in outcome["taken"]:
                left.pop(code, None)
            else:
                name = outcome["failed"].get(code) if outcome is not None else None
                left[code] = (VisitStage.TAKE_IN, name or TaskInterruptedError.__name__)
