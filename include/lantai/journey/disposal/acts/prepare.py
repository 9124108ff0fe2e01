"""Prepare approved lists for the custodian: see that the ledger tells of their signatures, and let the waiting time pass.

Needs no private key but the log's; a run that finds nothing ripe changes
nothing. A list that lost its approval in the meantime is left where it is and
named, for somebody to look at.

Source: vault.md, "The ledger" (sign-offs in an outside checkpoint at least the cooling-off time old); interfaces.md, "The command".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.registry.disposal import lists as disposal
from lantai.journey.disposal.acts.receive_receipt import receive_receipt
from lantai.journey.ledger.checkpoint import make_checkpoint
from lantai.records.disposal.lists import ListKind, ListState
from lantai.records.disposal.shortfall import Shortfall
from lantai.rules.disposal.approval import approval_shortfalls, last_approved_at
from lantai.rules.disposal.carrying_out import cooling_shortfalls
from lantai.views.disposal.examined import Examined, covered_at, examine


@dataclass(frozen=True, slots=True)
class Prepared:
    """Which approved lists wait for the custodian now, which for time to pass, and which lack something; ids of lists.

    `finished` are transfers that the archive's receipt closed in this run.
    """

    ready: Sequence[str]
    waiting: Sequence[str]
    blocked: Sequence[str]
    finished: Sequence[str] = ()


def prepare(centre: Centre, kind: ListKind) -> Prepared:
    """Hand every ripe approved list of a kind to the custodian, and close the transfers whose receipt has come.

    Returns:
        Ids of lists: `ready` wait for the custodian (also those of earlier runs), `waiting` for the waiting time,
        `blocked` for somebody to see why the approval no longer holds.

    Raises:
        PlaceUnavailableError: The checkpoint could not be put out; nothing was moved.
        ServerUnreachableError: The archive's server did not answer; lists were handed over all the same.
    """
    # Always, and not only for new signatures: a run that was killed may have signed a checkpoint that is out nowhere.
    make_checkpoint(centre)
    with centre.database.read() as connection:
        approved = disposal.lists(connection, (ListState.APPROVED,), kind)
    waiting, blocked = [], []
    for each in approved:
        with centre.database.begin() as connection:
            examined = examine(connection, centre.settings, each.list_id, locks=True)
            if examined.chosen.state is not ListState.APPROVED:
                continue
            if approval_shortfalls(examined.dossier):
                blocked.append(each.list_id)
            elif _cooling(connection, centre, examined):
                waiting.append(each.list_id)
            else:
                disposal.move(connection, each.list_id, ListState.AWAITING_CUSTODIAN)
    with centre.database.read() as connection:
        ready = [each.list_id for each in disposal.lists(connection, (ListState.AWAITING_CUSTODIAN,), kind)]
    finished = _receive(centre) if kind is ListKind.TRANSFER else []
    return Prepared(ready, waiting, blocked, finished)


def _receive(centre: Centre) -> list[str]:
    with centre.database.read() as connection:
        under_way = disposal.lists(connection, (ListState.EXECUTING,), ListKind.TRANSFER)
    return [each.list_id for each in under_way if receive_receipt(centre, each.list_id)]


def _cooling(connection: Connection, centre: Centre, examined: Examined) -> list[Shortfall]:
    signed_at, since_at = last_approved_at(examined.dossier), covered_at(connection, examined)
    return cooling_shortfalls(signed_at, since_at, centre.settings.cooling_off_days, centre.clock.now_at())
