"""What a killed run has begun is remembered, wherever it lies and whatever the settings name afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from filing_house import FilingHouse
from lantai.edges import tables
from lantai.errors import PlaceUnavailableError, RegistryUnavailableError
from lantai.journey.centre.diagnose import diagnose
from lantai.journey.custody.find_copies import FoundCopies, find_copies, known_copies
from lantai.journey.intake import accept_or_return as accepting
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in

pytestmark = [pytest.mark.server("sshd"), pytest.mark.both_databases]

CARRIER = "SL2025-JY-E001-R1"


def names(house: FilingHouse, *folders: str) -> None:
    """Let the settings name these copy places."""
    centre = house.centre
    urls = tuple(f"{centre.settings.home.as_uri()}/{folder}" for folder in folders)
    centre.settings = replace(centre.settings, copy_urls=urls)
    vars(centre).pop("vault", None)


def rows(house: FilingHouse) -> tuple[list[str], list[str]]:
    """Last parts of the places at which the copy is registered, and is begun."""
    with house.centre.database.read() as connection:
        registered = connection.execute(select(tables.copy.c.place)).scalars().all()
        begun = connection.execute(select(tables.begun_copy.c.place)).scalars().all()
    home = house.centre.settings.home.as_uri() + "/"
    return sorted(place.removeprefix(home) for place in registered), sorted(place.removeprefix(home) for place in begun)


def lies_at(place: Path) -> list[Path]:
    return [path for folder in ("carriers", "headers") for path in (place / folder).rglob("*") if path.is_file()]


def look_for_copies(house: FilingHouse) -> FoundCopies:
    """Look for the carrier wherever rows and settings say."""
    with house.centre.database.read() as connection:
        (known,) = known_copies(connection, [CARRIER])
    return find_copies(house.centre, known)


@pytest.fixture
def third(house: FilingHouse, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A third place with a whole copy, of a run that ended before it registered one."""
    names(house, "copy", "third")
    house.centre.vault.prepare()
    house.add_unit()
    house.open_year()
    house.file()
    look(house.centre)

    def is_killed(*_: object) -> None:
        raise RegistryUnavailableError("killed between the copies and their rows")

    with monkeypatch.context() as patch:
        patch.setattr(accepting, "register_sealed", is_killed)
        with pytest.raises(RegistryUnavailableError):
            take_in(house.centre, "JY")
    place = house.centre.settings.home / "third"
    assert lies_at(place)
    return place


def test_begun_copies_are_rows_of_their_own_until_they_are_registered(house: FilingHouse, third: Path) -> None:
    """I3, I8."""
    begun = rows(house)

    take_in(house.centre, "JY")

    assert begun == ([], ["copy", "third", "vault"])
    assert rows(house) == (["copy", "third", "vault"], [])
    assert lies_at(third)


def test_copy_begun_where_no_setting_names_it_any_more_is_erased_by_the_rerun(house: FilingHouse, third: Path) -> None:
    """I3, K1."""
    names(house, "copy")

    take_in(house.centre, "JY")

    assert rows(house) == (["copy", "vault"], [])
    assert lies_at(third) == []


def test_copy_begun_at_a_place_that_is_away_is_no_copy_and_stops_acts_until_it_is_back(
    house: FilingHouse, third: Path, tmp_path: Path
) -> None:
    """I3, I7, I8."""
    names(house, "copy")
    third.rename(tmp_path / "away")

    take_in(house.centre, "JY")

    receipt = next(json.loads(text) for name, text in house.inbox().items() if name.endswith("receipt.json"))
    told = [(part.state, part.found) for part in diagnose(house.centre, "en") if "third" in part.found]
    assert [place["place"].rpartition("/")[2] for place in receipt["places"]] == ["vault", "copy"]
    assert rows(house) == (["copy", "vault"], ["third"])
    assert [state for state, _ in told] == ["fault"]
    assert "1 more were begun there" in told[0][1]
    with pytest.raises(PlaceUnavailableError, match="third: found no"):
        look_for_copies(house)
    (tmp_path / "away").rename(third)
    found = look_for_copies(house)
    assert [place.name.rpartition("/")[2] for place in found.places] == ["vault", "copy", "third"]
    assert [place.name.rpartition("/")[2] for place in found.holding] == ["vault", "copy"]
    assert [place.name.rpartition("/")[2] for place in found.begun] == ["third"]


def test_registered_copy_outlives_another_spelling_under_which_it_was_begun(house: FilingHouse, third: Path) -> None:
    """I7: what lies there under the former spelling is the copy itself."""
    names(house, "copy", "third/")

    take_in(house.centre, "JY")

    assert rows(house) == (["copy", "third/", "vault"], [])
    assert lies_at(third)
