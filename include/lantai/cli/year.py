"""`lantai year`: duties and deadlines, and the board. Source: R1-19 to R1-24, R2-05."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from lantai.cli.screen import AsJson, answer, opened, out, table
from lantai.edges.registry.duties import board
from lantai.journey.board import BoardRow, board_of
from lantai.locales import say

app = typer.Typer(no_args_is_help=True, help="归档年度 · Filing years")

Year = Annotated[
    int, typer.Argument(help="归档年度，如 2025（不是今年）· Filing year, e.g. 2025 (not the year of the run)")
]


@app.command("open")
def open_(
    year: Year, actor: Annotated[str, typer.Option("--as", help="工号 · Staff id")] = "system", as_json: AsJson = False
) -> None:
    """开年度：按单位、数据形式建立报送任务和期限 · Make the duties of a year with their deadlines."""
    from lantai.journey.open_year import open_year

    with opened() as centre:
        done = open_year(centre, year, actor)
    payload = {
        "filing_year": done.filing_year,
        "is_new": done.is_new,
        "new_duties": done.new_duties,
        "units": done.unit_count,
        "units_without_person": list(done.units_without_person),
    }

    def text() -> None:
        out.print(f"{year} 年度：单位 {done.unit_count}，新增任务 {done.new_duties} · units, new duties")
        if done.units_without_person:
            names = ", ".join(done.units_without_person)
            out.print(f"[yellow]未指定负责人的单位 · units without a named person: {names}[/]")

    answer(payload, text, as_json=as_json)


@app.command("status")
def status(year: Year, as_json: AsJson = False) -> None:
    """年度看板：每项任务到哪一步 · The board: where every duty stands."""
    with opened() as centre, centre.database.read() as connection:
        rows = board_of(board(connection, year), centre.clock.today_on())
        locale, zone = centre.settings.locale, centre.settings.zone
    payload = [row.as_mapping() for row in rows]
    answer(payload, lambda: show_board(year, rows, locale, zone), as_json=as_json)


def show_board(year: int, rows: list[BoardRow], locale: str, zone: ZoneInfo) -> None:
    """Print the board of a year."""
    table(
        f"{year} 年度 · Filing year {year}",
        (
            "单位 Unit",
            "形式 Form",
            "期限 Deadline",
            "状态 State",
            "轮 Round",
            "件 Records",
            "问题 Faults",
            "受理号 No.",
        ),
        [
            (
                f"{row.unit_code} {row.unit_name}",
                say(f"values.data_form.{row.data_form}", locale),
                row.deadline_on,
                _state(row, locale, zone),
                row.round_no or "",
                row.record_count or "",
                row.fault_count or "",
                row.submission_id or "",
            )
            for row in rows
        ],
    )


def _state(row: BoardRow, locale: str, zone: ZoneInfo) -> str:
    if row.state == "unfinished" and row.waits_until_at is not None:
        return say("board_state.unfinished_until", locale, until=f"{row.waits_until_at.astimezone(zone):%Y-%m-%d}")
    return say(f"board_state.{row.state}", locale)
