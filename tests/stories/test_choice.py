"""Stories of a choice: of all that departments have filed, only the packages that a person names are taken in.

Covers: journey.intake.choose_packages.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from filing_house import FilingHouse
from lantai.cli.commands import app
from lantai.edges.centre import Centre
from lantai.edges.registry.intake.rounds import rounds
from lantai.errors import UsageError
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.locales import message_of
from lantai.tasks import take_in_filings as steps
from servers.openssh import OpenSsh

pytestmark = pytest.mark.server("sshd")

GBK = "二〇二五，文书 档案".encode("gb18030")


@pytest.fixture
def house(centre: Centre, sshd: OpenSsh, tmp_path: Path) -> FilingHouse:
    """One unit with three perfect packages: 001, an archive 002.zip, and one whose name has a blank, a comma and GBK bytes."""
    house = FilingHouse(centre, sshd, tmp_path / "work")
    house.add_unit()
    house.open_year()
    house.file(name="001", carrier_number="001", rows=[house.row("JY", 1)])
    second = house.file(name="002", carrier_number="002", rows=[house.row("JY", 2)])
    shutil.make_archive(str(second), "zip", second.parent, second.name)
    shutil.rmtree(second)
    third = house.file(name="003", carrier_number="003", rows=[house.row("JY", 3)])
    third.rename(Path(str(third.parent)) / GBK.decode("utf-8", "surrogateescape"))
    return house


def run(house: FilingHouse, *names: str) -> list[str]:
    """Look and take in as the DAG and the command do; return the numbers of what is registered, and how it stands."""
    looked = look(house.centre, carriers=names)
    for code in looked.ready:
        take_in(house.centre, code, carriers=names)
    return registered(house)


def registered(house: FilingHouse) -> list[str]:
    with house.centre.database.read() as connection:
        return sorted(f"{found.carrier_number} {found.state.value}" for found in rounds(connection))


@pytest.mark.parametrize(
    ("name", "number"),
    [("001", "001"), ("002", "002"), ("002.zip", "002"), ("二〇二五，文书 档案", "003"), (" 001 ", "001")],
)
def test_only_the_package_of_that_name_is_taken_in(house: FilingHouse, name: str, number: str) -> None:
    """Interfaces: by hand with year, units, carrier; the department's own name, whatever is in it."""
    assert run(house, name) == [f"{number} accepted"]


def test_package_called_like_a_number_is_chosen_by_its_name_unless_we_have_given_that_number(
    house: FilingHouse,
) -> None:
    """R1-43: it could not be chosen at all, and a run for it said that it was not there among what it listed."""
    house.file(name="SL2025-XX-E009", carrier_number="009", rows=[house.row("JY", 9)])
    house.add_unit("MZ")
    house.file("MZ", name="SL2025-JY-E001", carrier_number="008")

    first = run(house, "SL2025-XX-E009")
    with pytest.raises(
        UsageError, match=r"carrier SL2025-JY-E001 \(our number of a submission of another unit or year"
    ):
        look(house.centre, units=["MZ"], carriers=["SL2025-JY-E001"])
    both = look(house.centre, carriers=["SL2025-JY-E001"])

    assert first == ["009 returned"]
    assert "named_like_a_number" in house.told("SL2025-JY-E001-R1")
    assert "MZ" not in both.ready


def test_two_names_choose_two_packages_and_the_next_night_takes_the_third(house: FilingHouse) -> None:
    chosen = run(house, "002", "001")
    look(house.centre)
    take_in(house.centre, "JY")

    assert chosen == ["001 accepted", "002 accepted"]
    assert registered(house) == ["001 accepted", "002 accepted", "003 accepted"]


def test_unknown_name_is_refused_and_told_what_is_there(house: FilingHouse) -> None:
    with pytest.raises(
        UsageError, match=r"carrier 004: not there, found 001; 002\.zip; 二〇二五，文书 档案"
    ) as refused:
        run(house, "001", "004")

    assert message_of(refused.value, "zh") == "004：不在发件箱中，现有：001；002.zip；二〇二五，文书 档案"
    assert registered(house) == []


