"""The vault as a set of places."""

import pytest

from lantai.edges.custody.vault import Vault, copy_files, copy_missing, remove_unnamed, require_read_back
from lantai.errors import FixityError, NotFoundError


@pytest.fixture
def vault(tmp_path):
    made = Vault.at((tmp_path / "vault").as_uri(), [(tmp_path / "copy").as_uri()])
    made.prepare()
    return made


def nothing():
    """No lease to keep."""


def test_place_is_found_by_its_name_in_rows(vault):
    assert vault.place(vault.places[1].name) is vault.places[1]
    with pytest.raises(NotFoundError, match="elsewhere"):
        vault.place("file:///elsewhere")


def test_copied_file_is_compared_after_reading_back(vault):
    first, second = vault.places
    first.write_new("carriers/C/a", [b"content"])

    written = copy_files(first, second, ["carriers/C/a"], nothing)
    require_read_back(second, written)
    (second.root / "carriers/C/a").write_bytes(b"contenu")

    with pytest.raises(FixityError, match="read back"):
        require_read_back(second, written)


def test_missing_file_is_taken_from_whichever_place_has_it(vault):
    first, second = vault.places
    second.write_new("carriers/C/a", [b"content"])

    assert copy_missing([second], first, ["carriers/C/a"], nothing).keys() == {"carriers/C/a"}
    assert copy_missing([second], first, ["carriers/C/a"], nothing) == {}
    with pytest.raises(FixityError, match="found no file"):
        copy_missing([second], first, ["carriers/C/b"], nothing)


def test_only_the_carriers_own_unnamed_files_go_manifests_first(vault):
    place = vault.first
    for name in ("carriers/C/pack-0001.g1.tar", "carriers/C/manifest.g1.json", "headers/C/headers.g1.tar"):
        place.write_new(name, [b"old"])
    for name in ("carriers/C/manifest.g2.json", "carriers/D/manifest.g1.json"):
        place.write_new(name, [b"kept"])

    gone = remove_unnamed(place, "C", ["carriers/C/manifest.g2.json"])

    assert gone == ["carriers/C/manifest.g1.json", "carriers/C/pack-0001.g1.tar", "headers/C/headers.g1.tar"]
    assert place.list("carriers") == ["carriers/C/manifest.g2.json", "carriers/D/manifest.g1.json"]
