"""Take a duty about a list: the role is held today, no other duty about the same list, and one leader and custodian each.

The registry's constraints say the same (uq_list_duty__one_duty_per_person,
__one_leader, __one_custodian): this module only says it in words before they do.

Source: authority.md; reliability.md, "Security".
"""

from __future__ import annotations

from sqlalchemy import Connection

from lantai.edges.centre import Centre
from lantai.edges.registry.centre import people
from lantai.edges.registry.disposal.list_duties import duties_about, give_duty
from lantai.errors import NotPermittedError
from lantai.records.disposal.lists import DutyHeld, ListDuty
from lantai.rules.disposal.approval import ROLE_FOR

ONE_EACH = (ListDuty.LEADER, ListDuty.CUSTODIAN)
"""Duties that one person has about a list, and no second."""


def take_duty(connection: Connection, centre: Centre, list_id: str, wanted: DutyHeld) -> None:
    """Give somebody a duty about a list, or find that they have it already.

    Raises:
        As `may_take_duty`.
    """
    if may_take_duty(connection, centre, list_id, wanted):
        give_duty(connection, list_id, wanted)


def may_take_duty(connection: Connection, centre: Centre, list_id: str, wanted: DutyHeld) -> bool:
    """Refuse who may not have a duty about a list (R12-04, R10-08, P3); return False when they have it already. Nothing is written.

    Raises:
        NotFoundError: The person is not registered.
        NotPermittedError: The role is not held today, nobody delegated it, the person has another duty about the
            list, or somebody else has this one and there is one only.
    """
    role, today = ROLE_FOR[wanted.duty], centre.clock.today_on()
    people.person(connection, wanted.person_id)
    if wanted.on_behalf_of is None:
        if role not in people.roles_on(connection, wanted.person_id, today):
            raise NotPermittedError(f"person {wanted.person_id}: does not hold the role {role.value} on {today}")
    else:
        has_role = role in people.roles_on(connection, wanted.on_behalf_of, today)
        if not has_role or wanted.on_behalf_of not in people.delegations_to(connection, wanted.person_id, role, today):
            raise NotPermittedError(
                f"person {wanted.person_id}: found no delegation of the role {role.value} by {wanted.on_behalf_of} on {today}"
            )
    held = duties_about(connection, list_id)
    own = [each for each in held if each.person_id == wanted.person_id]
    if own == [wanted]:
        return False
    if own:
        raise NotPermittedError(
            f"list {list_id}: {wanted.person_id} has the duty {own[0].duty.value} already, expected one duty per person"
        )
    behind = {wanted.person_id, wanted.on_behalf_of} - {None}
    taken = sorted(each.duty.value for each in held if behind & {each.person_id, each.on_behalf_of})
    if taken:
        raise NotPermittedError(
            f"list {list_id}: {wanted.person_id} or who delegated stands behind {taken[0]} already, expected one duty per person"
        )
    others = [each.person_id for each in held if each.duty is wanted.duty]
    if others and wanted.duty in ONE_EACH:
        raise NotPermittedError(
            f"list {list_id}: found the {wanted.duty.value} {others[0]}, expected one; {wanted.person_id} would be a second"
        )
    return True
