"""The board as a view; how a whole night is shown is in the stories (`test_lateness`, `test_stalled`) and in `cli/year`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lantai.edges.centre import Centre
from lantai.edges.registry.centre.units import put_unit
from lantai.edges.registry.intake.findings import put_findings
from lantai.edges.registry.intake.rounds import move_round
from lantai.journey.year.open_year import open_year
from lantai.records.centre.unit import DataForm, Unit
from lantai.records.intake.finding import Finding, Severity
from lantai.records.intake.submission import RoundState
from lantai.records.year.standing import Standing, Turn
from lantai.views.year import board
from lantai.views.year.board import BoardRow
from rounds_of import register_round

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


@pytest.mark.parametrize(
    ("state", "standing", "by_on", "days_over"),
    [
        (RoundState.RETURNED, Standing.RETURNED, date(2026, 3, 12), 3),
        (RoundState.HELD, Standing.HELD, None, 0),
    ],
)
def test_what_came_back_or_is_held_is_told_with_its_reason(
    centre: Centre, rows: list[BoardRow], state: RoundState, standing: Standing, by_on: date | None, days_over: int
) -> None:
    """R4-08: and only what came back has a day to be supplemented by."""
    this = register_round(centre, duty_id=rows[0].duty_id)
    found = [Finding("name_unsafe", Severity.WARNING), Finding("file_missing", Severity.FAULT)]
    with centre.database.begin() as connection:
        put_findings(connection, this.carrier_id, found)
        move_round(connection, this.carrier_id, state, supplement_by_on=by_on)

        [row, _] = board.show(connection, 2025, date(2026, 3, 15))

    assert (row.state, row.supplement_by_on, row.supplement_days_over) == (standing, by_on, days_over)
    assert (row.reason_rule, row.reason_count, row.fault_count) == ("file_missing", 1, 1)
    assert (row.carrier_id, row.package_name, row.round_no) == (this.carrier_id, "JY-2025-E-001", 1)
    assert row.as_mapping()["supplement_by_on"] == (by_on and by_on.isoformat())
