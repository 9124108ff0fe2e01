"""A demo has a folder of its own and empties no other."""

from __future__ import annotations

from datetime import date

import pytest

from lantai.demo.county.home import make_home, named
from lantai.errors import UsageError
from lantai.settings import from_env

TODAY = date(2026, 6, 30)


def test_folder_that_no_demo_made_is_left_as_it_is(tmp_path):
    (tmp_path / "registry.db").write_bytes(b"a real centre")

    with pytest.raises(UsageError, match="no demo made"):
        make_home(tmp_path, TODAY, "zh")

    assert (tmp_path / "registry.db").read_bytes() == b"a real centre"


def test_folder_of_an_earlier_demo_is_emptied_but_what_a_link_points_to_stays(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    made = make_home(tmp_path / "home", TODAY, "zh")
    (made.folder / "vault").mkdir()
    (made.folder / "link").symlink_to(outside)

    again = make_home(tmp_path / "home", TODAY, "zh")

    assert sorted(path.name for path in again.folder.iterdir()) == ["DEMO", "env"]
    assert (outside / "kept.txt").read_text() == "kept"


@pytest.mark.parametrize("names", [None, ("云溪县档案登记备份中心", "云溪县档案馆")])
def test_file_env_says_the_same_as_the_settings(tmp_path, names):
    made = make_home(tmp_path / "home", TODAY, "en")
    if names:
        made = named(made, *names)

    lines = (made.folder / "env").read_text("utf-8").splitlines()

    assert from_env(dict(line.split("=", 1) for line in lines)) == made.settings
    assert (made.settings.today, made.settings.cooling_off_days, made.settings.locale) == (TODAY, 0, "en")


def test_home_of_a_demo_is_nobody_elses_also_where_the_folder_was_there(tmp_path):
    """P5: it holds private keys."""
    (tmp_path / "home").mkdir(mode=0o755)

    made = make_home(tmp_path / "home", TODAY, "zh")

    assert made.folder.stat().st_mode & 0o077 == 0
