"""Who may dispose of what: how a panel's decisions become one, and what an approval still lacks.

A row is disposed of only when every member of the panel says so: one KEEP
keeps it (从长), for the longest period that anybody asked for, and the dissent
stays in the rows. A row that one member has not looked at is undecided,
whatever the others say. Nothing here knows the clock or a database: the caller
gathers a dossier, and every shortfall is returned, never the first only.

Source: 机关档案管理规定 (2018), appraisal and destruction; reliability.md, "Invariants" and "Security properties".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from lantai.records.centre.person import Role
from lantai.records.disposal.lists import (
    Decision,
    DutyHeld,
    ListDuty,
    ListKind,
    ListState,
    RowDecision,
    SigningStage,
    SignOff,
)
from lantai.records.disposal.shortfall import Shortfall

ROLE_FOR = MappingProxyType(
    {
        ListDuty.PREPARER: Role.PREPARER,
        ListDuty.PANEL_MEMBER: Role.PANEL_MEMBER,
        ListDuty.LEADER: Role.LEADER,
        ListDuty.CUSTODIAN: Role.CUSTODIAN,
        ListDuty.WITNESS: Role.WITNESS,
    }
)
"""The role somebody has to hold for a duty on the day of acting, by appointment or by delegation."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the panel as a whole says of one row; `is_unanimous` is false where a KEEP overruled somebody."""

    row_no: int
    decision: Decision
    extend_years: int | None
    is_unanimous: bool


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature with what was found out about it now.

    Attributes:
        sign_off: The row.
        held_role: Whether the role was held on the day of signing, by appointment or valid delegation.
        has_key: Whether the person had a key enrolled on that day, so that the signature must be made with it.
        is_signature_good: Whether the signature verifies against that key; None when there is none.
        is_in_ledger: Whether the ledger's event tells the same: person, list, duty, stage, digest.
    """

    sign_off: SignOff
    held_role: bool
    has_key: bool
    is_signature_good: bool | None
    is_in_ledger: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is known of a list at one moment, gathered from its rows.

    Attributes:
        content_stored: Digest of the content as it was drafted.
        content_now: The same, computed from the rows just now.
        decided_stored: Digest that approvers signed, None before the panel is through.
        decided_now: Digest over content and decisions, computed from the rows just now.
        rows: Numbers of all rows.
        decisions: All decisions of all members.
        acting: Everybody with a duty about the list.
        signed: Every signature, also those whose digest no longer holds.
        panel_size: How many members have to decide.
        witness_count: How many witnesses a destruction has.
    """

    list_id: str
    kind: ListKind
    state: ListState
    content_stored: str
    content_now: str
    decided_stored: str | None
    decided_now: str
    rows: tuple[int, ...]
    decisions: tuple[RowDecision, ...]
    acting: tuple[DutyHeld, ...]
    signed: tuple[Signed, ...]
    panel_size: int
    witness_count: int

    @property
    def panel(self) -> tuple[str, ...]:
        """Everybody who decides rows of this list."""
        return tuple(sorted(a.person_id for a in self.acting if a.duty is ListDuty.PANEL_MEMBER))


def consolidate(
    rows: Iterable[int], panel: Sequence[str], decisions: Iterable[RowDecision]
) -> Mapping[int, Outcome | None]:
    """Return what the panel says of every row; None where somebody has not looked at it.

    Args:
        rows: Row numbers.
        panel: Staff ids of the members; without any, every row is undecided.
        decisions: Of any list member; those of others are not counted.

    Source: R10-06; a blank is no consent.
    """
    by_row: dict[int, dict[str, RowDecision]] = {row_no: {} for row_no in rows}
    for decision in decisions:
        if decision.row_no in by_row and decision.person_id in panel:
            by_row[decision.row_no][decision.person_id] = decision
    return {
        row_no: _outcome(row_no, list(said.values())) if said and len(said) == len(panel) else None
        for row_no, said in by_row.items()
    }


