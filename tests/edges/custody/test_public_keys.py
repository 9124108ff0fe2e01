"""Public keys at the places of the vault."""

from __future__ import annotations

import pytest

from lantai.edges.custody.file_place import FilePlace
from lantai.edges.custody.public_keys import lay_public_keys
from lantai.edges.keys.files import DISPOSAL, make_home_keys, new_signer
from lantai.errors import FixityError


@pytest.fixture
def places(settings):
    return [FilePlace.at(url) for url in (settings.vault_url, *settings.copy_urls)]


def test_every_place_gets_the_public_halves_once(settings, places):
    make_home_keys(settings)
    lay_public_keys(places, settings)
    before = {path: path.read_bytes() for path in settings.home.rglob("*") if path.is_file()}

    lay_public_keys(places, settings)

    assert {path: path.read_bytes() for path in settings.home.rglob("*") if path.is_file()} == before
    for place in ("vault", "copy"):
        names = sorted(path.name for path in (settings.home / place / "keys").iterdir())
        assert names == ["disposal.pub.pem", "intake.pub.pem", "log.pub.pem"]


def test_public_half_that_a_custodian_brings_goes_to_every_place(settings, places, tmp_path):
    make_home_keys(settings, has_custody=False)
    lay_public_keys(places, settings)
    new_signer(tmp_path / "disposal.pem", DISPOSAL)
    (settings.keys / "disposal.pub.pem").write_bytes((tmp_path / "disposal.pub.pem").read_bytes())

    lay_public_keys(places, settings)

    for place in ("vault", "copy"):
        found = (settings.home / place / "keys/disposal.pub.pem").read_bytes()
        assert found == (tmp_path / "disposal.pub.pem").read_bytes()


def test_place_that_holds_another_key_under_the_same_name_is_refused(settings, places):
    make_home_keys(settings)
    places[0].prepare()
    places[0].write_new("keys/log.pub.pem", [b"another key"])

    with pytest.raises(FixityError):
        lay_public_keys(places, settings)

    assert (settings.home / "vault/keys/log.pub.pem").read_bytes() == b"another key"
