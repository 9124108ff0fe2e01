"""Appraise: draft lists of everything due on a day, and change nothing else.

One list per unit. A record under a hold, or on a list that is still open, is
left out; so a second run on the same day finds nothing new and answers with the
lists of the first. Nothing follows from a draft: silence destroys nothing.

Source: 档案法实施条例 (2024) art. 20 and 24; airflow.md, appraise_records.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.database.lease import leased, require
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre import people
from lantai.edges.registry.centre.units import units as registered_units
from lantai.edges.registry.disposal import lists as disposal
from lantai.edges.registry.disposal.sign_offs import holders
from lantai.errors import NotPermittedError
from lantai.records.centre.person import Role
from lantai.records.centre.unit import Unit
from lantai.records.disposal.lists import OPEN_STATES, DisposalList, ListKind, ListState
from lantai.records.ledger.event import EventKind
from lantai.views.disposal.laid_out import lay_out


def appraise(
    centre: Centre, kind: ListKind, on: date, units: Sequence[str] | None = None, actor: str | None = None
) -> list[str]:
    """Draft a list per unit of everything due on a day (R9-20, R9-24).

    Args:
        centre: The centre.
        kind: For transfer or for destruction.
        on: The day; records due on it or before are drafted.
        units: Codes of units; None is all.
        actor: Staff id of the preparer. None, for a run that nobody started by hand, drafts in the name of the preparer
            appointed today (the first by staff number).

    Returns:
        Ids of the lists for that day that are still open, those of an earlier run included.

    Raises:
        NotPermittedError: Nobody is appointed preparer today, or the actor is not.
        NotFoundError: A unit is not registered.
        LeaseLostError: Another run is drafting.
    """
    now_at, today = centre.clock.now_at, centre.clock.today_on()
    with leased(centre.database, f"appraise:{kind.value}", centre.holder, now_at) as lease:
        with centre.database.begin() as connection:
            require(connection, lease)
            preparer = _preparer(connection, actor, today)
            known = {unit.unit_code: unit for unit in registered_units(connection, units)}
            for unit_code, record_ids in sorted(disposal.due(connection, kind, on, units).items()):
                _draft(connection, centre, kind, on, known[unit_code], record_ids, preparer)
        with centre.database.read() as connection:
            found = disposal.lists(connection, OPEN_STATES, kind, on)
    return [each.list_id for each in found if units is None or each.unit_code in units]


def _preparer(connection: Connection, actor: str | None, today: date) -> str:
    """Return in whose name lists are drafted: an appointed preparer's, never anybody's (R9-21)."""
    if actor is None:
        appointed = holders(connection, Role.PREPARER.value, today)
        if not appointed:
            raise NotPermittedError(
                f"preparer: found nobody appointed on {today}, expected one; see `lantai people add`"
            )
        return appointed[0]
    if Role.PREPARER not in people.roles_on(connection, people.person(connection, actor).person_id, today):
        raise NotPermittedError(f"person {actor}: does not hold the role preparer on {today}")
    return actor


def _draft(
    connection: Connection,
    centre: Centre,
    kind: ListKind,
    on: date,
    unit: Unit,
    record_ids: Sequence[str],
    preparer: str,
) -> None:
    records = disposal.candidates(connection, record_ids)
    list_id = disposal.next_list_id(connection, kind, on.year, unit.unit_code)
    laid_out = lay_out(list_id, kind, on, unit, records)
    drafted = DisposalList(
        list_id=list_id,
        kind=kind,
        unit_code=unit.unit_code,
        due_on=on,
        state=ListState.DRAFT,
        content_sha256=laid_out.digest,
        drafted_by=preparer,
        drafted_at=centre.clock.now_at(),
        decided_sha256=None,
        approved_at=None,
        finished_at=None,
        appraisal_report_no=None,
        filing_receipt_no=None,
    )
    row_count = disposal.add_list(connection, drafted, (record.record_id for record in records))
    facts = {"disposal": kind.value, "due_on": on.isoformat(), "rows": row_count, "content_sha256": laid_out.digest}
    append(connection, EventKind.LIST_DRAFTED, list_id, preparer, drafted.drafted_at, facts)
