"""Permit: everything that has to be true, now, before records of a list may be disposed of.

Called inside the transaction that begins the act, so that nothing can change
between the look and the act. Every shortfall is named, never the first only.

Source: 档案法 (2020); 档案法实施条例 (2024); 浙江办法 (2017) art. 21; 机关档案管理规定 (2018); vault.md, destruction 1.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from lantai.edges.centre import Centre
from lantai.edges.registry.disposal.dispositions import live_chains, newest_event
from lantai.edges.registry.disposal.holds import held_on_list, keep_as_they_are
from lantai.journey.disposal.acts.prepare import cooling_shortfalls
from lantai.journey.disposal.approval.examine import Examined
from lantai.journey.disposal.approval.refuse import refuse_if, refuse_if_held
from lantai.locales import say
from lantai.records.custody.record import RecordStatus, Retention
from lantai.records.disposal.lists import Decision, ListKind, ListState, Stage
from lantai.records.disposal.shortfall import Shortfall
from lantai.records.ledger.event import EventKind
from lantai.rules.disposal.appraisal import is_expired
from lantai.rules.disposal.approval import approval_shortfalls, last_approved_at, witness_shortfalls

FILES_REGISTERS = frozenset({"浙江", "浙江省", "Zhejiang"})
"""Regions where a destruction register is filed with the authority before anything is destroyed. Source: 浙江办法 (2017) art. 21."""


def disposed_rows(examined: Examined) -> Sequence[Row[Any]]:
    """Return the rows of which the whole panel said dispose."""
    return [record for record in examined.records if _is_going(examined, record.row_no)]


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
    settings, now_at = centre.settings, centre.clock.now_at()
    going = disposed_rows(examined)
    missing = [
        *_state_shortfalls(examined),
        *approval_shortfalls(examined.dossier),
        *cooling_shortfalls(connection, examined, settings.cooling_off_days, now_at),
        *[
            Shortfall(
                f"第 {row.row_no} 行：状态为{say(f'record_status.{row.status}', 'zh')}，应为在库",
                f"row {row.row_no}: found status {row.status}, expected kept",
            )
            for row in going
            if row.status != RecordStatus.KEPT.value
        ],
    ]
    if examined.chosen.kind is ListKind.DESTRUCTION and going:
        missing += witness_shortfalls(examined.dossier, Stage.BEFORE, last_approved_at(examined.dossier))
        missing += _period_shortfalls(centre, going)
        missing += _chain_shortfalls(connection, examined.chosen.list_id, {row.row_no for row in going})
        missing += _paper_shortfalls(centre, examined)
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
        receipt = f"receipts/{chosen.list_id}.receipt.json"
        return [Shortfall(f"档案馆的移交回执 {receipt}", f"the archive's receipt {receipt}")]
    destroyed = newest_event(connection, chosen.list_id, EventKind.DESTROYED)
    return witness_shortfalls(examined.dossier, Stage.AFTER, destroyed.occurred_at if destroyed else None)


def _is_going(examined: Examined, row_no: int) -> bool:
    outcome = examined.outcomes[row_no]
    return outcome is not None and outcome.decision is Decision.DISPOSE


def _state_shortfalls(examined: Examined) -> list[Shortfall]:
    state = examined.chosen.state
    if state is ListState.AWAITING_CUSTODIAN:
        return []
    return [
        Shortfall(
            f"清单状态为{say(f'list_state.{state.value}', 'zh')}，应为{say('list_state.awaiting_custodian', 'zh')}"
            "（lantai list prepare，或流程的下一次运行）",
            f"found state {state.value}, expected awaiting_custodian (`lantai list prepare` or the DAG's next run)",
        )
    ]


def _period_shortfalls(centre: Centre, going: Sequence[Row[Any]]) -> list[Shortfall]:
    """Return the rows whose period has not run out, by the rule and by the day that is written down (N2)."""
    today = centre.clock.today_on()
    found: list[Shortfall] = []
    for row in going:
        is_over = is_expired(Retention(row.retention), row.formed_on, today)
        if not is_over or row.destroy_due_on is None or row.destroy_due_on > today:
            found.append(
                Shortfall(
                    f"第 {row.row_no} 行：至 {today} 保管期限未满",
                    f"row {row.row_no}: its retention period has not run out on {today}",
                )
            )
    return found


def _chain_shortfalls(connection: Connection, list_id: str, going: Collection[int]) -> list[Shortfall]:
    return [
        Shortfall(
            f"第 {row.row_no} 行：{row.carrier_id} 以它为基础且仍在保管，须先销毁后者",
            f"row {row.row_no}: {row.carrier_id} builds on it and is kept; destroy that one first (R1-15)",
        )
        for row in live_chains(connection, list_id)
        if row.row_no in going
    ]


def _paper_shortfalls(centre: Centre, examined: Examined) -> list[Shortfall]:
    """Return which papers are missing: the appraisal report, and where it is asked for the authority's receipt (N2)."""
    chosen = examined.chosen
    found: list[Shortfall] = []
    if not chosen.appraisal_report_no:
        found.append(
            Shortfall(
                "尚未登记鉴定工作报告（实施条例第24条），用 lantai list report 登记文号",
                "no appraisal report is noted (实施条例 art. 24); `lantai list report` notes its number",
            )
        )
    if centre.settings.region in FILES_REGISTERS and not chosen.filing_receipt_no:
        found.append(
            Shortfall(
                "销毁清册尚未报档案主管部门备案（浙江办法第21条），用 lantai list file 登记回执",
                "the register is not filed with the archives authority yet (浙江办法 art. 21); `lantai list file` records its receipt",
            )
        )
    return found
