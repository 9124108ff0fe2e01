"""Refuse a step about a list, and let the ledger tell that it was refused.

A refusal undoes its own transaction, so the event is written in one of its own.
The reason in the leaf is our own wording of staff ids, row numbers and digests:
no titles, no names, nothing that somebody typed.

Source: reliability.md; vault.md, "The ledger".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lantai.edges.centre import Centre
from lantai.edges.ledger.events import append
from lantai.errors import HeldError, NotPermittedError
from lantai.locales import refusal
from lantai.records.disposal.shortfall import Shortfall
from lantai.records.ledger.event import EventKind

REASON_CHARACTERS = 600
"""How much of the reason stands in the leaf; the whole of it is in the message."""


@contextmanager
def recorded(centre: Centre, list_id: str, actor: str, step: str) -> Iterator[None]:
    """Record a refusal that leaves the block (I3), then let it go on.

    Args:
        centre: The centre.
        list_id: The list that the step is about; it is in the registry.
        actor: Staff id of who asked.
        step: Word for the step, e.g. `sign`, `destroy`.
    """
    try:
        yield
    except NotPermittedError as error:
        facts = {"step": step, "error": type(error).__name__, "reason": str(error)[:REASON_CHARACTERS]}
        with centre.database.begin() as connection:
            append(connection, EventKind.LIST_REFUSED, list_id, actor, centre.clock.now_at(), facts)
        raise


def refuse_if(list_id: str, shortfalls: Sequence[Shortfall]) -> None:
    """Refuse when anything is missing; the message names all of it, in both languages.

    Raises:
        NotPermittedError: At least one shortfall.
    """
    if shortfalls:
        raise refusal(NotPermittedError, Shortfall.of("list", tuple(shortfalls), list_id=list_id))


def refuse_if_held(list_id: str, held: Sequence[tuple[int, str]]) -> None:
    """Refuse when a record is under a hold (I3).

    Args:
        list_id: The list.
        held: Row numbers with the hold that covers each.

    Raises:
        HeldError: At least one.
    """
    if held:
        rows = tuple(Shortfall.of("row_held", row_no=row_no, hold_id=hold_id) for row_no, hold_id in held[:5])
        raise refusal(HeldError, Shortfall.of("list_held", rows, list_id=list_id, count=len(held)))
