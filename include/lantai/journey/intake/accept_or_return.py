"""Accept an assessed round, return it to its unit, or hold it for the centre: what follows from what was found.

What has no fault and waits for nobody is sealed, stored and registered, each step
from where an earlier run stood; a zero report seals nothing.

Source: reliability.md, "Invariants"; vault.md, "Copies".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lantai.edges.centre import Centre
from lantai.edges.database.lease import Lease, require
from lantai.edges.ledger.events import append
from lantai.edges.registry.intake.findings import put_findings
from lantai.edges.registry.intake.inspections import put_unit_half
from lantai.edges.registry.intake.rounds import move_round
from lantai.journey.custody.clear_former import clear_former
from lantai.journey.custody.register import register_accepted, register_begun, register_sealed, register_zero_report
from lantai.journey.custody.seal import CarrierFacts, seal
from lantai.journey.custody.store import store
from lantai.journey.intake.assess import Assessed
from lantai.journey.intake.collect import Collected
from lantai.journey.intake.list_records import list_records
from lantai.records.intake.finding import Finding, Severity, is_acceptable
from lantai.records.intake.round import Round
from lantai.records.intake.submission import RoundState
from lantai.records.ledger.event import EventKind
from lantai.records.text.progress import Progress
from lantai.rules.year.calendar import add_days


@dataclass(frozen=True, slots=True)
class Ended:
    """How a round ended in this run.

    Attributes:
        state: Accepted, returned or held.
        is_new: Whether it was not in that state before.
        record_count: Records registered.
        is_zero_report: Whether it states that there is nothing.
    """

    state: RoundState
    is_new: bool
    record_count: int = 0
    is_zero_report: bool = False


def accept_or_return(
    centre: Centre, assessed: Assessed, collected: Collected, lease: Lease, progress: Progress | None = None
) -> Ended:
    """Refuse what has a fault or has to wait; seal, store and register the rest, which is accepted as it was assessed (I1).

    Args:
        centre: The centre.
        assessed: The round with everything that was found.
        collected: Its package in the quarantine.
        lease: Held by this worker.
        progress: Told what is sealed, bytes done, bytes in all.

    Raises:
        LeaseLostError: Another worker has taken over.
        LantaiError: It could not be sealed or stored; a later run goes on from here.
    """
    this = assessed.round
    if this.state is not RoundState.SEALED:
        with centre.database.begin() as connection:
            require(connection, lease)
            put_findings(connection, this.carrier_id, assessed.findings)
            if assessed.validated.unit_half is not None:
                put_unit_half(connection, this.carrier_id, assessed.validated.unit_half)
        if not is_acceptable(assessed.findings):
            return _refuse(centre, this, assessed.findings, lease)
    if assessed.verified.is_zero_report:
        register_zero_report(centre, this, lease)
        return Ended(RoundState.ACCEPTED, is_new=True, is_zero_report=True)
    return _accept(centre, assessed, collected, lease, progress)


def _accept(centre: Centre, assessed: Assessed, collected: Collected, lease: Lease, progress: Progress | None) -> Ended:
    this = assessed.round
    records = list_records(assessed.verified, assessed.validated.entries, assessed.context, this.carrier_id)
    facts = CarrierFacts(this.carrier_id, this.unit_code, this.filing_year, this.data_form.value, this.round_no)
    payload = {path: received.file_no for path, received in assessed.verified.payload.items()}
    belonging = set(payload.values())
    papers = [received for received in collected.files if received.file_no not in belonging]
    sealed = seal(centre, facts, records, papers, collected.read, payload, lease, progress)
    register_begun(centre, this, lease)
    copies = store(centre, sealed, lease, None)
    register_sealed(centre, this, sealed, copies, lease)
    clear_former(centre, this.carrier_id, lease)
    base = assessed.base_carrier_id
    register_accepted(centre, this, records, sealed.manifest_sha256, lease, base_carrier_id=base)
    return Ended(RoundState.ACCEPTED, is_new=True, record_count=len(records))


def _refuse(centre: Centre, this: Round, findings: Sequence[Finding], lease: Lease) -> Ended:
    """Return a round with faults, to be supplemented within some days; hold one that only the centre can decide.

    Source: R1-51, R4-08.
    """
    is_fault = any(finding.severity is Severity.FAULT for finding in findings)
    state = RoundState.RETURNED if is_fault else RoundState.HELD
    if state is this.state:
        return Ended(state, is_new=False)
    by_on = add_days(centre.clock.today_on(), centre.settings.supplement_days) if is_fault else None
    kind = EventKind.CARRIER_RETURNED if is_fault else EventKind.CARRIER_HELD
    with centre.database.begin() as connection:
        require(connection, lease)
        move_round(connection, this.carrier_id, state, supplement_by_on=by_on)
        facts: dict[str, int | str] = {
            "submission_id": this.submission_id,
            "round": this.round_no,
            "findings": len(findings),
        }
        append(connection, kind, this.carrier_id, "system", centre.clock.now_at(), facts)
    return Ended(state, is_new=True)
