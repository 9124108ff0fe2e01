"""What a look at the outboxes of units found. Source: interfaces.md, "A department's folder"; reliability.md, "Invariants"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lantai.records.intake.reason import Reason
from lantai.records.text.words import Words


@dataclass(frozen=True, slots=True)
class Looked:
    """What the look found.

    Attributes:
        ready: By unit code, how many packages there are to take in or rounds to go on with.
        unknown: By unit code, the class of the error that kept us from looking.
        messages: By unit code, what that error said.
        unsettled: Packages that are still being uploaded, or have not been the same in two looks.
        waiting: By unit code, what such packages still lack, and when they are taken in as they are.
        strays: By unit code, what lies in the outbox where nobody would take it: beside the packages, or under a year that
            was never opened.
        looked_count: Units looked at.
        again: Units for `look_again`, each with why: None where something there has not settled yet, else what kept us from
            looking.
    """

    ready: Mapping[str, int]
    unknown: Mapping[str, str]
    messages: Mapping[str, str]
    unsettled: int
    waiting: Mapping[str, list[Words]]
    strays: Mapping[str, list[str]]
    looked_count: int
    again: Mapping[str, Reason | None] = field(default_factory=dict)
