"""Hold: keep records from being disposed of, and let them go again, each with its event.

A hold placed after an approval stops the act all the same: holds are looked at
again when witnesses sign and when the act begins.

Source: glossary 56; vault.md, destruction 1.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from lantai.edges.centre import Centre
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre import people
from lantai.edges.registry.disposal import holds
from lantai.errors import NotPermittedError, UsageError
from lantai.records.disposal.hold import Hold, HoldScope
from lantai.records.ledger.event import EventKind


@dataclass(frozen=True, slots=True)
class Placed:
    """A hold that was placed; `too_late` counts the records it covers that nothing keeps any more."""

    hold: Hold
    too_late: int


def hold(centre: Centre, scope: HoldScope, target: str, reason: str, placed_by: str) -> Placed:
    """Place a hold.

    Args:
        centre: The centre.
        scope: What kind of thing it covers.
        target: Id of that thing; for a fonds its number.
        reason: Why, e.g. the file number of the court or the audit.
        placed_by: Staff id of who places it.

    Raises:
        NotFoundError: The thing or the person is not in the registry.
        NotPermittedError: It is one record, and that is destroyed or being destroyed.
        UsageError: No reason is given.
    """
    if not reason.strip():
        raise UsageError("hold: found no reason, expected one")
    now_at = centre.clock.now_at()
    hold_id = f"H-{centre.clock.today_on().year}-{secrets.token_hex(4)}"
    placed = Hold(hold_id, scope, target, reason.strip(), placed_by, now_at)
    with centre.database.begin() as connection:
        people.person(connection, placed_by)
        holds.add_hold(connection, placed)
        too_late = holds.too_late_for(connection, placed)
        if too_late and scope is HoldScope.RECORD:
            raise NotPermittedError(f"record {target}: it is destroyed or being destroyed, no hold keeps it")
        facts = {"scope": scope.value, "target": target}
        append(connection, EventKind.HOLD_PLACED, hold_id, placed_by, now_at, facts)
    return Placed(placed, too_late)


def lift(centre: Centre, hold_id: str, lifted_by: str) -> bool:
    """Lift a hold; return False when it was lifted before.

    Raises:
        NotFoundError: The hold or the person is not in the registry.
    """
    now_at = centre.clock.now_at()
    with centre.database.begin() as connection:
        people.person(connection, lifted_by)
        is_new = holds.lift_hold(connection, hold_id, lifted_by, now_at)
        if is_new:
            append(connection, EventKind.HOLD_LIFTED, hold_id, lifted_by, now_at, {})
    return is_new
