"""Decide on a held round: it may stand as it is, or goes back to its unit with a reason.

The ruling is a row; the next run of take-in looks at the round again and acts on it.
What only a change can cure (no agreement, a carrier accepted before) cannot be waved through.

Source: requirements, "Slips in the sources".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre import people
from lantai.edges.registry.intake.findings import findings_of
from lantai.edges.registry.intake.rulings import put_ruling, ruling_of
from lantai.errors import NotPermittedError, UsageError
from lantai.journey.intake.answers.find_round import find_round
from lantai.locales import refusal
from lantai.records.centre.person import Role
from lantai.records.intake.finding import Severity
from lantai.records.intake.round import Round
from lantai.records.intake.ruling import RulingChoice
from lantai.records.intake.submission import RoundState
from lantai.records.ledger.event import EventKind
from lantai.records.text.words import Words
from lantai.rules.intake.ruled import MAY_STAND

DECIDED_BY = frozenset({Role.OPERATOR, Role.PREPARER, Role.LEADER})
"""Who speaks for the centre here; a unit's own archivist does not."""

MOST_REASON = 500
"""Characters of a reason; it is printed in a cell."""


@dataclass(frozen=True, slots=True)
class DecidedRound:
    """What was decided.

    Attributes:
        round: The round that is meant.
        is_new: Whether it was not the ruling already.
        settles: Rules that it settles.
        remains: Rules that the round stays held for all the same.
    """

    round: Round
    choice: RulingChoice
    is_new: bool
    settles: tuple[str, ...]
    remains: tuple[str, ...]


def decide_held(centre: Centre, held: str, choice: RulingChoice, reason: str, person_id: str) -> DecidedRound:
    """Register a ruling on a held round: one of the ways in which it ends (R1-51).

    Args:
        centre: The centre.
        held: Acceptance number, id of a round or name of a package, see `find_round`.
        choice: What becomes of it.
        reason: Why, for the unit to read; at most `MOST_REASON` characters.
        person_id: Staff id of who decides.

    Raises:
        NotFoundError: No such round or person.
        AmbiguousNameError: Several submissions have that name.
        NotPermittedError: The person holds no role that may decide.
        UsageError: It is not held, no reason is given, or nothing it is held for can be accepted by word.
    """
    said = " ".join(reason.split())
    if not 0 < len(said) <= MOST_REASON:
        raise UsageError(f"reason: found {len(said)} characters, expected 1 to {MOST_REASON}")
    now_at, today = centre.clock.now_at(), centre.clock.today_on()
    with centre.database.begin() as connection:
        people.person(connection, person_id)
        if not DECIDED_BY & people.roles_on(connection, person_id, today):
            raise NotPermittedError(f"person {person_id}: holds none of {', '.join(sorted(DECIDED_BY))} on {today}")
        this = _held_round(connection, held)
        rules = {f.rule for f in findings_of(connection, this.carrier_id) if f.severity is Severity.HOLD}
        settles = rules if choice is RulingChoice.RETURN else rules & MAY_STAND
        earlier = ruling_of(connection, this.carrier_id)
        is_new = earlier is None or (earlier.choice, earlier.reason) != (choice, said)
        if is_new and not settles:
            held_for, titles = tuple(sorted(rules)), tuple(Words.of(f"{rule}.title") for rule in sorted(rules))
            words = Words.of("refused.no_word_settles", carrier_id=this.carrier_id, held_for=held_for, titles=titles)
            raise refusal(UsageError, words)
        if is_new:
            put_ruling(connection, this.carrier_id, choice, said, person_id, now_at)
            facts: dict[str, int | str] = {
                "submission_id": this.submission_id,
                "round": this.round_no,
                "choice": choice.value,
                "reason_sha256": hashlib.sha256(said.encode()).hexdigest(),
            }
            append(connection, EventKind.CARRIER_DECIDED, this.carrier_id, person_id, now_at, facts)
    return DecidedRound(this, choice, is_new, tuple(sorted(settles)), tuple(sorted(rules - settles)))


def _held_round(connection: Connection, held: str) -> Round:
    this = find_round(connection, held)
    if this.state is not RoundState.HELD:
        state = Words.of(f"values.state.{this.state.value}")
        named = {"carrier_id": this.carrier_id, "package": this.package.name, "code": this.state.value}
        raise refusal(UsageError, Words.of("refused.not_held", state=state, **named))
    return this
