"""Homes for the tests of the command: one that is set up, copied for each test that changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from desks import UNITS, Desk, desk_at


@pytest.fixture(scope="session")
def set_up_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as the first quarter of the README's first hour leaves it: set up, two units, one agreement, 2025 open."""
    folder = tmp_path_factory.mktemp("first-hour")
    (folder / "units.csv").write_text(UNITS, encoding="utf-8")
    desk = desk_at(folder / "home")
    desk.ok("init")
    desk.ok("people", "add", "A01", "王芳", "--role", "operator", "--role", "preparer")
    desk.ok("units", "import", folder / "units.csv")
    agreed = ("--signed-by-unit", "李强", "--signed-by-centre", "王芳", "--from-on", "2026-01-01")
    desk.ok("agreement", "add", "JY", "e_document", *agreed)
    desk.ok("year", "open", 2025)
    return desk.home


@pytest.fixture
def desk(set_up_home: Path, tmp_path: Path) -> Desk:
    """A desk of one's own over a copy of that home, in English."""
    shutil.copytree(set_up_home, tmp_path / "home")
    return desk_at(tmp_path / "home")


@pytest.fixture
def bare(tmp_path: Path) -> Desk:
    """A desk where nothing was set up yet."""
    return desk_at(tmp_path / "home")


@pytest.fixture(scope="session")
def onlooker(set_up_home: Path) -> Desk:
    """A desk over the shared home, for commands that change nothing."""
    return desk_at(set_up_home)