def _outcome(row_no: int, said: list[RowDecision]) -> Outcome:
    kept = [d for d in said if d.decision is Decision.KEEP]
    years = [d.extend_years for d in kept if d.extend_years is not None]
    return Outcome(
        row_no=row_no,
        decision=Decision.KEEP if kept else Decision.DISPOSE,
        extend_years=max(years, default=None),
        is_unanimous=len({d.decision for d in said}) == 1,
    )


def is_decided(dossier: Dossier) -> bool:
    """Return whether a whole panel has decided every row."""
    return not panel_shortfalls(dossier)


def panel_shortfalls(dossier: Dossier) -> list[Shortfall]:
    """Return what the panel has left open: too few members, rows that somebody has not looked at. Source: R9-21."""
    found = []
    panel = dossier.panel
    if len(panel) < dossier.panel_size:
        found.append(Shortfall.of("panel_too_small", found=len(panel), expected=dossier.panel_size))
    looked_at = {(d.person_id, d.row_no) for d in dossier.decisions}
    for person_id in panel:
        open_rows = [row_no for row_no in dossier.rows if (person_id, row_no) not in looked_at]
        if open_rows:
            shown = ", ".join(map(str, open_rows[:5])) + (" ..." if len(open_rows) > 5 else "")  # noqa: PLR2004 - a few
            found.append(Shortfall.of("rows_undecided", person_id=person_id, count=len(open_rows), rows=shown))
    if not dossier.rows:
        found.append(Shortfall.of("no_rows"))
    return found


def content_shortfalls(dossier: Dossier) -> list[Shortfall]:
    """Return where the list is no longer what was drafted and decided."""
    found = []
    if dossier.content_now != dossier.content_stored:
        found.append(
            Shortfall.of("content_changed", found=dossier.content_now[:16], expected=dossier.content_stored[:16])
        )
    if dossier.decided_stored is None:
        found.append(Shortfall.of("not_reviewed"))
    elif dossier.decided_now != dossier.decided_stored:
        found.append(
            Shortfall.of("decisions_changed", found=dossier.decided_now[:16], expected=dossier.decided_stored[:16])
        )
    return found


def people_shortfalls(acting: Iterable[DutyHeld]) -> list[Shortfall]:
    """Return who stands behind two duties at once, in person or through a delegate. Source: R12-04, R10-08, P3."""
    duties: dict[str, list[ListDuty]] = {}
    for each in acting:
        for person_id in {each.person_id, each.on_behalf_of} - {None}:
            duties.setdefault(str(person_id), []).append(each.duty)
    return [
        Shortfall.of("two_duties", person_id=person_id, duties=tuple(sorted(duty.value for duty in held)))
        for person_id, held in sorted(duties.items())
        if len(held) > 1
    ]


def signature_shortfalls(dossier: Dossier, duty: ListDuty, stage: SigningStage, count: int) -> list[Shortfall]:
    """Return what is missing among the signatures of one duty at one stage.

    Every one who has the duty has to have signed, and `count` of them there must be. A signature counts when it is for
    this list, bound to the digest as it is now, made by somebody who held the role that day, with their own key where
    one is enrolled, and told by the ledger.

    Source: P3.
    """
    holders = [a for a in dossier.acting if a.duty is duty]
    found = []
    good = 0
    for holder in holders:
        reasons = [
            _why_not(dossier, each, holder)
            for each in dossier.signed
            if each.sign_off.person_id == holder.person_id
            and each.sign_off.stage is stage
            and each.sign_off.list_digest == dossier.decided_now
        ]
        if None in reasons:
            good += 1
            continue
        unsigned = Shortfall.of("unsigned", digest=dossier.decided_now[:16])
        why = tuple(dict.fromkeys(filter(None, reasons))) or (unsigned,)
        found.append(Shortfall.of("signature", why, duty=duty.value, person_id=holder.person_id, stage=stage.value))
    if good < count:
        found.append(Shortfall.of("signatures_too_few", duty=duty.value, stage=stage.value, found=good, expected=count))
    return found


