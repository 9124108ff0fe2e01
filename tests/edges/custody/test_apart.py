"""One folder under two addresses is one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from lantai.edges.custody.apart import on_one_disk, overlapping, require_apart
from lantai.edges.custody.file_place import FilePlace
from lantai.errors import SettingsError


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    (folder / "inner").mkdir(parents=True)
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    return folder


@pytest.mark.parametrize(
    "spelling",
    ["vault", "vault/", "vault/../vault", "%76ault", "link", "link/inner", "vault/inner", "vault/not/yet", "."],
)
def test_place_that_is_or_lies_in_the_vault_is_no_second_place(vault: Path, tmp_path: Path, spelling: str) -> None:
    """R1-53, I7."""
    places = [FilePlace.at(vault.as_uri()), FilePlace.at(f"{tmp_path.as_uri()}/{spelling}")]
    inside = "inner" in spelling or "yet" in spelling or spelling == "."
    what = "inside each other, with" if inside else "is the same folder as"

    with pytest.raises(SettingsError, match=rf"file:///.*{what} file:///.*expected places apart"):
        require_apart(places)

    assert overlapping(places) == [(places[0], places[1])]
    assert on_one_disk(places) == []


def test_two_spellings_of_a_folder_that_is_not_there_yet_are_one_place(tmp_path: Path) -> None:
    """R1-53."""
    new = tmp_path.as_uri() + "/new"

    assert len(overlapping([FilePlace.at(new), FilePlace.at(new + "/")])) == 1


@pytest.mark.parametrize("name", ["vault2", "copy", "loop"])
def test_places_beside_each_other_are_apart(vault: Path, tmp_path: Path, name: str) -> None:
    """R1-53."""
    places = [FilePlace.at(vault.as_uri()), FilePlace.at(f"{tmp_path.as_uri()}/{name}")]

    require_apart(places)

    assert overlapping(places) == []


def test_places_on_one_disk_are_told_apart_from_those_on_two(vault: Path, tmp_path: Path) -> None:
    """R1-53."""
    (tmp_path / "copy").mkdir()
    first, second, other = FilePlace(vault), FilePlace(tmp_path / "copy"), FilePlace(Path("/proc"))

    assert on_one_disk([first, second, other]) == [(first, second)]
