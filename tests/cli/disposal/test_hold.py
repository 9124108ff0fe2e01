"""Holds: placed, listed and lifted by somebody, with a reason.

Covers: journey.disposal.hold.
"""

from __future__ import annotations

import pytest

from desks import Desk


def test_hold_is_placed_listed_and_lifted_once(desk: Desk) -> None:
    placed = desk.ok("hold", "add", "fonds", "Z109", "--reason", "市审计局〔2026〕3号", "--as", "A01", "--json").json
    listed = desk.ok("hold", "list", LANTAI_LOCALE="zh").out
    lifted = desk.ok("hold", "lift", placed["hold_id"], "--as", "A01").out
    again = desk.ok("hold", "lift", placed["hold_id"], "--as", "A01", "--json").json

    assert "全宗   Z109   市审计局〔2026〕3号   A01" in listed
    assert lifted == f"Hold {placed['hold_id']} lifted\n"
    assert again == {"hold_id": placed["hold_id"], "is_new": False}
    assert desk.ok("hold", "list").out == "Holds: none\n"
    (kept,) = desk.ok("hold", "list", "--all", "--json").json
    assert (kept["lifted_by"], kept["reason"]) == ("A01", "市审计局〔2026〕3号")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("record", "JY-1", "--reason", "x", "--as", "A01"), "record JY-1: not in the registry"),
        (("fonds", "Z999", "--reason", "x", "--as", "A01"), "fonds Z999: not in the registry"),
        (("unit", "JY", "--reason", " ", "--as", "A01"), "found no reason"),
        (("unit", "JY", "--reason", "x", "--as", "nobody"), "person or account nobody"),
        (("unit", "JY", "--reason", "x", "--as", "system"), "person system: not in the registry"),
        (("shelf", "JY", "--reason", "x", "--as", "A01"), "'shelf' is not one of 'record'"),
        (("unit", "JY", "--reason", "x"), "Missing option '--as'"),
    ],
)
def test_hold_that_would_cover_nothing_or_stand_for_nobody_is_refused(
    desk: Desk, words: tuple[str, ...], said: str
) -> None:
    told = desk.run("hold", "add", *words)

    assert told.code == 2
    assert said in told.err
    assert desk.ok("hold", "list", "--json").json == []


def test_unknown_hold_is_not_lifted(onlooker: Desk) -> None:
    told = onlooker.run("hold", "lift", "H-2026-00000000", "--as", "A01")

    assert (told.code, "H-2026-00000000: not in the registry" in told.err) == (2, True)
