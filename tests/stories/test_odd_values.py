"""Packages whose words no database would hold as they are: each is answered, none stops its unit."""

from __future__ import annotations

import hashlib

import pytest

from filing_house import FilingHouse
from lantai.edges.registry.intake.findings import findings_of
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in

pytestmark = [pytest.mark.server("sshd"), pytest.mark.both_databases]


def test_overlong_cells_and_numbers_and_a_nul_in_a_name_are_findings(house: FilingHouse) -> None:
    """R1-50, GD-1-2: found before a record is sealed, not when the registry refuses it afterwards."""
    house.add_unit()
    house.open_year()
    cells = {"doc_no": "文" * 300, "item_no": "9" * 5000, "doc_type": "x" * 101}
    house.file(name="cells", rows=[house.row("JY", 1, **cells)], carrier_number="cells")
    numbered = house.file(name="n" * 250, rows=[house.row("JY", 2)], carrier_number="seven")
    info = numbered / "bag-info.txt"
    info.write_text(info.read_text().replace("Carrier-Number: seven", f"Carrier-Number: {'7' * 300}"))
    listed = house.file(name="listed", rows=[house.row("JY", 3)], carrier_number="listed")
    with (listed / "manifest-sha256.txt").open("ab") as manifest:
        manifest.write(hashlib.sha256(b"").hexdigest().encode() + b"  data/n\0ul\n")
    house.file(name="whole", rows=[house.row("JY", 4)], carrier_number="whole")

    look(house.centre)
    done = take_in(house.centre, "JY")

    assert (done.returned, done.accepted, done.answered) == (3, 1, 4)
    with house.centre.database.read() as connection:
        told = {
            house.numbers()[f"SL2025-JY-E00{n}"]: {f.rule for f in findings_of(connection, f"SL2025-JY-E00{n}-R1")}
            for n in (1, 2, 3, 4)
        }
    assert told["cells"] == {"field_too_long"}
    assert told["listed"] >= {"name_unsafe"}
    assert "tag_too_long" in next(rules for number, rules in told.items() if number.startswith("nnn"))
    assert {name for name in house.inbox() if name.endswith(".json")} == {
        "cells.SL2025-JY-E001-R1.opinions.json",
        "listed.SL2025-JY-E002-R1.opinions.json",
        "SL2025-JY-E003-R1.opinions.json",
        "whole.SL2025-JY-E004-R1.receipt.json",
    }
