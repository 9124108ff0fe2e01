"""Receive a package: which submission it is of and which round, and its acceptance number (受理号).

The same bytes again are the same round and no work; other bytes after a return
are the next round; other bytes after an acceptance are held, for somebody to
look at. All rounds stay.

Source: interfaces.md, "A department's folder".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.ledger.events import append
from lantai.edges.registry.intake.answers import answer_of
from lantai.edges.registry.intake.findings import findings_of, put_findings
from lantai.edges.registry.intake.packages import link_package
from lantai.edges.registry.intake.rounds import add_round, move_round, round_of, rounds
from lantai.edges.registry.intake.submissions import add_submission, find_submission, number_submission
from lantai.edges.registry.year.duties import duty as duty_row
from lantai.edges.registry.year.duties import next_duty
from lantai.errors import UnansweredError
from lantai.records.centre.unit import DataForm
from lantai.records.intake.carrier import BackupStrategy
from lantai.records.intake.finding import Finding
from lantai.records.intake.package import Package
from lantai.records.intake.round import Round
from lantai.records.intake.submission import ANSWERS, RoundState
from lantai.records.ledger.event import EventKind
from lantai.records.year.duty import Duty

_GIVES_WAY = (RoundState.SEEN, RoundState.COLLECTED, RoundState.HELD, RoundState.RETURNED)
"""A round in one of these states ends when other bytes come for the same submission."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A package that lies in the quarantine, as the outbox had it.

    Attributes:
        package: Which one, in the state that was brought in.
        data_form: As the package says, else what the unit owes.
        carrier_number: The unit's own number of it; where it says none, what it is called.
        strategy: Of business data, None for other forms.
        is_stalled: Whether it was brought in half, because it had not changed for days.
        findings: What is wrong with the package as such, as `collect` found it; kept with the round from its first row on.
    """

    unit_code: str
    package: Package
    data_form: DataForm
    carrier_number: str
    is_zero_report: bool
    strategy: BackupStrategy | None
    file_count: int
    size_bytes: int
    is_stalled: bool
    findings: tuple[Finding, ...]


def receive(centre: Centre, arrival: Arrival) -> Round:
    """Return the round that a package is, adding submission and round where they are new.

    Source: R1-34 (its id), R1-43 (its number).

    Raises:
        UnansweredError: It would take the place of a round whose answer is not made yet.
    """
    now_at, today = centre.clock.now_at(), centre.clock.today_on()
    package = arrival.package
    with centre.database.begin() as connection:
        number = find_submission(
            connection, arrival.unit_code, package.filing_year, arrival.data_form, arrival.carrier_number
        ) or _numbered_now(connection, arrival)
        if number is None:
            due = next_duty(connection, arrival.unit_code, package.filing_year, arrival.data_form)
            number = add_submission(
                connection,
                arrival.unit_code,
                package.filing_year,
                arrival.data_form,
                arrival.carrier_number,
                due.duty_id if due else None,
                now_at,
            )
        earlier = rounds(connection, submission=number)
        # The same bytes under another name are the same round.
        same = [found for found in earlier if found.package.fingerprint == package.fingerprint]
        carrier = same[0].carrier_id if same else _add(connection, number, earlier, arrival, now_at, today)
        link_package(connection, arrival.unit_code, package, carrier)
        return round_of(connection, carrier)


def follows_acceptance(centre: Centre, this: Round) -> bool:
    """Return whether an earlier round of the same submission was accepted, so that this one has to be looked at."""
    with centre.database.read() as connection:
        earlier = rounds(connection, submission=this.submission_id)
    return any(
        found.round_no < this.round_no and found.state in (RoundState.SEALED, RoundState.ACCEPTED) for found in earlier
    )


def _numbered_now(connection: Connection, arrival: Arrival) -> str | None:
    """Return the submission whose last try came back because it did not say its number; it has this one from now on."""
    package, stand_in = arrival.package, arrival.package.stand_in_number
    number = find_submission(connection, arrival.unit_code, package.filing_year, arrival.data_form, stand_in)
    if number is None:
        return None
    newest = rounds(connection, submission=number)[-1]
    if newest.state is not RoundState.RETURNED or newest.package.stand_in_number != stand_in:
        return None
    if not any(map(_says_no_number, findings_of(connection, newest.carrier_id))):
        return None
    number_submission(connection, number, arrival.carrier_number)
    return number


def _says_no_number(finding: Finding) -> bool:
    return finding.rule in ("archive_refused", "not_a_bag") or finding.subject == "Carrier-Number"


def _add(
    connection: Connection, number: str, earlier: list[Round], arrival: Arrival, now_at: datetime, today: date
) -> str:
    """Add the next round, with its time and its days late, in the place of those that were not accepted, which stay.

    Source: R1-23, R1-49.
    """
    for found in earlier:
        if found.state in _GIVES_WAY:
            _require_answer(connection, found)
            move_round(connection, found.carrier_id, RoundState.SUPERSEDED)
    due = _duty_of(connection, earlier, arrival)
    carrier = add_round(
        connection,
        arrival.unit_code,
        number,
        len(earlier) + 1,
        arrival.package,
        now_at,
        max(0, (today - due.deadline_on).days) if due else 0,
        is_zero_report=arrival.is_zero_report,
        is_stalled=arrival.is_stalled,
        strategy=arrival.strategy,
        file_count=arrival.file_count,
        size_bytes=arrival.size_bytes,
    )
    facts: dict[str, int | str] = {
        "submission_id": number,
        "round": len(earlier) + 1,
        "fingerprint": arrival.package.fingerprint,
        "files": arrival.file_count,
        "bytes": arrival.size_bytes,
    }
    append(connection, EventKind.CARRIER_RECEIVED, carrier, "system", now_at, facts)
    if arrival.findings:
        put_findings(connection, carrier, arrival.findings)
    return carrier


def _require_answer(connection: Connection, earlier: Round) -> None:
    """Refuse to replace a round whose answer is not made: its unit would never get it. One that is made is delivered later."""
    if earlier.state in ANSWERS and answer_of(connection, earlier) is None:
        raise UnansweredError(
            f"{earlier.carrier_id}: found state {earlier.state.value} and no answer, expected one before a later round takes its "
            "place"
        )


def _duty_of(connection: Connection, earlier: list[Round], arrival: Arrival) -> Duty | None:
    if earlier:
        duty_id = earlier[-1].duty_id
        return duty_row(connection, duty_id) if duty_id else None
    return next_duty(connection, arrival.unit_code, arrival.package.filing_year, arrival.data_form)
