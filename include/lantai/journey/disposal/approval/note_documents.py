"""Note the papers that a destruction needs beside its list: the appraisal report, and the authority's receipt for the register.

Source: 档案法实施条例 (2024) art. 24; 浙江办法 (2017) art. 21.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre import people
from lantai.edges.registry.disposal import lists as disposal
from lantai.errors import NotPermittedError, UsageError
from lantai.records.disposal.lists import ListKind, ListState
from lantai.records.ledger.event import EventKind

LONGEST_NO = 100
"""Characters of a paper's number."""

_APPROVED = (ListState.APPROVED, ListState.AWAITING_CUSTODIAN)
_BEFORE_THE_ACT = (ListState.DRAFT, ListState.REVIEWED, *_APPROVED)


def note_report(centre: Centre, list_id: str, report_no: str, person_id: str) -> None:
    """Note the number of the appraisal report (鉴定工作报告) that a destruction list goes with (N2).

    Raises:
        UsageError: No number, or one longer than 100 characters; or a transfer list, which needs none.
        NotPermittedError: The act has begun, or the list was withdrawn.
        NotFoundError: No such list or person.
    """
    _note(centre, list_id, report_no, person_id, _BEFORE_THE_ACT, disposal.note_report, EventKind.LIST_REPORTED)


def file_register(centre: Centre, list_id: str, receipt_no: str, person_id: str) -> None:
    """Note the authority's receipt for an approved destruction register (N2).

    Raises:
        UsageError: No number, or one longer than 100 characters; or a transfer list, which is not filed.
        NotPermittedError: The list is not approved yet, or the act has begun.
        NotFoundError: No such list or person.
    """
    _note(centre, list_id, receipt_no, person_id, _APPROVED, disposal.note_filing, EventKind.LIST_FILED)


def _note(
    centre: Centre,
    list_id: str,
    written: str,
    person_id: str,
    states: Collection[ListState],
    put: Callable[[Connection, str, str], None],
    kind: EventKind,
) -> None:
    number = written.strip()
    if not 0 < len(number) <= LONGEST_NO:
        raise UsageError(f"number: found {len(number)} characters, expected 1 to {LONGEST_NO}")
    with centre.database.begin() as connection:
        chosen = disposal.disposal_list(connection, list_id, locks=True)
        people.person(connection, person_id)
        if chosen.kind is not ListKind.DESTRUCTION:
            raise UsageError(f"list {list_id}: found a transfer list, expected destruction")
        if chosen.state not in states:
            expected = ", ".join(state.value for state in states)
            raise NotPermittedError(f"list {list_id}: found state {chosen.state.value}, expected one of {expected}")
        put(connection, list_id, number)
        facts = {"number_sha256": hashlib.sha256(number.encode()).hexdigest()}
        append(connection, kind, list_id, person_id, centre.clock.now_at(), facts)
