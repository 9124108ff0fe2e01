"""Register the units that file, or bring them up to date: all of them, or none.

What a filing is judged by later is judged here first: a fonds number that no
archival code can begin with would return every row of the unit's every package.

Source: DA/T 22-2015 (archival codes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lantai.edges.centre import Centre
from lantai.edges.registry.centre.units import put_unit, release_names, units
from lantai.errors import UsageError
from lantai.records.centre.naming import refuse_unsound
from lantai.records.centre.person import LONGEST_ID
from lantai.records.centre.unit import FONDS_NO, Unit

LONGEST_NAME = 200
"""Characters of a unit's full name; what stands on a seal has fewer than fifty."""


@dataclass(frozen=True, slots=True)
class RegisteredUnits:
    """How many units are new, and how many were there before."""

    new: int
    updated: int


def register_units(centre: Centre, given: Sequence[Unit]) -> RegisteredUnits:
    """Put units into the register (R1-01); who is in it already is brought up to date. Safe to run again at any moment.

    Two units may change places: one may take the name or the fonds number that another one gives up in the same call.

    Args:
        centre: The centre.
        given: The units, each code once.

    Raises:
        UsageError: A fonds number, a name or a responsible person cannot be meant, or a name or fonds number is another
            unit's; the message says whose. Nothing is registered then.
    """
    for unit in given:
        _refuse_unsound(unit)
    with centre.database.begin() as connection:
        before = {unit.unit_code: unit for unit in units(connection)}
        _refuse_taken({**before, **{unit.unit_code: unit for unit in given}}, given)
        release_names(connection, [unit.unit_code for unit in given])
        new = sum(put_unit(connection, unit) for unit in given)
    return RegisteredUnits(new, len(given) - new)


def _refuse_unsound(unit: Unit) -> None:
    if not FONDS_NO.fullmatch(unit.fonds_no):
        raise UsageError(
            f"unit {unit.unit_code}: found fonds number {unit.fonds_no!r}, expected four capital letters or digits like Z109, "
            "as its archival codes begin with"
        )
    try:
        refuse_unsound("name", unit.name, LONGEST_NAME)
        if unit.responsible_person is not None:
            refuse_unsound("responsible person", unit.responsible_person, LONGEST_ID)
    except ValueError as error:
        raise UsageError(f"unit {unit.unit_code}: {error}") from error


def _refuse_taken(after: dict[str, Unit], given: Sequence[Unit]) -> None:
    """Compare the register as it would be: nobody's name or fonds number may stand twice."""
    for what in ("name", "fonds_no"):
        holders: dict[str, list[str]] = {}
        for unit in after.values():
            holders.setdefault(getattr(unit, what), []).append(unit.unit_code)
        for unit in given:
            value = getattr(unit, what)
            others = [code for code in holders[value] if code != unit.unit_code]
            if others:
                raise UsageError(f"unit {unit.unit_code}: found {what} {value}, which is that of unit {others[0]}")
