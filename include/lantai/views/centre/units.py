"""The units that are obliged to file, as the register has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lantai.edges.registry.centre.units import units
from lantai.records.centre.unit import Unit


@dataclass(frozen=True, slots=True)
class UnitShown:
    """One unit."""

    unit: Unit

    def as_mapping(self) -> dict[str, Any]:
        """Return the unit for JSON; days in ISO form, None where nothing is said."""
        unit = self.unit
        return {
            "unit_code": unit.unit_code,
            "name": unit.name,
            "fonds_no": unit.fonds_no,
            "data_forms": [form.value for form in unit.data_forms],
            "business_frequency": unit.business_frequency.value,
            "scope_class": unit.scope_class.value,
            "responsible_person": unit.responsible_person,
            "first_filing_year": unit.first_filing_year,
            "closed_on": unit.closed_on.isoformat() if unit.closed_on else None,
        }


def show(connection: Connection) -> list[UnitShown]:
    """Return every registered unit, in order of their codes."""
    return [UnitShown(unit) for unit in units(connection)]
