"""`lantai year`: duties and deadlines, and the board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lantai.cli.terminal.actors import SYSTEM, Actor, person
from lantai.cli.terminal.screen import AsJson, answer, line, locale, opened, sign, table, word
from lantai.errors import NotFoundError
from lantai.records.centre.unit import DataForm
from lantai.records.year.standing import Standing, Turn

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from lantai.records.intake.visit import Visit
    from lantai.views.year.board import BoardRow

app = typer.Typer(no_args_is_help=True)

Year = Annotated[
    int,
    typer.Argument(help="given.filing_year", min=1000, max=9999),
]


@app.command("open")
def open_(year: Year, actor: Actor = SYSTEM, as_json: AsJson = False) -> None:
    """Make the duties of a year with their deadlines; safe to run again."""
    from lantai.journey.year.find_unlisted_years import find_unlisted_years
    from lantai.journey.year.open_year import open_year

    with opened() as centre:
        done = open_year(centre, year, person(centre, actor))
        unlisted = find_unlisted_years(centre)
    payload = {
        "filing_year": done.filing_year,
        "is_new": done.is_new,
        "new_duties": done.new_duties,
        "units": done.unit_count,
        "units_without_person": list(done.units_without_person),
        "years_without_workdays": unlisted,
    }

    def text() -> None:
        line(word("year.opened", year=year, units=done.unit_count, duties=done.new_duties))
        if done.units_without_person:
            names = ", ".join(done.units_without_person)
            line(word("year.without_person", names=names), "yellow")
        if unlisted:
            years = ", ".join(map(str, unlisted))
            line(word("doctor.found.unlisted_years", years=years), "yellow")
            line(f"{sign('→', '->')} {word('doctor.advice.workdays')}")

    answer(payload, text, as_json=as_json)


@app.command("status")
def status(
    year: Year,
    unit: list[str] | None = None,
    form: Annotated[DataForm | None, typer.Option(help="given.data_form")] = None,
    state: Standing | None = None,
    turn: Turn | None = None,
    late: Annotated[bool, typer.Option("--late")] = False,
    as_json: AsJson = False,
) -> None:
    """The board: where every duty stands, how late it is, whose turn it is.

    What came back or is held stays owed, and its days go on, until it is accepted.

    Units that could not be looked at or taken in follow, with the reason and what to do.
    """
    from lantai.edges.registry.centre.units import units
    from lantai.edges.registry.intake.visits import last_visits
    from lantai.edges.registry.year.duties import open_years
    from lantai.views.year import board

    with opened() as centre, centre.database.read() as connection:
        units(connection, unit or None)
        every = board.show(connection, year, centre.clock.today_on())
        visits = last_visits(connection)
        opened_years = open_years(connection)
        zone = centre.settings.zone
    if not every and year not in opened_years:
        known = ", ".join(map(str, opened_years)) or "none yet"
        raise NotFoundError(
            f"filing year {year}: not open, expected one of: {known}; `lantai year open {year}` opens it"
        )
    rows = [
        row
        for row in every
        if (not unit or row.unit_code in unit)
        and (form is None or row.data_form == form)
        and (state is None or row.state is state)
        and (turn is None or row.turn is turn)
        and (row.days_late or not late)
    ]
    if late:
        rows = board.one_per_duty(rows)
    payload = [{**row.as_mapping(), "reason": _reason(row), **_visited(visits[row.unit_code])} for row in rows]

    def text() -> None:
        _show(year, rows, zone)
        _show_troubles([visits[code] for code in dict.fromkeys(row.unit_code for row in rows)], zone)

    answer(payload, text, as_json=as_json)


def _show(year: int, rows: list[BoardRow], zone: ZoneInfo) -> None:
    """Print the board: where each duty stands, until when it was due, and how many days it is over (R2-05)."""
    if not rows:
        line(word("year.no_duty", year=year))
        return
    columns = (
        "heading.unit",
        "heading.form",
        "heading.deadline",
        "heading.state",
        "heading.duty_done",
        "heading.days_over",
        "heading.whose_turn",
        "heading.supplement_by",
        "heading.reason",
        "heading.round",
        "heading.records",
        "heading.faults",
        "heading.acceptance_no",
        "heading.package",
        "heading.responsible",
    )
    # Where there is nothing, or none of something, the cell stays blank.
    cells = [[cell or "" for cell in _cells(row, zone)] for row in rows]
    # A column that nobody has anything in would only push the others off the window.
    told = [at for at in range(len(columns)) if any(cell[at] != "" for cell in cells)]
    table(word("year.title", year=year), [columns[at] for at in told], [[cell[at] for at in told] for cell in cells])


def _cells(row: BoardRow, zone: ZoneInfo) -> tuple[object, ...]:
    return (
        f"{row.unit_code} {row.unit_name}",
        word(f"values.data_form.{row.data_form}"),
        row.deadline_on,
        _state(row, zone),
        _duty(row),
        row.days_late,
        word(f"board_turn.{row.turn}"),
        _supplement(row),
        _reason(row),
        row.round_no,
        row.record_count,
        row.fault_count,
        row.submission_id,
        row.package_name,
        " ".join(filter(None, (row.responsible_name, row.responsible_person))),
    )


def _supplement(row: BoardRow) -> str:
    if row.supplement_by_on is None:
        return ""
    over = row.supplement_days_over
    return f"{row.supplement_by_on}{word('year.days_ago', days=over) if over else ''}"


def _reason(row: BoardRow) -> str:
    if not row.reason_rule:
        return ""
    first, count = word(f"{row.reason_rule}.title"), row.reason_count
    return word("year.reasons", first=first, count=count, more=count - 1) if count > 1 else first


def _show_troubles(visits: list[Visit], zone: ZoneInfo) -> None:
    from lantai.formats.papers.troubles import trouble_cells

    cells = [
        (*trouble_cells(visit.trouble, locale()), _when(visit.looked_at, zone), _when(visit.listed_at, zone))
        for visit in visits
        if visit.trouble is not None
    ]
    columns = (
        "heading.code",
        "heading.unit",
        "heading.what_happened",
        "heading.what_to_do",
        "heading.last_look",
        "heading.last_seen",
    )
    if cells:
        table(word("year.troubles"), columns, cells)


def _visited(visit: Visit) -> dict[str, str | None]:
    """Return what JSON tells of the last visit, beside the `look_error` of the board."""
    return {
        "looked_at": visit.looked_at.isoformat() if visit.looked_at else None,
        "listed_at": visit.listed_at.isoformat() if visit.listed_at else None,
        "take_in_state": visit.take_in_state.value if visit.take_in_state else None,
        "take_in_error": visit.failed_for.as_text() if visit.failed_for else "",
    }


def _when(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else word("year.never")


def _duty(row: BoardRow) -> str:
    """Return how far the duty is met, where a package for it stands elsewhere."""
    is_apart = row.duty_state != "open" and row.state != row.duty_state.value
    return word(f"board_state.{row.duty_state.value}") if is_apart else ""


def _state(row: BoardRow, zone: ZoneInfo) -> str:
    if row.state == "unfinished" and row.waits_until_at is not None:
        return word("board_state.unfinished_until", until=f"{row.waits_until_at.astimezone(zone):%Y-%m-%d}")
    return word(f"board_state.{row.state}")
