"""A list examined: gathered from its rows, now, everything that says whether it is approved and may be carried out.

Nothing is taken from memory or from an earlier run: digests are computed again,
signatures verified again, roles looked up for the day of signing. What follows
is in `lantai.rules.disposal`: `approval` judges the dossier, `next_step` says what is lacking.

Source: reliability.md; vault.md, destruction 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lantai.edges.registry.centre import people
from lantai.edges.registry.centre.units import units
from lantai.edges.registry.disposal import lists as disposal
from lantai.edges.registry.disposal.dispositions import live_chains, newest_event
from lantai.edges.registry.disposal.list_duties import duties_about
from lantai.edges.registry.disposal.row_decisions import decisions_on
from lantai.edges.registry.disposal.sign_offs import covered_since, sign_offs
from lantai.errors import MalformedError, SignatureInvalidError
from lantai.formats.disposal.list_digest import SIGNATURE_NAMESPACE, decided_digest, message_to_sign
from lantai.formats.ledger import canonical, ssh_signature
from lantai.records.centre.unit import Unit
from lantai.records.disposal.kept_sign_off import KeptSignOff
from lantai.records.disposal.listed_record import ListedRecord
from lantai.records.disposal.lists import Decision, DisposalList, ListKind, ListState, RowDecision, SigningStage
from lantai.records.ledger.event import EventKind
from lantai.rules.disposal.approval import ROLE_FOR, Dossier, Outcome, Signed, consolidate
from lantai.rules.disposal.next_step import Circumstances
from lantai.settings import Settings
from lantai.views.disposal.laid_out import LaidOut, lay_out


@dataclass(frozen=True, slots=True)
class Examined:
    """A list as its rows stand in one transaction.

    Attributes:
        chosen: The list.
        unit: Whose records are on it.
        records: Its rows with what the registry says of the records.
        laid_out: The same as they are written down.
        decisions: Every decision of every member.
        outcomes: What the panel says of each row; None where somebody has not looked at it.
        dossier: What the rules judge.
        sign_offs: Signatures with their events and places in the ledger.
    """

    chosen: DisposalList
    unit: Unit
    records: Sequence[ListedRecord]
    laid_out: LaidOut
    decisions: Sequence[RowDecision]
    outcomes: Mapping[int, Outcome | None]
    dossier: Dossier
    sign_offs: Sequence[KeptSignOff]

    @property
    def digest(self) -> str:
        """What signatures have to be under: the list as it stands now; of one that is done, as it was decided.

        Closing a list gives what the panel kept a new period, which is part of its content.
        """
        decided = self.chosen.decided_sha256
        return decided if self.chosen.state is ListState.DONE and decided else self.dossier.decided_now

    @property
    def counting(self) -> list[KeptSignOff]:
        """The signatures under that digest; those under an older one are left out."""
        return [each for each in self.sign_offs if each.sign_off.list_digest == self.digest]

    @property
    def going(self) -> list[ListedRecord]:
        """The rows of which the whole panel said dispose."""
        return [record for record in self.records if self.is_going(record.row_no)]

    @property
    def undecided_count(self) -> int:
        """How many rows somebody on the panel has not looked at yet."""
        return sum(outcome is None for outcome in self.outcomes.values())

    def is_going(self, row_no: int) -> bool:
        """Return whether the whole panel said dispose of a row."""
        outcome = self.outcomes[row_no]
        return outcome is not None and outcome.decision is Decision.DISPOSE


def examine(connection: Connection, settings: Settings, list_id: str, *, locks: bool = False) -> Examined:
    """Gather what is known of a list, from its rows as they stand (I3).

    Args:
        connection: An open transaction; what is found holds for it only.
        settings: Time zone, size of the panel, number of witnesses.
        list_id: The list.
        locks: Whether nobody else may move the list before the transaction ends.

    Raises:
        NotFoundError: No such list.
    """
    chosen = disposal.disposal_list(connection, list_id, locks=locks)
    (unit,) = units(connection, [chosen.unit_code])
    records = disposal.content(connection, list_id)
    laid_out = lay_out(list_id, chosen.kind, chosen.due_on, unit, records)
    decisions = decisions_on(connection, list_id)
    kept = sign_offs(connection, list_id)
    dossier = Dossier(
        list_id=list_id,
        kind=chosen.kind,
        state=chosen.state,
        content_stored=chosen.content_sha256,
        content_now=laid_out.digest,
        decided_stored=chosen.decided_sha256,
        decided_now=decided_digest(list_id, laid_out.digest, decisions),
        rows=tuple(record.row_no for record in records),
        decisions=tuple(decisions),
        acting=tuple(duties_about(connection, list_id)),
        signed=tuple(_signed(connection, settings.zone, each) for each in kept),
        panel_size=settings.panel_members,
        witness_count=settings.witnesses,
    )
    outcomes = consolidate(dossier.rows, dossier.panel, decisions)
    return Examined(chosen, unit, records, laid_out, decisions, outcomes, dossier, kept)


def covered_at(connection: Connection, examined: Examined) -> datetime | None:
    """Return when the first checkpoint was made that covers every approving signature, None when one lies in none yet."""
    digest = examined.dossier.decided_now
    approving = [
        each.leaf_index
        for each in examined.sign_offs
        if each.sign_off.stage is SigningStage.APPROVE and each.sign_off.list_digest == digest
    ]
    told = [leaf_index for leaf_index in approving if leaf_index is not None]
    if not told or len(told) < len(approving):
        return None
    return covered_since(connection, max(told))


def circumstances(
    connection: Connection, settings: Settings, examined: Examined, now_at: datetime, today: date
) -> Circumstances:
    """Gather what has to be known beside the dossier before a list may be carried out, from its rows as they stand (I3).

    Args:
        connection: The transaction in which the list was examined.
        settings: Waiting time, region of the archive.
        examined: The list.
        now_at: The moment.
        today: The local calendar date.
    """
    chosen = examined.chosen
    destroyed = newest_event(connection, chosen.list_id, EventKind.DESTROYED)
    return Circumstances(
        going=examined.going,
        built_on=live_chains(connection, chosen.list_id) if chosen.kind is ListKind.DESTRUCTION else {},
        covered_at=covered_at(connection, examined),
        destroyed_at=destroyed.occurred_at if destroyed else None,
        appraisal_report_no=chosen.appraisal_report_no,
        filing_receipt_no=chosen.filing_receipt_no,
        region=settings.region,
        cooling_off_days=settings.cooling_off_days,
        now_at=now_at,
        today=today,
    )


def _signed(connection: Connection, zone: ZoneInfo, kept: KeptSignOff) -> Signed:
    """Return a signature with what was found out about it: the role is looked up for the day of signing (P3, R10-08)."""
    sign_off = kept.sign_off
    day = sign_off.signed_at.astimezone(zone).date()
    role = ROLE_FOR[sign_off.duty]
    keys = {key.fingerprint for key in people.keys_on(connection, sign_off.person_id, day)}
    if sign_off.on_behalf_of is None:
        held_role = role in people.roles_on(connection, sign_off.person_id, day)
    else:
        principals = people.delegations_to(connection, sign_off.person_id, role, day)
        has_role = role in people.roles_on(connection, sign_off.on_behalf_of, day)
        held_role = sign_off.on_behalf_of in principals and has_role
    return Signed(
        sign_off=sign_off,
        held_role=held_role,
        has_key=bool(keys),
        is_signature_good=_is_good(kept, keys),
        is_in_ledger=_is_told(kept),
    )


def _is_good(kept: KeptSignOff, keys: set[str]) -> bool | None:
    """Whether a signature verifies with a key of the signer's own (P3); None when there is none."""
    sign_off = kept.sign_off
    if sign_off.signature is None:
        return None
    if kept.fingerprint not in keys or kept.public_key is None:
        return False
    message = message_to_sign(sign_off.list_id, sign_off.duty, sign_off.stage, sign_off.list_digest)
    try:
        ssh_signature.verify(message, sign_off.signature, kept.public_key, SIGNATURE_NAMESPACE)
    except (SignatureInvalidError, MalformedError):
        return False
    return True


def _is_told(kept: KeptSignOff) -> bool:
    """Whether the event that the row points at tells of this signature: a row added by hand has no such event (P3)."""
    sign_off = kept.sign_off
    if (kept.event_kind, kept.event_subject, kept.event_actor) != (
        EventKind.LIST_SIGNED.value,
        sign_off.list_id,
        sign_off.person_id,
    ):
        return False
    try:
        leaf = canonical.loads(kept.leaf)
    except MalformedError:
        return False
    expected = {
        "duty": sign_off.duty.value,
        "stage": sign_off.stage.value,
        "list_digest": sign_off.list_digest,
        "on_behalf_of": sign_off.on_behalf_of or "",
    }
    return isinstance(leaf, dict) and all(leaf.get(name) == value for name, value in expected.items())
