"""A list as the rules see it: approved by default, one keyword breaks one thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lantai.locales import lacking
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
from lantai.rules.disposal.approval import Dossier, Signed

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
PANEL = ("M01", "M02", "M03")
LIST = "D-2026-JY-001"


def decision(row_no: int, person_id: str, said: Decision = Decision.DISPOSE, years: int | None = None) -> RowDecision:
    return RowDecision(LIST, row_no, person_id, said, "", years, AT)


def signed(
    person_id: str, duty: ListDuty, minutes: int = 0, stage: SigningStage = SigningStage.APPROVE, **changed: object
) -> Signed:
    sign_off = SignOff(LIST, duty, stage, person_id, "d" * 64, AT + timedelta(minutes=minutes), None)
    return replace(Signed(sign_off, True, False, None, True), **changed)


def dossier(**changed: object) -> Dossier:
    """A destruction list of two rows, approved by three members and the leader."""
    approved = Dossier(
        list_id=LIST,
        kind=ListKind.DESTRUCTION,
        state=ListState.APPROVED,
        content_stored="c" * 64,
        content_now="c" * 64,
        decided_stored="d" * 64,
        decided_now="d" * 64,
        rows=(1, 2),
        decisions=tuple(decision(row_no, member) for row_no in (1, 2) for member in PANEL),
        acting=(
            DutyHeld("P01", ListDuty.PREPARER),
            *(DutyHeld(member, ListDuty.PANEL_MEMBER) for member in PANEL),
            DutyHeld("L01", ListDuty.LEADER),
        ),
        signed=(*(signed(member, ListDuty.PANEL_MEMBER) for member in PANEL), signed("L01", ListDuty.LEADER, 5)),
        panel_size=3,
        witness_count=2,
    )
    return replace(approved, **changed)


def told(shortfalls: Iterable[Shortfall]) -> list[str]:
    """Return shortfalls as they are read in English."""
    return [lacking(each, "en") for each in shortfalls]
