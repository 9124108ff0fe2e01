"""What a killed run has begun where no setting looks any more is cleared, and nothing else is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from carriers import CARRIER, carrier, held, keep
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.custody.file_place import FilePlace
from lantai.edges.registry.custody import holdings
from lantai.errors import LeaseLostError
from lantai.journey.custody.clear_former import clear_former


@pytest.fixture
def kept(centre: Centre) -> Centre:
    """A carrier whose copies are registered at the vault and the copy's place."""
    keep(centre, carrier())
    return centre


def begun_at(centre: Centre, folder: Path) -> str:
    """A place with all that lies at the copy's, and a row that says that it was begun."""
    shutil.copytree(centre.vault.places[1].root, folder, dirs_exist_ok=True)
    return row_of(centre, folder.as_uri())


def row_of(centre: Centre, address: str) -> str:
    with centre.database.begin() as connection:
        holdings.put_begun(connection, CARRIER, [address], centre.clock.now_at())
    return address


def begun(centre: Centre) -> list[str]:
    with centre.database.read() as connection:
        return sorted(connection.execute(select(tables.begun_copy.c.place)).scalars())


def lies_at(root: Path) -> list[str]:
    return FilePlace(root).list("carriers") + FilePlace(root).list("headers")


def clear(centre: Centre) -> None:
    with held(centre) as lease:
        clear_former(centre, CARRIER, lease)


def test_what_was_begun_at_a_former_place_is_erased_and_forgotten_and_copies_stay(kept: Centre, tmp_path: Path) -> None:
    """K1, I2."""
    copies = [lies_at(place.root) for place in kept.vault.places]
    begun_at(kept, tmp_path / "former")

    clear(kept)

    assert (lies_at(tmp_path / "former"), begun(kept)) == ([], [])
    assert [lies_at(place.root) for place in kept.vault.places] == copies


def test_former_place_that_is_away_keeps_its_row_and_the_others_are_cleared(kept: Centre, tmp_path: Path) -> None:
    """I8, K1."""
    away = begun_at(kept, tmp_path / "a former one")
    begun_at(kept, tmp_path / "b former one")
    (tmp_path / "a former one").rename(tmp_path / "elsewhere")

    clear(kept)

    assert begun(kept) == [away]
    assert lies_at(tmp_path / "elsewhere")
    assert lies_at(tmp_path / "b former one") == []


def test_folder_inside_a_place_is_left_alone_and_remembered(kept: Centre) -> None:
    """I2: what lies there may be of the copy around it."""
    inside = kept.vault.places[1].root / "inside"
    (inside / "carriers" / CARRIER).mkdir(parents=True)
    (inside / "place.txt").write_text("a place")
    (inside / "carriers" / CARRIER / "pack-0001.g1.tar").write_bytes(b"half")
    row_of(kept, inside.as_uri())

    clear(kept)

    assert begun(kept) == [inside.as_uri()]
    assert lies_at(inside) == [f"carriers/{CARRIER}/pack-0001.g1.tar"]


def test_other_spelling_of_a_registered_place_is_forgotten_and_its_copy_stays(kept: Centre) -> None:
    """I2."""
    copies = lies_at(kept.vault.places[1].root)
    row_of(kept, kept.settings.copy_urls[0] + "/")

    clear(kept)

    assert begun(kept) == []
    assert lies_at(kept.vault.places[1].root) == copies


def test_late_worker_forgets_nothing(kept: Centre, tmp_path: Path) -> None:
    """K3."""
    former = begun_at(kept, tmp_path / "former")
    with held(kept) as lease:
        pass

    with (
        held(Centre(kept.settings, kept.clock, kept.database, "another:2:bbbb")),
        pytest.raises(LeaseLostError),
    ):
        clear_former(kept, CARRIER, lease)

    assert begun(kept) == [former]
