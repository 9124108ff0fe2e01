"""Addresses among the settings: what is shown of one, and which one is a place."""

from __future__ import annotations

import pytest

from desks import desk_at
from lantai.edges.custody.file_place import FilePlace
from lantai.edges.custody.vault import Vault
from lantai.edges.database.database import Database
from lantai.errors import LantaiError, NotFoundError, PlaceUnavailableError, SettingsError
from lantai.journey.custody.name_place import name_place
from lantai.settings import from_env, place_folder, shown_address

CANARY = "geheim"
ADDRESSES = [
    f"sftp://centre:{CANARY}@copy.example/vault",
    f"sftp://centre:{CANARY}/@{CANARY}@copy.example:22/vault",
    f"sftp://a@centre:{CANARY}@copy.example/vault",
    f"s3://KEY:{CANARY}@store.example/bucket",
    f"s3://store.example/bucket?secret={CANARY}&region=cn",
    f"sftp://:{CANARY}@[copy.example/vault",
    f"file://centre:{CANARY}@copy.example/vault",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_password_of_an_address_is_shown_by_no_error(address: str) -> None:
    """P5: canary secrets."""
    vault = Vault(())
    steps = [
        lambda: from_env({"LANTAI_VAULT_URL": address}),
        lambda: from_env({"LANTAI_COPY_URLS": f"file:///mnt/one {address}"}),
        lambda: FilePlace.at(address),
        lambda: vault.places_with([address]),
        lambda: vault.place(address),
    ]

    for step in steps:
        with pytest.raises((SettingsError, PlaceUnavailableError, NotFoundError)) as told:
            step()
        assert CANARY not in str(told.value)
        assert "example" in str(told.value), "which address it is can be told"
    assert CANARY not in name_place(from_env({}), address)


def test_password_of_an_address_is_shown_by_no_command(tmp_path) -> None:
    desk = desk_at(tmp_path / "home")

    for address in ADDRESSES:
        for words in (("doctor",), ("doctor", "--json"), ("init",)):
            told = desk.run(*words, LANTAI_COPY_URLS=address)
            assert told.code != 0
            assert CANARY not in told.out + told.err


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://lantai:{CANARY}@{CANARY}.example@127.0.0.1:1/registry",
        f"postgresql://lantai@127.0.0.1:1/registry?password={CANARY}",
        f"postgresql://lantai:{CANARY}@127.0.0.1:1/registry",
        f"postgresql://lantai:{CANARY}@127.0.0.1:port/registry",
    ],
)
def test_password_of_the_registry_is_shown_neither_by_errors_nor_by_the_doctor(tmp_path, address: str) -> None:
    def ask() -> None:
        with Database(address).read():
            pass

    with pytest.raises(LantaiError) as told:
        ask()
    shown = desk_at(tmp_path / "home").run("doctor", LANTAI_REGISTRY_URL=address)

    assert CANARY not in str(told.value) + shown.out + shown.err
    assert CANARY not in repr(from_env({"LANTAI_REGISTRY_URL": address}))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("sftp://centre:x@copy.example/vault", "sftp://centre:***@copy.example/vault"),
        ("sftp://centre@copy.example:22/vault", "sftp://centre@copy.example:22/vault"),
        ("s3://store/b?key=x&id=y#z", "s3://store/b?key=***&id=***#z"),
        ("file:///mnt/a:b@c", "file:///mnt/a:b@c"),
        ("/mnt/copy", "/mnt/copy"),
        ("", ""),
    ],
)
def test_rest_of_an_address_is_shown_as_it_is(address: str, shown: str) -> None:
    assert shown_address(address) == shown


def test_place_is_a_folder_of_this_machine() -> None:
    assert place_folder("file:///mnt/%E6%A1%A3%E6%A1%88", "place") == "/mnt/档案"
    for address in ("file://other/mnt", "file:mnt", "/mnt", "file:///"[:7]):
        with pytest.raises(SettingsError, match="expected file:///absolute/folder"):
            place_folder(address, "place")
