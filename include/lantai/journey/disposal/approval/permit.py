"""Permit: everything that has to be true, now, before records of a list may be disposed of.

Called inside the transaction that begins the act, so that nothing can change
between the look and the act. Every shortfall is named, never the first only.

Source: 档案法 (2020); 档案法实施条例 (2024); 浙江办法 (2017) art. 21; 机关档案管理规定 (2018); vault.md, destruction 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.registry.disposal.dispositions import live_chains, newest_event
from lantai.edges.registry.disposal.holds import held_on_list, keep_as_they_are
from lantai.journey.disposal.acts.prepare import covered_at
from lantai.journey.disposal.approval.examine import Examined
from lantai.journey.disposal.approval.refuse import refuse_if, refuse_if_held
from lantai.records.disposal.listed_record import ListedRecord
from lantai.records.disposal.lists import Decision, ListKind, ListState, SigningStage
from lantai.records.disposal.shortfall import Shortfall
from lantai.records.ledger.event import EventKind
from lantai.rules.disposal import carrying_out
from lantai.rules.disposal.approval import approval_shortfalls, last_approved_at, witness_shortfalls


def disposed_rows(examined: Examined) -> Sequence[ListedRecord]:
    """Return the rows of which the whole panel said dispose."""
    return [record for record in examined.records if is_going(examined, record.row_no)]


def permit(connection: Connection, centre: Centre, examined: Examined) -> None:
    """Refuse unless the list may be carried out now (I3, N1).

    Raises:
        NotPermittedError: Something is missing; the message names all of it.
        HeldError: Nothing is missing, but a record is under a hold.
    """
    keep_as_they_are(connection)
    refuse_if(examined.chosen.list_id, act_shortfalls(connection, centre, examined))
    numbers = {row.row_no for row in disposed_rows(examined)}
    held = held_on_list(connection, examined.chosen.list_id)
    refuse_if_held(examined.chosen.list_id, [(row.row_no, row.hold_id) for row in held if row.row_no in numbers])


def act_shortfalls(connection: Connection, centre: Centre, examined: Examined) -> list[Shortfall]:
    """Return everything but holds that keeps a list from being carried out now (I3, N3); empty when nothing does."""
    chosen, dossier, settings = examined.chosen, examined.dossier, centre.settings
    going = disposed_rows(examined)
    missing = [
        *carrying_out.state_shortfalls(chosen.state),
        *approval_shortfalls(dossier),
        *carrying_out.cooling_shortfalls(
            last_approved_at(dossier),
            covered_at(connection, examined),
            settings.cooling_off_days,
            centre.clock.now_at(),
        ),
        *carrying_out.record_shortfalls(going),
    ]
    if chosen.kind is ListKind.DESTRUCTION and going:
        built_on = live_chains(connection, chosen.list_id)
        missing += witness_shortfalls(dossier, SigningStage.BEFORE, last_approved_at(dossier))
        missing += carrying_out.period_shortfalls(going, centre.clock.today_on())
        missing += carrying_out.chain_shortfalls(built_on, {row.row_no for row in going})
        missing += carrying_out.paper_shortfalls(chosen.appraisal_report_no, chosen.filing_receipt_no, settings.region)
    return missing


def next_shortfalls(connection: Connection, centre: Centre, examined: Examined) -> list[Shortfall]:
    """Return what keeps a list from its next step, holds left out: from approval, from the act, or from its end."""
    chosen = examined.chosen
    if chosen.state in (ListState.DRAFT, ListState.REVIEWED):
        return approval_shortfalls(examined.dossier)
    if chosen.state in (ListState.APPROVED, ListState.AWAITING_CUSTODIAN):
        return act_shortfalls(connection, centre, examined)
    if chosen.state is not ListState.EXECUTING:
        return []
    if chosen.kind is ListKind.TRANSFER:
        return [Shortfall.of("receipt_of_the_archive", path=f"receipts/{chosen.list_id}.receipt.json")]
    destroyed = newest_event(connection, chosen.list_id, EventKind.DESTROYED)
    return witness_shortfalls(examined.dossier, SigningStage.AFTER, destroyed.occurred_at if destroyed else None)


def is_going(examined: Examined, row_no: int) -> bool:
    """Return whether the whole panel said dispose of a row."""
    outcome = examined.outcomes[row_no]
    return outcome is not None and outcome.decision is Decision.DISPOSE
