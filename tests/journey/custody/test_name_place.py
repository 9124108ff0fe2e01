"""Places have names on papers."""

from __future__ import annotations

import pytest

from lantai.journey.custody.name_place import name_place
from lantai.settings import from_env

SETTINGS = {
    "LANTAI_HOME": "/srv/lantai",
    "LANTAI_VAULT_URL": "file:///srv/vault",
    "LANTAI_COPY_URLS": "file:///mnt/one file:///mnt/two",
}


@pytest.mark.parametrize(
    ("address", "zh", "en"),
    [
        ("file:///srv/vault", "主保管库", "Vault"),
        ("file:///mnt/one", "第1副本库", "Copy place 1"),
        ("file:///mnt/two", "第2副本库", "Copy place 2"),
        ("file:///mnt/given-up", "file:///mnt/given-up", "file:///mnt/given-up"),
    ],
)
def test_place_is_named_by_what_it_is_and_a_former_one_by_where_it_was(address: str, zh: str, en: str) -> None:
    named = {locale: name_place(from_env(SETTINGS | {"LANTAI_LOCALE": locale}), address) for locale in ("zh", "en")}

    assert named == {"zh": zh, "en": en}
