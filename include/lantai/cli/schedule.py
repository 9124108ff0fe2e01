"""`lantai schedule`: retention schedules as approved. Source: 8号令 (2006) art. 3, 12; rules N4."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from lantai.cli.screen import SMALL_FILE_BYTES, AsJson, answer, opened, out, table
from lantai.edges.folder import read_bytes
from lantai.edges.registry import schedules as rows
from lantai.errors import UsageError
from lantai.records.record import Retention
from lantai.records.schedule import Schedule, ScheduleRule

app = typer.Typer(no_args_is_help=True, help="保管期限表 · Retention schedules")

COLUMNS = ("clause", "description", "retention", "keywords")


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="CSV：clause, description, retention (Y|D30|D10), keywords (;)")],
    name: Annotated[str, typer.Option(help="名称 · Name")],
    version: Annotated[str, typer.Option(help="版本 · Version")],
    approved_by: Annotated[str, typer.Option(help="批准机关和文号 · Who approved it, with the number")],
    approved_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="批准日期 · Date of approval")],
    effective_from: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="施行日期 · In force from")],
    as_json: AsJson = False,
) -> None:
    """装入一版保管期限表；已有的版本不改动 · Load a version of a schedule; one that is there is never changed."""
    rules = read_rules(read_bytes(file, SMALL_FILE_BYTES))
    schedule = Schedule(name, version, approved_by, approved_on.date(), effective_from.date(), rules)
    with opened() as centre, centre.database.begin() as connection:
        rows.add_schedule(connection, schedule)
    payload = {"name": name, "version": version, "rules": len(rules)}
    answer(payload, lambda: out.print(f"{name} {version}: {len(rules)} 条 · clauses"), as_json=as_json)


@app.command("show")
def show(name: Annotated[str | None, typer.Option(help="名称 · Name")] = None, as_json: AsJson = False) -> None:
    """显示保管期限表 · Show schedules."""
    with opened() as centre, centre.database.read() as connection:
        found = rows.schedules(connection, name)
    cells = [
        (schedule.name, schedule.version, rule.clause, rule.description, rule.retention.value, "；".join(rule.keywords))
        for schedule in found
        for rule in schedule.rules
    ]
    columns = ("名称 Name", "版本 Version", "条款 Clause", "内容 Description", "期限 Retention", "词 Keywords")
    payload = [dict(zip(("name", "version", *COLUMNS), row, strict=True)) for row in cells]
    answer(payload, lambda: table("保管期限表 · Schedules", columns, cells), as_json=as_json)


def read_rules(content: bytes) -> tuple[ScheduleRule, ...]:
    """Return the clauses of a schedule file.

    Raises:
        UsageError: A column is missing or a period is not one; the message names the line.
    """
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise UsageError(
            f"schedule file: found columns {', '.join(reader.fieldnames or ())}, expected {', '.join(COLUMNS)}"
        )
    found = []
    for line, row in enumerate(reader, start=2):
        try:
            words = tuple(word.strip() for word in row["keywords"].split(";") if word.strip())
            found.append(
                ScheduleRule(
                    row["clause"].strip(), row["description"].strip(), Retention(row["retention"].strip()), words
                )
            )
        except ValueError as error:
            raise UsageError(f"schedule file, line {line}: {error}") from error
    return tuple(found)
