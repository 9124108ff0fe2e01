"""The register of units, as it is shown."""

from __future__ import annotations

from datetime import date

import pytest

from lantai.edges.centre import Centre
from lantai.edges.registry.centre.units import put_unit
from lantai.records.centre.unit import DataForm, Frequency, ScopeClass, Unit
from lantai.views.centre.units import show

pytestmark = pytest.mark.both_databases


def test_unit_in_json_says_what_is_registered_and_none_where_nothing_is(centre: Centre) -> None:
    """R1-01."""
    closed = Unit(
        unit_code="MZ",
        name="民政局",
        fonds_no="Z110",
        data_forms=(DataForm.E_DOCUMENT, DataForm.BUSINESS_DATA),
        business_frequency=Frequency.YEAR,
        scope_class=ScopeClass.STATUTORY,
        responsible_person="A01",
        first_filing_year=2020,
        closed_on=date(2026, 1, 31),
    )
    with centre.database.begin() as connection:
        put_unit(connection, closed)
        put_unit(connection, Unit("JY", "教育局", "Z109", (DataForm.E_DOCUMENT,)))

    with centre.database.read() as connection:
        found = show(connection)

    assert [each.unit.unit_code for each in found] == ["JY", "MZ"]
    assert found[1].as_mapping() == {
        "unit_code": "MZ",
        "name": "民政局",
        "fonds_no": "Z110",
        "data_forms": ["business_data", "e_document"],
        "business_frequency": "year",
        "scope_class": "statutory",
        "responsible_person": "A01",
        "first_filing_year": 2020,
        "closed_on": "2026-01-31",
    }
    assert {key: found[0].as_mapping()[key] for key in ("responsible_person", "first_filing_year", "closed_on")} == {
        "responsible_person": None,
        "first_filing_year": None,
        "closed_on": None,
    }
