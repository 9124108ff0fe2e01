"""File a destruction register with the archives authority: record the number under which it was taken. Source: 浙江办法 (2017) art. 21."""

from __future__ import annotations

import hashlib

from lantai.edges.centre import Centre
from lantai.edges.ledger import append
from lantai.edges.registry import disposal, people
from lantai.errors import NotPermittedError, UsageError
from lantai.records.disposal import ListKind, ListState
from lantai.records.event import EventKind

LONGEST_RECEIPT_NO = 100


def file_register(centre: Centre, list_id: str, receipt_no: str, person_id: str) -> None:
    """Record the authority's receipt for an approved destruction register.

    Raises:
        UsageError: No number, or one longer than 100 characters; or a transfer list, which is not filed.
        NotPermittedError: The list is not approved yet, or the act has begun.
        NotFoundError: No such list or person.
    """
    number = receipt_no.strip()
    if not 0 < len(number) <= LONGEST_RECEIPT_NO:
        raise UsageError(f"receipt number: found {len(number)} characters, expected 1 to {LONGEST_RECEIPT_NO}")
    with centre.database.begin() as connection:
        chosen = disposal.disposal_list(connection, list_id, locks=True)
        people.person(connection, person_id)
        if chosen.kind is not ListKind.DESTRUCTION:
            raise UsageError(f"list {list_id}: found a transfer list, expected destruction")
        if chosen.state not in (ListState.APPROVED, ListState.AWAITING_CUSTODIAN):
            raise NotPermittedError(f"list {list_id}: found state {chosen.state.value}, expected an approved list")
        disposal.note_filing(connection, list_id, number)
        facts = {"receipt_sha256": hashlib.sha256(number.encode()).hexdigest()}
        append(connection, EventKind.LIST_FILED, list_id, person_id, centre.clock.now_at(), facts)