def _why_not(dossier: Dossier, signed: Signed, holder: DutyHeld) -> Shortfall | None:
    """Return why a signature does not count, None when it does."""
    sign_off = signed.sign_off
    is_of_this = sign_off.list_id == dossier.list_id and sign_off.duty is holder.duty
    has_other_key = signed.has_key and signed.is_signature_good is None
    reasons = (
        (not is_of_this, Shortfall.of("signed_for_another")),
        (sign_off.on_behalf_of != holder.on_behalf_of, Shortfall.of("signed_for_whom")),
        (not signed.held_role, Shortfall.of("role_not_held", role=ROLE_FOR[holder.duty].value)),
        (signed.is_signature_good is False, Shortfall.of("signature_invalid")),
        (has_other_key, Shortfall.of("signed_without_key")),
        (not signed.is_in_ledger, Shortfall.of("signature_not_in_ledger")),
    )
    return next((reason for is_so, reason in reasons if is_so), None)


def approval_shortfalls(dossier: Dossier) -> list[Shortfall]:
    """Return everything that keeps a list from counting as approved: panel, content, people, signatures and their order.

    Source: R9-19; I3.
    """
    panel_count = max(dossier.panel_size, len(dossier.panel))
    return [
        *panel_shortfalls(dossier),
        *content_shortfalls(dossier),
        *people_shortfalls(dossier.acting),
        *signature_shortfalls(dossier, ListDuty.PANEL_MEMBER, SigningStage.APPROVE, panel_count),
        *signature_shortfalls(dossier, ListDuty.LEADER, SigningStage.APPROVE, 1),
        *_order_shortfalls(dossier),
    ]


def _order_shortfalls(dossier: Dossier) -> list[Shortfall]:
    panel = [s.signed_at for s in _now_signed(dossier, ListDuty.PANEL_MEMBER, SigningStage.APPROVE)]
    leader = [s.signed_at for s in _now_signed(dossier, ListDuty.LEADER, SigningStage.APPROVE)]
    if panel and leader and max(leader) < max(panel):
        at = f"{max(leader):%Y-%m-%d %H:%M:%S} UTC"
        return [Shortfall.of("leader_before_the_panel", at=at)]
    return []


def witness_shortfalls(dossier: Dossier, stage: SigningStage, not_before_at: datetime | None) -> list[Shortfall]:
    """Return what keeps the witnesses' part from being done.

    Args:
        dossier: The list; a transfer has no witnesses.
        stage: BEFORE or AFTER.
        not_before_at: The approval, or the erasure: a signature of an earlier moment tells of something else. None: not done yet.

    Source: rules N3 (sign time > destroy time > recount time > approval time).
    """
    if dossier.kind is not ListKind.DESTRUCTION:
        return []
    found = signature_shortfalls(dossier, ListDuty.WITNESS, stage, dossier.witness_count)
    for signed in _now_signed(dossier, ListDuty.WITNESS, stage):
        if not_before_at is None or signed.signed_at < not_before_at:
            found.append(Shortfall.of("witness_too_early", person_id=signed.person_id, stage=stage.value))
    return found


def _now_signed(dossier: Dossier, duty: ListDuty, stage: SigningStage) -> list[SignOff]:
    return [
        s.sign_off
        for s in dossier.signed
        if s.sign_off.duty is duty and s.sign_off.stage is stage and s.sign_off.list_digest == dossier.decided_now
    ]


def last_approved_at(dossier: Dossier) -> datetime | None:
    """Return when the last approver signed the list as it is now, None when nobody has."""
    signed = [
        s.sign_off.signed_at
        for s in dossier.signed
        if s.sign_off.stage is SigningStage.APPROVE and s.sign_off.list_digest == dossier.decided_now
    ]
    return max(signed, default=None)
