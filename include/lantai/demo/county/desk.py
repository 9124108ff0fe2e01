"""What the people do at their desks: fill in worksheets, sign, witness, carry out.

Each acts alone, with their own key, through the same steps as the command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lantai.demo.county.people import ARCHIVIST, CUSTODIAN, LEADER, PANEL, WITNESSES, Player, key_file
from lantai.demo.county.sheets import Typed, fill_in
from lantai.edges.centre import Centre
from lantai.edges.registry.disposal import lists as disposal
from lantai.errors import LantaiError, NotPermittedError
from lantai.formats.papers.wording import Wording
from lantai.journey.disposal.acts.destroy import destroy
from lantai.journey.disposal.acts.transfer import transfer
from lantai.journey.disposal.approval.export_sheet import export_sheet
from lantai.journey.disposal.approval.import_sheet import import_sheet
from lantai.journey.disposal.approval.note_documents import note_report
from lantai.journey.disposal.approval.sign import sign
from lantai.records.disposal.lists import DisposalList, ListDuty, ListKind, ListState

Shown = Mapping[str, str]
"""Heading of a worksheet -> what a record's row shows."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a panel member thinks of one record; `extend_years` only for one kept on a destruction list."""

    keeps: bool
    reason: str
    extend_years: int | None = None


Judge = Callable[[Player, ListKind, Shown], Opinion]


def lists_in(centre: Centre, kind: ListKind, state: ListState) -> list[DisposalList]:
    """Return the lists of a kind in a state, by id."""
    with centre.database.read() as connection:
        return list(disposal.lists(connection, (state,), kind))


def decide_and_sign(centre: Centre, desks: Path, chosen: DisposalList, judge: Judge) -> None:
    """Let every panel member fill in a worksheet of their own, note the report of a destruction, then let the panel sign.

    Args:
        centre: The centre.
        desks: Where people keep their worksheets.
        chosen: A list that was drafted.
        judge: What a member thinks of a row.
    """
    words = Wording(centre.settings.locale)
    for member in PANEL:
        sheet = desks / member.person_id / f"{chosen.list_id}.xlsx"
        sheet.parent.mkdir(parents=True, exist_ok=True)
        export_sheet(centre, chosen.list_id, sheet)
        types = partial(_types_into_row, words, chosen.kind, partial(judge, member, chosen.kind))
        sheet.write_bytes(fill_in(sheet.read_bytes(), types))
        import_sheet(centre, sheet, member.person_id)
    if chosen.kind is ListKind.DESTRUCTION:
        note_report(centre, chosen.list_id, f"档鉴〔{centre.clock.today_on().year}〕1号", ARCHIVIST.person_id)
    for member in PANEL:
        sign(centre, chosen.list_id, ListDuty.PANEL_MEMBER, member.person_id, _key(centre, member))


def approve(centre: Centre, chosen: DisposalList) -> LantaiError | None:
    """Let the leader sign, which approves the list and wakes Airflow; return what the leader is told when nobody heard."""
    return sign(centre, chosen.list_id, ListDuty.LEADER, LEADER.person_id, _key(centre, LEADER)).unheard


def refused_shortcut(centre: Centre, chosen: DisposalList) -> str:
    """Let a panel member try to sign in the leader's place; return what they are told.

    Raises:
        AssertionError: It was let through.
    """
    impatient = PANEL[0]
    try:
        sign(centre, chosen.list_id, ListDuty.LEADER, impatient.person_id, _key(centre, impatient))
    except NotPermittedError as refusal:
        return str(refusal)
    raise AssertionError(f"{impatient.person_id} signed in the leader's place, expected a refusal")


def hand_over(centre: Centre, chosen: DisposalList) -> int:
    """Let the custodian carry a transfer list out; return how many records were handed over."""
    identity = centre.settings.keys / "identity.txt"
    return transfer(centre, chosen.list_id, CUSTODIAN.person_id, identity).record_count


def destroy_under_witness(centre: Centre, chosen: DisposalList) -> tuple[int, str | None]:
    """Let two witnesses recount and sign, the custodian destroy, the witnesses look and sign again, the certificate be made.

    Returns:
        How many records were destroyed, and the certificate's id; None when the panel kept every row.
    """
    for witness in WITNESSES:
        sign(centre, chosen.list_id, ListDuty.WITNESS, witness.person_id, _key(centre, witness))
    first = destroy(centre, chosen.list_id, CUSTODIAN.person_id)
    if first.state is ListState.DONE:
        return first.record_count, first.certificate_id
    for witness in WITNESSES:
        sign(centre, chosen.list_id, ListDuty.WITNESS, witness.person_id, _key(centre, witness))
    done = destroy(centre, chosen.list_id, CUSTODIAN.person_id)
    return done.record_count, done.certificate_id


def _types_into_row(words: Wording, kind: ListKind, judge: Callable[[Shown], Opinion], shown: Shown) -> Typed:
    opinion = judge(shown)
    decision = "keep" if opinion.keeps else "dispose"
    heading = "transfer_decision" if kind is ListKind.TRANSFER else "decision"
    typed = {
        words.field(heading): words.words(f"decisions.{kind.value}")[decision],
        words.field("reason"): opinion.reason,
    }
    if opinion.extend_years is not None:
        typed[words.field("extend_years")] = str(opinion.extend_years)
    return typed


def _key(centre: Centre, player: Player) -> Path:
    return key_file(centre.settings.home, player)
