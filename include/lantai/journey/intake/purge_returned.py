"""Purge returned rounds from the quarantine when their time is over, with an event; nothing of them enters the vault.

What is classified, or bears a mark of it, may not lie on this machine at all and goes at once; so does what nobody could
look through for marks.

Source: interfaces.md, "A carrier" (LANTAI_RETURNED_DAYS).
"""

from __future__ import annotations

from datetime import timedelta

from lantai.edges.centre import Centre
from lantai.edges.ledger.events import append
from lantai.edges.registry.intake.findings import told_of
from lantai.edges.registry.intake.rounds import mark_purged, unpurged
from lantai.journey.intake.collect import purge
from lantai.records.ledger.event import EventKind
from lantai.rules.intake.scope import CLASSIFIED, UNSEEN


def purge_returned(centre: Centre) -> int:
    """Purge what was returned, withdrawn or replaced so many days ago, and what is, or may be, classified; return how many rounds.

    The bytes go first and the row says so afterwards: a run that was killed in between purges nothing twice.
    Source: R1-40 (what is classified), I6 (what was returned).

    Raises:
        PlaceUnavailableError: Something could not be removed.
    """
    before = centre.clock.now_at() - timedelta(days=centre.settings.returned_days)
    with centre.database.read() as connection:
        classified = told_of(connection, CLASSIFIED | UNSEEN)
        ripe = [this for this in unpurged(connection) if this.received_at < before or this.carrier_id in classified]
    for this in ripe:
        purge(centre, this.quarantine_id)
        with centre.database.begin() as connection:
            mark_purged(connection, this.carrier_id, centre.clock.now_at())
            facts: dict[str, int | str] = {
                "files": this.file_count,
                "bytes": this.size_bytes,
                "state": this.state.value,
            }
            append(connection, EventKind.QUARANTINE_PURGED, this.carrier_id, "system", centre.clock.now_at(), facts)
    return len(ripe)
