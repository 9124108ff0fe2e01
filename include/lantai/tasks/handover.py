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

Xcom = dict[str, Any]
"""What one XCom holds: plain values that Airflow keeps as JSON. What a run of take_in_filings hands on is made and read here; ids of lists and counts are handed on as they are."""

Left = dict[str, tuple[VisitStage, str]]
"""By unit code, where its visit came to grief and the class of the error."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form asks for; None is all."""

    years: Sequence[int] | None = None
    units: Sequence[str] | None = None

    def as_xcom(self) -> Xcom:
        """Return what the next tasks read."""
        return {"years": self.years, "units": self.units}

    @classmethod
    def of(cls, xcom: Xcom) -> Wanted:
        """Return what the first task left."""
        return cls(xcom["years"], xcom["units"])


@dataclass(frozen=True, slots=True)
class Group:
    """What one mapped task works on.

    Attributes:
        units: Codes of its units, at least one.
        years: Filing years; None is every open one.
    """

    units: Sequence[str]
    years: Sequence[int] | None = None

    @property
    def label(self) -> str:
        """What the map index is called."""
        first, last = self.units[0], self.units[-1]
        names = first if len(self.units) == 1 else f"{first}..{last} ({len(self.units)})"
        return f"{names} {'+'.join(map(str, self.years or ())) or 'all years'}"

    def as_xcom(self) -> Xcom:
        """Return what Airflow maps over."""
        return {"label": self.label, "units": list(self.units), "years": self.years}

    @classmethod
    def of(cls, xcom: Xcom) -> Group:
        """Return the group that was mapped over."""
        return cls(xcom["units"], xcom["years"])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a group.

    Attributes:
        taken: Counts by code of each unit that was taken in.
        failed: Class of the error by code of each that was not.
        is_retryable: Whether a failure may pass by itself.
    """

    taken: Mapping[str, Mapping[str, int]]
    failed: Mapping[str, str]
    is_retryable: bool

    def as_xcom(self) -> Xcom:
        """Return what the task leaves behind."""
        return {"taken": dict(self.taken), "failed": dict(self.failed), "retryable": self.is_retryable}

    @classmethod
    def of(cls, xcom: Xcom) -> Outcome:
        """Return what a task left behind."""
        return cls(xcom["taken"], xcom["failed"], xcom["retryable"])


@dataclass(frozen=True, slots=True)
class Pass:
    """One look, and what became of the groups that it led to.

    Attributes:
        groups: What is mapped over.
        outcomes: What became of each group, in the same order; None of one whose task ended without a word, or failed before
            it began, and nothing at all before they began.
        unknown: By unit code, the class of the error that kept us from looking.
        unsettled: Units with packages that are still arriving.
        looked: Units that were looked at, the unknown ones among them; of a first look they are not told.
    """

    groups: Sequence[Group]
    outcomes: Sequence[Outcome | None] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    unsettled: Sequence[str] = ()
    looked: Sequence[str] = ()

    @property
    def taken(self) -> Iterator[tuple[str, Mapping[str, int]]]:
        """Units that were taken in, each with its counts."""
        for outcome in self.outcomes:
            if outcome is not None:
                yield from outcome.taken.items()


def hand_over(this: Pass, push: Push) -> list[Xcom]:
    """Leave for later tasks what a look saw, and return the groups as Airflow maps over them."""
    seen = {"unknown": dict(this.unknown), "unsettled": list(this.unsettled), "looked": list(this.looked)}
    push(SEEN, seen)
    return [group.as_xcom() for group in this.groups]


def wanted_by(pull: Pull) -> Wanted | None:
    """Return what the form asks for; None when it was not taken."""
    xcom = pull("check_form")
    return None if xcom is None else Wanted.of(xcom)


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
    kept = pull([take_in], key=OUTCOME, map_indexes=range(len(groups))) if groups else []
    outcomes = [None if xcom is None else Outcome.of(xcom) for xcom in kept]
    return Pass(list(map(Group.of, groups)), outcomes, **pull(look, key=SEEN))


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
        for code in group.units:
            if outcome is not None and code in outcome.taken:
                left.pop(code, None)
            else:
                name = outcome.failed.get(code) if outcome is not None else None
                left[code] = (VisitStage.TAKE_IN, name or TaskInterruptedError.__name__)
