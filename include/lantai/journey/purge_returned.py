"""Purge returned rounds from the quarantine when their time is over, with an event; nothing of them enters the vault.

Source: interfaces.md, "A carrier" (LANTAI_RETURNED_DAYS); I6.
"""

from __future__ import annotations

from datetime import timedelta

from lantai.edges.centre import Centre
from lantai.edges.ledger import append
from lantai.edges.registry.submissions import mark_purged, unpurged_since
from lantai.journey.collect import arrival_id_of, purge
from lantai.records.event import EventKind


def purge_returned(centre: Centre) -> int:
    """Purge what was returned, withdrawn or replaced so many days ago; return how many rounds.

    The bytes go first and the row says so afterwards: a run that was killed in between purges nothing twice.

    Raises:
        PlaceUnavailableError: Something could not be removed.
    """
    before = centre.clock.now_at() - timedelta(days=centre.settings.returned_days)
    with centre.database.read() as connection:
        ripe = unpurged_since(connection, before)
    for this in ripe:
        purge(centre, arrival_id_of(this.unit_code, this.filing_year, this.raw_name, this.fingerprint))
        with centre.database.begin() as connection:
            mark_purged(connection, this.carrier_id, centre.clock.now_at())
            facts: dict[str, int | str] = {
                "files": this.file_count,
                "bytes": this.size_bytes,
                "state": this.state.value,
            }
            append(connection, EventKind.QUARANTINE_PURGED, this.carrier_id, "system", centre.clock.now_at(), facts)
    return len(ripe)
