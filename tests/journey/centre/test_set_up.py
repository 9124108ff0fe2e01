"""Setting up a home: what is made is named as people name it, and once."""

from __future__ import annotations

from pathlib import Path

from lantai.edges.centre import Centre
from lantai.edges.clock import Clock
from lantai.edges.database.database import Database
from lantai.journey.centre.set_up import set_up
from lantai.settings import from_env


def test_home_with_blanks_and_chinese_letters_names_its_places_and_makes_them_once(tmp_path: Path) -> None:
    """R1-53: an address writes such letters in another way than a folder does."""
    home = tmp_path / "档案 中心"
    named = from_env({"LANTAI_HOME": str(home)})
    centre = Centre(named, Clock.of(named), Database(named.registry_url), "test:1:aaaa")

    first = set_up(centre, has_custody=True)
    again = set_up(centre, has_custody=True)
    centre.database.close()

    assert {home / "vault", home / "copy"} <= set(first.made)
    assert all(path.exists() for path in first.made)
    assert again.made == ()
