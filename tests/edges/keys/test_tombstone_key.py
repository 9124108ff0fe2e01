"""The key of the tombstones' digests is made once and is never another while a tombstone stands."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lantai.edges.keys.tombstone_key import FILE_NAME, KEY_BYTES, tombstone_key
from lantai.errors import KeyMissingError, PlaceUnavailableError


def test_key_is_secret_and_the_same_ever_after(tmp_path: Path) -> None:
    keys = tmp_path / "keys"

    first = tombstone_key(keys, may_be_made=True)
    again = tombstone_key(keys, may_be_made=True)
    later = tombstone_key(keys, may_be_made=False)

    assert first == again == later
    assert len(first) == KEY_BYTES
    assert [path.name for path in keys.iterdir()] == [FILE_NAME]
    assert (keys / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert tombstone_key(tmp_path / "others", may_be_made=True) != first


def test_lost_key_is_not_made_anew_while_tombstones_stand(tmp_path: Path) -> None:
    """With another one no older digest would ever match again."""
    with pytest.raises(KeyMissingError, match="found no key, expected that of the tombstones that stand"):
        tombstone_key(tmp_path, may_be_made=False)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("length", [0, KEY_BYTES - 1, KEY_BYTES + 1])
@pytest.mark.parametrize("may_be_made", [True, False])
def test_key_of_another_length_is_refused_and_left_as_it_is(tmp_path: Path, length: int, may_be_made: bool) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"k" * length)

    with pytest.raises(KeyMissingError, match=f"found {length} bytes, expected 32"):
        tombstone_key(tmp_path, may_be_made=may_be_made)

    assert (tmp_path / FILE_NAME).read_bytes() == b"k" * length


def test_workers_that_make_it_at_the_same_time_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: tombstone_key(tmp_path, may_be_made=True), range(32)))

    assert set(made) == {(tmp_path / FILE_NAME).read_bytes()}
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("no folder")

    with pytest.raises(PlaceUnavailableError, match="keys"):
        tombstone_key(tmp_path / "keys", may_be_made=True)
