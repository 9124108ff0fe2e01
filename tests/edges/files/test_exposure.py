"""Who but we can change a file is told by every folder on the way to it, not by the last one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lantai.edges.files.exposure import others_may_read, others_may_write
from lantai.errors import PlaceUnavailableError


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's own, with a closed file in `keys`."""
    folder = Path(tempfile.mkdtemp()).resolve()
    for path in (folder, folder / "keys", folder / "desk"):
        path.mkdir(exist_ok=True)
        path.chmod(0o755)
    (folder / "keys" / "log.pem").write_text("key")
    (folder / "keys" / "log.pem").chmod(0o600)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("home_mode", "keys_mode", "is_open"),
    [
        (0o755, 0o755, False),
        (0o777, 0o755, True),
        (0o777, 0o700, True),
        (0o1777, 0o755, False),
        (0o755, 0o777, True),
        (0o755, 0o1777, False),
        (0o700, 0o777, False),
        (0o776, 0o755, False),
    ],
)
def test_key_is_changed_by_whoever_may_write_a_folder_above_it(home, home_mode, keys_mode, is_open):
    """P5: a name in a folder without the sticky bit is anybody's who may write and enter the folder."""
    (home / "keys").chmod(keys_mode)
    home.chmod(home_mode)

    assert others_may_write(home / "keys" / "log.pem") is is_open


@pytest.mark.parametrize("target", ["../keys/log.pem", "{home}/keys/log.pem", "../desk/second"])
def test_link_that_everybody_may_turn_lets_everybody_change_the_file(home, target):
    """P5: also where the link leads on to another one."""
    (home / "desk" / "second").symlink_to(home / "keys" / "log.pem")
    (home / "keys" / "link").symlink_to(target.format(home=home))
    (home / "desk" / "link").symlink_to(target.format(home=home))
    closed = others_may_write(home / "desk" / "link")

    (home / "desk").chmod(0o777)

    assert (closed, others_may_write(home / "desk" / "link")) == (False, True)
    assert others_may_write(home / "keys" / "link") is ("second" in target)


@pytest.mark.parametrize(
    ("home_mode", "keys_mode", "key_mode", "is_read"),
    [
        (0o755, 0o755, 0o600, False),
        (0o755, 0o755, 0o604, True),
        (0o755, 0o755, 0o660, False),
        (0o755, 0o701, 0o604, True),
        (0o755, 0o744, 0o604, False),
        (0o750, 0o755, 0o604, False),
    ],
)
def test_key_is_read_by_everybody_who_can_reach_it(home, home_mode, keys_mode, key_mode, is_read):
    """P5."""
    (home / "keys" / "log.pem").chmod(key_mode)
    (home / "keys").chmod(keys_mode)
    home.chmod(home_mode)

    assert others_may_read(home / "keys" / "log.pem") is is_read


@pytest.mark.parametrize(("key_mode", "keys_mode", "is_open"), [(0o602, 0o755, True), (0o602, 0o700, False)])
def test_key_that_everybody_may_write_is_changed_by_whoever_can_reach_it(home, key_mode, keys_mode, is_open):
    """P5."""
    (home / "keys" / "log.pem").chmod(key_mode)
    (home / "keys").chmod(keys_mode)

    assert others_may_write(home / "keys" / "log.pem") is is_open


def test_what_is_not_there_is_exposed_to_nobody(home):
    """P5: also in a folder that everybody may write."""
    (home / "desk").chmod(0o777)

    assert not others_may_read(home / "desk" / "none.pem")
    assert not others_may_write(home / "desk" / "none.pem")


def test_links_without_an_end_lead_to_nothing(home):
    (home / "desk" / "a").symlink_to("b")
    (home / "desk" / "b").symlink_to("a")

    assert not others_may_write(home / "desk" / "a")


def test_folder_that_cannot_be_asked_is_not_told_as_closed(home):
    """P5: a name that no system takes."""
    with pytest.raises(PlaceUnavailableError):
        others_may_write(home / ("x" * 300))
