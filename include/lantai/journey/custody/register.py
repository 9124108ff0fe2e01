"""Register what was sealed and stored: records with retention, due dates and digests, set-based, with their event.

Three transactions: the first, before any byte leaves the work folder, says
where copies are begun; the second that the carrier is sealed and where; the
third that it is accepted and its duty met. A run that was killed between them
goes on, and what it had begun is remembered, whatever the settings say then.

Source: vault.md, "Copies"; receipts are issued only after this.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.database.lease import Lease, require
from lantai.edges.ledger.events import append
from lantai.edges.registry.custody.holdings import forget_begun, put_begun, put_copies, put_seals, register_records
from lantai.edges.registry.intake.rounds import move_round
from lantai.edges.registry.year.duties import meet_duty
from lantai.journey.custody.seal import Sealed
from lantai.records.custody.copy import Copy
from lantai.records.custody.record import Record
from lantai.records.intake.round import Round
from lantai.records.intake.submission import RoundState
from lantai.records.ledger.event import EventKind
from lantai.records.year.duty import DutyState


def register_begun(centre: Centre, this: Round, lease: Lease) -> None:
    """Say, before a carrier is stored, at which places bytes of it may lie from now on; it registers no copy (I3, I8, K3).

    Raises:
        LeaseLostError: Another worker has taken over.
    """
    with centre.database.begin() as connection:
        require(connection, lease)
        places = [place.name for place in centre.vault.places]
        put_begun(connection, this.carrier_id, places, centre.clock.now_at())


def register_sealed(centre: Centre, this: Round, sealed: Sealed, copies: Sequence[Copy], lease: Lease) -> None:
    """Say where a carrier lies now: seals, copies and the digest of the manifest (K1, K3).

    A carrier that is sealed already keeps its event; a copy that only this run has completed is registered all the same.

    Raises:
        LeaseLostError: Another worker has taken over.
    """
    with centre.database.begin() as connection:
        require(connection, lease)
        put_copies(connection, copies)
        forget_begun(connection, this.carrier_id, [copy.place for copy in copies])
        if this.state is RoundState.SEALED:
            return
        put_seals(connection, this.carrier_id, sealed.manifest.records)
        move_round(
            connection,
            this.carrier_id,
            RoundState.SEALED,
            generation=sealed.manifest.generation,
            manifest_sha256=sealed.manifest_sha256,
        )
        facts: dict[str, int | str] = {
            "manifest_sha256": sealed.manifest_sha256,
            "generation": sealed.manifest.generation,
            "sealed_records": len(sealed.manifest.records),
            "copies": len(copies),
        }
        append(connection, EventKind.CARRIER_SEALED, this.carrier_id, "system", centre.clock.now_at(), facts)


def register_accepted(
    centre: Centre,
    this: Round,
    records: Sequence[Record],
    manifest_sha256: str,
    lease: Lease,
    *,
    base_carrier_id: str | None = None,
) -> None:
    """Register the records and accept the round, which is the carrier's entry in the catalogue (R1-54); its duty is met (K3).

    Args:
        centre: The centre.
        this: The round, sealed.
        records: What it holds.
        manifest_sha256: Digest of its vault manifest.
        lease: Held by this worker.
        base_carrier_id: The full backup that it builds on, None when it stands alone. Source: R1-15.

    Raises:
        LeaseLostError: Another worker has taken over.
    """
    with centre.database.begin() as connection:
        require(connection, lease)
        register_records(connection, records)
        move_round(
            connection,
            this.carrier_id,
            RoundState.ACCEPTED,
            record_count=len(records),
            base_carrier_id=base_carrier_id,
        )
        facts: dict[str, int | str] = {
            "submission_id": this.submission_id,
            "round": this.round_no,
            "manifest_sha256": manifest_sha256,
            "records": len(records),
        }
        append(connection, EventKind.CARRIER_ACCEPTED, this.carrier_id, "system", centre.clock.now_at(), facts)
        _meet(centre, connection, this, DutyState.ACCEPTED)


def register_zero_report(centre: Centre, this: Round, lease: Lease) -> None:
    """Accept the statement that a unit has nothing to file. Source: R1-22.

    Raises:
        LeaseLostError: Another worker has taken over.
    """
    with centre.database.begin() as connection:
        require(connection, lease)
        move_round(connection, this.carrier_id, RoundState.ACCEPTED)
        facts: dict[str, int | str] = {"submission_id": this.submission_id, "round": this.round_no}
        append(connection, EventKind.ZERO_REPORT_ACCEPTED, this.carrier_id, "system", centre.clock.now_at(), facts)
        _meet(centre, connection, this, DutyState.ZERO_REPORT)


def _meet(centre: Centre, connection: Connection, this: Round, state: DutyState) -> None:
    if this.duty_id is not None:
        meet_duty(connection, this.duty_id, state, centre.clock.now_at())
