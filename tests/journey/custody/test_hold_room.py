"""Room is held on our disks for all that a package needs there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lantai.edges.centre import Centre
from lantai.errors import DiskFullError
from lantai.journey.custody.hold_room import hold_room

MIB = 1024**2


def test_room_is_held_for_what_arrives_for_the_work_for_every_place_and_for_both_reserves(centre: Centre) -> None:
    """D1: home, vault, copy and registry are on one disk here, so that all of it counts together."""
    centre.settings = replace(centre.settings, disk_reserve_mib=100_000)

    with pytest.raises(DiskFullError, match=r"JY 001: .* expected 1,030,200,000 MiB"):
        hold_room(centre, "JY 001", arriving_bytes=1_000_000_000 * MIB, sealed_bytes=10_000_000 * MIB)
    centre.settings = replace(centre.settings, disk_reserve_mib=0)
    hold_room(centre, "JY 001", arriving_bytes=1, sealed_bytes=1)
