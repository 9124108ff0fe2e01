"""The people of a centre, with the roles and keys they have on a day.

Source: authority.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from lantai.edges.registry.centre import people as rows
from lantai.records.centre.person import Role


@dataclass(frozen=True, slots=True)
class PersonShown:
    """One person.

    Attributes:
        roles: Held on the day by appointment, in order of their names.
        accounts: Names under which the person signs in.
        keys: Fingerprints of the keys enrolled on the day.
    """

    person_id: str
    name: str
    roles: tuple[Role, ...]
    accounts: tuple[str, ...]
    keys: tuple[str, ...]

    def as_mapping(self) -> dict[str, Any]:
        """Return the person for JSON."""
        return {
            "person_id": self.person_id,
            "name": self.name,
            "roles": [role.value for role in self.roles],
            "accounts": list(self.accounts),
            "keys": list(self.keys),
        }


def show(connection: Connection, today: date) -> list[PersonShown]:
    """Return everybody who is registered, in the order of the registry.

    Args:
        connection: An open transaction.
        today: The day that is asked about, a local calendar date.
    """
    accounts = rows.accounts(connection)
    return [
        PersonShown(
            person_id=each.person_id,
            name=each.name,
            roles=tuple(sorted(rows.roles_on(connection, each.person_id, today))),
            accounts=tuple(accounts.get(each.person_id, ())),
            keys=tuple(key.fingerprint for key in rows.keys_on(connection, each.person_id, today)),
        )
        for each in rows.people(connection)
    ]