def test_name_that_may_lie_where_nobody_could_look_is_not_refused(house: FilingHouse) -> None:
    """I8: could not look is never not there; the unit is unknown, which ends the run red."""
    house.add_unit("MZ")
    house.connect("MZ", house.sshd.files / "elsewhere")

    looked = look(house.centre, carriers=["004"])

    assert (dict(looked.ready), set(looked.unknown)) == ({}, {"MZ"})


def test_same_name_in_two_outboxes_is_taken_in_from_both_unless_the_unit_is_named(house: FilingHouse) -> None:
    house.add_unit("MZ")
    house.file("MZ", name="001", carrier_number="001")

    both = look(house.centre, carriers=["001"])
    one = look(house.centre, units=["MZ"], carriers=["001"])

    assert (dict(both.ready), dict(one.ready)) == ({"JY": 1, "MZ": 1}, {"MZ": 1})


def test_our_id_of_a_carrier_names_its_package_too(house: FilingHouse) -> None:
    """R1-37: held for want of an agreement, then gone on with alone, by the id that the board shows."""
    house.add_unit("MZ", with_agreement=False)
    house.file("MZ", name="2", carrier_number="A")
    house.file("MZ", name="1", carrier_number="B", rows=[house.row("MZ", 9)])
    take_in(house.centre, "MZ")
    held = registered(house)
    house.agree("MZ")

    after = run(house, "SL2025-MZ-E001-R1")

    assert held == ["A held", "B held"]
    assert after == ["A held", "B accepted"]


def test_round_whose_package_was_taken_away_is_gone_on_with_by_name(house: FilingHouse) -> None:
    """I2: its unit tidied up; what was received whole is still known by its name."""
    house.add_unit("MZ", with_agreement=False)
    package = house.file("MZ", name="甲", carrier_number="A")
    take_in(house.centre, "MZ")
    shutil.rmtree(package)
    house.agree("MZ")

    assert run(house, "001") == ["001 accepted", "A held"]
    assert run(house, "甲") == ["001 accepted", "A accepted"]


def test_package_that_is_accepted_already_is_known_and_no_work(house: FilingHouse) -> None:
    """I4: naming it again is no mistake and has no effect."""
    run(house, "001")

    assert run(house, "001") == ["001 accepted"]
    assert run(house, "SL2025-JY-E001-R1") == ["001 accepted"]


def test_half_an_upload_is_not_taken_in_for_being_named(house: FilingHouse) -> None:
    """R1-42: a name chooses among packages; it does not make one whole."""
    (house.sshd.files / "JY" / "outbox" / "2025" / "001" / "data" / "1.txt").unlink()

    looked = look(house.centre, carriers=["001"])

    assert (dict(looked.ready), looked.unsettled) == ({}, 1)


def test_form_and_command_have_the_same_effect(house: FilingHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interfaces: an operator's form, or `lantai collect --carrier`; each leaves the other nothing to do."""
    settings = house.centre.settings
    monkeypatch.setenv("LANTAI_HOME", str(settings.home))
    monkeypatch.setenv("LANTAI_TODAY", "2026-03-02")
    monkeypatch.setenv("LANTAI_SETTLE_SECONDS", "0")
    monkeypatch.setenv("LANTAI_LOOK_AGAIN_SECONDS", "0")
    form = {"carrier": "001\n"}

    groups = steps.look(steps.check_form(form), form).groups
    by_form = steps.take_in(groups[0], form)
    runner = CliRunner()
    again = runner.invoke(app, ["collect", "--carrier", "001", "--json"])
    more = runner.invoke(app, ["collect", "--carrier", "002", "--carrier", "二〇二五，文书 档案", "--json"])
    house.centre = replace(house.centre)

    assert by_form.taken["JY"]["accepted"] == 1
    assert (again.exit_code, json.loads(again.stdout)["units"]) == (0, [])
    assert json.loads(more.stdout)["units"][0]["accepted"] == 2
    assert registered(house) == ["001 accepted", "002 accepted", "003 accepted"]


def test_unknown_name_at_the_command_is_a_usage_error(house: FilingHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTAI_HOME", str(house.centre.settings.home))
    monkeypatch.setenv("LANTAI_TODAY", "2026-03-02")

    done = CliRunner().invoke(app, ["collect", "--carrier", "004"])

    assert done.exit_code == 2
    assert "004" in done.stderr
    assert registered(house) == []
