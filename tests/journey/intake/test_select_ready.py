"""What may be taken in: which packages wait for the rest of themselves, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from factories_disposal import make_unit
from lantai.edges.centre import Centre
from lantai.edges.clock import Clock
from lantai.edges.intake.outbox import PackageSeen
from lantai.errors import RemotePermissionError
from lantai.journey.intake.select_ready import is_settled, is_stalled, select_ready
from lantai.records.intake.carrier import Packaging, RemoteFile, fingerprint
from lantai.records.intake.package import Package

FILES = [RemoteFile(b"bagit.txt", 10, 1)]
FIRST = date(2026, 3, 2)


@pytest.fixture
def unit(centre: Centre) -> Centre:
    make_unit(centre)
    return centre


def seen(**changed: object) -> PackageSeen:
    """A folder as a look saw it; a keyword changes one thing."""
    usual = {"files": FILES, "has_ready": False} | changed
    return PackageSeen(Package(2025, b"001", Packaging.FOLDER, fingerprint(usual["files"])), **usual)


def after(
    centre: Centre, package: PackageSeen, *, days: int, is_whole: bool = False, **settings: int
) -> tuple[bool, bool]:
    """Whether a package that was first seen so many days ago is settled, and whether it has stalled."""
    later = replace(
        centre,
        clock=Clock(centre.settings.zone, FIRST + timedelta(days=days)),
        settings=replace(centre.settings, **settings),
    )
    with centre.database.begin() as connection:
        select_ready(connection, centre, "JY", package, is_whole=is_whole)
    with centre.database.begin() as connection:
        known = select_ready(connection, later, "JY", package, is_whole=is_whole)
    return is_settled(later, package, known), is_stalled(later, package, known)


@pytest.mark.parametrize(("days", "stalled"), [(0, False), (2, False), (3, True), (400, True)])
def test_half_an_upload_stalls_after_three_days_and_never_settles(unit: Centre, days: int, stalled: bool) -> None:
    """R1-42, S1."""
    assert after(unit, seen(), days=days) == (False, stalled)


def test_whole_package_settles_and_never_stalls(unit: Centre) -> None:
    """R1-42."""
    assert after(unit, seen(), days=30, is_whole=True) == (True, False)


def test_unit_that_says_ready_leaves_nothing_to_wait_for(unit: Centre) -> None:
    """R1-42."""
    assert after(unit, seen(has_ready=True), days=30) == (True, False)


def test_folder_that_holds_nothing_never_stalls(unit: Centre) -> None:
    """S1."""
    assert after(unit, seen(files=[], is_empty=True), days=400) == (False, False)


def test_folder_that_could_not_be_listed_whole_never_stalls(unit: Centre) -> None:
    """I8: what could not be looked at is not missing."""
    closed = {b"data": RemotePermissionError("data: may not be listed")}

    assert after(unit, seen(unread=closed), days=400) == (False, False)


def test_centre_that_grants_more_days_waits_longer_for_what_it_has_seen_already(unit: Centre) -> None:
    """R1-42."""
    assert after(unit, seen(), days=5, stalled_days=10) == (False, False)
