"""Rows of findings: nothing of what was found changes on the way through the registry."""

from __future__ import annotations

import pytest

from lantai.edges.registry.intake.findings import findings_of, put_findings, told_of
from lantai.records.intake.finding import MORE, Finding, Severity
from rounds_of import register_round

pytestmark = pytest.mark.both_databases

FOUND = [
    Finding("retention_unknown", Severity.FAULT, "Z109-3", {"found": "5年"}, "GD-2-4", 3, "永久"),
    Finding("name_unsafe", Severity.WARNING, "data/\0x", {"found": "data/\0x"}, "GD-1-6"),
    Finding("no_agreement", Severity.HOLD),
    Finding("item_no_gap", Severity.FAULT, "Z109", {"found": ("0002", "0005", MORE), "count": "25"}, "GD-2-6"),
]


def test_findings_come_back_in_their_order_with_all_that_was_said(centre):
    """R1-50: a NUL, which no database holds in a text, is shown as its sign."""
    carrier = register_round(centre).carrier_id

    with centre.database.begin() as connection:
        put_findings(connection, carrier, FOUND)
        found = findings_of(connection, carrier)

    assert [found[0], *found[2:]] == [FOUND[0], *FOUND[2:]]
    assert (found[1].subject, found[1].values) == ("data/\N{SYMBOL FOR NULL}x", FOUND[1].values)


def test_findings_of_a_later_look_take_the_place_of_earlier_ones_on_the_same_round_and_of_no_other(centre):
    """K1."""
    first, second = (register_round(centre, number=number).carrier_id for number in ("001", "002"))
    with centre.database.begin() as connection:
        put_findings(connection, first, FOUND)
        put_findings(connection, second, FOUND[2:])

    with centre.database.begin() as connection:
        put_findings(connection, first, [])
        found = [findings_of(connection, each) for each in (first, second)]

    assert found == [[], FOUND[2:]]


def test_carriers_are_found_by_what_was_told_of_them(centre):
    """R1-40."""
    first, second = (register_round(centre, number=number).carrier_id for number in ("001", "002"))
    with centre.database.begin() as connection:
        put_findings(connection, first, FOUND)
        put_findings(connection, second, FOUND[2:])

    with centre.database.read() as connection:
        assert told_of(connection, {"retention_unknown", "name_unsafe"}) == {first}
        assert told_of(connection, {"no_agreement"}) == {first, second}
        assert told_of(connection, {"none_such"}) == set()
