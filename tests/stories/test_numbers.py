"""Stories of names: what a department calls its package is never taken for a number of ours, whatever it calls it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from desks import Told, desk_at
from filing_house import FilingHouse
from lantai.errors import UsageError
from lantai.formats.ledger import canonical
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.records.intake.submission import RoundState

pytestmark = pytest.mark.server("sshd")


def retagged(package: Path, number: str) -> None:
    """Give a package another Carrier-Number, with the digest of bag-info put right."""
    info = package / "bag-info.txt"
    info.write_text(
        "".join(
            f"Carrier-Number: {number}\n" if each.startswith("Carrier-Number:") else each
            for each in info.read_text().splitlines(keepends=True)
        )
    )
    for algorithm in ("sha256", "sm3"):
        manifest = package / f"tagmanifest-{algorithm}.txt"
        told = subprocess.run(
            ["openssl", "dgst", f"-{algorithm}", "-r", info], check=True, capture_output=True, text=True
        )
        manifest.write_text(
            "".join(
                f"{told.stdout.split()[0]}  bag-info.txt\n" if each.endswith("  bag-info.txt\n") else each
                for each in manifest.read_text().splitlines(keepends=True)
            )
        )


def run(house: FilingHouse, *words: str) -> Told:
    desk = desk_at(house.centre.settings.home)
    return desk.run(*words, LANTAI_REGISTRY_URL=house.centre.settings.registry_url)


def test_package_named_like_a_number_comes_back_and_no_command_takes_its_name_for_one(house: FilingHouse) -> None:
    """R1-43: JY names a package as the first submission of MZ, and as its own first one."""
    house.add_unit("JY")
    house.add_unit("MZ")
    house.open_year()
    house.file("MZ")
    house.file("JY", name="SL2025-MZ-E001", carrier_number="7")
    house.file("JY", name="001.SL2025-JY-E001-R1", carrier_number="8", rows=[house.row("JY", 4)])
    house.file("JY", name="SL20 25-M\u200bZ-E0 01", carrier_number="9", rows=[house.row("JY", 5)])
    look(house.centre)
    taken = [take_in(house.centre, code) for code in ("JY", "MZ")]

    shown = json.loads(run(house, "findings", "SL2025-MZ-E001", "--json").out)
    refused = run(house, "decide", "001.SL2025-JY-E001-R1", "return", "--reason", "x", "--as", "system")

    assert [(each.accepted, each.returned) for each in taken] == [(0, 3), (1, 0)]
    assert all("named_like_a_number" in house.told(f"SL2025-JY-E00{n}-R1") for n in (1, 2, 3))
    assert {name for name in house.inbox() if name.endswith(".json")} == {
        "SL2025-JY-E001-R1.opinions.json",
        "SL2025-JY-E002-R1.opinions.json",
        "SL2025-JY-E003-R1.opinions.json",
    }
    assert (shown["unit_code"], shown["state"]) == ("MZ", "accepted")
    assert refused.code != 0
    with pytest.raises(UsageError, match="SL2025-XX-E009"):
        look(house.centre, carriers=["SL2025-XX-E009"])


def test_carrier_number_like_an_acceptance_number_is_not_registered_and_the_mended_one_is_the_next_round(
    house: FilingHouse,
) -> None:
    """R1-43, R1-49: until it is mended the package's own name stands for it."""
    house.add_unit()
    house.open_year()
    retagged(house.file(), "sl2025-mz-e001")
    look(house.centre)
    take_in(house.centre, "JY")
    early, told = house.numbers(), house.told("SL2025-JY-E001-R1")

    house.file(carrier_number="7")
    look(house.centre)
    take_in(house.centre, "JY")

    assert (early, told) == ({"SL2025-JY-E001": "001"}, {"named_like_a_number"})
    assert house.numbers() == {"SL2025-JY-E001": "7"}
    assert house.states() == [(1, RoundState.SUPERSEDED), (2, RoundState.ACCEPTED)]


def test_name_and_number_both_like_an_acceptance_number_stand_for_nothing(house: FilingHouse) -> None:
    """R1-43: the registry keeps no such number under any heading."""
    house.add_unit()
    house.open_year()
    retagged(house.file(name="SL2025-MZ-E001"), "SL2025-MZ-E002")

    look(house.centre)
    take_in(house.centre, "JY")

    assert "named_like_a_number" in house.told("SL2025-JY-E001-R1")
    (number,) = house.numbers().values()
    assert number.startswith("~")


def test_answer_bears_the_units_name_first_and_says_both_each_by_what_it_is(house: FilingHouse) -> None:
    """R1-43, R1-50: file name, paper and JSON."""
    house.add_unit()
    house.open_year()
    house.file(name="JY-2025-E-003", carrier_number="003", rows=[house.row("JY", 1, title="")])

    look(house.centre)
    take_in(house.centre, "JY")

    inbox = house.inbox()
    assert set(inbox) == {f"JY-2025-E-003.SL2025-JY-E001-R1.opinions.{ending}" for ending in ("json", "pdf")}
    body = canonical.loads(inbox["JY-2025-E-003.SL2025-JY-E001-R1.opinions.json"])
    assert (body["submission_id"], body["package_name"], body["carrier_number"]) == (
        "SL2025-JY-E001",
        "JY-2025-E-003",
        "003",
    )
    paper = subprocess.run(
        ["pdftotext", "-layout", "-", "-"],
        input=inbox["JY-2025-E-003.SL2025-JY-E001-R1.opinions.pdf"],
        check=True,
        capture_output=True,
    ).stdout.decode()
    labelled = {"受理号": "SL2025-JY-E001", "单位包名": "JY-2025-E-003", "单位载体编号": "003"}
    for label, value in labelled.items():
        assert any(f"{label}{value}" in line.replace(" ", "") for line in paper.splitlines()), (label, paper)
