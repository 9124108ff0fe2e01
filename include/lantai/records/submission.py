"""A department's yearly handing-in and its rounds.

A submission is (unit, filing year, data form, Carrier-Number); each try at it
is a round, and each round has one carrier. Source: R1-43, R1-49, R1-51.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from lantai.records.unit import DataForm


class RoundState(StrEnum):
    """Where a round stands. The order of the journey is the order here."""

    SEEN = "seen"
    COLLECTED = "collected"
    HELD = "held"
    RETURNED = "returned"
    SEALED = "sealed"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


ANSWERS = MappingProxyType({RoundState.ACCEPTED: "receipt", RoundState.RETURNED: "opinions", RoundState.HELD: "notice"})
"""By state, what the unit gets of a round; one that was held gets its receipt or opinions later."""


MOVES = MappingProxyType(
    {
        RoundState.SEEN: frozenset(
            {RoundState.COLLECTED, RoundState.HELD, RoundState.RETURNED, RoundState.SUPERSEDED, RoundState.WITHDRAWN}
        ),
        RoundState.COLLECTED: frozenset(
            {RoundState.HELD, RoundState.RETURNED, RoundState.SEALED, RoundState.ACCEPTED, RoundState.SUPERSEDED}
        ),
        RoundState.HELD: frozenset(
            {RoundState.COLLECTED, RoundState.RETURNED, RoundState.SEALED, RoundState.SUPERSEDED, RoundState.WITHDRAWN}
        ),
        RoundState.RETURNED: frozenset({RoundState.SUPERSEDED, RoundState.WITHDRAWN}),
        RoundState.SEALED: frozenset({RoundState.ACCEPTED}),
        RoundState.ACCEPTED: frozenset(),
        RoundState.WITHDRAWN: frozenset(),
        RoundState.SUPERSEDED: frozenset(),
    }
)
"""From each state, the states a round may go to; the registry holds the same table as a trigger.

COLLECTED goes straight to ACCEPTED only for a zero report, which seals nothing.
"""


def submission_id(unit_code: str, filing_year: int, data_form: DataForm, number: int) -> str:
    """Return the acceptance number (受理号), e.g. `JY-2025-E-001`.

    `number` counts the submissions of this unit, year and form from 1.
    """
    return f"{unit_code}-{filing_year}-{data_form.letter}-{number:03d}"


def carrier_id(submission: str, round_no: int) -> str:
    """Return our id of the carrier of one round, e.g. `JY-2025-E-001-R1`."""
    return f"{submission}-R{round_no}"


def record_id(carrier: str, number: int) -> str:
    """Return our id of a record within its carrier, counted from 1, e.g. `JY-2025-E-001-R1-00001`."""
    return f"{carrier}-{number:05d}"
