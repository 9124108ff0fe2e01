"""Register an agreement with a unit, with its event. Source: 浙江登记备份."""

from __future__ import annotations

import secrets
from dataclasses import replace

from lantai.edges.centre import Centre
from lantai.edges.ledger.events import append
from lantai.edges.registry.centre.units import units
from lantai.edges.registry.year.duties import add_agreement
from lantai.errors import UsageError
from lantai.records.centre.agreement import Agreement
from lantai.records.ledger.event import EventKind


def agree(centre: Centre, agreement: Agreement) -> str:
    """Register an agreement under a new id (R1-37, N13); return the id.

    Raises:
        UsageError: The unit encrypts, but the algorithm or a key custodian is not named; or the last day is before the first.
        NotFoundError: The unit is not registered.
    """
    named = agreement.algorithm and agreement.unit_key_custodian and agreement.centre_key_custodian
    if agreement.encrypts_before_sending and not named:
        raise UsageError("the unit encrypts before sending: expected the algorithm and both key custodians")
    if agreement.to_on is not None and agreement.to_on < agreement.from_on:
        raise UsageError(f"agreement: ends on {agreement.to_on}, before it begins on {agreement.from_on}")
    made = replace(agreement, agreement_id=f"A-{agreement.from_on.year}-{secrets.token_hex(4)}")
    with centre.database.begin() as connection:
        units(connection, [agreement.unit_code])
        add_agreement(connection, made)
        facts: dict[str, int | str] = {
            "unit_code": made.unit_code,
            "data_form": made.data_form.value,
            "encrypts": int(made.encrypts_before_sending),
            "from_on": made.from_on.isoformat(),
        }
        append(connection, EventKind.AGREEMENT_ADDED, made.agreement_id, "system", centre.clock.now_at(), facts)
    return made.agreement_id
