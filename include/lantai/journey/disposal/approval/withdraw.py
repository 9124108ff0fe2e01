"""Withdraw a list before anything was done: its records may be proposed again."""

from __future__ import annotations

from lantai.edges.centre import Centre
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre import people
from lantai.edges.registry.disposal import lists as disposal
from lantai.errors import NotPermittedError
from lantai.journey.disposal.approval.refuse import recorded
from lantai.records.centre.person import Role
from lantai.records.disposal.lists import ListState
from lantai.records.ledger.event import EventKind

WITHDRAWN_BY = frozenset({Role.PREPARER, Role.PANEL_MEMBER, Role.LEADER})
"""Any of these may stop a disposal; nobody needs a second signature to leave records where they are."""


def withdraw(centre: Centre, list_id: str, person_id: str) -> bool:
    """Withdraw a list (R9-19); return False when it was withdrawn before.

    Raises:
        NotPermittedError: It is being carried out or done, or the person holds no role that may stop it; recorded.
        NotFoundError: No such list or person.
    """
    today = centre.clock.today_on()
    with recorded(centre, list_id, person_id, "withdraw"), centre.database.begin() as connection:
        chosen = disposal.disposal_list(connection, list_id, locks=True)
        people.person(connection, person_id)
        if not WITHDRAWN_BY & people.roles_on(connection, person_id, today):
            raise NotPermittedError(f"person {person_id}: holds none of {', '.join(sorted(WITHDRAWN_BY))} on {today}")
        if chosen.state is ListState.WITHDRAWN:
            return False
        if chosen.state in (ListState.EXECUTING, ListState.DONE):
            raise NotPermittedError(f"list {list_id}: found state {chosen.state.value}, expected one before the act")
        disposal.move(connection, list_id, ListState.WITHDRAWN)
        disposal.close_rows(connection, list_id)
        append(connection, EventKind.LIST_WITHDRAWN, list_id, person_id, centre.clock.now_at(), {})
    return True
