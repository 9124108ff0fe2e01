"""The board as a view; how a whole night is shown is in the stories (`test_lateness`, `test_stalled`) and in `cli/year`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lantai.edges.centre import Centre
from lantai.edges.registry.centre.units import put_unit
from lantai.journey.year.open_year import open_year
from lantai.records.centre.unit import DataForm, Unit
from lantai.records.year.standing import Standing, Turn
from lantai.views.year import board
from lantai.views.year.board import BoardRow

DEADLINE = date(2026, 6, 30)
UNITS = [
    Unit(code, name, fonds_no, (DataForm.E_DOCUMENT,))
    for code, name, fonds_no in (("JY", "教育局", "Z109"), ("MZ", "民政局", "Z110"))
]


@pytest.fixture
def rows(centre: Centre) -> list[BoardRow]:
    """The board on the day after the deadline; nobody has filed."""
    with centre.database.begin() as connection:
        for unit in UNITS:
            put_unit(connection, unit)
    open_year(centre, 2025, "system")
    with centre.database.read() as connection:
        return board.show(connection, 2025, date(2026, 7, 1))


def test_board_shows_every_duty_with_how_late_it_is_and_whose_turn(rows: list[BoardRow]) -> None:
    """R1-60, R2-05."""
    assert [(row.unit_code, row.state, row.turn, row.days_late) for row in rows] == [
        ("JY", Standing.OVERDUE, Turn.UNIT, 1),
        ("MZ", Standing.OVERDUE, Turn.UNIT, 1),
    ]
    assert {row.deadline_on for row in rows} == {DEADLINE}


def test_year_that_is_not_open_has_no_board(centre: Centre) -> None:
    with centre.database.read() as connection:
        assert board.show(connection, 1999, DEADLINE) == []


def test_of_several_submissions_that_one_stands_for_its_duty_on_which_somebody_has_to_act(rows: list[BoardRow]) -> None:
    """R2-05: a duty is counted once, and the centre's own work is not hidden behind the unit's."""
    first, other = rows
    met, back, held = (replace(first, turn=turn) for turn in (Turn.NOBODY, Turn.UNIT, Turn.CENTRE))

    assert board.one_per_duty([met, back, held, other]) == [held, other]
    assert board.one_per_duty([met, back]) == [back]


def test_row_in_json_has_its_days_as_text(rows: list[BoardRow]) -> None:
    told = rows[0].as_mapping()

    assert (told["deadline_on"], told["supplement_by_on"], told["waits_until_at"]) == ("2026-06-30", None, None)
