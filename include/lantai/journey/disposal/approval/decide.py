"""Decide: what one member of the panel says of the rows of a list.

A row that is not mentioned is undecided: it never counts as approved, and no
number of other members makes up for it. When every member of a whole panel has
decided every row, the list is *reviewed* and its digest is what approvers sign.
A change of any decision takes the list back to *draft*; signatures given before
stay in the registry and are worth nothing, since the digest is another one.

Source: 机关档案管理规定 (2018); reliability.md, "Two people" (list edited after the first signature).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.ledger.events import append
from lantai.edges.registry.disposal import lists as disposal
from lantai.edges.registry.disposal.row_decisions import put_decisions
from lantai.errors import NotPermittedError, UsageError
from lantai.formats.workbooks.sheet_layout import RowAnswer
from lantai.journey.disposal.approval.refuse import recorded, refuse_if
from lantai.journey.disposal.approval.take_duty import take_duty
from lantai.records.disposal.lists import (
    LONGEST_EXTENSION_YEARS,
    Decision,
    DisposalList,
    DutyHeld,
    ListDuty,
    ListKind,
    ListState,
    RowDecision,
)
from lantai.records.ledger.event import EventKind
from lantai.rules.disposal.approval import is_decided, people_shortfalls
from lantai.views.disposal.examined import Examined, examine


@dataclass(frozen=True, slots=True)
class DecidedList:
    """What a member's decisions did.

    Attributes:
        list_id: The list.
        changed: Rows whose decision is new or another one.
        undecided: Rows that somebody on the panel has not looked at yet.
        state: State of the list now.
        list_digest: What approvers sign; None before the list is reviewed.
    """

    list_id: str
    changed: int
    undecided: int
    state: ListState
    list_digest: str | None


def decide(
    centre: Centre, list_id: str, person_id: str, said: Sequence[RowAnswer], on_behalf_of: str | None = None
) -> DecidedList:
    """Write down what a panel member says of rows of a list, nobody else's word (R9-19).

    Args:
        centre: The centre.
        list_id: The list.
        person_id: Staff id of the member.
        said: One answer per row that the member looked at; other rows stay as they are.
        on_behalf_of: Staff id of the member who delegated the duty, None for one's own.

    Raises:
        NotPermittedError: The person is no panel member today, has another duty about the list, or the list is past
            deciding; the refusal is recorded.
        UsageError: A row is not on the list, or its new period is missing or out of bounds.
    """
    with recorded(centre, list_id, person_id, "decide"), centre.database.begin() as connection:
        chosen = disposal.disposal_list(connection, list_id, locks=True)
        if chosen.state not in (ListState.DRAFT, ListState.REVIEWED):
            raise NotPermittedError(f"list {list_id}: found state {chosen.state.value}, expected draft or reviewed")
        if said:
            held = DutyHeld(person_id, ListDuty.PANEL_MEMBER, on_behalf_of)
            take_duty(connection, centre, list_id, held)
        before = examine(connection, centre.settings, list_id)
        refuse_if(list_id, people_shortfalls(before.dossier.acting))
        _refuse_changed_content(before)
        _refuse_unclear(chosen, {record.row_no for record in before.records}, said)
        changed = put_decisions(connection, _decisions(centre, list_id, person_id, said))
        return _conclude(connection, centre, chosen, person_id, changed)


def _decisions(centre: Centre, list_id: str, person_id: str, said: Sequence[RowAnswer]) -> list[RowDecision]:
    now_at = centre.clock.now_at()
    return [
        RowDecision(list_id, one.row_no, person_id, one.decision, one.reason, one.extend_years, now_at) for one in said
    ]


def _conclude(
    connection: Connection, centre: Centre, chosen: DisposalList, person_id: str, changed: int
) -> DecidedList:
    """Say how the list stands now: reviewed when every member has decided every row (R10-06); a change makes it a draft again (R2)."""
    if changed:
        disposal.note_decided(connection, chosen.list_id, None)
    after = examine(connection, centre.settings, chosen.list_id)
    state, digest = after.chosen.state, after.chosen.decided_sha256
    if is_decided(after.dossier):
        state, digest = ListState.REVIEWED, after.dossier.decided_now
        disposal.note_decided(connection, chosen.list_id, digest)
    if changed:
        facts = {"changed": changed, "state": state.value, "list_digest": digest or ""}
        append(connection, EventKind.LIST_DECIDED, chosen.list_id, person_id, centre.clock.now_at(), facts)
    return DecidedList(chosen.list_id, changed, after.undecided_count, state, digest)


def _refuse_changed_content(examined: Examined) -> None:
    """Refuse a list whose records are no longer those that were drafted (I3)."""
    if examined.laid_out.digest != examined.chosen.content_sha256:
        raise NotPermittedError(
            f"list {examined.chosen.list_id}: what the registry says of its records has changed since it was drafted "
            f"(digest {examined.laid_out.digest[:16]}, drafted as {examined.chosen.content_sha256[:16]}); withdraw it"
        )


def _refuse_unclear(chosen: DisposalList, row_nos: set[int], said: Sequence[RowAnswer]) -> None:
    """Refuse rows that are not on the list, or twice, and a kept row without a new period, or another one with it (R9-19, N2)."""
    strange = sorted({one.row_no for one in said} - row_nos)
    if strange or len({one.row_no for one in said}) != len(said):
        raise UsageError(
            f"list {chosen.list_id}: rows {strange or 'named twice'}, expected each of its rows at most once"
        )
    for one in said:
        is_extended = one.decision is Decision.KEEP and chosen.kind is ListKind.DESTRUCTION
        in_bounds = one.extend_years is not None and 1 <= one.extend_years <= LONGEST_EXTENSION_YEARS
        if is_extended != (one.extend_years is not None) or (is_extended and not in_bounds):
            expected = f"1 to {LONGEST_EXTENSION_YEARS} years" if is_extended else "no period"
            raise UsageError(f"list {chosen.list_id}, row {one.row_no}: found {one.extend_years}, expected {expected}")
