"""`lantai year`: duties and deadlines, and the board. Source: R1-19 to R1-24, R2-05."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lantai.cli.actors import SYSTEM, Actor, person
from lantai.cli.screen import AsJson, answer, line, locale, opened, said, table
from lantai.errors import NotFoundError
from lantai.locales import say

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from lantai.journey.board import BoardRow
    from lantai.records.visit import Visit

app = typer.Typer(no_args_is_help=True, help="归档年度 · Filing years")

Year = Annotated[
    int,
    typer.Argument(
        help="归档年度，如 2025（不是今年）· Filing year, e.g. 2025 (not the year of the run)", min=1000, max=9999
    ),
]


@app.command("open")
def open_(year: Year, actor: Actor = SYSTEM, as_json: AsJson = False) -> None:
    """开年度：按单位、数据形式建立报送任务和期限 · Make the duties of a year with their deadlines; safe to run again."""
    from lantai.journey.open_year import open_year

    with opened() as centre:
        done = open_year(centre, year, person(centre, actor))
    payload = {
        "filing_year": done.filing_year,
        "is_new": done.is_new,
        "new_duties": done.new_duties,
        "units": done.unit_count,
        "units_without_person": list(done.units_without_person),
    }

    def text() -> None:
        line(
            said(
                f"{year} 年度：{done.unit_count} 个单位，新增 {done.new_duties} 项任务",
                f"Filing year {year}: {done.unit_count} units, {done.new_duties} new duties",
            )
        )
        if done.units_without_person:
            names = ", ".join(done.units_without_person)
            line(said(f"未指定负责人的单位：{names}", f"Units without a named person: {names}"), "yellow")

    answer(payload, text, as_json=as_json)


@app.command("status")
def status(year: Year, as_json: AsJson = False) -> None:
    """年度看板：每项任务到哪一步 · The board: where every duty stands.

    未能查看或收取的单位另列一表，写明原因和办法 · Units that could not be looked at or taken in follow, with the reason and what to do.
    """
    from lantai.edges.registry.duties import board, open_years
    from lantai.edges.registry.visits import last_visits
    from lantai.journey.board import board_of

    with opened() as centre, centre.database.read() as connection:
        rows = board_of(board(connection, year), centre.clock.today_on())
        visits = last_visits(connection)
        opened_years = open_years(connection)
        zone = centre.settings.zone
    if not rows and year not in opened_years:
        known = ", ".join(map(str, opened_years)) or "none yet"
        raise NotFoundError(
            f"filing year {year}: not open, expected one of: {known}; `lantai year open {year}` opens it"
        )
    payload = [{**row.as_mapping(), **_visited(visits[row.unit_code])} for row in rows]

    def text() -> None:
        _show(year, rows, zone)
        _show_troubles([visits[code] for code in dict.fromkeys(row.unit_code for row in rows)], zone)

    answer(payload, text, as_json=as_json)


def _show(year: int, rows: list[BoardRow], zone: ZoneInfo) -> None:
    columns = (
        "单位 · Unit",
        "形式 · Form",
        "期限 · Deadline",
        "状态 · State",
        "轮次 · Round",
        "件数 · Records",
        "问题 · Faults",
        "受理号 · Acceptance no.",
    )
    cells = [
        (
            f"{row.unit_code} {row.unit_name}",
            say(f"values.data_form.{row.data_form}", locale()),
            row.deadline_on,
            _state(row, zone),
            row.round_no or "",
            row.record_count or "",
            row.fault_count or "",
            row.submission_id or "",
        )
        for row in rows
    ]
    table(said(f"{year} 年度", f"Filing year {year}"), columns, cells)


def _show_troubles(visits: list[Visit], zone: ZoneInfo) -> None:
    from lantai.formats.troubles import trouble_cells

    cells = [
        (*trouble_cells(visit.trouble, locale()), _when(visit.looked_at, zone), _when(visit.listed_at, zone))
        for visit in visits
        if visit.trouble is not None
    ]
    columns = (
        "代码 · Code",
        "单位 · Unit",
        "发生了什么 · What happened",
        "怎么办 · What to do",
        "上次查看 · Last look",
        "上次看到 · Last seen",
    )
    if cells:
        table(said("未能办理的单位", "Units that could not be seen to"), columns, cells)


def _visited(visit: Visit) -> dict[str, str | None]:
    """Return what JSON tells of the last visit, beside the `look_error` of the board."""
    return {
        "looked_at": visit.looked_at.isoformat() if visit.looked_at else None,
        "listed_at": visit.listed_at.isoformat() if visit.listed_at else None,
        "take_in_state": visit.take_in_state.value if visit.take_in_state else None,
        "take_in_error": visit.failed_for.as_text() if visit.failed_for else "",
    }


def _when(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else said("从未", "never")


def _state(row: BoardRow, zone: ZoneInfo) -> str:
    if row.state == "unfinished" and row.waits_until_at is not None:
        return say("board_state.unfinished_until", locale(), until=f"{row.waits_until_at.astimezone(zone):%Y-%m-%d}")
    return say(f"board_state.{row.state}", locale())
